//! `rxstrata knowledge`: what people and scripts read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::Command;

use assert_cmd::Command as Binary;
use predicates::prelude::*;

fn knowledge(arguments: &[&str]) -> Binary {
    let mut command = Binary::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
    command.arg("knowledge").args(arguments);
    command
}

fn output(arguments: &[&str]) -> String {
    let output = knowledge(arguments).output().expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn list_names_every_gene_once() {
    let text = output(&["list", "genes", "--format", "tsv"]);
    let genes: Vec<&str> = text.lines().skip(1).filter_map(|l| l.split('\t').next()).collect();
    for gene in ["CYP2C19", "DPYD", "HLA-B", "MT-RNR1", "VKORC1"] {
        assert_eq!(genes.iter().filter(|g| **g == gene).count(), 1, "{gene}");
    }
    assert!(genes.is_sorted());
}

#[test]
fn list_gives_the_release_and_the_licence_of_each_source() {
    let text = output(&["list"]);
    assert!(text.starts_with("Knowledge 20"), "{text}");
    assert!(text.contains("CC0-1.0") && text.contains("MIT"), "{text}");
}

#[test]
fn show_gene_is_as_reviewed() {
    // The list of drugs changes with every drug that is added; it has its own test.
    let text = output(&["show", "tpmt"]);
    let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with("  drugs ")).collect();
    insta::assert_snapshot!("show_tpmt", lines.join("\n"));
    insta::assert_snapshot!("show_vkorc1_tsv", output(&["show", "VKORC1", "--format", "tsv"]));
}

#[test]
fn show_json_is_one_object_with_all_sites() {
    let value: serde_json::Value =
        serde_json::from_str(&output(&["show", "NUDT15", "--format", "json"])).expect("JSON");
    assert_eq!(value["symbol"], "NUDT15");
    assert_eq!(value["sites"].as_array().map(Vec::len), Some(18));
}

#[test]
fn an_unknown_name_is_an_error_with_its_neighbours() {
    knowledge(&["show", "CYP2C8"]).assert().failure().stderr(predicate::str::contains("CYP2C9"));
}

#[test]
fn the_built_in_knowledge_has_no_contradiction() {
    knowledge(&["verify", "--quiet"]).assert().success().stdout(predicate::str::starts_with("0 errors"));
}

#[test]
fn a_contradiction_in_a_folder_is_found_and_the_status_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../pgx-rules/knowledge"), folder.path());
    let sites = folder.path().join("genes/VKORC1/sites.tsv");
    let text = std::fs::read_to_string(&sites).expect("sites").replace("\tC\tT\trs9923231", "\tG\tT\trs9923231");
    std::fs::write(&sites, text).expect("written");
    let name = folder.path().to_str().expect("UTF-8");
    knowledge(&["verify", name])
        .assert()
        .code(1)
        .stdout(predicate::str::contains("error: genes/VKORC1: site 31096368"));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("read") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// Runs `encode` on a table; status, standard output and standard error.
fn encode(table: &str, options: &[&str]) -> (bool, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("diplotypes.tsv");
    std::fs::write(&input, table).expect("written");
    let output =
        knowledge(&["encode", input.to_str().expect("UTF-8"), "-o", "-"]).args(options).output().expect("runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn encode_writes_every_site_of_the_stated_genes_and_nothing_else() {
    let table = "gene\tsample\tnote\tdiplotype\r\nVKORC1\tA\tx\trs9923231 reference (C)/rs9923231 variant (T)\r\nABCG2\tB\t\trs2231142 variant (T)/rs2231142 variant (T)\r\n";
    let (ok, vcf, _) = encode(table, &[]);
    assert!(ok);
    insta::assert_snapshot!("encoded_vcf", vcf);
}

#[test]
fn encode_refuses_line_by_line_and_writes_the_rest() {
    let table = "sample\tgene\tdiplotype\nA\tCYP2D6\t*4/*5\nA\tVKORC1\trs9923231 variant (T)/rs9923231 variant (T)\nA\tTPMT\t*1/*77\n";
    let (ok, vcf, errors) = encode(table, &[]);
    assert!(!ok, "a refused line shows in the status");
    assert!(vcf.contains("\t1|1\n"), "{vcf}");
    assert!(errors.contains("line 2: A CYP2D6 *4/*5: '*5' is a structural allele"), "{errors}");
    assert!(errors.contains("line 4: A TPMT *1/*77: no allele '*77' is defined"), "{errors}");
}

#[test]
fn encode_writes_no_file_when_nothing_can_be_encoded() {
    let folder = tempfile::tempdir().expect("a folder");
    let (input, result) = (folder.path().join("d.tsv"), folder.path().join("d.vcf"));
    std::fs::write(&input, "sample\tgene\tdiplotype\nA\tCYP2D6\t*5/*5\n").expect("written");
    let paths = [input.to_str().expect("UTF-8"), "-o", result.to_str().expect("UTF-8")];
    knowledge(&["encode"]).args(paths).assert().failure().stderr(predicate::str::contains("nothing was written"));
    assert!(!result.exists());
}

#[test]
fn encode_names_the_column_that_is_not_there() {
    let (ok, _, errors) = encode("sample\tgene\nA\tTPMT\n", &[]);
    assert!(!ok);
    assert!(errors.contains("no column 'diplotype'"), "{errors}");
}

#[test]
fn bcftools_accepts_an_encoded_file_and_can_index_it() {
    if Command::new("bcftools").arg("--version").output().is_err() {
        eprintln!("SKIPPED: bcftools is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (input, result) = (folder.path().join("d.tsv"), folder.path().join("d.vcf.gz"));
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-data/demo/diplotypes.tsv");
    std::fs::copy(demo, &input).expect("copied");
    for assembly in ["GRCh38", "GRCh37"] {
        let paths = [input.to_str().expect("UTF-8"), "-o", result.to_str().expect("UTF-8"), "--assembly", assembly];
        knowledge(&["encode", "--unphased"]).args(paths).assert().success();
        let index = Command::new("bcftools").args(["index", "-f"]).arg(&result).output().expect("runs");
        assert!(index.status.success(), "{}", String::from_utf8_lossy(&index.stderr));
        assert!(index.stderr.is_empty(), "no complaints: {}", String::from_utf8_lossy(&index.stderr));
        let samples = Command::new("bcftools").args(["query", "-l"]).arg(&result).output().expect("runs");
        assert_eq!(String::from_utf8_lossy(&samples.stdout).lines().count(), 34, "people of the demo");
    }
}

#[test]
fn completions_and_manual_pages_know_the_commands() {
    let binary = || Binary::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
    binary().args(["completions", "bash"]).assert().success().stdout(predicate::str::contains("knowledge"));
    let folder = tempfile::tempdir().expect("a folder");
    binary().args(["man", "-o"]).arg(folder.path()).assert().success();
    let page = std::fs::read_to_string(folder.path().join("rxstrata-call.1")).expect("a page");
    assert!(page.contains("outside"), "{page}");
}

/// The published release, where it is beside the repository.
fn release() -> Option<std::path::PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/knowledge/cpic"))
        .find(|folder| folder.is_dir());
    if found.is_none() {
        eprintln!("SKIPPED: shared/knowledge/cpic is not here");
    }
    found
}

fn import(release: &Path, folder: &Path, options: &[&str]) -> String {
    let curation = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pgx-rules/knowledge/curation");
    let (release, curation) = (release.to_str().expect("UTF-8"), curation.to_str().expect("UTF-8").to_owned());
    let paths = ["import", release, "--curation", &curation, "-o", folder.to_str().expect("UTF-8")];
    output(&[&paths[..], options].concat())
}

/// `guidance.tsv` and `calls.tsv` of the demo's people, by a knowledge folder or the built-in knowledge.
fn call(input: &Path, folder: Option<&Path>) -> (String, String) {
    let results = tempfile::tempdir().expect("a folder");
    let mut command = Binary::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
    command.arg("call").arg(input).arg("-o").arg(results.path().join("out"));
    if let Some(folder) = folder {
        command.arg("--knowledge").arg(folder);
    }
    command.assert().success();
    let read = |name: &str| std::fs::read_to_string(results.path().join("out").join(name)).expect("written");
    (read("guidance.tsv"), read("calls.tsv"))
}

#[test]
fn an_imported_release_calls_as_the_built_in_knowledge_and_dpwg_adds_rows_with_their_licence() {
    let Some(release) = release() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (plain, both) = (folder.path().join("plain"), folder.path().join("both"));
    import(&release, &plain, &[]);
    import(&release, &both, &["--with-dpwg"]);
    for name in [&plain, &both] {
        knowledge(&["verify", "--quiet", name.to_str().expect("UTF-8")]).assert().success();
    }
    let input = folder.path().join("demo.vcf");
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-data/demo/diplotypes.tsv");
    let paths = [table.to_str().expect("UTF-8"), "-o", input.to_str().expect("UTF-8")];
    Binary::new(assert_cmd::cargo::cargo_bin!("rxstrata"))
        .args(["knowledge", "encode"])
        .args(paths)
        .output()
        .expect("runs");
    let (own, imported, with_dpwg) = (call(&input, None), call(&input, Some(&plain)), call(&input, Some(&both)));
    assert_eq!(own, imported, "the same facts give the same answers");
    assert_eq!(own.1, with_dpwg.1, "guidance of another source changes no call");
    let (theirs, ours): (Vec<&str>, Vec<&str>) = with_dpwg.0.lines().partition(|l| l.contains("\tDPWG\t"));
    assert_eq!(ours, own.0.lines().collect::<Vec<_>>(), "the other rows stay as they were");
    assert!(!theirs.is_empty());
    assert!(theirs.iter().all(|l| l.contains("CC-BY-SA-4.0") && l.contains("Stanford")), "{theirs:#?}");
    let notice = std::fs::read_to_string(both.join("LICENCES-OF-IMPORTED-TEXT.md")).expect("a notice");
    assert!(notice.contains("CC-BY-SA-4.0"), "{notice}");
    assert!(!plain.join("LICENCES-OF-IMPORTED-TEXT.md").exists());
    let listed = output(&["list", "--knowledge", both.to_str().expect("UTF-8")]);
    assert!(listed.contains("CC-BY-SA-4.0"), "{listed}");
}
