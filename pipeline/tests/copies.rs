//! `rxstrata copy-number` on genes whose copies depth shows, by the binary: reads are laid over the control genes and the genes as so many
//! copies give them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use pgx_rules::copies::{Region, Role, regions};
use variants::model::{Assembly, contig_length};

#[path = "support/reads.rs"]
mod reads;

use reads::{Drawn, bam, rxstrata};

const READ: u32 = 150;

/// Copies of a part of a gene.
type CopiesOf<'a> = &'a dyn Fn(&Region) -> u32;

fn sam(depth: f64, assembly: Assembly, copies: CopiesOf<'_>, is_whole: bool) -> String {
    let regions = regions().unwrap();
    let mut text = String::from("@HD\tVN:1.6\n");
    let mut contigs: Vec<&str> = regions.iter().map(|r| r.on(assembly).0).filter(|c| !c.contains("alt")).collect();
    contigs.push("chr22");
    contigs.sort_unstable();
    contigs.dedup();
    for contig in &contigs {
        let _ = writeln!(text, "@SQ\tSN:{contig}\tLN:{}", contig_length(assembly, contig).unwrap());
    }
    text += "@RG\tID:1\tSM:made\n";
    let mut random = Drawn(9);
    let quality = "F".repeat(READ as usize);
    let mut name = 0;
    let mut places: Vec<(&str, u32, u32, u32)> = Vec::new();
    for region in &regions {
        let (contig, (start, end)) = region.on(assembly);
        places.push((contig, start, end, copies(region)));
    }
    for gene in regions.chunk_by(|a, b| a.gene == b.gene).filter(|gene| is_whole && gene[0].role == Role::Gene) {
        let (contig, end) = gene.iter().map(|region| region.on(assembly)).map(|(c, (_, end))| (c, end)).max().unwrap();
        places.push((contig, end + 195_000, end + 215_000, 2));
    }
    for (contig, start, end, copies) in places {
        if !contigs.contains(&contig) {
            continue;
        }
        let reads = f64::from(end - start) * depth * f64::from(copies) / 2.0 / f64::from(READ);
        for _ in 0..reads.round() as u32 {
            name += 1;
            let middle = start + random.below(end - start);
            let bases: String = (0..READ).map(|_| char::from(b"ACGT"[random.below(4) as usize])).collect();
            let _ = writeln!(
                text,
                "r{name}\t0\t{contig}\t{}\t60\t{READ}M\t*\t0\t0\t{bases}\t{quality}\tRG:Z:1",
                middle - READ / 2
            );
        }
    }
    text
}

/// Holds `structures.json` to its schema, and the schema to its strictness.
fn follows_the_schema(file: &Path) {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema/structures.schema.json");
    let read =
        |path: &Path| serde_json::from_str::<serde_json::Value>(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&read(&schema)).unwrap();
    let mut found = read(file);
    let errors: Vec<String> = validator.iter_errors(&found).map(|e| format!("{e} at {}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert!(found[0]["genes"][0]["segments"].as_array().is_some_and(|segments| !segments.is_empty()));
    found[0]["genes"][0]["odd"] = serde_json::Value::Null;
    assert!(!validator.is_valid(&found), "the schema refuses what it does not know");
}

/// Copies and notes by gene, of `copies.tsv`.
fn counted(place: &Path, sam: &str) -> BTreeMap<String, (String, String)> {
    let file = bam(place, "made.bam", sam);
    let output = rxstrata(place, &["copy-number", &file, "-o", "out"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    follows_the_schema(&place.join("out/structures.json"));
    let table = std::fs::read_to_string(place.join("out/copies.tsv")).unwrap();
    let rows = table.lines().skip(1).map(|row| row.split('\t').collect::<Vec<_>>());
    rows.map(|row| (row[1].to_owned(), (row[2].to_owned(), row[8].to_owned()))).collect()
}

#[test]
fn deletions_duplications_and_the_one_x_of_men_are_counted() {
    let place = tempfile::tempdir().unwrap();
    let copies = |region: &Region| match (region.gene.as_str(), region.part) {
        ("GSTM1", _) => 0,
        ("UGT2B17", _) | ("CYP2B6", 1..=4) => 1,
        ("SULT1A1", _) => 3,
        ("G6PD", _) => 1,
        _ => 2,
    };
    for assembly in [Assembly::Grch37, Assembly::Grch38] {
        let found = counted(place.path(), &sam(16.0, assembly, &copies, true));
        for (gene, expected) in [
            ("GSTM1", "0"),
            ("UGT2B17", "1"),
            ("SULT1A1", "3"),
            ("G6PD", "1"),
            ("CYP2A6", "2"),
            ("SLC22A2", "2"),
            ("CYP2E1", "2"),
        ] {
            assert_eq!(found[gene].0, expected, "{assembly} {gene}: {:?}", found[gene]);
        }
        assert!(found["CYP2B6"].0.is_empty() && found["CYP2B6"].1.contains("exons 1-4: 1"), "{:?}", found["CYP2B6"]);
        // GRCh38 has this gene on an alternate contig alone
        match assembly {
            Assembly::Grch37 => assert_eq!(found["GSTT1"].0, "2"),
            Assembly::Grch38 => assert!(found["GSTT1"].1.contains("no contig"), "{:?}", found["GSTT1"]),
        }
        let page = std::fs::read_to_string(place.path().join("out/made.structures.html")).unwrap();
        assert!(page.contains("Copies of other genes") && page.contains("GSTM1"));
    }
}

#[test]
fn what_cannot_be_counted_says_why() {
    let place = tempfile::tempdir().unwrap();
    let low = counted(place.path(), &sam(4.0, Assembly::Grch38, &|_| 2, false));
    assert!(low[""].1.contains("at least 50 are needed"), "{low:?}");
    let locus =
        counted(place.path(), &sam(16.0, Assembly::Grch38, &|r| if r.role == Role::Control { 0 } else { 2 }, false));
    assert!(locus[""].1.contains("no whole genome"), "{locus:?}");
    // control genes alone, cut out of a genome: the others are not deleted
    let cut = counted(
        place.path(),
        &sam(16.0, Assembly::Grch38, &|r| if r.role == Role::Control || r.gene == "CYP2B6" { 2 } else { 0 }, false),
    );
    assert_eq!(cut["CYP2B6"].0, "2");
    assert!(cut["GSTM1"].0.is_empty() && cut["GSTM1"].1.contains("no reads 200000 bases before and after"), "{cut:?}");
    assert!(cut["G6PD"].0.is_empty(), "{cut:?}");
}
