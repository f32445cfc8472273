//! `rxstrata copy-number` by the binary, on reads drawn from haplotypes of known units: each unit's sites are written into
//! reads that lie where an aligner puts them, and `samtools` makes the files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fmt::Write as _;
use std::path::Path;

use pgx_rules::copies::{Role, regions};
use pgx_rules::knowledge::embedded;
use pgx_rules::structure::locus::Locus;
use pgx_rules::structure::site::{LocusSite, base_code};
use pgx_rules::structure::unit;
use variants::model::{Assembly, SiteKind, contig_length};

#[path = "support/reads.rs"]
mod reads;

use reads::{Drawn, bam, rxstrata};

/// A unit of the gene: its kind and its allele.
type Unit = (&'static str, &'static str);

struct Haplotype {
    units: Vec<Unit>,
    paralogs: usize,
    spacers: usize,
}

fn haplotype(units: &[Unit], paralogs: usize, spacers: usize) -> Haplotype {
    Haplotype { units: units.to_vec(), paralogs, spacers }
}

const READ: u32 = 150;
const FRAGMENT: u32 = 420;

/// What a stretch of sequence shows: sites by position, and what they carry.
struct Stretch {
    range: (u32, u32),
    bases: Vec<(u32, u8)>,
}

/// States of a unit, by the definitions of the knowledge base.
fn states(locus: &Locus, sites: &[LocusSite], (kind, allele): Unit) -> Vec<u8> {
    let gene = &embedded().unwrap().genes["CYP2D6"];
    let carried = |site: &LocusSite, name: &str| -> Option<u8> {
        let index = site.defining?;
        let allele = gene.alleles.iter().find(|a| a.name == name).unwrap();
        let first = allele.carries[index].first()?;
        let reference = &gene.sites[index].reference;
        (site.kind == SiteKind::Base && first.len() == reference.len()).then(|| base_code(first.as_bytes()[0]))?
    };
    let whole: Vec<u8> = unit::reference(sites)
        .iter()
        .enumerate()
        .map(|(place, reference)| {
            let site = &sites[place];
            carried(site, allele).or_else(|| carried(site, "*1")).unwrap_or(*reference)
        })
        .collect();
    let kind = locus.about.unit_kind.iter().find(|k| k.name == kind).unwrap();
    unit::hybrid(sites, &whole, kind.paralog[kind.paralog.len() / 2])
}

/// Reads of two haplotypes as SAM.
fn sam(haplotypes: &[Haplotype], depth: f64, assembly: Assembly, prefix: &str, seed: u64) -> String {
    let locus = Locus::embedded().unwrap().remove(0);
    let gene = &embedded().unwrap().genes["CYP2D6"];
    let sites = locus.sites(gene);
    let placed = |site: &LocusSite, on_paralog: bool| {
        if on_paralog { locus.counterpart(site.grch37, Assembly::Grch37) } else { Some(site.grch37) }
    };
    let stretch = |states: &[u8], on_paralog: bool, range: (u32, u32)| Stretch {
        range,
        bases: sites
            .iter()
            .zip(states)
            .filter(|(site, _)| site.kind == SiteKind::Base)
            .filter_map(|(site, &code)| Some((placed(site, on_paralog)?, *b"ACGT".get(usize::from(code))?)))
            .collect(),
    };
    let plain = |range| Stretch { range, bases: Vec::new() };
    let mut stretches = Vec::new();
    for haplotype in haplotypes {
        for unit in &haplotype.units {
            let of_paralog = locus.about.unit_kind.iter().any(|k| k.name == unit.0 && k.starts_in_paralog);
            let range = if of_paralog { (42_535_400, 42_542_400) } else { (42_521_700, 42_531_600) };
            stretches.push(stretch(&states(&locus, &sites, *unit), of_paralog, range));
        }
        for _ in 0..haplotype.paralogs {
            stretches.push(stretch(&unit::paralog(&sites), true, (42_535_400, 42_542_400)));
        }
        stretches.extend((0..haplotype.spacers).map(|_| plain((42_533_900, 42_535_900))));
        stretches.push(plain((42_542_400, 42_555_000)));
    }
    let (shift, length) = match assembly {
        Assembly::Grch37 => (0, 51_304_566),
        Assembly::Grch38 => (locus.about.grch38_shift, 50_818_468),
    };
    let contig = format!("{prefix}22");
    let mut text = format!("@HD\tVN:1.6\n@SQ\tSN:{contig}\tLN:{length}\n@RG\tID:1\tSM:made\n");
    let mut random = Drawn(seed);
    let mut name = 0;
    for stretch in &stretches {
        let (start, end) = stretch.range;
        let fragments = (f64::from(end - start) * depth / 2.0 / f64::from(2 * READ)).round() as u32;
        for _ in 0..fragments {
            name += 1;
            let first = start + random.below(end - FRAGMENT - start);
            for (flag, at, mate) in [(99, first, first + FRAGMENT - READ), (147, first + FRAGMENT - READ, first)] {
                let mut bases = vec![b'A'; READ as usize];
                for (position, base) in &stretch.bases {
                    if (at..at + READ).contains(position) {
                        bases[(position - at) as usize] = *base;
                    }
                }
                let bases = String::from_utf8(bases).unwrap();
                let (at, mate) = (at - shift, mate - shift);
                let quality = "I".repeat(READ as usize);
                let _ = writeln!(
                    text,
                    "r{name}\t{flag}\t{contig}\t{at}\t60\t{READ}M\t=\t{mate}\t0\t{bases}\t{quality}\tRG:Z:1"
                );
            }
        }
    }
    text
}

fn called(place: &Path, file: &str) -> (String, f64) {
    let output = rxstrata(place, &["copy-number", file, "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let gene = &answer[0]["genes"][0];
    let posterior = gene["ranked"][0]["posterior"].as_f64().unwrap_or(0.0);
    (gene["diplotype"].as_str().unwrap_or("no call").to_owned(), posterior)
}

#[test]
fn structures_and_alleles_are_found_as_drawn() {
    let place = tempfile::tempdir().unwrap();
    let whole = |allele| haplotype(&[("whole", allele)], 1, 1);
    let cases: Vec<([Haplotype; 2], &str)> = vec![
        ([whole("*1"), whole("*41")], "*1/*41"),
        ([whole("*17"), haplotype(&[], 1, 1)], "*5/*17"),
        ([haplotype(&[], 1, 1), haplotype(&[], 1, 1)], "*5/*5"),
        ([haplotype(&[("whole", "*2"), ("whole", "*2")], 1, 1), whole("*1")], "*1/*2x2"),
        // the deletion beside a tandem has as many copies as a hybrid alone beside a whole gene: the spacer tells
        ([haplotype(&[], 1, 1), haplotype(&[("exon9-downstream", "*10"), ("whole", "*10")], 1, 2)], "*5/*36 + *10"),
    ];
    for (index, (haplotypes, truth)) in cases.iter().enumerate() {
        let file = bam(place.path(), "made.bam", &sam(haplotypes, 40.0, Assembly::Grch37, "", index as u64));
        let (diplotype, posterior) = called(place.path(), &file);
        assert_eq!(&diplotype, truth, "posterior {posterior}");
        assert!(posterior > 0.5, "{truth}: {posterior}");
    }
}

/// Adds reads of the control genes to reads of the locus.
fn with_control_genes(text: &str, depth: f64) -> String {
    let (mut contigs, mut rows) = (String::new(), String::new());
    let mut random = Drawn(5);
    let quality = "F".repeat(READ as usize);
    for region in regions().unwrap().iter().filter(|region| region.role == Role::Control) {
        let (contig, (start, end)) = region.on(Assembly::Grch37);
        let _ = writeln!(contigs, "@SQ\tSN:{contig}\tLN:{}", contig_length(Assembly::Grch37, contig).unwrap());
        for number in 0..(f64::from(end - start) * depth / f64::from(READ)).round() as u32 {
            let first = start + random.below(end - start - READ);
            // as many of each letter as the reads of the locus have, of which nearly all are A
            let bases = "A".repeat(READ as usize);
            let _ = writeln!(
                rows,
                "{}{number}\t0\t{contig}\t{first}\t60\t{READ}M\t*\t0\t0\t{bases}\t{quality}\tRG:Z:1",
                region.gene
            );
        }
    }
    let (header, reads) = text.split_once("@RG").unwrap();
    format!("{header}{contigs}@RG{reads}{rows}")
}

#[test]
fn control_genes_make_the_depth_of_two_copies_better_known() {
    let place = tempfile::tempdir().unwrap();
    let haplotypes = [haplotype(&[("whole", "*1")], 1, 1), haplotype(&[("whole", "*17")], 1, 1)];
    let locus = sam(&haplotypes, 40.0, Assembly::Grch37, "chr", 2);
    let control = |text: &str| -> (String, f64, String) {
        let file = bam(place.path(), "made.bam", text);
        let output = rxstrata(place.path(), &["copy-number", &file, "--json"]);
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let gene = &answer[0]["genes"][0];
        assert_eq!(gene["diplotype"], "*1/*17");
        (
            gene["control"].as_str().unwrap().to_owned(),
            gene["control_error"].as_f64().unwrap(),
            gene["notes"].to_string(),
        )
    };
    let (alone, error_alone, notes) = control(&locus);
    assert_eq!(alone, "region");
    assert!(notes.contains("alone: the file has not the reads of a whole genome"), "{notes}");
    let (both, error_both, notes) = control(&with_control_genes(&locus, 40.0));
    assert!(both == "region-and-genes" && !notes.contains("control") && !notes.contains("alone"), "{both} {notes}");
    assert!(error_both < error_alone, "{error_both} {error_alone}");
    let (contradicted, _, notes) = control(&with_control_genes(&locus, 80.0));
    assert_eq!(contradicted, "region");
    assert!(notes.contains("control genes have a depth of"), "{notes}");
}

#[test]
fn both_assemblies_and_styles_of_contigs_are_read() {
    let place = tempfile::tempdir().unwrap();
    let haplotypes = [haplotype(&[("whole", "*1")], 1, 1), haplotype(&[("whole", "*17")], 1, 1)];
    for prefix in ["", "chr"] {
        let file = bam(place.path(), "a.bam", &sam(&haplotypes, 40.0, Assembly::Grch37, prefix, 7));
        assert_eq!(called(place.path(), &file).0, "*1/*17");
    }
}

#[test]
fn low_depth_is_not_called_and_says_why() {
    let place = tempfile::tempdir().unwrap();
    let haplotypes = [haplotype(&[("whole", "*1")], 1, 1), haplotype(&[("whole", "*4")], 1, 1)];
    let file = bam(place.path(), "low.bam", &sam(&haplotypes, 5.0, Assembly::Grch37, "chr", 3));
    let output = rxstrata(place.path(), &["copy-number", &file]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("no call") && text.contains("at least 8 is needed"), "{text}");
}

#[test]
fn outputs_feed_the_caller_and_bad_files_cost_one_line_each() {
    let place = tempfile::tempdir().unwrap();
    let haplotypes = [haplotype(&[], 1, 1), haplotype(&[("whole", "*17")], 1, 1)];
    let text = sam(&haplotypes, 40.0, Assembly::Grch37, "chr", 1);
    bam(place.path(), "good.bam", &text);
    let whole = std::fs::read(place.path().join("good.bam")).unwrap();
    std::fs::write(place.path().join("cut.bam"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(place.path().join("bare.bam"), &whole).unwrap();
    std::fs::write(place.path().join("not.bam"), "text\n").unwrap();
    bam(place.path(), "two.bam", &text.replace("@RG\tID:1\tSM:made\n", "@RG\tID:1\tSM:made\n@RG\tID:2\tSM:other\n"));
    bam(
        place.path(),
        "mouse.bam",
        &text
            .replace("LN:51304566", "LN:40000000")
            .replace("chr22", "chr9")
            .replace("@SQ\tSN:chr9\tLN:40000000", "@SQ\tSN:chr9\tLN:124595110"),
    );
    let files = ["good.bam", "cut.bam", "bare.bam", "not.bam", "two.bam", "mouse.bam", "absent.bam"];
    let mut args = vec!["copy-number", "-o", "out"];
    args.extend(files);
    let output = rxstrata(place.path(), &args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    for (file, word) in [
        ("cut.bam", "is cut off"),
        ("bare.bam", "samtools index"),
        ("not.bam", "neither BAM nor CRAM"),
        ("two.bam", "several samples (made, other)"),
        ("mouse.bam", "no contig has the length of a human one"),
        ("absent.bam", "cannot read absent.bam"),
    ] {
        let lines: Vec<&str> = said.lines().filter(|line| line.contains(file)).collect();
        assert!(lines.len() == 1 && lines[0].contains(word), "{file}: {said}");
    }
    let outside = std::fs::read_to_string(place.path().join("out/made.outside.tsv")).unwrap();
    assert_eq!(outside, "CYP2D6\t*5/*17\n");
    let page = std::fs::read_to_string(place.path().join("out/made.structures.html")).unwrap();
    assert!(page.contains("<svg") && page.contains("*5/*17"));
    let output = rxstrata(place.path(), &["call", "--outside-calls", "out/made.outside.tsv", "-o", "calls", "-q"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let calls = std::fs::read_to_string(place.path().join("calls/calls.tsv")).unwrap();
    assert!(calls.lines().any(|line| line.contains("CYP2D6") && line.contains("*5/*17")), "{calls}");
}

#[test]
fn a_cram_needs_its_reference() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("a.cram"), b"CRAM\x03\x00rest").unwrap();
    let output = rxstrata(place.path(), &["copy-number", "a.cram"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("--reference") && output.status.code() == Some(4), "{said}");
}
