//! The published tables, imported through the curation, are the drugs that are shipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use pgx_rules::guidance::action::Action;
use pgx_rules::knowledge::embedded;
use pgx_rules::knowledge::import::{GuidanceFolder, ImportError, Unread, guidance};
use pgx_rules::knowledge::schema::{Drug, GuidanceRow, Knowledge};

fn release() -> Option<PathBuf> {
    common::shared("knowledge/cpic/recommendations.tsv.gz").and_then(|p| p.parent().map(Path::to_owned))
}

fn curation() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/curation")
}

fn from<'a>(folder: PathBuf, base: &'a Knowledge, dpwg: bool) -> GuidanceFolder<'a> {
    GuidanceFolder { folder, curation: curation(), base, unread: Unread::Refuse, dpwg }
}

/// What the importer must derive by itself: without any row of a table-made guideline.
fn without_derived_rows(knowledge: &Knowledge) -> Knowledge {
    let mut base = knowledge.clone();
    for drug in base.drugs.values_mut().filter(|d| d.model.is_none()) {
        let derived: Vec<String> =
            drug.guidelines.iter().filter(|g| g.source == "CPIC").map(|g| g.id.clone()).collect();
        drug.guidelines.retain(|g| g.source != "CPIC");
        drug.rows.retain(|r| !derived.contains(&r.guideline));
    }
    base
}

/// One row a lookup, sorted: how lookups are merged into rows is no fact.
fn spelled_out(drug: &Drug) -> Drug {
    let mut drug = drug.clone();
    drug.rows = drug.rows.iter().flat_map(one_a_lookup).collect();
    let key =
        |r: &GuidanceRow| (r.guideline.clone(), r.population.clone(), r.when.clone().into_iter().collect::<Vec<_>>());
    drug.rows.sort_by_key(key);
    drug.guidelines.sort_by(|a, b| a.id.cmp(&b.id));
    drug
}

fn one_a_lookup(row: &GuidanceRow) -> Vec<GuidanceRow> {
    let mut lookups = vec![IndexMap::new()];
    for (gene, values) in &row.when {
        lookups = lookups
            .iter()
            .flat_map(|l: &IndexMap<String, Vec<String>>| {
                values.iter().map(|v| {
                    let mut longer = l.clone();
                    longer.insert(gene.clone(), vec![v.clone()]);
                    longer
                })
            })
            .collect();
    }
    lookups.into_iter().map(|when| GuidanceRow { when, ..row.clone() }).collect()
}

#[test]
fn the_release_through_the_curation_is_what_is_shipped() {
    let Some(folder) = release() else { return };
    let shipped = embedded().unwrap();
    let base = without_derived_rows(shipped);
    let imported = guidance(&from(folder, &base, false)).unwrap();
    let names = |drugs: &IndexMap<String, Drug>| drugs.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&imported.drugs), names(&shipped.drugs));
    for (name, drug) in &shipped.drugs {
        assert_eq!(spelled_out(&imported.drugs[name]), spelled_out(drug), "{name}");
    }
    assert!(imported.foreign.is_empty() && imported.unread == 0);
}

#[test]
fn dpwg_rows_come_only_when_asked_for_and_each_carries_its_licence() {
    let Some(folder) = release() else { return };
    let shipped = embedded().unwrap();
    let imported = guidance(&from(folder.clone(), shipped, true)).unwrap();
    let table = std::fs::File::open(folder.join("recommendations.tsv.gz")).unwrap();
    let text = std::io::read_to_string(flate2::read::MultiGzDecoder::new(table)).unwrap();
    let published: Vec<_> = common::rows(&text).into_iter().filter(|r| r["source"] == "DPWG").collect();
    let mut lookups = 0;
    for drug in imported.drugs.values() {
        for guideline in drug.guidelines.iter().filter(|g| g.source == "DPWG") {
            for row in drug.rows.iter().filter(|r| r.guideline == guideline.id) {
                lookups += row.when.values().map(Vec::len).product::<usize>();
                for action in &row.actions {
                    let Action::SourceText { licence, .. } = action else { panic!("{}: {action:?}", drug.name) };
                    assert!(licence.contains("CC-BY-SA-4.0") && licence.contains("Stanford"), "{licence}");
                }
            }
        }
    }
    let hints = published.iter().filter(|r| r["lookup_key"].contains("xN combinations")).count();
    assert_eq!(lookups, published.len() - hints, "every published row, and none besides");
    assert!(imported.foreign.iter().any(|s| s.licence == "CC-BY-SA-4.0"));
    let with = Knowledge { drugs: imported.drugs, ..shipped.clone() };
    let again = guidance(&from(folder, &with, false)).unwrap();
    assert!(again.drugs.values().flat_map(|d| &d.guidelines).all(|g| g.source != "DPWG"), "left from before");
}

/// A release of one made-up sentence, which the curation cannot know.
fn unknown_release(folder: &Path) {
    let head = "source\tkind\tguideline_id\trecommendation_id\tdrug\tlookup_key\tpopulation\tclassification\timplications\trecommendation\tprovenance";
    let row = "CPIC\tGuideline Annotation\tG1\tR1\tcodeine\tCYP2D6=0.0\t\tStrong\t\tSing to the patient.\tv9 (2027-01)";
    std::fs::write(folder.join("recommendations.tsv"), format!("{head}\n{row}\n")).unwrap();
    let listed = "drug\tgenes\tsource\tkind\tguideline_id\turl\tprovenance\ncodeine\tCYP2D6\tCPIC\tGuideline Annotation\tG1\tu\tv9 (2027-01)\n";
    std::fs::write(folder.join("gene_drug_guidelines.tsv"), listed).unwrap();
    std::fs::write(folder.join("citations.tsv"), "guideline_id\tpmid\nG1\t1\n").unwrap();
}

#[test]
fn an_unread_sentence_stops_the_import_with_its_place_and_digest() {
    let folder = tempfile::tempdir().unwrap();
    unknown_release(folder.path());
    let error = guidance(&from(folder.path().into(), embedded().unwrap(), false)).unwrap_err();
    let ImportError::Unread { units, .. } = &error else { panic!("{error}") };
    // the digest is what `sha256sum` gives for the sentence
    let digest = "dd8ac08ccdac868b92fb31e89710280a51d021c223115592bfff162fd53ff9f4";
    assert_eq!(*units, [format!("line 2: G1 codeine CYP2D6=0.0: sentence {digest}")]);
    assert!(error.to_string().contains("sentences.toml"), "{error}");
}

#[test]
fn an_unread_sentence_can_be_taken_as_source_text_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    unknown_release(folder.path());
    let mut from = from(folder.path().into(), embedded().unwrap(), false);
    from.unread = Unread::SourceText;
    let imported = guidance(&from).unwrap();
    let row = imported.drugs["codeine"].rows.iter().find(|r| r.guideline == "G1").unwrap();
    assert!(matches!(&row.actions[..], [Action::SourceText { text, .. }] if text == "Sing to the patient."));
    assert!(row.confidence.as_deref().is_some_and(|c| c.contains("not yet read")));
    assert_eq!(imported.unread, 1);
}

#[test]
fn a_table_without_its_columns_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    unknown_release(folder.path());
    std::fs::write(folder.path().join("recommendations.tsv"), "source\tdrug\nCPIC\tcodeine\n").unwrap();
    let error = guidance(&from(folder.path().into(), embedded().unwrap(), false)).unwrap_err().to_string();
    assert!(error.contains("recommendations.tsv") && error.contains("missing field"), "{error}");
}
