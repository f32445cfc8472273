#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::knowledge::embedded;

fn read(text: &str) -> Vec<GeneCall> {
    calls(embedded().unwrap(), &[("calls.tsv".into(), text.into())]).unwrap()
}

fn refused(text: &str) -> String {
    calls(embedded().unwrap(), &[("calls.tsv".into(), text.into())]).unwrap_err().to_string()
}

/// `diplotype|phenotype|score|lookup`, one a candidate.
fn shown(call: &GeneCall) -> Vec<String> {
    call.candidates
        .iter()
        .map(|c| {
            let d = c.diplotype.as_ref().map(ToString::to_string).unwrap_or_default();
            let p = c.phenotype.as_ref();
            let name = p.map_or("", |p| p.name.as_str());
            let score = p.and_then(|p| p.activity_score.as_deref()).unwrap_or("");
            format!("{d}|{name}|{score}|{}", p.map_or("", |p| p.lookup_key.as_str()))
        })
        .collect()
}

fn codes(call: &GeneCall) -> Vec<&str> {
    call.warnings.iter().map(|w| w.code.as_str()).collect()
}

#[test]
fn comments_headers_line_ends_and_further_columns_are_tolerated() {
    let text = "\u{feff}##made by a tool\r\ngene\tdiplotype\r\n\r\nCYP2D6\t*1/*4\t\t\t0.6\tp: 0.0\tv1.9\r\n";
    // the fifth column is not a score
    assert_eq!(shown(&read(text)[0]), ["*1/*4|Intermediate Metabolizer|1.0|1.0"]);
}

#[test]
fn lines_and_files_on_one_gene_are_alternatives_each_once() {
    let files = [("a".into(), "CYP2D6\t*1/*1\n".into()), ("b".into(), "CYP2D6\t*1/*1x7\nCYP2D6\t*1/*1\n".into())];
    let calls = calls(embedded().unwrap(), &files).unwrap();
    assert_eq!(shown(&calls[0]), ["*1/*1|Normal Metabolizer|2.0|2.0", "*1/*1x7|Ultrarapid Metabolizer|≥4.0|≥4.0"]);
}

#[test]
fn tandems_are_read_with_and_without_brackets_and_blanks() {
    let wanted = ["[*13 + *1x2]/[*36 + *10]|Normal Metabolizer|2.25|2.25"];
    assert_eq!(shown(&read("CYP2D6\t*13 + *1x2/*36 + *10")[0]), wanted);
    assert_eq!(shown(&read("CYP2D6\t[*13 + *1x2]/[*36 + *10]")[0]), wanted);
    assert_eq!(shown(&read("CYP2D6\tCYP2D6*13+*1x2/*36+*10")[0]), wanted);
    assert_eq!(
        shown(&read("UGT1A1\t*1/*80+*28")[0]),
        ["*1/*80+*28|Intermediate Metabolizer||Intermediate Metabolizer"]
    );
}

#[test]
fn a_phenotype_or_a_score_alone_is_enough() {
    let calls = read("CYP2D6\t\t\t1.25\nHLA-A\t\t*31:01 positive\n");
    assert_eq!(shown(&calls[0]), ["|Normal Metabolizer|1.25|1.25"]);
    assert_eq!(shown(&calls[1]), ["|*31:01 positive||*31:01 positive"]);
    assert_eq!(
        shown(&read("CYP2D6\t\tCYP2D6 Intermediate Metabolizer")[0]),
        ["|Intermediate Metabolizer||0.25/0.5/0.75/1.0"]
    );
}

#[test]
fn hla_alleles_become_presence() {
    let text = "HLA-B\tHLA-B*15:02/HLA-B*57:01";
    let name = "*15:02 positive/*57:01 positive/*58:01 negative";
    assert_eq!(shown(&read(text)[0]), [format!("*15:02/*57:01|{name}||{name}")]);
    assert_eq!(codes(&read("HLA-B\t*57:01")[0]), ["outside-one-allele"]);
    let stated = "*57:01 positive/*58:01 negative";
    assert_eq!(shown(&read("HLA-B\t\tHLA-B*57:01 Positive / *58:01 NEGATIVE")[0]), [format!("|{stated}||{stated}")]);
}

#[test]
fn an_unknown_allele_is_kept_without_phenotype_and_named() {
    let call = &read("G6PD\tB (wildtype)/B (wildtype)")[0];
    assert_eq!(shown(call), ["B (wildtype)/B (wildtype)|||"]);
    assert_eq!(codes(call), ["outside-unknown-allele"]);
}

#[test]
fn other_names_of_an_allele_are_understood() {
    assert!(shown(&read("DPYD\tReference/*2A")[0])[0].starts_with("Reference/c.1905+1G>A (*2A)|"));
    let vkorc1 = shown(&read("VKORC1\trs9923231 C/rs9923231 T")[0]);
    assert!(vkorc1[0].starts_with("rs9923231 reference (C)/rs9923231 variant (T)|"), "{vkorc1:?}");
    assert!(shown(&read("CFTR\tG551D (heterozygous)")[0])[0].starts_with("Reference/G551D|"));
}

#[test]
fn what_the_outside_call_states_counts_before_what_its_alleles_mean() {
    let call = &read("CYP2D6\t*1/*1\tPoor Metabolizer\t0.0")[0];
    assert_eq!(shown(call), ["*1/*1|Poor Metabolizer|0.0|0.0"]);
    assert_eq!(codes(call), ["outside-call-differs"]);
}

#[test]
fn refusals_name_file_line_and_remedy() {
    assert!(refused("#x\nABC1\t*1/*1").starts_with("calls.tsv, line 2: unknown gene 'ABC1'; remove the line"));
    assert!(refused("CYP2D6 *1/*1").contains("separate gene"));
    assert!(refused("CYP2D6\t\t").contains("nothing is said of CYP2D6"));
    assert!(refused("\t*1/*1").contains("no gene"));
    assert!(refused("CYP2D6\t*1/*2/*3").contains("more than two alleles"));
    assert!(refused("CYP2D6\t*1/").contains("an allele is empty"));
    assert!(refused("CYP2D6\t\t\tmany").contains("is not an activity score"));
    assert!(refused("CYP2C19\t\t\t1.0").contains("has no activity score"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*", lines in proptest::collection::vec("(CYP2D6|HLA-B|DPYD|\\PC{0,4})\t\\PC{0,12}(\t\\PC{0,6}){0,3}", 0..4)) {
        let _ = calls(embedded().unwrap(), &[("a".into(), text), ("b".into(), lines.join("\n"))]);
    }

    #[test]
    fn what_is_exported_is_read_back(picks in proptest::collection::vec((0usize..1000, 0usize..1000, 0usize..1000), 1..6)) {
        let genes: Vec<&Gene> = embedded().unwrap().genes.values().filter(|g| !g.alleles.is_empty()).collect();
        let text: String = picks.iter().map(|(g, a, b)| {
            let gene = genes[g % genes.len()];
            let name = |i: usize| &gene.alleles[i % gene.alleles.len()].name;
            format!("{}\t{}/{}\n", gene.symbol, name(*a), name(*b))
        }).collect();
        let once = read(&text);
        let again = read(&export(&once.iter().collect::<Vec<_>>()));
        prop_assert_eq!(once, again);
    }
}
