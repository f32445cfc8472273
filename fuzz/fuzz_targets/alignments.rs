//! An index and the unpacked bytes of a BAM, whose checksums no mutation would survive: read through the index, and in one pass.
#![no_main]

use std::io::Write as _;
use std::num::NonZero;

use libfuzzer_sys::fuzz_target;
use noodles_bgzf as bgzf;
use variants::reads::{Alignments, depth};

fuzz_target!(|bytes: &[u8]| {
    let Some((length, rest)) = bytes.split_first_chunk::<2>() else { return };
    let Some((index, content)) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length))) else { return };
    let place = tempfile::tempdir().expect("a temporary folder");
    let path = place.path().join("a.bam");
    let file = std::fs::File::create(&path).expect("the temporary file can be written");
    let mut writer = bgzf::io::Writer::new(file);
    writer.write_all(content).expect("the temporary file can be written");
    writer.finish().expect("the temporary file can be written");
    std::fs::write(place.path().join("a.bam.bai"), index).expect("the temporary file can be written");

    if let Ok(mut alignments) = Alignments::open(&path, None) {
        let _ = alignments.mapped();
        let _ = alignments.fetch("chr21", 1, 46_709_983, &mut |read| {
            assert!(read.position >= 1, "positions are 1-based");
            assert!(read.span() <= (1 << 31) - read.position, "a read ends on its contig");
        });
    }
    // a contig may be as long as its header says: such a one is taken by its first windows
    let window = NonZero::new(1 << 20).expect("not zero");
    let _ = depth(&path, None, window, NonZero::<usize>::MIN, &mut |contig| {
        assert_eq!(contig.windows.iter().sum::<u64>(), contig.bases, "the windows are the contig");
        assert!(contig.rows().all(|(start, end, _)| start < end), "windows have bases");
        Ok(())
    });
});
