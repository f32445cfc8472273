//! Quality as tables and as a section of a MultiQC report.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::SampleQc;

/// `qc.tsv`: a row a sample.
pub fn samples(samples: &[SampleQc]) -> String {
    let mut text = String::from(
        "sample\tassembly\tdepth\tsites\tcalled\tx_copies\tx_reads\ty_reads\tcontamination\tcontamination_low\tcontamination_high\tidentity\tidentity_sites\tidentity_equal\twarnings\n",
    );
    for s in samples {
        let contamination = s
            .contamination
            .map_or_else(|| "\t\t".to_owned(), |c| format!("{:.4}\t{:.4}\t{:.4}", c.share, c.low, c.high));
        let sex = s.sex_chromosomes.map_or_else(|| "\t".to_owned(), |found| format!("{:.2}\t{:.2}", found.x, found.y));
        let identity = s
            .identity
            .as_ref()
            .map_or_else(|| "\t\t".to_owned(), |i| format!("{}\t{}\t{}", i.verdict, i.sites, i.equal));
        let _ = writeln!(
            text,
            "{}\t{}\t{:.2}\t{}\t{}\t{}\t{sex}\t{contamination}\t{identity}\t{}",
            s.sample,
            s.assembly,
            s.depth,
            s.sites,
            s.called,
            s.x_copies.map(|n| n.to_string()).unwrap_or_default(),
            s.warnings.join("; ")
        );
    }
    text
}

/// `coverage.tsv`: a row a sample and gene.
pub fn genes(samples: &[SampleQc]) -> String {
    let mut text = String::from(
        "sample\tgene\tsites\tcalled\tdepth_mean\tdepth_least\tmust_test_complete\tmust_test_incomplete\n",
    );
    for s in samples {
        for gene in &s.genes {
            let list = |complete: bool| {
                let alleles = gene.must_test.iter().filter(|(_, missing)| missing.is_empty() == complete);
                alleles.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";")
            };
            let _ = writeln!(
                text,
                "{}\t{}\t{}\t{}\t{:.2}\t{}\t{}\t{}",
                s.sample,
                gene.gene,
                gene.sites,
                gene.called,
                gene.depth,
                gene.least,
                list(true),
                list(false)
            );
        }
    }
    text
}

/// `rxstrata_qc_mqc.json`: columns of the general statistics.
pub fn multiqc(samples: &[SampleQc]) -> String {
    let data: Map<String, Value> = samples
        .iter()
        .map(|s| {
            let mut row = Map::new();
            row.insert("depth".to_owned(), json!(s.depth));
            row.insert("called".to_owned(), json!(100.0 * s.called as f64 / s.sites.max(1) as f64));
            if let Some(found) = s.contamination {
                row.insert("contamination".to_owned(), json!(100.0 * found.share));
            }
            if let Some(copies) = s.x_copies {
                row.insert("x_copies".to_owned(), json!(copies));
            }
            if let Some(found) = s.sex_chromosomes {
                row.insert("y_reads".to_owned(), json!(found.y));
            }
            row.insert("warnings".to_owned(), json!(s.warnings.len()));
            (s.sample.clone(), Value::Object(row))
        })
        .collect();
    let section = json!({
        "id": "rxstrata_qc",
        "plot_type": "generalstats",
        "headers": {
            "depth": {"title": "PGx depth", "description": "Mean fragments at sites of pharmacogenes", "format": "{:,.1f}"},
            "called": {"title": "PGx sites", "description": "Sites with a genotype", "suffix": "%", "max": 100, "format": "{:,.1f}"},
            "contamination": {"title": "Contamination", "suffix": "%", "format": "{:,.1f}"},
            "x_copies": {"title": "X", "description": "Copies of X by depth", "format": "{:d}"},
            "y_reads": {"title": "Y", "description": "Reads of Y over those of one copy of an autosome: near 0.45 in men", "format": "{:,.2f}"},
            "warnings": {"title": "Warnings", "format": "{:d}"},
        },
        "data": data,
    });
    format!("{section:#}\n")
}
