//! Encoded diplotypes as VCF 4.3 text.

use std::fmt::Write;

use pgx_rules::encode::Encoded;
use variants::model::{Panel, contig_length};

/// The whole file: header with contig lengths, sites in panel order, one genotype a sample. Writing into a string cannot
/// fail, hence the ignored results.
pub fn vcf_text(encoded: &Encoded, knowledge_version: &str) -> String {
    let mut out = header(&encoded.panel, knowledge_version);
    let _ = write!(out, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT");
    for sample in &encoded.samples {
        let _ = write!(out, "\t{sample}");
    }
    out.push('\n');
    for ((site, genes), genotypes) in encoded.panel.sites().iter().zip(&encoded.genes).zip(&encoded.genotypes) {
        let alternates = if site.alternates.is_empty() { ".".to_owned() } else { site.alternates.join(",") };
        let _ = write!(
            out,
            "{}\t{}\t{}\t{}\t{alternates}\t.\tPASS\tGENE={}\tGT",
            site.contig,
            site.position,
            site.rsid.as_deref().unwrap_or("."),
            site.reference,
            genes.join(","),
        );
        for genotype in genotypes {
            match genotype {
                Some(genotype) => {
                    let _ = write!(out, "\t{genotype}");
                }
                None => out.push_str("\t./."),
            }
        }
        out.push('\n');
    }
    out
}

fn header(panel: &Panel, knowledge_version: &str) -> String {
    let assembly = panel.assembly();
    let mut out = "##fileformat=VCFv4.3\n".to_owned();
    let _ = writeln!(out, "##source=rxstrata {} knowledge encode", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(out, "##reference={assembly}");
    let _ = writeln!(out, "##rxstrataKnowledge={knowledge_version}");
    let mut last = "";
    for contig in panel.sites().iter().map(|s| s.contig.as_str()) {
        if contig != last {
            let length = contig_length(assembly, contig).map(|l| format!(",length={l}")).unwrap_or_default();
            let _ = writeln!(out, "##contig=<ID={contig}{length},assembly={assembly}>");
        }
        last = contig;
    }
    out.push_str("##FILTER=<ID=PASS,Description=\"All filters passed\">\n");
    out.push_str("##INFO=<ID=GENE,Number=.,Type=String,Description=\"Gene whose named alleles the site defines\">\n");
    out.push_str("##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n");
    out
}
