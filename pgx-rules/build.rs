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
    Ok(())
}
