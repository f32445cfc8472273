//! `rxstrata call` by the binary: outputs, determinism, outside calls, and what happens when something is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=chr10,length=133797422,assembly=GRCh38>\n";
const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";

/// CYP2C19*2 (rs4244285) and *17 (rs12248560), as in the knowledge base.
fn records(samples: usize, genotype: &str) -> String {
    let genotypes = vec![genotype; samples].join("\t");
    format!(
        "chr10\t94761900\trs12248560\tC\tT\t.\tPASS\t.\tGT\t{genotypes}\nchr10\t94781859\trs4244285\tG\tA\t.\tPASS\t.\tGT\t{genotypes}\n"
    )
}

fn vcf(samples: &[&str], genotype: &str) -> String {
    format!("{HEADER}{COLUMNS}\t{}\n{}", samples.join("\t"), records(samples.len(), genotype))
}

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let place = Self::new();
        place.add(name, bytes);
        place
    }

    fn add(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn call(&self, arguments: &[&str]) -> Output {
        let binary = assert_cmd::cargo::cargo_bin!("rxstrata");
        Command::new(binary).current_dir(self.0.path()).arg("call").args(arguments).output().unwrap()
    }

    fn out(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join("out").join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.0.path().join(folder)) else { return Vec::new() };
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

/// One error line that has all the words; nothing but `failures.tsv` in the folder.
fn refused(place: &Place, output: &Output, status: i32, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(code(output), status, "{said}");
    assert_eq!(said.lines().count(), 1, "one line: {said}");
    for word in words {
        assert!(said.contains(word), "'{word}' in: {said}");
    }
    assert!(place.files("out").iter().all(|f| f == "failures.tsv"), "{:?}", place.files("out"));
}

#[test]
fn a_patient_gets_every_file_and_a_row_for_every_gene() {
    let place = Place::with("p.vcf", vcf(&["P1"], "0/1"));
    let output = place.call(&["p.vcf", "-o", "out", "--quiet"]);
    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(
        place.files("out"),
        [
            "P1.html",
            "P1.outside.tsv",
            "P1.vcf",
            "calls.json",
            "calls.tsv",
            "failures.tsv",
            "guidance.tsv",
            "provenance.json"
        ]
    );
    let calls = place.out("calls.tsv");
    let first = calls.lines().next().unwrap();
    assert_eq!(
        first,
        "sample\tgene\tdiplotype\tphenotype\tactivity_score\tprobability\tsource\tmissing_sites\tmessage"
    );
    assert_eq!(
        place.out("guidance.tsv").lines().next().unwrap(),
        "sample\tdrug\tsource\tpopulation\tclassification\tgenes\tphenotypes\taction\ttext"
    );
    let genes: Vec<&str> = calls.lines().skip(1).filter_map(|l| l.split('\t').nth(1)).collect();
    assert_eq!(genes.len(), pgx_rules::knowledge::embedded().unwrap().genes.len());
    assert!(genes.is_sorted());
}

#[test]
fn verbose_says_how_the_assembly_was_established() {
    let place = Place::with("p.vcf", vcf(&["P1"], "0/1"));
    let said = String::from_utf8(place.call(&["p.vcf", "-o", "out", "--verbose"]).stderr).unwrap();
    assert!(said.contains("rxstrata: p.vcf: VCF") && said.contains("1 samples, GRCh38 by "), "{said}");
}

#[test]
fn calls_json_follows_its_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let schema: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(root.join("docs/schema/calls.schema.json")).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let place = Place::with("p.vcf", vcf(&["P1", "P2"], "0/1"));
    place.add("P1.outside.tsv", "CYP2D6\t*1/*4\nHLA-B\t*15:02/*57:01\n");
    place.add("m.tsv", "P1\tsex\tfemale\nP2\tTown\tBasel\n");
    let output = place.call(&[
        "p.vcf",
        "--outside-calls",
        "P1.outside.tsv",
        "--sample-metadata",
        "m.tsv",
        "-o",
        "out",
        "--missing-as-reference",
        "--quiet",
    ]);
    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    let document: serde_json::Value = serde_json::from_str(&place.out("calls.json")).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).take(5).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(document["samples"].as_array().unwrap().len(), 2);
    assert_eq!(document["provenance"]["options"]["missing_as_reference"], "true");
    assert!(!document["provenance"]["choices"].as_array().unwrap().is_empty());
    let mut broken = document;
    broken["samples"][0]["genes"][0]["state"] = "odd".into();
    assert!(!validator.is_valid(&broken), "the schema refuses what it does not know");
}

/// Every kind of action that any guidance of the knowledge base has, and every discrepancy, against the schema.
#[test]
fn actions_and_discrepancies_follow_the_schema_by_kind() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema/calls.schema.json");
    let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let of = |name: &str| {
        let part = serde_json::json!({ "$ref": format!("#/$defs/{name}"), "$defs": schema["$defs"] });
        jsonschema::draft202012::new(&part).unwrap()
    };
    let (action, discrepancy) = (of("action"), of("discrepancy"));
    let mut checked = 0;
    for drug in pgx_rules::knowledge::embedded().unwrap().drugs.values() {
        for value in drug.rows.iter().flat_map(|r| &r.actions) {
            let value = serde_json::to_value(value).unwrap();
            assert!(action.is_valid(&value), "{}: {value}", drug.name);
            checked += 1;
        }
    }
    assert!(checked > 1000, "{checked} actions");
    use variants::model::Discrepancy as D;
    for value in [
        D::ReferenceMismatch { found: "C".to_owned() },
        D::DepthContradictsGenotype { depths: vec![30, 0] },
        D::NotTheExpectedKind { found: "A,<DEL>".to_owned() },
        D::DuplicateRecord,
        D::FailedFilter("q10".to_owned()),
        D::LowDepth(3),
        D::LowQuality(5),
        D::Ploidy(3),
        D::MissingAsReference,
        D::Synonym,
    ] {
        let value = serde_json::to_value(value).unwrap();
        assert!(discrepancy.is_valid(&value), "{value}");
    }
    for odd in
        [serde_json::json!({ "avoid": { "why": "x" } }), serde_json::json!("avoid"), serde_json::json!({ "x": {} })]
    {
        assert!(!action.is_valid(&odd) && !discrepancy.is_valid(&odd), "{odd}");
    }
}

#[test]
fn the_same_bytes_come_out_at_any_number_of_threads() {
    let place = Place::new();
    let names: Vec<String> = (0..30).map(|i| format!("S{i}")).collect();
    let mut arguments = Vec::new();
    for (i, name) in names.iter().enumerate() {
        place.add(&format!("{name}.vcf"), vcf(&[name], ["0/1", "0/0", "1|0", "./."][i % 4]));
        arguments.push(format!("{name}.vcf"));
    }
    place.add("bad.vcf", "");
    arguments.insert(11, "bad.vcf".to_owned());
    let mut results = Vec::new();
    for threads in ["1", "2", "5"] {
        let folder = format!("out{threads}");
        let mut all: Vec<&str> = arguments.iter().map(String::as_str).collect();
        all.extend(["-o", &folder, "--threads", threads, "--quiet", "--formats", "tsv,json,html,vcf,outside,parquet"]);
        let output = place.call(&all);
        assert_eq!(code(&output), 3, "{}", String::from_utf8_lossy(&output.stderr));
        let read = |name: &String| std::fs::read(place.0.path().join(&folder).join(name)).unwrap();
        let files: Vec<(String, Vec<u8>)> = place.files(&folder).iter().map(|f| (f.clone(), read(f))).collect();
        assert_eq!(files.len(), 30 * 3 + 7);
        results.push(files);
    }
    for other in &results[1..] {
        for (one, two) in results[0].iter().zip(other) {
            assert!(one == two, "{} differs", one.0);
        }
    }
}

#[test]
fn a_cohort_gets_tables_only_unless_asked() {
    let names: Vec<String> = (0..21).map(|i| format!("S{i}")).collect();
    let samples: Vec<&str> = names.iter().map(String::as_str).collect();
    let place = Place::with("c.vcf", vcf(&samples, "0/1"));
    assert_eq!(code(&place.call(&["c.vcf", "-o", "out", "--quiet"])), 0);
    assert_eq!(
        place.files("out"),
        ["calls.parquet", "calls.tsv", "failures.tsv", "guidance.parquet", "guidance.tsv", "provenance.json"]
    );
    let parquet = std::fs::read(place.0.path().join("out/calls.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
}

#[test]
fn one_bad_input_does_not_stop_the_others() {
    let place = Place::with("good.vcf", vcf(&["G"], "0/1"));
    place.add("bad.vcf", "not a VCF\n");
    let output = place.call(&["bad.vcf", "good.vcf", "-o", "out"]);
    assert_eq!(code(&output), 3);
    let failures = place.out("failures.tsv");
    assert!(failures.starts_with("input\tsample\treason\nbad.vcf\t\t"), "{failures}");
    assert_eq!(failures.lines().count(), 2);
    assert!(place.out("calls.tsv").contains("\nG\tCYP2C19\t"));
}

#[test]
fn a_sample_name_that_comes_twice_is_answered_once_and_named() {
    let place = Place::with("a.vcf", vcf(&["S"], "0/1"));
    place.add("b.vcf", vcf(&["S"], "1/1"));
    let output = place.call(&["a.vcf", "b.vcf", "-o", "out", "--quiet"]);
    assert_eq!(code(&output), 3);
    assert!(place.out("failures.tsv").contains("b.vcf\tS\ta sample of this name was already answered from a.vcf"));
    assert_eq!(place.out("calls.tsv").matches("\nS\tCYP2C19\t").count(), 1);
}

#[test]
fn outside_calls_go_to_the_sample_in_their_name() {
    let place = Place::with("c.vcf", vcf(&["A", "B"], "0/0"));
    place.add("B.outside.tsv", "CYP2D6\t*1/*4\n");
    let arguments = ["c.vcf", "--outside-calls", "B.outside.tsv", "--genes", "CYP2D6", "-o", "out", "--quiet"];
    assert_eq!(code(&place.call(&arguments)), 0);
    let calls = place.out("calls.tsv");
    assert!(calls.contains("\nA\tCYP2D6\t\t"), "{calls}");
    assert!(calls.contains("\nB\tCYP2D6\t*1/*4\tIntermediate Metabolizer\t1"), "{calls}");
    place.add("X.outside.tsv", "CYP2D6\t*1/*4\n");
    let output = place.call(&["c.vcf", "--outside-calls", "X.outside.tsv", "-o", "out", "--quiet"]);
    assert_eq!(code(&output), 3, "a file that fits no sample is a failure");
    assert!(place.out("failures.tsv").contains("X.outside.tsv\tX\tno sample of this name"));
}

#[test]
fn outside_calls_alone_are_about_one_patient() {
    let place = Place::with("P.outside.tsv", "CYP2D6\t*1/*4\n");
    assert_eq!(code(&place.call(&["--outside-calls", "P.outside.tsv", "-o", "out", "--quiet"])), 0);
    assert!(place.out("calls.tsv").contains("\nP\tCYP2D6\t*1/*4\t"));
    let both = Place::with("P.outside.tsv", "CYP2D6\t*1/*4\n");
    both.add("Q.outside.tsv", "CYP2D6\t*4/*4\n");
    let output = both.call(&["--outside-calls", "P.outside.tsv", "--outside-calls", "Q.outside.tsv", "-o", "out"]);
    refused(&both, &output, 2, &["P, Q", "--samples NAME"]);
}

/// A phenotype that CPIC's table does not have, a label of which one result is carried, and a gene without any result.
#[test]
fn a_silent_source_is_named_and_is_not_a_gene_without_a_result() {
    let place = Place::with("P.outside.tsv", "CYP2C19\t\tPossible Intermediate Metabolizer\nCYP2D6\t*1/*1\n");
    assert_eq!(code(&place.call(&["--outside-calls", "P.outside.tsv", "-o", "out", "--quiet"])), 0);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema/calls.schema.json");
    let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let document: serde_json::Value = serde_json::from_str(&place.out("calls.json")).unwrap();
    let faults: Vec<String> = jsonschema::draft202012::new(&schema)
        .unwrap()
        .iter_errors(&document)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let sample = &document["samples"][0];
    let of = |list: &str, drug: &str, source: &str| -> Vec<serde_json::Value> {
        let rows = sample[list].as_array().unwrap().iter();
        rows.filter(|r| r["drug"] == drug && (source.is_empty() || r["source"] == source)).cloned().collect()
    };
    let cpic = of("uncovered", "clopidogrel", "CPIC");
    assert_eq!(cpic.len(), 1, "{cpic:?}");
    assert_eq!(cpic[0]["partial"], false);
    assert_eq!(cpic[0]["basis"][0]["lookup"], "Possible Intermediate Metabolizer");
    let fda = of("uncovered", "aripiprazole", "FDA");
    assert_eq!(fda.len(), 2, "label and association: {fda:?}");
    assert!(fda.iter().all(|u| u["partial"] == true && u["basis"][0]["lookup"] == "2.0"), "{fda:?}");
    for drug in ["clopidogrel", "aripiprazole"] {
        assert_eq!(of("unanswered", drug, ""), [] as [serde_json::Value; 0], "{drug}");
        assert!(!place.out("guidance.tsv").contains(drug), "no row in the table of guidance: {drug}");
    }
    assert_eq!(of("unanswered", "abacavir", "").len(), 1, "its gene has no result");

    let html = place.out("P.html");
    let section = |from: &str, to: &str| html.split(from).nth(1).unwrap().split(to).next().unwrap().to_owned();
    let wanting = section("<h3>Not answered</h3>", "<h3");
    assert!(wanting.contains("abacavir") && !wanting.contains("clopidogrel") && !wanting.contains("aripiprazole"));
    let silent = section("<h3 id=\"uncovered\">", "</section>");
    let line =
        |drug: &str| silent.split("<li>").find(|l| l.contains(drug)).unwrap_or_else(|| panic!("{drug}: {silent}"));
    assert!(line("clopidogrel").contains("CPIC gives no recommendation</strong> for"), "{silent}");
    assert!(line("clopidogrel").contains("Possible Intermediate Metabolizer"), "{silent}");
    assert!(line("aripiprazole").contains("its text for this result is not carried here"), "{silent}");
}

#[test]
fn the_annotated_vcf_satisfies_bcftools() {
    let place = Place::with("p.vcf", vcf(&["P1"], "0|1"));
    assert_eq!(code(&place.call(&["p.vcf", "-o", "out", "--quiet"])), 0);
    let bcftools = std::process::Command::new("bcftools").arg("--version").output();
    match bcftools {
        Err(error) => eprintln!("SKIPPED: bcftools cannot be run: {error}"),
        Ok(_) => {
            let view = std::process::Command::new("bcftools")
                .args(["query", "-t", "chr10:94781859", "-f", "%POS %INFO/PGX [%GT %ST]\\n", "out/P1.vcf"])
                .current_dir(place.0.path())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&view.stderr);
            assert!(view.status.success() && said.is_empty(), "{said}");
            let line = String::from_utf8_lossy(&view.stdout).into_owned();
            assert!(line.starts_with("94781859 CYP2C19|") && line.trim_end().ends_with("0|1 Called"), "{line}");
        }
    }
}

#[test]
fn samples_may_lie_in_different_inputs() {
    let place = Place::with("a.vcf", vcf(&["A", "B"], "0/1"));
    place.add("b.vcf", vcf(&["C"], "0/1"));
    place.add("c.vcf", vcf(&["D"], "0/1"));
    let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
    let inputs =
        ["call", "a.vcf", "b.vcf", "c.vcf", "-o", "out", "--formats", "tsv,parquet", "--samples", "C,B,NOBODY"];
    let said = command.current_dir(place.0.path()).args(inputs).assert().code(3).get_output().clone();
    let calls = std::fs::read_to_string(place.0.path().join("out/calls.tsv")).unwrap();
    let mut samples: Vec<&str> = calls.lines().skip(1).filter_map(|row| row.split('\t').next()).collect();
    samples.dedup();
    assert_eq!(samples, ["B", "C"], "in the order of the inputs");
    assert!(String::from_utf8_lossy(&said.stderr).contains("sample NOBODY: --samples: none of the 3 inputs has it"));
}
