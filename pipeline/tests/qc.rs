//! `rxstrata qc` by the binary: X and Y as the index of a BAM counts their reads, and the schema of what is written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use variants::model::{Assembly, contig_length};

#[path = "support/reads.rs"]
mod reads;

use reads::{Drawn, bam, rxstrata};

/// Sparse reads of a whole genome with so many copies of X, and so much of Y as copies of it give.
fn sam(x: u32, y: u32) -> String {
    let contigs: Vec<String> =
        (1..=22).map(|n| format!("chr{n}")).chain(["chrX".to_owned(), "chrY".to_owned()]).collect();
    let mut text = String::from("@HD\tVN:1.6\n");
    let lengths: Vec<u32> = contigs.iter().map(|c| contig_length(Assembly::Grch38, c).unwrap()).collect();
    for (contig, length) in contigs.iter().zip(&lengths) {
        let _ = writeln!(text, "@SQ\tSN:{contig}\tLN:{length}");
    }
    text += "@RG\tID:1\tSM:made\n";
    let mut random = Drawn(1);
    for (contig, length) in contigs.iter().zip(&lengths) {
        let copies = match contig.as_str() {
            "chrX" => f64::from(x),
            "chrY" => 0.45 * f64::from(y) + 0.01,
            _ => 2.0,
        };
        for number in 0..(f64::from(*length) / 2e5 * copies) as u32 {
            let position = 1 + random.below(length - 60);
            let _ = writeln!(
                text,
                "{contig}_{number}\t0\t{contig}\t{position}\t60\t50M\t*\t0\t0\t{0}\t{0}\tRG:Z:1",
                "C".repeat(50)
            );
        }
    }
    text
}

fn judged(place: &Path, sam: &str, sex: &[&str]) -> Value {
    let file = bam(place, "made.bam", sam);
    let output = rxstrata(place, &[&["qc", "-o", "qc", "-q", &file], sex].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&std::fs::read_to_string(place.join("qc/qc.json")).unwrap()).unwrap()
}

#[test]
fn the_sex_that_is_stated_is_held_against_the_reads_of_y() {
    let place = tempfile::tempdir().unwrap();
    for (x, y, sex, expected) in [
        (1, 1, &[][..], None),
        (1, 1, &["--sex", "male"], None),
        (1, 1, &["--sex", "female"], Some("stated female, but has a Y")),
        (2, 0, &[], None),
        (2, 0, &["--sex", "male"], Some("stated male, but has no Y")),
        (2, 1, &[], Some("has a Y and 2.0 copies of X by its reads: a rare karyotype, or the reads of two people")),
        (1, 0, &[], Some("has no Y and 1.0 copies of X")),
    ] {
        let found = judged(place.path(), &sam(x, y), sex);
        let warnings = found[0]["warnings"].to_string();
        assert_eq!(warnings.contains(" Y "), expected.is_some(), "{x} {y} {sex:?}: {warnings}");
        assert!(expected.is_none_or(|words| warnings.contains(words)), "{x} {y} {sex:?}: {warnings}");
        assert!((found[0]["sex_chromosomes"]["x"].as_f64().unwrap() - f64::from(x)).abs() < 0.1, "{found}");
    }
    let page = std::fs::read_to_string(place.path().join("qc/qc.html")).unwrap();
    assert!(page.contains("<th>Y<th>") && page.contains("<td>none<td>"), "{page}");
}

#[test]
fn qc_json_follows_its_schema() {
    let place = tempfile::tempdir().unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema/qc.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let header = "##fileformat=VCFv4.2\n##contig=<ID=chr10,length=133797422>\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">\n\
        #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tmade\nchr10\t94942290\t.\tC\tT\t.\tPASS\t.\tGT\t0/1\n";
    std::fs::write(place.path().join("made.vcf"), header).unwrap();
    let mut found = judged(place.path(), &sam(2, 0), &["--variants", "made.vcf"]);
    let errors: Vec<String> = validator.iter_errors(&found).map(|e| format!("{e} at {}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(found[0]["identity"]["verdict"], "undecided");
    assert!(found[0]["genes"].as_array().is_some_and(|genes| genes.len() > 10));
    found[0]["odd"] = Value::Null;
    assert!(!validator.is_valid(&found), "the schema refuses what it does not know");
}
