#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use indexmap::IndexMap;
use pgx_rules::ambiguity::{Ambiguity, Assay, GroupPosterior, UnseenAlleles, Weighed};
use pgx_rules::call::{CallSource, Warning};
use pgx_rules::guidance::{Advice, Basis, Patient, Unanswered, Uncovered, Urgency};
use pgx_rules::knowledge::embedded;
use variants::model::State;

use super::render;
use crate::provenance::{KnowledgeProvenance, Provenance};
use crate::report::document::{CandidateDocument, GeneDocument, SampleDocument, SiteDocument, SiteName};

/// What a document borrows.
struct Facts {
    patient: Patient,
    metadata: IndexMap<String, String>,
    advice: Vec<Advice>,
    unanswered: Unanswered,
    uncovered: Vec<Uncovered>,
    functions: Vec<String>,
    warnings: Vec<Warning>,
    ambiguity: Ambiguity,
    unseen: UnseenAlleles,
}

fn advice(drug: &str, urgency: Urgency, population: &str, text: &str) -> Advice {
    Advice {
        drug: drug.to_owned(),
        source: "CPIC".to_owned(),
        guideline: "PA1".to_owned(),
        population: population.to_owned(),
        classification: "strong".to_owned(),
        basis: vec![Basis {
            gene: "CYP2C19".to_owned(),
            diplotype: "*2/*3".to_owned(),
            phenotype: "Poor Metabolizer".to_owned(),
            activity_score: None,
            lookup: "Poor Metabolizer".to_owned(),
            phenoconversion: None,
        }],
        implications: Vec::new(),
        actions: Vec::new(),
        urgency,
        text: text.to_owned(),
        steps: Vec::new(),
        confidence: None,
    }
}

fn silent(source: &str, drug: &str, partial: bool) -> Uncovered {
    let basis = advice(drug, Urgency::None, "general", "").basis;
    Uncovered { drug: drug.to_owned(), source: source.to_owned(), guideline: "PA2".to_owned(), partial, basis }
}

fn weighed(diplotype: &str, is_answer: bool, probability: f64) -> Weighed {
    Weighed {
        diplotype: diplotype.to_owned(),
        phenotype: Some("Poor Metabolizer".to_owned()),
        activity_score: None,
        is_answer,
        posterior: vec![GroupPosterior { group: "EAS".to_owned(), probability }],
        changes_phenotype: !is_answer,
        changes_guidance_of: if is_answer { Vec::new() } else { vec!["drug-c".to_owned()] },
    }
}

fn facts() -> Facts {
    Facts {
        patient: Patient { medication: Some(vec!["drug-c".to_owned()]), ..Patient::default() },
        metadata: IndexMap::from([("ward".to_owned(), "<b>7</b>".to_owned())]),
        advice: vec![
            advice("drug-a", Urgency::Standard, "general", "Use it as the label says."),
            advice("drug-b", Urgency::Adjust, "adults", "Halve the dose."),
            advice("drug-b", Urgency::Adjust, "pediatrics", "Halve the dose."),
            advice("drug-c", Urgency::Monitor, "general", "Watch the patient."),
            advice("drug-d", Urgency::Avoid, "general", "Do not use it."),
        ],
        unanswered: Unanswered { drug: "drug-e".to_owned(), genes: vec!["HLA-B".to_owned()] },
        uncovered: vec![
            silent("FDA", "drug-f", true),
            silent("FDA", "drug-f", true),
            silent("CPIC", "drug-f", false),
            silent("CPIC", "drug-g", false),
            silent("CPIC", "drug-a", false),
        ],
        functions: vec!["No function".to_owned(), "No function".to_owned()],
        warnings: vec![Warning { code: "x".to_owned(), text: "Look at <this>.".to_owned() }],
        ambiguity: Ambiguity {
            candidates: vec![weighed("*2/*3", true, 0.9), weighed("*1/*[2 & 3]", false, 0.1)],
            not_listed: 3,
            assay: Some(Assay::Genotype {
                site: "chr10:1 A>C".to_owned(),
                rsid: Some("rs1".to_owned()),
                settles: true,
            }),
            assumption: "as assumed".to_owned(),
        },
        unseen: UnseenAlleles {
            alleles: vec!["*4".to_owned()],
            must_test: vec!["*4".to_owned()],
            carriers: vec![GroupPosterior { group: "EAS".to_owned(), probability: 0.0312 }],
        },
    }
}

fn page(facts: &Facts, sample: &str) -> String {
    let knowledge = embedded().unwrap();
    let provenance = Provenance {
        program: "rxstrata",
        version: "9.9.9",
        knowledge: KnowledgeProvenance::of(knowledge, "embedded".to_owned()),
        options: IndexMap::from([("min_depth", "none".to_owned())]),
        choices: vec!["Missing sites were read as reference.".to_owned()],
        files: Vec::new(),
    };
    let gene = GeneDocument {
        gene: "CYP2C19",
        source: CallSource::Matcher,
        rule: "named-allele",
        candidates: vec![CandidateDocument {
            diplotype: Some("*2/*3".to_owned()),
            functions: &facts.functions,
            phenotype: Some("Poor Metabolizer"),
            activity_score: None,
            lookup_key: Some("Poor Metabolizer"),
            match_score: 12,
        }],
        phased: false,
        effectively_phased: false,
        sites_total: 35,
        sites_seen: 34,
        missing: vec![SiteName { site: "chr10:2 A>G".to_owned(), rsid: None }],
        not_excluded: &[],
        sites: vec![SiteDocument {
            site: "chr10:94781859 G>A".to_owned(),
            rsid: Some("rs4244285"),
            genotype: Some("G/A".to_owned()),
            phase_set: None,
            state: State::Called,
            differs: true,
            defines: vec!["*2"],
            discrepancies: &[],
            support: None,
        }],
        warnings: &facts.warnings,
        ambiguity: Some(&facts.ambiguity),
        unseen: Some(&facts.unseen),
        confidence: &[],
    };
    let document = SampleDocument {
        sample,
        input: None,
        sex: None,
        population: Some("EAS"),
        patient: &facts.patient,
        metadata: &facts.metadata,
        genes: vec![gene],
        guidance: facts.advice.iter().collect(),
        unanswered: vec![&facts.unanswered],
        uncovered: facts.uncovered.iter().collect(),
    };
    render(&provenance, &document).unwrap()
}

#[test]
fn names_and_texts_of_others_are_escaped_everywhere() {
    let html = page(&facts(), "<script>alert('x')</script>");
    assert!(!html.contains("<script"), "the sample's name is text");
    assert!(html.contains("&lt;script&gt;"));
    assert!(html.contains("&lt;b&gt;7&lt;&#x2f;b&gt;"), "metadata is text");
    assert!(html.contains("Look at &lt;this&gt;."), "warnings are text");
}

#[test]
fn the_page_asks_for_nothing_from_elsewhere() {
    let html = page(&facts(), "S1");
    for reference in ["http://", "https://", "src=", "@import", "url(", "<link", "<script"] {
        let beyond_sources = html.split("<h3>Sources</h3>").next().unwrap();
        assert!(!beyond_sources.contains(reference), "{reference}");
    }
}

#[test]
fn drugs_taken_now_come_first_and_then_the_most_serious() {
    let html = page(&facts(), "S1");
    let at = |drug: &str| html.find(&format!("id=\"drug-{drug}\"")).unwrap_or(usize::MAX);
    assert!(at("drug-c") < at("drug-d") && at("drug-d") < at("drug-b"), "taken, avoid, adjust");
    assert_eq!(at("drug-a"), usize::MAX, "standard use has no row");
    assert!(html.contains("No change from the label on these genotypes: drug-a."));
}

#[test]
fn populations_with_the_same_advice_share_a_row() {
    let html = page(&facts(), "S1");
    assert_eq!(html.matches("Halve the dose.").count(), 1);
    assert!(html.contains("For adults, children:"));
}

#[test]
fn what_is_not_known_is_said() {
    let html = page(&facts(), "S1");
    for said in [
        "Missing sites were read as reference.",
        "<strong>HLA-B:</strong> drug-e",
        "34 of 35",
        "genotype rs1 (chr10:1 A&gt;C) on GRCh38; one diplotype is left whatever the result",
        "3 further diplotypes fit",
        "3.1 %",
    ] {
        assert!(html.contains(said), "{said}");
    }
}

#[test]
fn headings_descend_one_level_at_a_time_and_every_table_has_a_caption_and_column_headers() {
    let html = page(&facts(), "S1");
    let levels: Vec<u32> =
        html.match_indices("<h").filter_map(|(i, _)| html[i + 2..].chars().next()?.to_digit(10)).collect();
    assert_eq!(levels.iter().filter(|l| **l == 1).count(), 1);
    assert!(levels.windows(2).all(|w| w[1] <= w[0] + 1), "{levels:?}");
    let tables = html.matches("<table").count();
    assert!(tables >= 5);
    assert_eq!(html.matches("<caption>").count(), tables);
    assert_eq!(html.matches("<thead><tr><th scope=\"col\">").count(), tables);
    assert!(html.contains("<html lang=\"en\">"));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(page(&facts(), "S1"), page(&facts(), "S1"));
}

#[test]
fn a_page_without_any_guidance_does_not_sound_reassuring() {
    let html = page(&Facts { advice: Vec::new(), ..facts() }, "S1");
    assert!(html.contains("No guidance was found"));
    assert!(!html.contains("calls for a change"));
}

/// The text between the tags.
fn words(html: &str) -> String {
    let mut inside = false;
    let text = html.chars().filter(|c| {
        let was = inside || *c == '<';
        inside = *c == '<' || (inside && *c != '>');
        !was
    });
    text.collect::<String>().replace("&#x2f;", "/")
}

#[test]
fn a_source_without_a_row_is_named_with_the_result_once_for_all_its_drugs() {
    let page = words(&page(&facts(), "S1"));
    let drugs = "drug-f, drug-g, drug-a (see also above)";
    let none = format!("CPIC gives no recommendation for CYP2C19 *2/*3 (Poor Metabolizer): {drugs}");
    let partial = "FDA: its text for this result is not carried here, CYP2C19 *2/*3 (Poor Metabolizer): drug-f";
    let at = |said: &str| page.find(said).unwrap_or_else(|| panic!("{said}"));
    assert!(at(&none) < at(partial));
    assert_eq!(page.matches(partial).count(), 1);
    assert_eq!(page.matches("drug-f, drug-f").count(), 0);
}
