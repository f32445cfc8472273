//! The demo from end to end, and its pages in a real browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use assert_cmd::Command as Binary;

fn rxstrata() -> Binary {
    Binary::new(assert_cmd::cargo::cargo_bin!("rxstrata"))
}

/// One run of the demo for all tests: its folder and what it said.
fn demo() -> &'static (tempfile::TempDir, String) {
    static DEMO: OnceLock<(tempfile::TempDir, String)> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let output = rxstrata().arg("demo").arg("-o").arg(folder.path()).output().expect("runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (folder, String::from_utf8(output.stdout).expect("text"))
    })
}

fn read(name: &str) -> String {
    std::fs::read_to_string(demo().0.path().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Rows of a table with a header, by column.
fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines();
    let header: Vec<String> = lines.next().unwrap_or_default().split('\t').map(str::to_owned).collect();
    lines.map(|l| header.iter().cloned().zip(l.split('\t').map(str::to_owned)).collect()).collect()
}

/// Alleles of a diplotype in any order, brackets and blanks of tandems left out.
fn alleles(diplotype: &str) -> Vec<String> {
    let plain = diplotype.replace(['[', ']'], "").replace(" + ", "+");
    let mut alleles: Vec<String> = plain.split('/').map(str::to_owned).collect();
    alleles.sort();
    alleles
}

#[test]
fn every_published_diplotype_of_the_demo_is_called_again() {
    let calls = table(&read("calls.tsv"));
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-data/demo");
    let mut compared = 0;
    for name in ["diplotypes.tsv", "cyp2d6.tsv"] {
        for row in table(&std::fs::read_to_string(data.join(name)).expect("shipped")) {
            let call = calls
                .iter()
                .find(|c| c["sample"] == row["sample"] && c["gene"] == row["gene"])
                .unwrap_or_else(|| panic!("{} {} has a row", row["sample"], row["gene"]));
            assert_eq!(alleles(&call["diplotype"]), alleles(&row["diplotype"]), "{} {}", row["sample"], row["gene"]);
            compared += 1;
        }
    }
    assert_eq!(compared, 291);
}

#[test]
fn calls_of_the_demo_are_as_reviewed() {
    // What was concluded of the genes with a result; wording of messages is not pinned here.
    let columns = ["sample", "gene", "diplotype", "phenotype", "activity_score", "source"];
    let called = |row: &BTreeMap<String, String>| !row["diplotype"].is_empty() || !row["phenotype"].is_empty();
    let line = |row: BTreeMap<String, String>| columns.map(|c| row[c].clone()).join("\t");
    let rows: Vec<String> = table(&read("calls.tsv")).into_iter().filter(called).map(line).collect();
    insta::assert_snapshot!("demo_calls", rows.join("\n"));
}

#[test]
fn the_demo_says_where_to_look_and_a_line_a_person() {
    let (_, said) = demo();
    assert!(said.starts_with("34 people called."), "{said}");
    for sample in ["HG00276  FIN", "NA18980  JPT", "NA19239  YRI", "NA19785  MXL", "NA19917  ASW"] {
        assert!(said.contains(sample), "{sample}: {said}");
    }
    for line in ["Tumours: adrenocortical carcinomas", "\n92 patients, ", "\nMedian survival, days: ", "\n90 tumours, "]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
}

/// A number of a table, written in any way.
fn value(cell: &str) -> f64 {
    cell.parse().unwrap_or_else(|e| panic!("'{cell}': {e}"))
}

#[test]
fn subtypes_of_the_demos_tumours_agree_with_the_published_ones_and_part_by_survival() {
    assert_eq!(table(&read("tumours/subtypes/subtypes.tsv")).len(), 92);
    // PMID:27165744: C1A and C1B are the two expression groups, of worse and better outcome.
    let clinical = table(&read("tumours/subtypes/clinical.tsv"));
    let published = clinical.iter().find(|r| r["variable"] == "published_c1a_c1b").expect("tested");
    assert!(value(&published["q"]) < 0.01, "{published:?}");
    let survival = table(&read("tumours/subtypes/survival.tsv"));
    let log_rank = survival.iter().find(|r| r["test"] == "log-rank").expect("tested");
    assert!(value(&log_rank["p"]) < 0.001, "{log_rank:?}");
}

#[test]
fn therapies_of_the_demos_tumours_rest_on_what_the_copy_number_table_holds() {
    let mut text = String::new();
    let file = std::fs::File::open(demo().0.path().join("tumours/input/copy-number.tsv.gz")).expect("written");
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
    let copies = table(&text);
    let matched = table(&read("tumours/therapies/therapies.tsv"));
    assert!(!matched.is_empty());
    for row in &matched {
        let gene = copies.iter().find(|c| c["feature"] == row["gene"]).expect("a gene of the table");
        let state = match row["variant"].as_str() {
            "amplification" => "2",
            "deep deletion" => "-2",
            other => panic!("'{other}' of {}", row["gene"]),
        };
        assert_eq!(gene[&row["sample"]], state, "{row:?}");
    }
}

#[test]
fn a_quiet_demo_says_nothing_and_writes_the_same_bytes_on_one_thread() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("demo");
    let output = rxstrata().args(["demo", "--quiet", "--threads", "1", "-o"]).arg(&target).output().expect("runs");
    assert!(output.status.success());
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
    let tumours = ["tumours/subtypes/subtypes.tsv", "tumours/subtypes/model.json", "tumours/therapies/therapies.tsv"];
    for name in ["calls.tsv", "guidance.tsv"].into_iter().chain(tumours) {
        assert_eq!(std::fs::read_to_string(target.join(name)).expect("written"), read(name), "{name}");
    }
}

/// The document as a browser builds it; `None`, loudly, where there is no browser.
fn in_browser(page: &Path) -> Option<String> {
    let Some(browser) =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser"].iter().map(PathBuf::from).find(|p| p.exists())
    else {
        eprintln!("SKIPPED: chromium is not installed, so no page was opened in a browser");
        return None;
    };
    let profile = tempfile::tempdir().expect("a folder");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("chromium runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let dom = String::from_utf8(output.stdout).expect("text");
    assert!(dom.contains("</html>"), "chromium dumped a whole document");
    Some(dom)
}

/// The rows of a drug in the summary, as text without markup.
fn rows_of_drug(dom: &str, drug: &str) -> Option<String> {
    let start = dom.find(&format!("<tbody id=\"drug-{drug}\""))?;
    let rest = &dom[start..];
    Some(text_of(&rest[..rest.find("</tbody>")?]))
}

fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_browser_shows_that_a_poor_metaboliser_is_to_avoid_codeine() {
    // HG00276 is CYP2D6 *4/*5 (PMID:31401124): no active copy, so codeine is not turned into morphine (CPIC, PMID:33387367).
    let Some(dom) = in_browser(&demo().0.path().join("HG00276.html")) else { return };
    let row = rows_of_drug(&dom, "codeine").expect("codeine has a row in the summary");
    for part in ["Avoid or replace", "Avoid codeine", "CYP2D6 *4/*5", "Poor Metabolizer", "Strong, CPIC"] {
        assert!(row.contains(part), "{part}: {row}");
    }
}

#[test]
fn a_browser_shows_every_drug_to_change_with_its_action_and_text_in_its_own_row() {
    let guidance = table(&read("guidance.tsv"));
    for sample in ["HG00276", "NA19239", "NA18980"] {
        let Some(dom) = in_browser(&demo().0.path().join(format!("{sample}.html"))) else { return };
        let label = |action: &str| match action {
            "avoid" => Some("Avoid or replace"),
            "adjust" => Some("Change the dose"),
            "monitor" => Some("Take care"),
            _ => None,
        };
        for row in guidance.iter().filter(|r| r["sample"] == sample) {
            let Some(label) = label(&row["action"]) else { continue };
            let anchor = row["drug"].replace([' ', '/'], "-");
            let shown = rows_of_drug(&dom, &anchor).unwrap_or_else(|| panic!("{sample}: {} has rows", row["drug"]));
            assert!(shown.starts_with(&row["drug"]), "{sample}: {shown}");
            assert!(shown.contains(label), "{sample} {}: {label} is not in: {shown}", row["drug"]);
            for sentence in row["text"].split_inclusive(". ").map(str::trim) {
                let rest = sentence.get(1..).unwrap_or_default(); // the decision comes first and begins with a capital
                assert!(shown.contains(rest), "{sample} {}: {sentence} is not in: {shown}", row["drug"]);
            }
        }
        assert!(dom.contains("id=\"gene-cyp2c19\""), "{sample} has evidence on CYP2C19");
    }
}

#[test]
fn a_browser_shows_that_a_carrier_of_hla_b_57_01_must_not_get_abacavir() {
    let folder = tempfile::tempdir().expect("a folder");
    let (input, results) = (folder.path().join("P1.outside.tsv"), folder.path().join("results"));
    std::fs::write(&input, "HLA-B\t*15:01/*57:01\n").expect("written");
    let run = rxstrata().args(["call", "--quiet", "--outside-calls"]).arg(&input).arg("-o").arg(&results).output();
    assert!(run.expect("runs").status.success());
    let Some(dom) = in_browser(&results.join("P1.html")) else { return };
    let shown = rows_of_drug(&dom, "abacavir").expect("abacavir has a row");
    assert!(shown.starts_with("abacavir Avoid or replace"), "{shown}");
    assert!(shown.contains("HLA-B") && shown.contains("*57:01 positive"), "{shown}");
    assert!(shown.contains("Strong, CPIC"), "{shown}");
}

#[test]
fn a_hostile_sample_name_is_text_on_the_page_and_harmless_as_a_file_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = "../<script>document.title='taken'</script>";
    let (table, vcf, results) =
        (folder.path().join("d.tsv"), folder.path().join("d.vcf"), folder.path().join("results"));
    std::fs::write(&table, format!("sample\tgene\tdiplotype\n{name}\tTPMT\t*1/*3A\n")).expect("written");
    rxstrata().args(["knowledge", "encode"]).arg(&table).arg("-o").arg(&vcf).assert().success();
    rxstrata().args(["call", "--quiet"]).arg(&vcf).arg("-o").arg(&results).assert().success();
    let pages: Vec<PathBuf> = std::fs::read_dir(&results)
        .expect("a folder")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "html"))
        .collect();
    assert_eq!(pages.len(), 1, "the page stays in the folder");
    let file = pages[0].file_name().and_then(|n| n.to_str()).expect("UTF-8");
    assert!(!file.contains(['/', '<', '>', '\'']), "{file}");
    let Some(dom) = in_browser(&pages[0]) else { return };
    assert!(!dom.contains("<script"), "no script element came to be");
    assert!(dom.contains("&lt;script&gt;document.title='taken'&lt;/script&gt;"), "the name is shown");
}

#[test]
fn a_site_is_credited_to_the_alleles_that_change_it_and_to_no_other() {
    // CYP2C19*1 repeats the reference base at most sites; only *2 carries rs12769205 G and rs4244285 A, both carry rs3758581 G.
    let calls: serde_json::Value = serde_json::from_str(&read("calls.json")).expect("JSON");
    let find = |list: &serde_json::Value, key: &str, value: &str| -> serde_json::Value {
        let all = list.as_array().expect("a list");
        all.iter().find(|x| x[key] == value).unwrap_or_else(|| panic!("{value} is there")).clone()
    };
    let sample = find(&calls["samples"], "sample", "NA12753");
    let gene = find(&sample["genes"], "gene", "CYP2C19");
    for (rsid, alleles) in [("rs12769205", vec!["*2"]), ("rs4244285", vec!["*2"]), ("rs3758581", vec!["*1", "*2"])] {
        assert_eq!(find(&gene["sites"], "rsid", rsid)["defines"], serde_json::json!(alleles), "{rsid}");
    }
}
