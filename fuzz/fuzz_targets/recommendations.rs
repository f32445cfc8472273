//! Text as a table of published recommendations, under a small curation.
#![no_main]

use std::path::PathBuf;
use std::sync::OnceLock;

use indexmap::IndexMap;
use libfuzzer_sys::fuzz_target;
use pgx_rules::knowledge::import::{GuidanceFolder, Unread, guidance};
use pgx_rules::knowledge::schema::{Knowledge, Release};

static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();

/// The folder of the release and its curation; only `recommendations.tsv` changes from run to run.
fn folder() -> PathBuf {
    let made = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let files = [
            ("sentences.toml", "[[sentences]]\nsha256 = \"dd8ac08ccdac868b92fb31e89710280a51d021c223115592bfff162fd53ff9f4\"\nactions = [{ avoid = {} }]\n"),
            ("implications.toml", "implications = []\n"),
            ("guidance.toml", "skipped_lookups = [\"xN\"]\nforeign = {}\n"),
            ("gene_drug_guidelines.tsv", "drug\tgenes\tsource\tkind\tguideline_id\turl\tprovenance\ncodeine\tCYP2D6\tCPIC\tGuideline Annotation\tG1\tu\t2027-01\n"),
            ("citations.tsv", "guideline_id\tpmid\nG1\t1\n"),
        ];
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("written");
        }
        folder
    });
    made.path().to_owned()
}

fuzz_target!(|text: &str| {
    let folder = folder();
    std::fs::write(folder.join("recommendations.tsv"), text).expect("written");
    let release = Release { version: String::new(), date: String::new(), sources: Vec::new() };
    let base = Knowledge {
        release,
        genes: IndexMap::new(),
        drugs: IndexMap::new(),
        phenoconversions: IndexMap::new(),
        dosing: IndexMap::new(),
    };
    for unread in [Unread::Refuse, Unread::SourceText] {
        let from = GuidanceFolder { folder: folder.clone(), curation: folder.clone(), base: &base, unread, dpwg: true };
        if let Ok(imported) = guidance(&from) {
            for row in imported.drugs.values().flat_map(|d| &d.rows) {
                assert!(!row.when.is_empty() && row.when.values().all(|v| !v.is_empty()), "a row says when it applies");
            }
            assert!(unread == Unread::SourceText || imported.unread == 0, "nothing unread is imported unasked");
        }
    }
});
