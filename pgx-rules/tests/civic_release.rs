//! The somatic evidence that ships is what the importer makes of the published files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code)] // of what the tests share, this one needs a part
mod common;

use std::path::Path;

use pgx_rules::therapies::embedded;
use pgx_rules::therapies::evidence::EvidenceKind;
use pgx_rules::therapies::import::civic;
use pgx_rules::therapies::matching::Index;
use pgx_rules::therapies::store::write_folder;

#[test]
fn the_shipped_files_are_the_importers_output() {
    let Some(evidence) = common::shared("knowledge/civic/evidence.tsv.gz") else { return };
    let imported = civic(evidence.parent().unwrap(), Some("2021-02-25")).unwrap();
    let place = tempfile::tempdir().unwrap();
    write_folder(&imported.evidence, place.path()).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/therapies");
    for file in ["RELEASE.toml", "variants.tsv", "evidence.tsv"] {
        let made = std::fs::read_to_string(place.path().join(file)).unwrap();
        assert!(made == std::fs::read_to_string(shipped.join(file)).unwrap(), "{file} differs");
    }
    assert_eq!(imported.problems.len(), 6, "the six rows of variants with stray tabs");
    assert_eq!(imported.not_accepted, 0);
}

#[test]
fn the_release_holds_what_its_readme_counts() {
    let evidence = embedded().unwrap();
    assert_eq!((evidence.variants.len(), evidence.items.len()), (1467, 3706));
    let of = |kind| evidence.items.iter().filter(|i| i.kind == kind).count();
    assert_eq!(of(EvidenceKind::Predictive), 2346);
    assert_eq!(of(EvidenceKind::Predisposing), 679);
    assert_eq!(of(EvidenceKind::Prognostic), 500);
    assert_eq!(of(EvidenceKind::Diagnostic), 171);
    assert_eq!(of(EvidenceKind::Functional), 10);
}

#[test]
fn most_names_are_understood() {
    let (unknown, all) = Index::of(embedded().unwrap()).not_understood();
    assert_eq!(all, 1467);
    assert!(unknown * 20 < all, "{unknown} of {all} names are not understood");
}
