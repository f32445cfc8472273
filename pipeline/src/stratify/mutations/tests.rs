#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::Path;

use super::*;
use crate::stratify::alterations::Class;
use serde_json::Value;

fn written(place: &Path, name: &str, text: &str) -> PathBuf {
    let path = place.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn plan(maf: PathBuf, features: &[Features]) -> Plan {
    Plan { maf: vec![maf], features: features.to_vec(), ..Plan::default() }
}

#[test]
fn silent_changes_and_rare_genes_do_not_count_but_their_tumours_do() {
    let place = tempfile::tempdir().unwrap();
    let rows = [
        ("TP53", "Missense_Mutation", "T1"),
        ("TP53", "Nonsense_Mutation", "T2"),
        ("TP53", "Missense_Mutation", "T2"),
        ("TTN", "Silent", "T1"),
        ("TTN", "Silent", "T3"),
        ("KRAS", "Missense_Mutation", "T3"),
    ];
    let mut text = "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\n".to_owned();
    for (gene, class, tumour) in rows {
        text += &format!("{gene}\t{class}\t{tumour}\n");
    }
    let sets = written(place.path(), "sets.gmt", "cycle\ta\tTP53\tKRAS\nmuscle\tb\tTTN\n");
    let plan = Plan {
        gene_sets: Some(sets),
        ..plan(written(place.path(), "a.maf", &text), &[Features::Genes, Features::Pathways, Features::Burden])
    };
    let found = read(&plan).unwrap();
    let [genes, pathways, burden] = found.modalities.as_slice() else { unreachable!() };
    assert_eq!(genes.matrix.patients(), ["T1", "T2", "T3"]);
    assert_eq!((genes.name.as_str(), genes.matrix.features()), ("mutations", ["TP53".to_owned()].as_slice()));
    assert_eq!(genes.matrix.values().column(0).to_vec(), [1.0, 1.0, 0.0]);
    assert_eq!(pathways.matrix.features(), ["cycle"], "no gene of the other set has a protein-altering change");
    assert_eq!(pathways.matrix.values().column(0).to_vec(), [1.0, 1.0, 1.0]);
    assert_eq!(burden.matrix.features(), ["protein_altering", "all"]);
    assert_eq!(burden.matrix.values().column(1).to_vec(), [2.0, 2.0, 2.0]);
    let [classes] = found.classes.as_slice() else { unreachable!() };
    assert_eq!([classes.of("T1", "TP53"), classes.of("T2", "TP53")], [Some(Class::Missense), Some(Class::Several)]);
    assert_eq!([classes.of("T1", "TTN"), classes.of("T3", "TP53")], [None, None]);
}

const CONTEXTS: &str = "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\tChromosome\tStart_Position\tReference_Allele\t\
     Tumor_Seq_Allele2\tCONTEXT\n\
     A\tSilent\tT1\tchr1\t3\tG\tA\tttTGAtt\n\
     A\tSilent\tT1\tchr1\t3\tC\tT\tTGA\n\
     A\tSilent\tT2\tchr1\t5\tT\tC\tACTGA\n\
     A\tFrame_Shift_Del\tT3\tchr1\t5\tT\t-\tACTGA\n";

#[test]
fn contexts_are_read_from_a_column_on_either_strand() {
    let place = tempfile::tempdir().unwrap();
    let found = read(&plan(written(place.path(), "a.maf", CONTEXTS), &[Features::Contexts])).unwrap();
    let matrix = &found.modalities[0].matrix;
    assert_eq!(matrix.patients(), ["T1", "T2"], "a tumour without a substitution has no spectrum");
    let of = |channel: &str| matrix.features().iter().position(|f| f == channel).unwrap();
    assert_eq!(matrix.values()[[0, of("T[C>T]A")]], 1.0);
    assert_eq!(matrix.values()[[1, of("C[T>C]G")]], 1.0);
    let table = found.spectra.unwrap().table();
    assert!(table.starts_with("channel\tT1\tT2\tT3\nA[C>A]A\t0\t0\t0\n"), "{table}");
    assert!(table.contains("\nT[C>T]A\t2\t0\t0\n"), "{table}");

    let broken = CONTEXTS.replace("ttTGAtt", "ttTCCtt").replace("\tTGA\n", "\tAAA\n");
    let error = read(&plan(written(place.path(), "b.maf", &broken), &[Features::Contexts])).unwrap_err();
    assert!(error.to_string().contains("another base at 1 of 3"), "{error}");
}

#[test]
fn contexts_are_read_from_a_reference_that_has_the_bases() {
    let place = tempfile::tempdir().unwrap();
    let without: String = CONTEXTS
        .lines()
        .map(|l| l.rsplit_once('\t').unwrap().0.to_owned() + "\n")
        .collect::<String>()
        .replace("\t3\tC\tT", "\t4\tA\tT");
    let mut plan = plan(written(place.path(), "a.maf", &without), &[Features::Contexts]);
    let error = read(&plan).unwrap_err();
    assert!(error.to_string().contains("give the sequence of its assembly with --reference"), "{error}");
    // Position 3 is G, 4 is A, 5 is T.
    let fasta = |name: &str, bases: &str| {
        written(
            place.path(),
            &format!("{name}.fai"),
            &format!("1\t{}\t3\t{}\t{}\n", bases.len(), bases.len(), bases.len() + 1),
        );
        written(place.path(), name, &format!(">1\n{bases}\n"))
    };
    plan.reference = Some(fasta("right.fa", "TTGATC"));
    let found = read(&plan).unwrap();
    let table = found.spectra.unwrap().table();
    for channel in ["T[C>T]A\t1\t0\t0", "A[T>A]C\t1\t0\t0", "A[T>C]C\t0\t1\t0"] {
        assert!(table.contains(channel), "{channel} in {table}");
    }
    plan.reference = Some(fasta("other.fa", "TTCATC"));
    let error = read(&plan).unwrap_err();
    assert!(error.to_string().contains("another base at 1 of 3"), "{error}");
    plan.reference = Some(place.path().join("none.fa"));
    assert!(format!("{:#}", read(&plan).unwrap_err()).contains("none.fa, a FASTA with its index"));
}

const VCF: &str = "##fileformat=VCFv4.2\n\
    ##INFO=<ID=CSQ,Number=.,Type=String,Description=\"Consequence. Format: Allele|Consequence|SYMBOL\">\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tT1\tT2\tT3\n\
    1\t10\t.\tC\tT\t.\tPASS\tCSQ=T|missense_variant|AAA,T|intron_variant|BBB\tGT\t0/1\t0/1\t0/0\n\
    1\t20\t.\tG\tT\t.\tPASS\tCSQ=T|stop_gained|CCC\tGT\t0/1\t./.\t0/1\n\
    1\t30\t.\tG\tT\t.\tPASS\tCSQ=T|synonymous_variant|CCC\tGT\t0/0\t1/1\t0/0\n\
    1\t40\t.\tG\tT\t.\tlow\tCSQ=T|stop_gained|DDD\tGT\t0/1\t0/1\t0/1\n";

#[test]
fn an_annotated_vcf_gives_the_same_matrix_and_a_missing_genotype_is_not_the_reference() {
    let place = tempfile::tempdir().unwrap();
    let vcf = written(place.path(), "a.vcf", VCF);
    let found = read(&Plan { vcf: vec![vcf.clone()], features: vec![Features::Genes], ..Plan::default() }).unwrap();
    let matrix = &found.modalities[0].matrix;
    assert_eq!((matrix.patients().len(), matrix.features()), (3, ["AAA".to_owned(), "CCC".to_owned()].as_slice()));
    assert_eq!(matrix.values().column(0).to_vec(), [1.0, 1.0, 0.0]);
    assert!(matrix.values()[[1, 1]].is_nan());
    assert_eq!(found.classes[0].of("T1", "CCC"), Some(Class::Truncating));
    assert_eq!(found.classes[0].of("T2", "CCC"), None, "its genotype is missing");
    assert!(found.notes[0].contains("1 records whose FILTER is not PASS"), "{:?}", found.notes);
    assert_eq!(found.summary.changes, 5);

    // The same change from a second file is the same change.
    let maf = "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\tChromosome\tStart_Position\tReference_Allele\t\
               Tumor_Seq_Allele2\nAAA\tMissense_Mutation\tT1\tchr1\t10\tC\tT\nEEE\tMissense_Mutation\tT4\tchr1\t50\tC\tT\n";
    let both = Plan {
        maf: vec![written(place.path(), "a.maf", maf)],
        vcf: vec![vcf],
        features: vec![Features::Genes],
        ..Plan::default()
    };
    let found = read(&both).unwrap();
    assert_eq!((found.summary.tumours, found.summary.changes), (4, 6));

    let joined = VCF.replace("0/0", "./.");
    let vcf = written(place.path(), "joined.vcf", &joined);
    let error = read(&Plan { vcf: vec![vcf], features: vec![Features::Genes], ..Plan::default() }).unwrap_err();
    assert!(error.to_string().contains("all other genotypes are missing"), "{error}");
}

/// The folder of published cases; none, said loudly, where it is absent.
fn conformance() -> Option<PathBuf> {
    let root = std::env::var("RXSTRATA_CONFORMANCE").unwrap_or_else(|_| "../../shared/conformance".to_owned());
    let path = PathBuf::from(root);
    if !path.join("clustering").is_dir() {
        let _ = writeln!(std::io::stderr(), "SKIPPED: {} is not here", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn the_leukaemia_cohort_is_counted_as_published() {
    let Some(root) = conformance() else { return };
    let path = root.join("clustering/cohort_mutation_summary.json");
    let fixture: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let source = fixture["source"].as_str().unwrap();
    let maf = root.join("..").join(source.trim_start_matches("shared/"));
    let plan = Plan { megabases: Some(50.0), ..plan(maf, &[Features::Genes]) };
    let found = serde_json::to_value(read(&plan).unwrap().summary).unwrap();
    let expected = &fixture["expected"];
    for (ours, theirs) in [
        ("tumours", "samples"),
        ("changes", "rows"),
        ("protein_altering", "nonsynonymous_rows"),
        ("tumours_with_protein_altering", "samples_with_nonsynonymous"),
        ("median_protein_altering", "median_nonsynonymous_per_sample"),
        ("classes", "variant_classes"),
        ("substitutions", "six_substitutions"),
    ] {
        assert_eq!(found[ours], expected[theirs], "{theirs}");
    }
    let genes = found["genes"].as_array().unwrap();
    let often = expected["mutated_samples_top12"].as_object().unwrap();
    assert_eq!(often.len(), 12);
    for (gene, count) in often {
        assert!(genes.iter().any(|g| g["gene"] == **gene && g["altered"] == *count), "{gene}");
    }
    let burden = found["burden"].as_array().unwrap();
    for (tumour, rate) in expected["tmb_per_mb_50"].as_object().unwrap() {
        let own = burden.iter().find(|b| b["tumour"] == **tumour).unwrap();
        let rate = rate.as_f64().unwrap();
        assert!((own["protein_altering_per_megabase"].as_f64().unwrap() - rate).abs() < 1e-9, "{tumour}");
    }
    let pairs = found["pairs"].as_array().unwrap();
    let fisher = expected["pairwise_fisher"].as_array().unwrap();
    assert_eq!(pairs.len(), fisher.len());
    for theirs in fisher {
        let is = |p: &Value, a: &str, b: &str| p["a"] == theirs[a] && p["b"] == theirs[b];
        let (own, turned) = match pairs.iter().find(|p| is(p, "a", "b")) {
            Some(own) => (own, false),
            None => (pairs.iter().find(|p| is(p, "b", "a")).unwrap(), true),
        };
        let (first, second) = if turned { ("second", "first") } else { ("first", "second") };
        for (ours, key) in [("both", "both"), (first, "only_a"), (second, "only_b"), ("neither", "neither")] {
            assert_eq!(own[ours], theirs[key], "{theirs}");
        }
        assert!((own["p"].as_f64().unwrap() - theirs["p"].as_f64().unwrap()).abs() < 1e-9, "{theirs}");
        if let (Some(x), Some(y)) = (own["odds_ratio"].as_f64(), theirs["odds_ratio"].as_f64()) {
            assert!((x - y).abs() < 1e-9 * y.max(1.0), "{theirs}");
        }
    }
}
