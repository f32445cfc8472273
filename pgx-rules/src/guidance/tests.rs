#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::knowledge::embedded;
use crate::knowledge::schema::Drug;
use crate::outside;

/// The embedded genes with one drug, given as the text of its file.
fn with_drug(text: &str) -> Knowledge {
    let mut knowledge = embedded().unwrap().clone();
    let drug: Drug = toml::from_str(text).unwrap();
    knowledge.drugs.clear();
    knowledge.drugs.insert(drug.name.clone(), drug);
    knowledge
}

const TWO_GENES: &str = r#"
name = "testine"
[[guidelines]]
id = "G"
source = "CPIC"
kind = "guideline"
genes = ["CYP2C19", "CYP2D6"]
url = ""
pmids = []
version = ""
[[rows]]
guideline = "G"
population = "general"
when = { CYP2C19 = ["Normal Metabolizer"], CYP2D6 = ["2.0", "1.5"] }
classification = "strong"
implications = []
actions = [{ standard-dosing = {} }]
[[rows]]
guideline = "G"
population = "general"
when = { CYP2C19 = ["Normal Metabolizer"], CYP2D6 = ["No Result"] }
classification = "optional"
implications = []
actions = [{ standard-dosing = {} }]
[[rows]]
guideline = "G"
population = "general"
when = { CYP2C19 = ["Normal Metabolizer"], CYP2D6 = ["0.0", "0.25", "0.5"] }
classification = "strong"
implications = []
actions = [{ avoid = {} }]
[[rows]]
guideline = "G"
population = "general"
when = { CYP2C19 = ["Normal Metabolizer"], CYP2D6 = ["0.75", "1.0"] }
classification = "moderate"
implications = []
actions = [{ use-with-caution = {} }]
"#;

fn asked(drug: &str, lines: &str, patient: &Patient) -> Guidance {
    let knowledge = with_drug(drug);
    let calls = outside::calls(&knowledge, &[("t".into(), lines.into())]).unwrap();
    advise(&knowledge, &calls.iter().collect::<Vec<_>>(), patient, &[])
}

/// `classification gene=lookup;…`, one a row.
fn rows(guidance: &Guidance) -> Vec<String> {
    let lookup = |a: &Advice| a.basis.iter().map(|b| format!("{}={}", b.gene, b.lookup)).collect::<Vec<_>>().join(";");
    guidance.advice.iter().map(|a| format!("{} {}", a.classification, lookup(a))).collect()
}

fn taking(drugs: &[&str]) -> Patient {
    Patient { medication: Some(drugs.iter().map(|d| (*d).to_owned()).collect()), ..Patient::default() }
}

#[test]
fn every_gene_of_a_row_must_fit() {
    let found = asked(TWO_GENES, "CYP2C19\t*1/*1\nCYP2D6\t*1/*1\n", &Patient::default());
    assert_eq!(rows(&found), ["strong CYP2C19=Normal Metabolizer;CYP2D6=2.0"]);
    assert_eq!(found.advice[0].basis[1].diplotype, "*1/*1");
}

#[test]
fn a_gene_without_a_result_fits_where_the_guideline_says_so_and_is_left_out() {
    let found = asked(TWO_GENES, "CYP2C19\t*1/*1\n", &Patient::default());
    assert_eq!(rows(&found), ["optional CYP2C19=Normal Metabolizer"]);
    let found = asked(TWO_GENES, "CYP2D6\t*1/*1\n", &Patient::default());
    assert_eq!(found.advice, []);
    assert_eq!(found.unanswered, [Unanswered { drug: "testine".into(), genes: vec!["CYP2C19".into()] }]);
    assert_eq!(found.uncovered, [], "a row waits for CYP2C19");
}

/// `source guideline partial gene=lookup;…`, one a document.
fn silent(guidance: &Guidance) -> Vec<String> {
    let lookup =
        |u: &Uncovered| u.basis.iter().map(|b| format!("{}={}", b.gene, b.lookup)).collect::<Vec<_>>().join(";");
    guidance.uncovered.iter().map(|u| format!("{} {} {} {}", u.source, u.guideline, u.partial, lookup(u))).collect()
}

#[test]
fn a_drug_whose_genes_have_results_is_uncovered_and_not_wanting_for_a_gene() {
    let found = asked(TWO_GENES, "CYP2C19\t*2/*2\nCYP2D6\t*1/*1\nCYP2D6\t*1/*2\n", &Patient::default());
    assert_eq!((found.advice.len(), found.unanswered.len()), (0, 0));
    assert_eq!(silent(&found), ["CPIC G false CYP2C19=Poor Metabolizer;CYP2D6=2.0"]);
    assert_eq!(found.uncovered[0].basis[1].diplotype, "*1/*1;*1/*2");
    // no row would fit whatever CYP2D6 were; that it has no result is true as well
    let found = asked(TWO_GENES, "CYP2C19\t*2/*2\n", &Patient::default());
    assert_eq!(silent(&found), ["CPIC G false CYP2C19=Poor Metabolizer"]);
    assert_eq!(found.unanswered, [Unanswered { drug: "testine".into(), genes: vec!["CYP2D6".into()] }]);
}

#[test]
fn the_silence_of_one_document_is_kept_beside_the_answer_of_another() {
    let label = r#"
[[guidelines]]
id = "L"
source = "FDA"
kind = "label"
genes = ["CYP2D6"]
url = ""
pmids = []
version = ""
"#;
    let drug = TWO_GENES.replacen("[[rows]]", &format!("{label}[[rows]]"), 1);
    let found = asked(&drug, "CYP2C19\t*1/*1\nCYP2D6\t*1/*1\n", &Patient::default());
    assert_eq!(rows(&found), ["strong CYP2C19=Normal Metabolizer;CYP2D6=2.0"]);
    assert_eq!(silent(&found), ["FDA L true CYP2D6=2.0"], "a label may say more than is carried");
    assert_eq!(found.unanswered, []);
    // of two answers of a gene, the one without a row
    let found = asked(TWO_GENES, "CYP2C19\t*1/*1\nCYP2C19\t*2/*2\nCYP2D6\t*1/*1\n", &Patient::default());
    assert_eq!(
        (found.advice.len(), silent(&found)),
        (1, vec!["CPIC G false CYP2C19=Poor Metabolizer;CYP2D6=2.0".into()])
    );
}

#[test]
fn a_gene_that_is_called_but_has_no_phenotype_did_give_a_result() {
    let knowledge = embedded().unwrap();
    let lines = "IFNL3\trs12979860 reference (C)/rs12979860 variant (T)";
    let calls = outside::calls(knowledge, &[("t".into(), lines.into())]).unwrap();
    let calls: Vec<_> = calls.iter().collect();
    let found = advise(knowledge, &calls, &Patient::default(), &["ribavirin".into()]);
    assert_eq!(found.unanswered, []);
    assert_eq!(silent(&found), ["CPIC PA166110235 true IFNL3="], "no row of this guideline is carried");
    assert!(found.uncovered[0].basis[0].diplotype.contains("variant (T)"));
}

#[test]
fn an_indeterminate_score_finds_the_row_of_its_own() {
    let drug = TWO_GENES.replace(r#"["0.75", "1.0"]"#, r#"["n/a"]"#);
    let found = asked(&drug, "CYP2C19\t*1/*1\nCYP2D6\t*1/*22\n", &Patient::default());
    assert_eq!(rows(&found), ["moderate CYP2C19=Normal Metabolizer;CYP2D6=n/a"]);
    assert_eq!(found.uncovered, []);
}

/// What the page of a person says must be true of every drug: one that is wanting names a gene without a result, and every
/// drug of the genes asked for is answered, wanting or uncovered.
#[test]
fn every_drug_is_answered_wanting_or_uncovered() {
    let knowledge = embedded().unwrap();
    for lines in [
        "CYP2C19\t*1/*2\nCYP2D6\t*1/*22\nCYP2C9\t*1/*1\nVKORC1\t-1639A/-1639A",
        "CYP4F2\t*1/*3",
        "HLA-B\t*57:01/*07:02",
    ] {
        let calls = outside::calls(knowledge, &[("t".into(), lines.into())]).unwrap();
        let calls: Vec<_> = calls.iter().collect();
        let found = advise(knowledge, &calls, &Patient::default(), &[]);
        let with_result = |gene: &str| calls.iter().any(|c| c.gene == gene && !c.candidates.is_empty());
        for wanting in &found.unanswered {
            assert!(wanting.genes.iter().all(|g| !with_result(g)), "{wanting:?}");
            assert!(found.advice.iter().all(|a| a.drug != wanting.drug), "{wanting:?}");
        }
        assert!(found.uncovered.iter().all(|u| u.drug != "warfarin" || u.source != "CPIC"), "a flow is not a table");
        for drug in knowledge.drugs.values().filter(|d| d.guidelines.iter().any(|g| !g.genes.is_empty())) {
            let named = found.advice.iter().any(|a| a.drug == drug.name)
                || found.unanswered.iter().any(|u| u.drug == drug.name)
                || found.uncovered.iter().any(|u| u.drug == drug.name);
            assert!(named, "{}: {lines}", drug.name);
        }
    }
}

#[test]
fn alternatives_with_different_lookups_give_a_row_each_and_with_the_same_one() {
    let lines = "CYP2C19\t*1/*1\nCYP2D6\t*1/*1\nCYP2D6\t*1/*2\nCYP2D6\t*4/*4\n";
    let found = asked(TWO_GENES, lines, &Patient::default());
    assert_eq!(
        rows(&found),
        ["strong CYP2C19=Normal Metabolizer;CYP2D6=0.0", "strong CYP2C19=Normal Metabolizer;CYP2D6=2.0"]
    );
    assert_eq!(found.advice[1].basis[1].diplotype, "*1/*1;*1/*2");
}

#[test]
fn a_phenotype_without_a_score_gives_every_row_of_its_scores() {
    let found = asked(TWO_GENES, "CYP2C19\t*1/*1\nCYP2D6\t\tIntermediate Metabolizer\n", &Patient::default());
    assert_eq!(
        rows(&found),
        ["strong CYP2C19=Normal Metabolizer;CYP2D6=0.25/0.5", "moderate CYP2C19=Normal Metabolizer;CYP2D6=0.75/1.0"]
    );
}

#[test]
fn only_the_alleles_that_a_drug_depends_on_are_named() {
    let knowledge = embedded().unwrap();
    let calls = outside::calls(knowledge, &[("t".into(), "HLA-B\t*15:02/*57:01".into())]).unwrap();
    let found = advise(knowledge, &calls.iter().collect::<Vec<_>>(), &Patient::default(), &["abacavir".into()]);
    let fda = "unspecified HLA-B=*57:01 positive";
    assert_eq!(rows(&found), ["strong HLA-B=*57:01 positive", fda, fda], "CPIC's row, the FDA's label and association");
    assert!(found.advice.iter().all(|a| a.urgency == Urgency::Avoid));
}

#[test]
fn uncertain_susceptibility_is_not_what_the_fda_contraindicates() {
    let knowledge = embedded().unwrap();
    let fda = |ryr1: &str| -> usize {
        let lines = format!("CACNA1S\t\tUncertain Susceptibility\nRYR1\t\t{ryr1}");
        let calls = outside::calls(knowledge, &[("t".into(), lines)]).unwrap();
        let calls: Vec<_> = calls.iter().collect();
        let found = advise(knowledge, &calls, &Patient::default(), &["desflurane".into()]);
        found.advice.iter().filter(|a| a.source == "FDA").count()
    };
    assert_eq!(fda("Uncertain Susceptibility"), 0);
    assert_eq!(fda("Malignant Hyperthermia Susceptibility"), 1);
}

#[test]
fn co_medication_changes_the_lookup_only_when_it_is_stated() {
    let lines = "CYP2C19\t*1/*1\nCYP2D6\t*1/*1\n";
    let strong = asked(TWO_GENES, lines, &taking(&["Paroxetine", "duloxetine"]));
    assert_eq!(rows(&strong), ["strong CYP2C19=Normal Metabolizer;CYP2D6=0.0"]);
    let basis = &strong.advice[0].basis[1];
    assert_eq!((basis.diplotype.as_str(), basis.phenotype.as_str()), ("*1/*1", "Poor Metabolizer"));
    assert!(basis.phenoconversion.as_ref().unwrap().contains("2.0 × 0 = 0.0"), "{basis:?}");
    let moderate = asked(TWO_GENES, lines, &taking(&["duloxetine"]));
    assert_eq!(rows(&moderate), ["moderate CYP2C19=Normal Metabolizer;CYP2D6=1.0"]);
    for unchanged in [taking(&[]), taking(&["aspirin"]), Patient::default()] {
        let found = asked(TWO_GENES, lines, &unchanged);
        assert_eq!(found.advice[0].basis[1].phenoconversion, None);
        assert_eq!(found.advice[0].basis[1].lookup, "2.0");
    }
}

#[test]
fn a_halved_score_between_two_listed_ones_asks_for_both() {
    let found = asked(TWO_GENES, "CYP2C19\t*1/*1\nCYP2D6\t*1/*17\n", &taking(&["cinacalcet"]));
    assert_eq!(rows(&found), ["moderate CYP2C19=Normal Metabolizer;CYP2D6=0.75"]);
    // 1.75 halved is 0.875, which no rule lists
    let found = asked(TWO_GENES, "CYP2C19\t*1/*1\nCYP2D6\t\t\t1.75\n", &taking(&["cinacalcet"]));
    assert_eq!(rows(&found), ["moderate CYP2C19=Normal Metabolizer;CYP2D6=0.75/1.0"]);
    assert_eq!(found.advice[0].basis[1].activity_score.as_deref(), Some("0.875"));
    // 0.25 halved is above 0: not poor
    let found = asked(TWO_GENES, "CYP2C19\t*1/*1\nCYP2D6\t*4/*10\n", &taking(&["cinacalcet"]));
    assert_eq!(found.advice[0].basis[1].phenotype, "Intermediate Metabolizer");
}

#[test]
fn a_disputed_inhibitor_is_named_and_not_applied() {
    let found = asked(TWO_GENES, "CYP2C19\t*1/*1\nCYP2D6\t*1/*1\n", &taking(&["terbinafine"]));
    let basis = &found.advice[0].basis[1];
    assert_eq!(basis.lookup, "2.0");
    assert!(basis.phenoconversion.as_ref().unwrap().contains("not applied"));
}

#[test]
fn a_drug_that_is_taken_already_does_not_inhibit_itself() {
    let drug = TWO_GENES.replace("testine", "paroxetine");
    let lines = "CYP2C19\t*1/*1\nCYP2D6\t*1/*1\n";
    assert_eq!(asked(&drug, lines, &taking(&["paroxetine"])).advice[0].basis[1].lookup, "2.0");
    assert_eq!(asked(&drug, lines, &taking(&["paroxetine", "quinidine"])).advice[0].basis[1].lookup, "0.0");
}

#[test]
fn a_row_by_phenotype_fits_a_gene_that_is_looked_up_by_score() {
    let drug = TWO_GENES.replace(r#"["2.0", "1.5"]"#, r#"["Normal Metabolizer"]"#);
    let found = asked(&drug, "CYP2C19\t*1/*1\nCYP2D6\t*1/*1\n", &Patient::default());
    assert_eq!(rows(&found), ["strong CYP2C19=Normal Metabolizer;CYP2D6=Normal Metabolizer"]);
}

#[test]
fn the_order_of_calls_does_not_matter() {
    let knowledge = with_drug(TWO_GENES);
    let calls =
        outside::calls(&knowledge, &[("t".into(), "CYP2C19\t*1/*1\nCYP2D6\t*1/*1\nCYP2D6\t*4/*4\n".into())]).unwrap();
    let forward: Vec<&GeneCall> = calls.iter().collect();
    let backward: Vec<&GeneCall> = calls.iter().rev().collect();
    let nobody = Patient::default();
    assert_eq!(advise(&knowledge, &forward, &nobody, &[]), advise(&knowledge, &backward, &nobody, &[]));
}
