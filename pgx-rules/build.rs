//! Reads `knowledge/`, checks it, and packs it for embedding; a contradiction fails the build.
#![allow(dead_code)] // the modules are the library's own; the build needs some of their functions only

#[path = "src/guidance"]
mod guidance {
    pub mod action;
}
#[path = "src/knowledge"]
mod knowledge {
    pub mod read;
    pub mod schema;
    pub mod verify;
}
#[path = "src/therapies"]
mod therapies {
    pub mod evidence;
    pub mod genes;
    pub mod ontology;
    pub mod profile;
    pub mod store;
}

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=knowledge");
    if let Err(error) = pack() {
        println!("cargo::error={error}");
    }
}

fn pack() -> Result<(), Box<dyn std::error::Error>> {
    let knowledge = knowledge::read::read_folder(Path::new("knowledge"))?;
    let findings = knowledge::verify::verify(&knowledge);
    for finding in &findings {
        match finding.severity {
            knowledge::verify::Severity::Error => println!("cargo::error={finding}"),
            knowledge::verify::Severity::Note => {}
        }
    }
    let out = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&out).join("knowledge.postcard"), postcard::to_allocvec(&knowledge)?)?;
    let evidence = therapies::store::read_folder(Path::new("knowledge/therapies"))?;
    std::fs::write(Path::new(&out).join("therapies.postcard"), postcard::to_allocvec(&evidence)?)?;
    let structures = structures(Path::new("knowledge/structures"))?;
    std::fs::write(Path::new(&out).join("structures.postcard"), postcard::to_allocvec(&structures)?)?;
    Ok(())
}

/// The tables of each gene that has structures, by gene.
fn structures(folder: &Path) -> std::io::Result<Vec<[String; 4]>> {
    let mut genes: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    genes.retain(|gene| gene.path().is_dir());
    genes.sort_by_key(std::fs::DirEntry::file_name);
    let table = |gene: &Path, name: &str| std::fs::read_to_string(gene.join(name));
    genes
        .iter()
        .map(|gene| {
            let gene = gene.path();
            Ok([
                table(&gene, "locus.toml")?,
                table(&gene, "blocks.tsv")?,
                table(&gene, "differences.tsv")?,
                table(&gene, "haplotypes.tsv")?,
            ])
        })
        .collect()
}
