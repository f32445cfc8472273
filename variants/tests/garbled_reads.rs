//! Garbled BAM files and indices: an error or fewer reads, never the end of the process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::Path;

use noodles_bgzf as bgzf;
use variants::reads::{Alignments, count_windows};

#[path = "support/reads.rs"]
mod reads;

use reads::{Drawn, samtools};

const LENGTH: usize = 46_709_983;
const START: u32 = 20_000_000;
const CASES: usize = 600;

fn sam() -> String {
    let mut random = Drawn(7);
    let mut text = format!("@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr21\tLN:{LENGTH}\n@RG\tID:1\tSM:s\n");
    for number in 0..150_u32 {
        let cigar = ["20S80M", "50M3D50M", "40M5I55M", "90M10S", "30M400N70M", "100M"][random.below(6)];
        let bases: String = (0..100).map(|_| char::from(b"ACGT"[random.below(4)])).collect();
        let position = START + 40 * number;
        let _ = writeln!(
            text,
            "r{number}\t0\tchr21\t{position}\t60\t{cigar}\t*\t0\t0\t{bases}\t{}\tRG:Z:1",
            "I".repeat(100)
        );
    }
    text
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    bgzf::io::Reader::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

fn pack(path: &Path, bytes: &[u8]) {
    let mut writer = bgzf::io::Writer::new(std::fs::File::create(path).unwrap());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap();
}

/// Number of reads, or the error.
fn read(path: &Path) -> Result<usize, String> {
    let mut alignments = Alignments::open(path, None).map_err(|e| e.to_string())?;
    let mut number = 0;
    alignments.fetch("chr21", START, START + 10_000, &mut |_| number += 1).map_err(|e| e.to_string())?;
    count_windows(&mut alignments, "chr21", (START, START + 10_000), 1_000).map_err(|e| e.to_string())?;
    Ok(number)
}

#[test]
fn garbled_files_and_indices_are_refused_or_read() {
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str| place.path().join(name);
    std::fs::write(file("a.sam"), sam()).unwrap();
    samtools(place.path(), &["view", "-b", "-o", "blocks.bam", "a.sam"]);
    // all in one block: offsets into it stay what they are, however it is packed
    pack(&file("a.bam"), &unpacked(&file("blocks.bam")));
    samtools(place.path(), &["index", "a.bam"]);
    samtools(place.path(), &["index", "-c", "a.bam"]);
    let (bam, bai, csi) =
        (unpacked(&file("a.bam")), std::fs::read(file("a.bam.bai")).unwrap(), unpacked(&file("a.bam.csi")));
    assert!(bam.len() < 60_000, "{}", bam.len());

    pack(&file("b.bam"), &bam);
    std::fs::write(file("b.bam.bai"), &bai).unwrap();
    assert_eq!(read(&file("b.bam")), Ok(150), "as it was");

    let mut random = Drawn(1);
    let (mut refused, mut taken) = (0, 0);
    for case in 0..CASES {
        let bytes = [&bam, &bai, &csi][case % 3];
        let mut garbled = bytes.clone();
        for _ in 0..=random.below(3) {
            // every second case near the start, where the counts are
            let place = random.below(if case % 2 == 0 { garbled.len() } else { garbled.len().min(200) });
            garbled[place] = [0, 1, 0x7f, 0x80, 0xff, random.below(256) as u8][random.below(6)];
        }
        if random.below(10) == 0 {
            garbled.truncate(random.below(garbled.len()));
        }
        for name in ["b.bam", "b.bam.bai", "b.bam.csi"] {
            let _ = std::fs::remove_file(file(name));
        }
        let of = |kind: usize| if case % 3 == kind { &garbled } else { [&bam, &bai, &csi][kind] };
        pack(&file("b.bam"), of(0));
        match case % 3 {
            2 => pack(&file("b.bam.csi"), of(2)),
            _ => std::fs::write(file("b.bam.bai"), of(1)).unwrap(),
        }
        match read(&file("b.bam")) {
            Ok(number) => {
                taken += 1;
                assert!(number <= 150, "{number}");
            }
            Err(message) => {
                refused += 1;
                assert!(message.contains("b.bam"), "{message}");
            }
        }
    }
    assert!(refused > CASES / 10 && taken > CASES / 10, "{refused} refused, {taken} read");
}
