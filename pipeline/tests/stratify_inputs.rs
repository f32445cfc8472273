//! What `rxstrata stratify` reads besides matrices, by the binary.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

fn stratify(place: &Path, arguments: &[&str]) -> Output {
    let binary = assert_cmd::cargo::cargo_bin!("rxstrata");
    let common = ["-o", "out", "--resamples", "4"];
    Command::new(binary).current_dir(place).arg("stratify").args(arguments).args(common).output().unwrap()
}

fn read(place: &Path, name: &str) -> String {
    std::fs::read_to_string(place.join("out").join(name)).unwrap()
}

fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The message of a run that stopped with this status, on one line.
fn refused(output: &Output, status: i32) -> String {
    let message = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(status), "{message}");
    message
}

fn subtypes(place: &Path) -> Vec<String> {
    read(place, "subtypes.tsv").lines().skip(1).map(|l| l.split('\t').nth(1).unwrap().to_owned()).collect()
}

/// Genes of the even and of the odd tumours.
const GENES: [[&str; 3]; 2] = [["IDH1", "TP53", "ATRX"], ["EGFR", "PTEN", "NF1"]];

/// Thirty tumours in two groups, by genes and by what is substituted for what.
fn maf() -> String {
    let mut maf =
        "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\tChromosome\tStart_Position\tReference_Allele\t\
                   Tumor_Seq_Allele2\tCONTEXT\n"
            .to_owned();
    for t in 0..30 {
        for (g, gene) in GENES[t % 2].iter().enumerate() {
            let (reference, alternate, context) =
                if t % 2 == 0 { ("C", "T", ["ACA", "TCG", "CCG"][g]) } else { ("C", "A", ["TCT", "TCA", "ACT"][g]) };
            let at = 1000 * (g + 1) + t;
            let _ = writeln!(
                maf,
                "{gene}\tMissense_Mutation\tT{t}\t1\t{at}\t{reference}\t{alternate}\tggggg{context}ggggg"
            );
        }
        if t % 3 == 1 {
            let _ = writeln!(maf, "{}\tFrame_Shift_Ins\tT{t}\t1\t{}\t-\tA\t", GENES[t % 2][0], 9000 + t);
        }
    }
    maf
}

/// The same tumours as one VCF of VEP.
fn vcf() -> String {
    let mut vcf = "##fileformat=VCFv4.2\n##INFO=<ID=CSQ,Number=.,Type=String,Description=\"Format: Allele|Consequence|SYMBOL\">\n\
                   #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"
        .to_owned();
    (0..30).for_each(|t| vcf += &format!("\tT{t}"));
    for (g, gene) in GENES.concat().iter().enumerate() {
        let _ = write!(vcf, "\n1\t{}\t.\tC\tT\t.\tPASS\tCSQ=T|missense_variant|{gene}\tGT", 1000 * (g + 1));
        (0..30).for_each(|t| vcf += if GENES[t % 2].contains(gene) { "\t0/1" } else { "\t0/0" });
    }
    vcf + "\n"
}

#[test]
fn an_annotated_vcf_parts_the_tumours_as_the_maf_does() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("a.vcf"), vcf()).unwrap();
    succeeded(&stratify(place.path(), &["--annotated-vcf", "a.vcf", "--quiet"]));
    let found = subtypes(place.path());
    assert!(found.iter().enumerate().all(|(t, s)| *s == found[t % 2]) && found[0] != found[1], "{found:?}");
    assert!(read(place.path(), "stratify.html").contains("missense"), "the oncoprint tells kinds of change apart");
    let summary: serde_json::Value = serde_json::from_str(&read(place.path(), "mutations.json")).unwrap();
    assert_eq!((&summary["changes"], &summary["classes"]["missense_variant"]), (&90.into(), &90.into()));
}

#[test]
fn pathways_contexts_and_burden_are_modalities_of_their_own() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("a.maf"), maf()).unwrap();
    std::fs::write(place.path().join("sets.gmt"), "metabolism\t-\tIDH1\nsignals\t-\tEGFR\tPTEN\tNF1\n").unwrap();
    let features = "pathways,contexts,burden,genes";
    let output = stratify(
        place.path(),
        &["--maf", "a.maf", "--mutation-features", features, "--pathways", "sets.gmt", "--exome-megabases", "30"],
    );
    let said = succeeded(&output);
    assert!(said.contains("30 of 30 tumours have fewer than 50 substitutions"), "{said}");
    let summary: serde_json::Value = serde_json::from_str(&read(place.path(), "stratify.json")).unwrap();
    let modalities: Vec<(&str, u64)> = summary["modalities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (m["name"].as_str().unwrap(), m["features"].as_u64().unwrap()))
        .collect();
    assert_eq!(modalities, [("pathways", 2), ("contexts", 96), ("burden", 1), ("mutations", 6)]);
    let contexts = read(place.path(), "contexts.tsv");
    assert!(contexts.lines().any(|l| l.starts_with("A[C>T]A\t1\t0\t1\t0\t")), "{contexts}");
    let mutations: serde_json::Value = serde_json::from_str(&read(place.path(), "mutations.json")).unwrap();
    assert_eq!(mutations["burden"][0]["protein_altering_per_megabase"], 0.1);
    let found = subtypes(place.path());
    assert!(found.iter().enumerate().all(|(t, s)| *s == found[t % 2]) && found[0] != found[1], "{found:?}");
}

#[test]
fn options_on_mutations_that_do_not_go_together_start_nothing() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("a.maf"), maf()).unwrap();
    for (arguments, expected) in [
        (["--maf", "a.maf", "--mutation-features", "pathways"].as_slice(), "give a GMT file with --pathways"),
        (&["--maf", "a.maf", "--exome-megabases", "0"], "must be a number above 0"),
        (&["--maf", "a.maf", "--reference", "a.fa"], "--mutation-features contexts only"),
        (&["--matrix", "mrna=a.tsv", "--mutation-features", "burden"], "give --maf or --annotated-vcf"),
    ] {
        let message = refused(&stratify(place.path(), arguments), 2);
        assert!(message.contains(expected), "{message}");
        assert!(!place.path().join("out").exists(), "{arguments:?}");
    }
}
