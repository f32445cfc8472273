//! The forms that one person's variants come in, by the binary: each gives the calls of the plain VCF.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Stdio};

const DIPLOTYPES: &str = "sample\tgene\tdiplotype\nP\tCYP2C19\t*2/*17\nP\tCYP2C9\t*2/*3\nP\tTPMT\t*1/*3A\nP\tVKORC1\t-1639G/-1639A\n\
                          P\tSLCO1B1\t*1/*5\nP\tNUDT15\t*1/*3\n";
const GENES: &str = "CYP2C19,CYP2C9,TPMT,SLCO1B1,NUDT15";

fn rxstrata(place: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
    command.current_dir(place);
    command
}

fn encode(place: &Path, assembly: &str, name: &str) {
    std::fs::write(place.join("d.tsv"), DIPLOTYPES).unwrap();
    let arguments = ["knowledge", "encode", "d.tsv", "--genes", GENES, "--assembly", assembly, "-o", name];
    let output = rxstrata(place).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// `calls.tsv` of an input; `stdin` is given as standard input.
fn calls(place: &Path, input: &str, more: &[&str], stdin: Option<&str>) -> String {
    let stdin = stdin.map_or_else(Stdio::null, |name| std::fs::File::open(place.join(name)).unwrap().into());
    let output = rxstrata(place)
        .args(["call", input, "--genes", GENES, "-o", "out", "--formats", "tsv", "--quiet"])
        .args(more)
        .stdin(stdin)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(place.join("out/calls.tsv")).unwrap()
}

/// Diplotypes only: which sites are missing may differ by form.
fn diplotypes(table: &str) -> Vec<String> {
    table.lines().skip(1).map(|l| l.split('\t').take(5).collect::<Vec<_>>().join(" ")).collect()
}

/// Runs a tool of the field; `false`, loudly, where it is not installed.
fn tool(place: &Path, program: &str, arguments: &[&str]) -> bool {
    match Command::new(program).current_dir(place).args(arguments).output() {
        Err(error) => {
            eprintln!("SKIPPED: {program} cannot be run: {error}");
            false
        }
        Ok(output) => {
            assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
            true
        }
    }
}

#[test]
fn standard_input_is_read_plain_and_compressed() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    encode(place, "GRCh38", "p.vcf");
    encode(place, "GRCh38", "p.vcf.gz");
    let expected = calls(place, "p.vcf", &[], None);
    assert!(expected.contains("P\tCYP2C19\t*2/*17\t"), "{expected}");
    assert_eq!(calls(place, "-", &[], Some("p.vcf")), expected);
    assert_eq!(calls(place, "-", &[], Some("p.vcf.gz")), expected);
}

#[test]
fn grch37_gives_the_diplotypes_of_grch38() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    encode(place, "GRCh38", "p38.vcf");
    encode(place, "GRCh37", "p37.vcf");
    let expected = calls(place, "p38.vcf", &[], None);
    let found = calls(place, "p37.vcf", &[], None);
    assert_eq!(diplotypes(&found), diplotypes(&expected));
    assert!(std::fs::read_to_string(place.join("out/provenance.json")).unwrap().contains("\"GRCh37\""));
}

#[test]
fn bcf_and_an_indexed_file_give_the_bytes_of_the_plain_file() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    encode(place, "GRCh38", "p.vcf");
    let expected = calls(place, "p.vcf", &[], None);
    if tool(place, "bcftools", &["view", "-Ob", "-o", "p.bcf", "p.vcf"]) {
        assert_eq!(calls(place, "p.bcf", &[], None), expected);
        assert_eq!(calls(place, "-", &[], Some("p.bcf")), expected);
        indexed(place, "p.bcf", &expected);
    }
    encode(place, "GRCh38", "p.vcf.gz");
    assert_eq!(calls(place, "p.vcf.gz", &[], None), expected);
    indexed(place, "p.vcf.gz", &expected);
    if tool(place, "tabix", &["-p", "vcf", "p.vcf.gz"]) {
        assert!(place.join("p.vcf.gz.tbi").is_file());
        assert_eq!(calls(place, "p.vcf.gz", &[], None), expected);
        assert!(was_indexed(place));
    }
}

/// The calls by a `.csi` index are those without one. Takes the index away again.
fn indexed(place: &Path, input: &str, expected: &str) {
    assert!(!was_indexed(place), "nothing to seek by yet");
    if tool(place, "bcftools", &["index", "--csi", input]) {
        let index = place.join(format!("{input}.csi"));
        assert!(index.is_file());
        assert_eq!(calls(place, input, &[], None), expected);
        assert!(was_indexed(place), "{input} was read by its .csi");
        std::fs::remove_file(index).unwrap();
    }
}

/// Whether the last call used an index.
fn was_indexed(place: &Path) -> bool {
    std::fs::read_to_string(place.join("out/provenance.json")).unwrap().contains("\"indexed\": true")
}

/// The same person as a caller of reference blocks writes it: each reference site becomes a block that covers it.
fn blocks(vcf: &str, alternate: &str, end: bool) -> String {
    let line = |line: &str| -> String {
        let mut columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let reference = columns.get(9).is_some_and(|g| ["0|0", "0/0"].contains(&g.split(':').next().unwrap_or("")));
        if line.starts_with('#') || !reference {
            return format!("{line}\n");
        }
        let position: u64 = columns[1].parse().unwrap();
        let last = position + columns[3].len() as u64 - 1;
        columns[2] = ".".to_owned();
        columns[3] = columns[3].chars().take(1).collect();
        columns[4] = alternate.to_owned();
        columns[7] = if end { format!("END={last}") } else { ".".to_owned() };
        columns[9] = "0/0".to_owned();
        columns[8] = "GT".to_owned();
        format!("{}\n", columns.join("\t"))
    };
    vcf.lines().map(line).collect()
}

#[test]
fn reference_blocks_give_the_diplotypes_of_the_plain_file() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    encode(place, "GRCh38", "p.vcf");
    let expected = calls(place, "p.vcf", &[], None);
    let vcf = std::fs::read_to_string(place.join("p.vcf")).unwrap();
    for alternate in ["<NON_REF>", "<*>", "."] {
        let written = blocks(&vcf, alternate, true);
        assert!(written.contains("END="), "there are blocks");
        std::fs::write(place.join("p.g.vcf"), written).unwrap();
        assert_eq!(diplotypes(&calls(place, "p.g.vcf", &[], None)), diplotypes(&expected), "{alternate}");
    }
}

#[test]
fn a_knowledge_folder_answers_as_the_built_in_knowledge() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    encode(place, "GRCh38", "p.vcf");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pgx-rules/knowledge");
    let expected = calls(place, "p.vcf", &[], None);
    assert_eq!(calls(place, "p.vcf", &["--knowledge", &folder.display().to_string()], None), expected);
    let output = rxstrata(place).args(["call", "p.vcf", "--knowledge", "none", "-o", "no"]).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
}

/// `/proc` refuses new folders to everybody, root included.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    encode(place, "GRCh38", "p.vcf");
    let output = rxstrata(place).args(["call", "p.vcf", "-o", "/proc/rxstrata-results"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(6), "{said}");
    assert!(said.contains("/proc/rxstrata-results") && said.lines().count() == 1, "{said}");
}

/// A folder that is there and takes no files: its earlier results stay as they are.
#[cfg(unix)]
#[test]
fn a_read_only_folder_is_named_and_left_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    encode(place, "GRCh38", "p.vcf");
    let folder = place.join("results");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("calls.tsv"), "earlier").unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    if std::fs::write(folder.join("probe"), "").is_ok() {
        eprintln!("SKIPPED: this user may write into a read-only folder (root)");
        return;
    }
    let output = rxstrata(place).args(["call", "p.vcf", "-o", "results", "--quiet"]).output().unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(6), "{said}");
    assert!(said.contains("results") && said.lines().count() == 1, "{said}");
    assert_eq!(std::fs::read_to_string(folder.join("calls.tsv")).unwrap(), "earlier");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing beside it");
}

/// A file of variants only, from a man: what is filled in has two copies, so that his one variant contradicts it until
/// his sex is stated.
#[test]
fn filling_in_the_reference_on_x_needs_the_sex_stated() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    std::fs::write(place.join("d.tsv"), "sample\tgene\tdiplotype\nP\tG6PD\tA- 202A_376G\n").unwrap();
    let output = rxstrata(place).args(["knowledge", "encode", "d.tsv", "-o", "all.vcf"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let all = std::fs::read_to_string(place.join("all.vcf")).unwrap();
    let varies = |l: &&str| l.starts_with('#') || l.split('\t').nth(9) != Some("0");
    let variants: Vec<&str> = all.lines().filter(varies).collect();
    std::fs::write(place.join("p.vcf"), variants.join("\n") + "\n").unwrap();
    let diplotype = |more: &[&str]| {
        let output = rxstrata(place)
            .args(["call", "p.vcf", "--genes", "G6PD", "--missing-as-reference", "-o", "out", "--quiet"])
            .args(more)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let table = std::fs::read_to_string(place.join("out/calls.tsv")).unwrap();
        table.lines().nth(1).and_then(|l| l.split('\t').nth(2)).unwrap_or_default().to_owned()
    };
    assert_eq!(diplotype(&["--sex", "male"]), "A- 202A_376G");
    assert_eq!(diplotype(&[]), "", "sex is never guessed");
}

/// At rs1058164 and rs1135840 the reference bases of the two assemblies are each other's alternate.
#[test]
fn a_site_whose_reference_base_differs_between_assemblies_is_read_on_both() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    for (assembly, length, [first, second]) in [
        ("GRCh37", 51_304_566, ["42522613\t.\tG\tC", "42525132\t.\tG\tC"]),
        ("GRCh38", 50_818_468, ["42126611\t.\tC\tG", "42129130\t.\tC\tG"]),
    ] {
        let record = |place: &str| format!("chr22\t{place}\t.\tPASS\t.\tGT\t0/1\n");
        let text = format!(
            "##fileformat=VCFv4.2\n##contig=<ID=chr22,length={length}>\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">\n\
             #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n{}{}",
            record(first),
            record(second)
        );
        std::fs::write(place.join("sites.vcf"), text).unwrap();
        let output = rxstrata(place).args(["call", "sites.vcf", "-o", assembly, "--quiet"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let sites = std::fs::read_to_string(place.join(assembly).join("S.vcf")).unwrap();
        for identifier in ["rs1135840", "rs1058164"] {
            let site = sites.lines().find(|line| line.split('\t').nth(2) == Some(identifier)).unwrap();
            assert!(site.ends_with("0/1:.:.:.:Called"), "{assembly} {site}");
        }
    }
}
