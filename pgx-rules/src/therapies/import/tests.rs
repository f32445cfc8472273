#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::*;
use crate::therapies::evidence::{Direction, EvidenceLevel};

const VARIANTS: &str = "variant_id\tfeature_type\tfeature_name\tvariant\tvariant_aliases\tsingle_variant_molecular_profile_id\tlast_review_date\tgene\tchromosome\tstart\tstop\treference_bases\tvariant_bases\trepresentative_transcript\treference_build\tvariant_types\thgvs_descriptions\n\
    12\tGene\tBRAF\tV600E\tVAL600GLU\t120\t2023-01-09 21:46:00 UTC\tBRAF\t7\t140453136\t140453136\tA\tT\tENST00000288602.6\tGRCh37\tmissense_variant\tNM_004333.4:c.1799T>A,NP_004324.2:p.Val600Glu\n\
    13\tGene\tBRAF\tAmplification\t\t130\t2023-01-09 21:46:00 UTC\tBRAF\t\t\t\t\t\t\t\t\t\n\
    14\tFusion\tBCR::ABL1\tFusion\t\t140\t2023-01-09 21:46:00 UTC\t\t\t\t\t\t\t\t\t\t\n";

const EVIDENCE: &str = "molecular_profile\tmolecular_profile_id\tdisease\tdoid\ttherapies\ttherapy_interaction_type\tevidence_type\tevidence_direction\tevidence_level\tsignificance\tevidence_statement\tcitation_id\tsource_type\tasco_abstract_id\trating\tevidence_status\tevidence_id\tvariant_origin\tlast_review_date\tevidence_civic_url\tis_flagged\n";

fn row(profile: &str, profile_id: u32, level: &str, status: &str, id: u32) -> String {
    format!(
        "{profile}\t{profile_id}\tMelanoma\t1909\tDabrafenib,Trametinib\tCombination\tPredictive\tSupports\t{level}\tSensitivity/Response\tA \"quoted statement\t123\tPubMed\t\t4\t{status}\t{id}\tSomatic\t2023-01-09 21:46:00 UTC\thttps://civicdb.org/links/evidence_items/{id}\tfalse\n"
    )
}

fn write(folder: &Path, evidence: &str) {
    std::fs::write(folder.join("01-Apr-2024-AcceptedClinicalEvidenceSummaries.tsv"), evidence).unwrap();
    std::fs::write(folder.join("01-Apr-2024-VariantSummaries.tsv"), VARIANTS).unwrap();
}

#[test]
fn the_layout_with_molecular_profiles_is_read() {
    let place = tempfile::tempdir().unwrap();
    let evidence = [
        EVIDENCE.to_owned(),
        row("BRAF V600E", 120, "A", "accepted", 1),
        row("BRAF V600E AND BRAF Amplification", 500, "C", "accepted", 2),
        row("BCR::ABL1 Fusion", 140, "B", "accepted", 3),
        row("BRAF V600E", 120, "B", "submitted", 4),
    ];
    write(place.path(), &evidence.concat());
    let imported = civic(place.path(), None).unwrap();
    assert_eq!((imported.problems.as_slice(), imported.not_accepted), ([].as_slice(), 1));
    let evidence = imported.evidence;
    assert_eq!(evidence.release.date, "2024-04-01");
    assert_eq!(evidence.release.link, "https://civicdb.org/links/evidence_items/");
    let profiles: Vec<String> = evidence.items.iter().map(|i| i.profile.to_string()).collect();
    assert_eq!(profiles, ["12", "12 AND 13", "14"]);
    let first = &evidence.items[0];
    assert_eq!((first.level, first.direction, first.rating), (EvidenceLevel::A, Direction::Supports, Some(4)));
    assert_eq!((first.therapies.as_str(), first.interaction.as_str()), ("Dabrafenib,Trametinib", "combination"));
    assert_eq!((first.citation.as_str(), first.significance.as_str()), ("PMID:123", "sensitivity/response"));
    assert_eq!(evidence.variants[0].hgvs, "NM_004333.4:c.1799T>A");
    assert_eq!(evidence.variants[2].gene, "BCR::ABL1");
}

#[test]
fn a_row_that_cannot_be_used_is_named_and_the_rest_kept() {
    let place = tempfile::tempdir().unwrap();
    let evidence = [
        EVIDENCE.to_owned(),
        row("BRAF V600E", 120, "F", "accepted", 1),
        row("KRAS G12C", 999, "A", "accepted", 2),
        row("BRAF V600E", 120, "A", "accepted", 3).replace("\tA \"quoted", "\tA \t\"quoted"),
        row("BRAF V600E", 120, "A", "accepted", 5),
    ];
    write(place.path(), &evidence.concat());
    let imported = civic(place.path(), Some("2024-04-01")).unwrap();
    assert_eq!(imported.evidence.items.iter().map(|i| i.id).collect::<Vec<_>>(), [5]);
    let lines: Vec<usize> = imported.problems.iter().map(|p| p.line).collect();
    assert_eq!(lines, [2, 3, 4]);
    assert!(imported.problems[1].what.contains("KRAS G12C"), "{:?}", imported.problems[1]);
}

#[test]
fn what_was_written_reads_back() {
    let place = tempfile::tempdir().unwrap();
    write(
        place.path(),
        &[EVIDENCE.to_owned(), row("BRAF V600E AND BRAF Amplification", 5, "A", "accepted", 1)].concat(),
    );
    let evidence = civic(place.path(), None).unwrap().evidence;
    let store = place.path().join("store");
    crate::therapies::store::write_folder(&evidence, &store).unwrap();
    assert_eq!(crate::therapies::store::read_folder(&store).unwrap(), evidence);
}

#[test]
fn a_folder_without_the_files_or_a_date_is_refused() {
    let place = tempfile::tempdir().unwrap();
    assert!(civic(place.path(), None).unwrap_err().to_string().contains("no file of evidence"));
    std::fs::write(place.path().join("evidence.tsv"), EVIDENCE).unwrap();
    std::fs::write(place.path().join("variants.tsv"), VARIANTS).unwrap();
    assert!(civic(place.path(), None).unwrap_err().to_string().contains("date of release"));
    std::fs::write(place.path().join("variants.tsv"), "a\tb\n").unwrap();
    assert!(civic(place.path(), Some("2024-04-01")).unwrap_err().to_string().contains("variant_id"));
}
