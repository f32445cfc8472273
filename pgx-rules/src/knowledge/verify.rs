//! Finds contradictions in a knowledge base. The build fails on any error.

mod comedication;
mod facts;
mod guidance;

use std::collections::BTreeSet;
use std::fmt;

use super::schema::{Gene, Knowledge, PhenotypeMethod, SiteRole};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// A contradiction: nothing may be built on it.
    Error,
    /// Worth a look.
    Note,
}

/// Something wrong or odd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// Where: a folder or file below `knowledge/`.
    pub place: String,
    /// What.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Names of the calling rules that exist; `calling::RULES` is tested against it.
pub const CALLING_RULES: [&str; 4] = ["named-allele", "lowest-function", "presence", "small-variants-only"];

/// All findings, in a fixed order.
pub fn verify(knowledge: &Knowledge) -> Vec<Finding> {
    let mut findings = Vec::new();
    for gene in knowledge.genes.values() {
        let mut report = |severity, what: String| {
            findings.push(Finding { severity, place: format!("genes/{}", gene.symbol), what });
        };
        names(gene, &mut report);
        sites(gene, &mut report);
        functions(gene, &mut report);
        phenotypes(gene, &mut report);
        frequencies(gene, &mut report);
        facts::check(gene, &mut report);
    }
    for drug in knowledge.drugs.values() {
        let mut report = |severity, what: String| {
            findings.push(Finding { severity, place: format!("drugs/{}.toml", drug.name), what });
        };
        guidance::check(drug, knowledge, &mut report);
    }
    comedication::check(knowledge, &mut findings);
    findings
}

type Report<'a> = dyn FnMut(Severity, String) + 'a;

fn names(gene: &Gene, report: &mut Report<'_>) {
    if !CALLING_RULES.contains(&gene.calling.as_str()) {
        report(Severity::Error, format!("unknown calling rule '{}'", gene.calling));
    }
    let mut seen = BTreeSet::new();
    for allele in &gene.alleles {
        if !seen.insert(&allele.name) {
            report(Severity::Error, format!("allele {} is defined twice", allele.name));
        }
        if allele.carries.len() != gene.sites.len() {
            report(
                Severity::Error,
                format!("allele {}: {} values for {} sites", allele.name, allele.carries.len(), gene.sites.len()),
            );
        }
        if !allele.is_structural && allele.carries.iter().all(Vec::is_empty) {
            report(Severity::Error, format!("allele {} is constrained at no site", allele.name));
        }
    }
    let references = gene.alleles.iter().filter(|a| a.is_reference).count();
    if !gene.alleles.is_empty() && (references != 1 || !seen.contains(&gene.reference_allele)) {
        report(
            Severity::Error,
            format!("reference allele '{}' is not the one reference among the alleles", gene.reference_allele),
        );
    }
    let known = |name: &str| seen.iter().any(|n| n.as_str() == name) || gene.functions.contains_key(name);
    for name in gene.must_test.iter().filter(|n| !known(n)) {
        report(Severity::Note, format!("must-test allele {name} is not defined"));
    }
    for priority in &gene.unphased_priorities {
        for name in priority.among.iter().flat_map(|d| d.split('/')).filter(|n| !known(n)) {
            report(Severity::Error, format!("a priority names {name}, which is not defined"));
        }
        if !priority.among.contains(&priority.pick) {
            report(Severity::Error, format!("a priority picks {}, which is not among its diplotypes", priority.pick));
        }
    }
}

fn sites(gene: &Gene, report: &mut Report<'_>) {
    for pair in gene.sites.windows(2).filter(|w| w[0].position >= w[1].position) {
        report(Severity::Error, format!("sites {} and {} are not in order", pair[0].position, pair[1].position));
    }
    for (index, site) in gene.sites.iter().enumerate() {
        if site.reference.is_empty() || !site.reference.bytes().all(|b| b"ACGT".contains(&b)) {
            report(Severity::Error, format!("site {}: reference '{}' is not bases", site.position, site.reference));
        }
        if site.role != SiteRole::Defining {
            continue;
        }
        for alternate in &site.alternates {
            let used = gene.alleles.iter().any(|a| a.carries.get(index).is_some_and(|b| b.contains(alternate)));
            if !used {
                report(Severity::Note, format!("site {}: no allele carries {alternate}", site.position));
            }
        }
        for allele in &gene.alleles {
            for bases in allele.carries.get(index).into_iter().flatten() {
                if *bases != site.reference && !site.alternates.contains(bases) {
                    report(
                        Severity::Error,
                        format!(
                            "site {}: {} carries {bases}, which the site does not list",
                            site.position, allele.name
                        ),
                    );
                }
            }
        }
        if let Some(base) = hgvs_reference(&site.hgvs)
            && site.reference.len() == 1
            && base != site.reference
        {
            report(
                Severity::Error,
                format!("site {}: {} contradicts the reference allele {}", site.position, site.hgvs, site.reference),
            );
        }
    }
    for position in &gene.required_sites {
        if !gene.sites.iter().any(|s| s.position == *position) {
            report(Severity::Error, format!("required site {position} is not among the sites"));
        }
    }
}

/// The reference base of a substitution in HGVS, `g.123C>T`.
fn hgvs_reference(hgvs: &str) -> Option<&str> {
    let (before, _) = hgvs.split_once('>')?;
    let base = before.get(before.len().checked_sub(1)?..)?;
    "ACGT".contains(base).then_some(base)
}

fn functions(gene: &Gene, report: &mut Report<'_>) {
    if gene.phenotype_method == PhenotypeMethod::None {
        return;
    }
    for allele in gene.alleles.iter().filter(|a| !a.is_ignored && a.suballele_of.is_none()) {
        if !gene.functions.contains_key(&allele.name) {
            report(
                Severity::Note,
                format!("allele {} has no function assigned: its phenotype is indeterminate", allele.name),
            );
        }
    }
    for (allele, function) in &gene.functions {
        let covered = gene
            .phenotypes
            .iter()
            .any(|p| p.first == function.key || p.second.as_deref() == Some(function.key.as_str()));
        if !covered && !gene.phenotypes.is_empty() {
            report(Severity::Note, format!("function '{}' of {allele} is in no phenotype rule", function.key));
        }
    }
}

fn phenotypes(gene: &Gene, report: &mut Report<'_>) {
    for (i, row) in gene.phenotypes.iter().enumerate() {
        let same = |other: &&super::schema::PhenotypeRow| {
            (other.first == row.first && other.second == row.second)
                || (other.second.as_deref() == Some(row.first.as_str())
                    && row.second.as_deref() == Some(other.first.as_str()))
        };
        if let Some(other) = gene.phenotypes[..i].iter().find(same) {
            let severity = if other.phenotype == row.phenotype { Severity::Note } else { Severity::Error };
            report(severity, format!("two rules for {} + {}", row.first, row.second.as_deref().unwrap_or("one copy")));
        }
        let score = row.activity_score.as_deref();
        let contradicts = |other: &&super::schema::PhenotypeRow| {
            score.is_some() && other.activity_score.as_deref() == score && other.phenotype != row.phenotype
        };
        if let Some(other) = gene.phenotypes[..i].iter().find(contradicts) {
            report(
                Severity::Error,
                format!("activity score {} means {} and {}", score.unwrap_or(""), other.phenotype, row.phenotype),
            );
        }
    }
}

fn frequencies(gene: &Gene, report: &mut Report<'_>) {
    for f in &gene.frequencies {
        if f.total == 0 || f.count > f.total {
            report(Severity::Error, format!("frequency of {} in {}: {} of {}", f.allele, f.group, f.count, f.total));
        }
    }
}

#[cfg(test)]
mod tests;
