//! The first byte as options, the rest as a file of any format, through the one door that the program uses.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use variants::model::{Assembly, Panel, Position, Site};
use variants::observe::{ObserveOptions, Panels, Source, observe};

/// Invented sites of every kind: a substitution, a deletion, a repeat, an insertion, one on a sex chromosome.
const SITES: [(&str, u32, &str, &[&str]); 5] = [
    ("chr1", 1000, "C", &["T", "G"]),
    ("chr1", 2000, "GATGA", &["G"]),
    ("chr1", 3000, "CAT", &["CATAT", "C"]),
    ("chr2", 4000, "C", &["CGCGG"]),
    ("chrX", 1000, "G", &["A"]),
];

static PANELS: LazyLock<Panels> =
    LazyLock::new(|| Panels { grch38: panel(Assembly::Grch38, 0), grch37: panel(Assembly::Grch37, 500) });

fn panel(assembly: Assembly, shift: u32) -> Arc<Panel> {
    let sites = SITES.map(|(contig, position, reference, alternates)| Site {
        contig: contig.to_owned(),
        position: Position::new(position + shift).expect("not zero"),
        reference: reference.to_owned(),
        alternates: alternates.iter().map(|a| (*a).to_owned()).collect(),
        rsid: None,
        synonyms: Vec::new(),
    });
    Arc::new(Panel::new(assembly, sites.to_vec()).expect("the sites form a panel"))
}

fn options(bits: u8) -> ObserveOptions {
    let is_set = |bit: u8| bits & (1 << bit) != 0;
    ObserveOptions {
        assembly: is_set(0).then_some(if is_set(1) { Assembly::Grch37 } else { Assembly::Grch38 }),
        min_depth: is_set(2).then_some(10),
        min_quality: is_set(3).then_some(20),
        require_pass: is_set(4),
        missing_as_reference: is_set(5),
        support_up_to: if is_set(6) { usize::MAX } else { 0 },
        ..ObserveOptions::default()
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((bits, content)) = bytes.split_first() else { return };
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), content).expect("the temporary file can be written");
    let source = Source::File(file.path().to_owned());
    if let Ok(observed) = observe(&source, &PANELS, &options(*bits)) {
        let samples = observed.observations.samples.len();
        for column in &observed.observations.columns {
            assert_eq!(column.codes.len(), samples, "one code a sample");
            assert!(
                column.codes.to_vec().iter().all(|c| (*c as usize) < column.distinct.len()),
                "a code names no observation"
            );
        }
        assert!(observed.failed_samples.iter().all(|(sample, _)| *sample < samples));
    }
});
