//! Writes genes as the text files of `knowledge/genes/`, and drugs as those of `knowledge/drugs/`.

mod drug;

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use serde::Serialize;

use super::read::GeneToml;
use super::schema::{Gene, Knowledge, PlacementEvidence, SiteRole};

pub use drug::write_drug;

/// Writes a whole knowledge base in the layout that `read` reads; files of other names are left alone.
///
/// # Errors
/// When a file cannot be written.
pub fn write_folder(knowledge: &Knowledge, folder: &Path) -> io::Result<()> {
    for gene in knowledge.genes.values() {
        write_gene(gene, &folder.join("genes"))?;
    }
    for drug in knowledge.drugs.values() {
        write_drug(drug, &folder.join("drugs"))?;
    }
    for rule in knowledge.phenoconversions.values() {
        write_toml(rule, &folder.join("phenoconversion"), &rule.gene)?;
    }
    for table in knowledge.dosing.values() {
        write_toml(table, &folder.join("dosing"), &table.name)?;
    }
    write_toml(&knowledge.release, folder, "RELEASE")
}

fn write_toml<T: Serialize>(value: &T, folder: &Path, name: &str) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let text = toml::to_string(value).map_err(io::Error::other)?;
    std::fs::write(folder.join(format!("{name}.toml")), text)
}

/// Writes one gene folder; existing files of the same names are replaced, `cases/` is left alone.
///
/// # Errors
/// When a file cannot be written.
pub fn write_gene(gene: &Gene, genes: &Path) -> io::Result<()> {
    let folder = genes.join(&gene.symbol);
    std::fs::create_dir_all(&folder)?;
    let head = toml::to_string(&GeneToml::from(gene)).map_err(io::Error::other)?;
    std::fs::write(folder.join("gene.toml"), head)?;
    let tables = [
        ("sites.tsv", sites(gene)),
        ("names.tsv", names(gene)),
        ("alleles.tsv", alleles(gene)),
        ("functions.tsv", functions(gene)),
        ("phenotypes.tsv", phenotypes(gene)),
        ("frequencies.tsv", frequencies(gene)),
    ];
    for (name, text) in tables {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// Serialised name of a plain enum, as in the text files.
fn word<T: Serialize>(value: T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn sites(gene: &Gene) -> String {
    let mut out =
        "position\treference\talternates\trsid\thgvs\trole\tgrch37_position\tgrch37_reference\tgrch37_evidence\n"
            .to_owned();
    for s in &gene.sites {
        let (position, reference, evidence) = s.grch37.as_ref().map_or_else(Default::default, |p| {
            (p.position.to_string(), p.reference.clone(), word::<PlacementEvidence>(p.evidence))
        });
        let _ = writeln!(
            out,
            "{}\t{}\t{}\t{}\t{}\t{}\t{position}\t{reference}\t{evidence}",
            s.position,
            s.reference,
            s.alternates.join(","),
            s.rsid.as_deref().unwrap_or(""),
            s.hgvs,
            word::<SiteRole>(s.role),
        );
    }
    out
}

fn names(gene: &Gene) -> String {
    let mut out = "allele\tkind\tsuballele_of\n".to_owned();
    for a in &gene.alleles {
        let kind = match (a.is_reference, a.is_structural, a.is_ignored) {
            (true, ..) => "reference",
            (_, true, _) => "structural",
            (.., true) => "ignored",
            _ => "variant",
        };
        let _ = writeln!(out, "{}\t{kind}\t{}", a.name, a.suballele_of.as_deref().unwrap_or(""));
    }
    out
}

fn alleles(gene: &Gene) -> String {
    let mut out = "allele\tposition\tbases\n".to_owned();
    for a in &gene.alleles {
        for (site, bases) in gene.sites.iter().zip(&a.carries).filter(|(_, b)| !b.is_empty()) {
            let _ = writeln!(out, "{}\t{}\t{}", a.name, site.position, bases.join("|"));
        }
    }
    out
}

fn functions(gene: &Gene) -> String {
    let mut out = "allele\tfunction\tactivity\tkey\tconfidence\n".to_owned();
    for (allele, f) in &gene.functions {
        let (activity, confidence) = (f.activity.as_deref().unwrap_or(""), f.confidence.as_deref().unwrap_or(""));
        let _ = writeln!(out, "{allele}\t{}\t{activity}\t{}\t{confidence}", f.function, f.key);
    }
    out
}

fn phenotypes(gene: &Gene) -> String {
    let mut out = "first\tsecond\tphenotype\tactivity_score\tlookup_key\n".to_owned();
    for p in &gene.phenotypes {
        let (second, score) = (p.second.as_deref().unwrap_or(""), p.activity_score.as_deref().unwrap_or(""));
        let _ = writeln!(out, "{}\t{second}\t{}\t{score}\t{}", p.first, p.phenotype, p.lookup_key);
    }
    out
}

fn frequencies(gene: &Gene) -> String {
    let mut out = "allele\tgroup\tcount\ttotal\tsource\n".to_owned();
    for f in &gene.frequencies {
        let _ = writeln!(out, "{}\t{}\t{}\t{}\t{}", f.allele, f.group, f.count, f.total, f.source);
    }
    out
}
