//! Genotypes as VCF.

use std::fmt::Write as _;

use super::Genotyped;
use crate::model::{Panel, contig_length};

/// VCF 4.3 (the specification's 1.6.2) with a record at every site of the panel, contigs as `contig_names` writes them.
///
/// FORMAT: GT, GQ, DP (fragments), AD, PL, MQ0 (fragments left out for mapping quality 0), PS where phased. FILTER is
/// `LowQuality` where reads do not decide, `NoReads` without any, `AlleleBalance` for a doubtful heterozygote.
pub fn vcf(
    genotyped: &Genotyped,
    panel: &Panel,
    sample: &str,
    contig_names: &dyn Fn(&str) -> String,
    program: &str,
) -> String {
    let mut text = String::from("##fileformat=VCFv4.3\n");
    let assembly = panel.assembly();
    let _ = writeln!(text, "##source={program}");
    let _ = writeln!(text, "##reference={assembly}");
    for note in &genotyped.notes {
        let _ = writeln!(text, "##rxstrata_note={note}");
    }
    let mut contigs: Vec<&str> = panel.sites().iter().map(|site| site.contig.as_str()).collect();
    contigs.dedup();
    for contig in contigs {
        let length = contig_length(assembly, contig).map(|n| format!(",length={n}")).unwrap_or_default();
        let _ = writeln!(text, "##contig=<ID={}{length},assembly={assembly}>", contig_names(contig));
    }
    text += "##FILTER=<ID=PASS,Description=\"Reads decide\">\n\
             ##FILTER=<ID=NoReads,Description=\"No usable read covers the site\">\n\
             ##FILTER=<ID=LowQuality,Description=\"Reads do not decide between genotypes: fewer than 4 fragments, or GQ below 20\">\n\
             ##FILTER=<ID=AlleleBalance,Description=\"The two alleles' fragments are shared out too unevenly for a heterozygote (binomial p below 1e-5)\">\n\
             ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
             ##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"Phred-scaled probability that the genotype is wrong\">\n\
             ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Fragments used\">\n\
             ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Fragments that favour each allele\">\n\
             ##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"Phred-scaled genotype likelihoods\">\n\
             ##FORMAT=<ID=MQ0,Number=1,Type=Integer,Description=\"Fragments left out because they may belong elsewhere\">\n\
             ##FORMAT=<ID=PS,Number=1,Type=Integer,Description=\"Phase set: position of its first site\">\n";
    let _ = writeln!(text, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{sample}");
    for (called, site) in genotyped.sites.iter().zip(panel.sites()) {
        let alternates = called.alleles.get(1..).unwrap_or_default().join(",");
        let filter = match (called.depth, &called.copies) {
            (0, _) => "NoReads",
            (_, None) => "LowQuality",
            _ if called.unbalanced => "AlleleBalance",
            _ => "PASS",
        };
        let separator = if called.phase_set.is_some() { "|" } else { "/" };
        let genotype = match &called.copies {
            Some(copies) => copies.iter().map(u8::to_string).collect::<Vec<_>>().join(separator),
            None if called.ploidy == 2 => "./.".to_owned(),
            None => ".".to_owned(),
        };
        let _ = write!(
            text,
            "{}\t{}\t{}\t{}\t{}\t.\t{filter}\t.\tGT:GQ:DP:AD:PL:MQ0{}\t{genotype}:{}:{}:{}:{}:{}",
            contig_names(&site.contig),
            site.position,
            site.rsid.as_deref().unwrap_or("."),
            site.reference,
            if alternates.is_empty() { "." } else { &alternates },
            if called.phase_set.is_some() { ":PS" } else { "" },
            if called.copies.is_some() { called.quality.to_string() } else { ".".to_owned() },
            called.depth,
            list(&called.allele_depths),
            list(&called.likelihoods),
            called.unplaced,
        );
        if let Some(set) = called.phase_set {
            let _ = write!(text, ":{set}");
        }
        text.push('\n');
    }
    text
}

fn list(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}
