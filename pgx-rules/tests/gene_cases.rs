//! Walks the cases of every gene: genotypes with the call that they must give and the reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pgx_rules::call::GeneCall;
use pgx_rules::calling::{CallOptions, Sex, call};
use pgx_rules::knowledge::embedded;
use pgx_rules::knowledge::schema::{Gene, GeneSite};
use serde::Deserialize;
use variants::model::{Allele, Genotype, Observation, State};

/// A file of `knowledge/genes/GENE/cases/`.
///
/// Sites are named by rsID, or by GRCh38 position where they have none. Sites that the case does not name are homozygous
/// reference.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The reason for the expected call, for people.
    why: String,
    /// `all-matches`, `combinations`, `small-variants-only`.
    #[serde(default)]
    options: BTreeSet<String>,
    sex: Option<Sex>,
    /// Unnamed sites have one copy.
    #[serde(default)]
    haploid: bool,
    /// Sites without a record.
    #[serde(default)]
    missing: Vec<String>,
    /// Genotypes in bases: `G/A`, `G|A`, `G|A:7` in phase set 7, `./A`, `A` for one copy.
    genotypes: BTreeMap<String, String>,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    /// All diplotypes of the answer, in any order; empty for no call.
    diplotypes: BTreeSet<String>,
    /// Codes of warnings that must be there.
    #[serde(default)]
    warnings: Vec<String>,
    /// Alleles that must be among the ones not excluded.
    #[serde(default)]
    not_excluded: Vec<String>,
}

#[test]
fn every_case_of_every_gene_gives_its_expected_call() {
    let knowledge = embedded().unwrap();
    let mut failures = Vec::new();
    for gene in knowledge.genes.values() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/genes").join(&gene.symbol).join("cases");
        let files = case_files(&folder);
        assert!(files.len() >= 2, "{} needs at least two cases", gene.symbol);
        for file in files {
            let case: Case = toml::from_str(&std::fs::read_to_string(&file).unwrap())
                .unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            failures.extend(check(gene, &case).into_iter().map(|f| format!("{}: {f} ({})", file.display(), case.why)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn case_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}

fn check(gene: &Gene, case: &Case) -> Vec<String> {
    let options = CallOptions {
        all_matches: case.options.contains("all-matches"),
        combinations: case.options.contains("combinations"),
        small_variants_only: case.options.contains("small-variants-only"),
    };
    let found = call(gene, &observations(gene, case), case.sex, options);
    let mut failures = Vec::new();
    let diplotypes = diplotypes(&found);
    if diplotypes != case.expect.diplotypes {
        failures.push(format!("expected {:?}, found {diplotypes:?}", case.expect.diplotypes));
    }
    for code in case.expect.warnings.iter().filter(|c| found.warnings.iter().all(|w| w.code != **c)) {
        failures.push(format!("no warning {code}"));
    }
    for name in case.expect.not_excluded.iter().filter(|n| !found.not_excluded.contains(n)) {
        failures.push(format!("{name} is not among the alleles not excluded: {:?}", found.not_excluded));
    }
    failures
}

/// Diplotypes as written; the names of a list in alphabetical order.
fn diplotypes(call: &GeneCall) -> BTreeSet<String> {
    let text = |d: &pgx_rules::call::Diplotype| match d {
        pgx_rules::call::Diplotype::Listed(names) => {
            let mut names = names.clone();
            names.sort();
            names.join(" + ")
        }
        other => other.to_string(),
    };
    call.candidates.iter().filter_map(|c| c.diplotype.as_ref()).map(text).collect()
}

fn observations(gene: &Gene, case: &Case) -> Vec<Observation> {
    let named = |site: &GeneSite, name: &String| site.rsid.as_ref() == Some(name) || site.position.to_string() == *name;
    for name in case.genotypes.keys().chain(&case.missing) {
        assert!(gene.sites.iter().any(|s| named(s, name)), "{} has no site {name}", gene.symbol);
    }
    let observe = |site: &GeneSite| {
        if case.missing.iter().any(|name| named(site, name)) {
            return Observation::missing();
        }
        let written = case.genotypes.iter().find(|(name, _)| named(site, name)).map(|(_, g)| g.as_str());
        let unnamed = if case.haploid { site.reference.clone() } else { format!("{0}/{0}", site.reference) };
        observation(site, written.unwrap_or(&unnamed))
    };
    gene.sites.iter().map(observe).collect()
}

fn observation(site: &GeneSite, text: &str) -> Observation {
    let (bases, phase_set) = text.split_once(':').map_or((text, None), |(g, s)| (g, Some(s.parse().unwrap())));
    let allele = |bases: &str| match site.alternates.iter().position(|a| a == bases) {
        _ if bases == "." => Allele::Missing,
        _ if bases == site.reference => Allele::Reference,
        Some(i) => Allele::Alternate(u8::try_from(i).unwrap()),
        None => Allele::Other(bases.to_owned()),
    };
    let genotype =
        Genotype { alleles: bases.split(['|', '/']).map(allele).collect(), phased: !bases.contains('/'), phase_set };
    Observation { state: State::Called, genotype: Some(genotype), discrepancies: Vec::new() }
}
