//! Bytes as a MAF file: header, then rows. The readers of tumours' files are part of the program; they are built in here.
#![no_main]

use std::io::Write;

use libfuzzer_sys::fuzz_target;
use tumour::maf::Maf;

#[allow(dead_code, reason = "what the program uses of a module is more than this target does")]
#[path = "../../pipeline/src/tumour"]
mod tumour {
    pub mod lines;
    pub mod maf;
}

fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("it can be written");
    let Ok(rows) = Maf::open(file.path()) else { return };
    let mut before = 0;
    for row in rows {
        let Ok(row) = row else { break };
        assert!(row.line > before, "rows come in the order of the file");
        before = row.line;
        assert!(!row.sample.is_empty(), "a row without a sample is refused");
        assert!(row.allele_fraction.is_none_or(|f| (0.0..=1.0).contains(&f)), "a share of reads");
        if let Some(place) = row.variant.place {
            assert!(place.end >= place.start, "{place:?}");
        }
    }
});
