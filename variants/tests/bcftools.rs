//! Against bcftools: what it converts must read the same, and what it prints must be what we observe.
//! Skipped, loudly, where bcftools or the conformance files are not installed.
#![cfg(feature = "io")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use support::{VcfBuilder, panels, site, write};
use variants::model::{Assembly, Panel, Position, canonical_contig};
use variants::observe::{ObserveOptions, Panels, Source, observe};

fn bcftools(arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut command = Command::new("bcftools");
    let mut child =
        match command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn() {
            Ok(child) => child,
            Err(_) => {
                eprintln!("SKIPPED: bcftools is not installed");
                return None;
            }
        };
    let mut stdin = child.stdin.take().expect("a pipe");
    let bytes = input.to_vec();
    let feeder = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().expect("bcftools ends");
    let _ = feeder.join();
    output.status.success().then_some(output.stdout)
}

fn all_options() -> ObserveOptions {
    ObserveOptions { support_up_to: usize::MAX, assembly: Some(Assembly::Grch38), ..ObserveOptions::default() }
}

fn same_after_conversion(text: &[u8], panels: &Panels, name: &str) -> bool {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let read = |path: PathBuf| observe(&Source::File(path), panels, &all_options()).expect("readable").observations;
    let plain = read(write(folder.path(), "plain.vcf", text));
    for (kind, extension) in [("-Ob", "bcf"), ("-Ou", "u.bcf"), ("-Oz", "vcf.gz")] {
        let Some(bytes) = bcftools(&["view", "--no-version", kind, "-"], text) else { return false };
        let path = write(folder.path(), &format!("converted.{extension}"), &bytes);
        assert_eq!(read(path.clone()), plain, "{name} as {kind}");
        if kind != "-Ou"
            && Command::new("bcftools").args(["index", "-f"]).arg(&path).status().is_ok_and(|s| s.success())
        {
            assert_eq!(read(path), plain, "{name} as {kind}, by index");
        }
    }
    true
}

#[test]
fn genotypes_of_every_kind_survive_conversion() {
    let mut vcf = VcfBuilder::new().samples(&["A", "B", "C"]);
    for line in [
        "##contig=<ID=chr1>",
        "##contig=<ID=chr2>",
        "##contig=<ID=chrX>",
        "##FILTER=<ID=q10,Description=\"x\">",
        "##INFO=<ID=END,Number=1,Type=Integer,Description=\"x\">",
        "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"x\">",
        "##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"x\">",
        "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"x\">",
        "##FORMAT=<ID=GQ,Number=1,Type=Float,Description=\"x\">",
        "##FORMAT=<ID=FT,Number=1,Type=String,Description=\"x\">",
        "##FORMAT=<ID=PS,Number=1,Type=Integer,Description=\"x\">",
    ] {
        vcf = vcf.meta(line);
    }
    let many: Vec<String> = (0..150).map(|n| format!("C{}", "A".repeat(n + 1))).collect(); // GT needs 16 bits
    vcf = vcf
        .full(
            "chr1:1000 C>T,G",
            "rs1",
            "q10",
            ".",
            "GT:AD:DP:GQ:FT",
            &["0|.:1,2,3:70000:9.9:PASS", ".|2:.:7:50:bad", ".:.:.:.:."],
        )
        .full("chr1:1900 A><NON_REF>", ".", ".", "END=2100", "GT:DP", &["0/0:3", "./.:.", "0|0:200"])
        .record(&format!("chr1:4000 C>{},CGCGG", many.join(",")), "GT", &["151/0", "149|151", "./151"])
        .record("chr2:1000 A>G", "GT:PS", &["0|1:123456789", "1|0:.", "0/1:5"])
        .record("chrX:1000 G>A", "GT", &["1", "0/1", "."]);
    let _ = same_after_conversion(vcf.text().as_bytes(), &panels(), "built");
}

fn conformance_files() -> Vec<PathBuf> {
    let root = std::env::var("RXSTRATA_CONFORMANCE").unwrap_or_else(|_| "../../shared/conformance".to_owned());
    let mut files = Vec::new();
    for folder in ["matcher/vcf", "pipeline/vcf", "repository-vcfs/vcf", "synthetic", "population"] {
        let entries = std::fs::read_dir(Path::new(&root).join("pharmcat").join(folder)).into_iter().flatten().flatten();
        files.extend(entries.map(|e| e.path()).filter(|p| p.to_string_lossy().ends_with(".vcf.gz")));
    }
    files.sort();
    if files.is_empty() {
        eprintln!("SKIPPED: no conformance files at {root} (RXSTRATA_CONFORMANCE names their folder)");
    }
    files
}

/// A panel of a file's own records: places with one record of plain bases.
fn own_panel(text: &str) -> Option<(Panels, BTreeSet<(String, u32)>)> {
    let mut places: BTreeMap<(String, u32), Vec<Vec<&str>>> = BTreeMap::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let contig = canonical_contig(cells.first()?)?.to_owned();
        places.entry((contig, cells.get(1)?.parse().ok()?)).or_default().push(cells);
    }
    let mut sites = Vec::new();
    let mut written = BTreeSet::new();
    for ((contig, position), records) in places {
        let [cells] = records.as_slice() else { continue };
        let (reference, alternates) = (cells.get(3)?.to_ascii_uppercase(), cells.get(4)?.to_ascii_uppercase());
        if reference.contains('<') || alternates.contains(['<', '*']) {
            continue;
        }
        let alternates: Vec<&str> = alternates.split(',').filter(|a| *a != ".").collect();
        sites.push(site(&contig, position, &reference, &alternates, None));
        written.insert((contig, position));
    }
    let grch38 = Arc::new(Panel::new(Assembly::Grch38, sites).ok()?);
    let grch37 = Arc::new(Panel::new(Assembly::Grch37, Vec::new()).ok()?);
    Some((Panels { grch38, grch37 }, written))
}

#[test]
fn conformance_files_read_as_bcftools_prints_them() {
    let (mut files, mut genotypes) = (0, 0);
    for path in conformance_files() {
        let mut text = String::new();
        let packed = std::fs::File::open(&path).expect("the file is there");
        flate2::read::MultiGzDecoder::new(packed).read_to_string(&mut text).expect("a gzip of UTF-8");
        let Some((panels, written)) = own_panel(&text) else { continue };
        let name = path.display().to_string();
        let Some(printed) = bcftools(&["query", "-f", "%CHROM\t%POS[\t%GT]\n", "-"], text.as_bytes()) else { continue };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let input = write(folder.path(), "a.vcf", text.as_bytes());
        let ours = observe(&Source::File(input), &panels, &all_options()).expect("readable").observations;
        for line in String::from_utf8_lossy(&printed).lines() {
            let mut cells = line.split('\t');
            let (Some(contig), Some(position)) = (cells.next(), cells.next().and_then(|p| p.parse().ok())) else {
                continue;
            };
            let Some(contig) = canonical_contig(contig) else { continue };
            if !written.contains(&(contig.to_owned(), position)) {
                continue;
            }
            let index = panels.grch38.find(contig, Position::new(position).expect("not zero")).expect("a site");
            for (sample, theirs) in cells.enumerate() {
                let own = ours.get(sample, index).expect("an observation");
                if own.discrepancies.iter().any(|d| matches!(d, variants::model::Discrepancy::DuplicateRecord)) {
                    continue;
                }
                let told = own.genotype.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
                let none = theirs.chars().all(|c| matches!(c, '.' | '/' | '|'));
                assert_eq!(told, if none { "none" } else { theirs }, "{name} {contig}:{position}");
                genotypes += 1;
            }
        }
        files += usize::from(same_after_conversion(text.as_bytes(), &panels, &name));
    }
    eprintln!("{genotypes} genotypes of {files} files compared with bcftools");
}
