//! One gene: its row in the overview and its evidence, from sites to guidance.

use pgx_rules::ambiguity::{Ambiguity, Assay, Weighed};
use pgx_rules::call::CallSource;
use serde::Serialize;
use variants::model::{Discrepancy, State};

use super::text::{anchor, and, count, group, percent, some};
use crate::report::document::{CandidateDocument, GeneDocument, SampleDocument, SiteDocument, support_text};

/// Sites named one by one where they are missing; the rest is counted.
const LISTED: usize = 24;

/// One gene as the page shows it.
#[derive(Debug, Serialize)]
pub struct Gene {
    symbol: String,
    anchor: String,
    called: bool,
    diplotypes: Vec<String>,
    phenotypes: Vec<String>,
    scores: Vec<String>,
    seen: Seen,
    remarks: Vec<String>,
    trace: Vec<Step>,
    warnings: Vec<String>,
    ambiguity: Option<Open>,
    sites: Vec<Site>,
    /// Whether any of these sites has read support.
    has_support: bool,
    missing: String,
    missing_count: usize,
    confidence: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Seen {
    total: usize,
    text: String,
    /// 0 to 100, for the bar.
    width: f64,
}

/// A step from the input to the conclusion.
#[derive(Debug, Serialize)]
struct Step {
    name: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct Site {
    name: String,
    rsid: String,
    genotype: String,
    defines: String,
    support: String,
    state: String,
}

/// Several diplotypes that fit.
#[derive(Debug, Serialize)]
struct Open {
    assumption: String,
    candidates: Vec<Fitting>,
    groups: Vec<String>,
    not_listed: usize,
    assay: Option<String>,
}

#[derive(Debug, Serialize)]
struct Fitting {
    diplotype: String,
    phenotype: String,
    is_answer: bool,
    probabilities: Vec<Probability>,
    changes: String,
}

#[derive(Debug, Serialize)]
struct Probability {
    text: String,
    /// 0 to 100, for the bar.
    width: f64,
}

impl Gene {
    /// A gene of a document.
    pub fn of(gene: &GeneDocument<'_>, document: &SampleDocument<'_>) -> Self {
        let distinct = |value: fn(&CandidateDocument<'_>) -> Option<String>| {
            let mut values: Vec<String> = gene.candidates.iter().filter_map(value).collect();
            let mut seen = std::collections::BTreeSet::new();
            values.retain(|v| !v.is_empty() && seen.insert(v.clone()));
            values
        };
        Self {
            symbol: gene.gene.to_owned(),
            anchor: anchor(gene.gene),
            called: gene.is_called(),
            diplotypes: distinct(|c| c.diplotype.clone()),
            phenotypes: distinct(|c| c.phenotype.map(str::to_owned)),
            scores: distinct(|c| c.activity_score.map(str::to_owned)),
            seen: seen(gene),
            remarks: remarks(gene),
            trace: trace(gene, document),
            warnings: gene.warnings.iter().map(|w| w.text.clone()).collect(),
            ambiguity: gene.ambiguity.map(open),
            sites: gene.sites.iter().filter(|s| is_worth_showing(s)).map(site).collect(),
            has_support: gene.sites.iter().any(|s| is_worth_showing(s) && s.support.is_some()),
            missing: some(&gene.missing.iter().map(|m| name(&m.site, m.rsid)).collect::<Vec<_>>(), LISTED),
            missing_count: gene.missing.len(),
            confidence: gene.confidence.to_vec(),
        }
    }
}

fn seen(gene: &GeneDocument<'_>) -> Seen {
    let total = gene.sites_total;
    let text = match gene.source {
        CallSource::Outside => "called by another tool".to_owned(),
        CallSource::Matcher if total == 0 => "not from variants".to_owned(),
        CallSource::Matcher => format!("{} of {total}", gene.sites_seen),
    };
    let total = if gene.source == CallSource::Outside { 0 } else { total };
    let width = if total == 0 { 0.0 } else { 100.0 * gene.sites_seen as f64 / total as f64 };
    Seen { total, text, width }
}

fn remarks(gene: &GeneDocument<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
    if gene.candidates.len() > 1 {
        remarks.push(format!("{} answers fit equally well", gene.candidates.len()));
    } else if let Some(open) = gene.ambiguity.filter(|a| a.candidates.iter().any(|c| c.changes_phenotype)) {
        let others = open.candidates.iter().filter(|c| !c.is_answer).count() + open.not_listed;
        remarks.push(format!(
            "{} also, with another phenotype among them",
            count(others, "other diplotype fits", "other diplotypes fit")
        ));
    }
    if gene.is_called() && !gene.missing.is_empty() && gene.source == CallSource::Matcher {
        remarks.push(count(gene.missing.len(), "site not seen", "sites not seen"));
    }
    if !gene.warnings.is_empty() {
        remarks.push(count(gene.warnings.len(), "warning", "warnings"));
    }
    if !gene.is_called() && gene.sites_total > 0 && gene.sites_seen == 0 {
        remarks.push("not in the input".to_owned());
    }
    remarks
}

fn trace(gene: &GeneDocument<'_>, document: &SampleDocument<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut step = |name, text: String| {
        if !text.is_empty() {
            steps.push(Step { name, text });
        }
    };
    step("Sites", sites_sentence(gene));
    if !gene.is_called() {
        step("Alleles", "No named alleles explain what was seen; nothing is concluded.".to_owned());
        return steps;
    }
    for candidate in &gene.candidates {
        let diplotype = candidate.diplotype.as_deref().unwrap_or("not stated");
        let how = match gene.source {
            CallSource::Outside => {
                "as reported by the laboratory or another tool; which alleles were assayed is not known to us"
                    .to_owned()
            }
            CallSource::Matcher => {
                format!("rule {}, match score {}, {}", gene.rule, candidate.match_score, phase(gene))
            }
        };
        step("Alleles", format!("{diplotype} ({how})"));
        step("Functions", candidate.functions.join(" + "));
        step("Activity score", candidate.activity_score.unwrap_or_default().to_owned());
        step("Phenotype", candidate.phenotype.unwrap_or_default().to_owned());
        if let Some(key) = candidate.lookup_key.filter(|k| Some(*k) != candidate.phenotype) {
            step("Looked up with", key.to_owned());
        }
    }
    step("Guidance", guidance(gene, document));
    steps
}

fn sites_sentence(gene: &GeneDocument<'_>) -> String {
    if gene.source == CallSource::Outside {
        return String::new();
    }
    if gene.sites_total == 0 {
        return "No small variants define this gene's alleles here: give an outside call.".to_owned();
    }
    let differing: Vec<String> = gene
        .sites
        .iter()
        .filter(|s| s.differs)
        .map(|s| format!("{} {}", name(&s.site, s.rsid), s.genotype.as_deref().unwrap_or("")))
        .collect();
    let differ = match differing.len() {
        0 => "all of them as in the reference allele".to_owned(),
        _ => format!("unlike the reference allele: {}", some(&differing, LISTED)),
    };
    match gene.sites_seen {
        0 => format!("None of {} defining sites had a usable genotype.", gene.sites_total),
        seen => format!("{seen} of {} defining sites had a usable genotype, {differ}.", gene.sites_total),
    }
}

fn phase(gene: &GeneDocument<'_>) -> &'static str {
    if gene.effectively_phased {
        "phase does not matter"
    } else if gene.phased {
        "phase known"
    } else {
        "phase not known"
    }
}

/// Which rows of guidance rest on the gene: the rule and its source.
fn guidance(gene: &GeneDocument<'_>, document: &SampleDocument<'_>) -> String {
    let mut rules: Vec<(String, Vec<String>)> = Vec::new();
    for advice in &document.guidance {
        for basis in advice.basis.iter().filter(|b| b.gene == gene.gene) {
            let rule = format!("{} → {} {}", basis.lookup, advice.source, advice.guideline);
            match rules.iter_mut().find(|(r, _)| *r == rule) {
                Some((_, drugs)) => {
                    if !drugs.contains(&advice.drug) {
                        drugs.push(advice.drug.clone());
                    }
                }
                None => rules.push((rule, vec![advice.drug.clone()])),
            }
        }
    }
    rules.into_iter().map(|(rule, drugs)| format!("{rule}: {}", drugs.join(", "))).collect::<Vec<_>>().join("; ")
}

fn open(ambiguity: &Ambiguity) -> Open {
    let mut codes: Vec<&str> = Vec::new();
    for posterior in ambiguity.candidates.iter().flat_map(|c| &c.posterior) {
        if !codes.contains(&posterior.group.as_str()) {
            codes.push(&posterior.group);
        }
    }
    Open {
        assumption: ambiguity.assumption.clone(),
        candidates: ambiguity.candidates.iter().map(|c| fitting(c, &codes)).collect(),
        groups: codes.iter().map(|c| group(c).to_owned()).collect(),
        not_listed: ambiguity.not_listed,
        assay: ambiguity.assay.as_ref().map(assay),
    }
}

fn fitting(weighed: &Weighed, codes: &[&str]) -> Fitting {
    let probability = |code: &&str| {
        let share = weighed.posterior.iter().find(|p| p.group == *code).map_or(0.0, |p| p.probability);
        Probability { text: percent(share), width: 100.0 * share }
    };
    let score = weighed.activity_score.as_ref().map(|s| format!(" ({s})")).unwrap_or_default();
    Fitting {
        diplotype: weighed.diplotype.clone(),
        phenotype: weighed.phenotype.as_ref().map(|p| format!("{p}{score}")).unwrap_or_default(),
        is_answer: weighed.is_answer,
        probabilities: codes.iter().map(probability).collect(),
        changes: match (weighed.is_answer, weighed.changes_guidance_of.as_slice()) {
            (true, _) => String::new(),
            (false, []) => "nothing".to_owned(),
            (false, drugs) => and(drugs),
        },
    }
}

fn assay(assay: &Assay) -> String {
    let leaves = |settles: bool| match settles {
        true => "one diplotype is left whatever the result",
        false => "fewer diplotypes are left",
    };
    match assay {
        Assay::Genotype { site, rsid, settles } => {
            format!("genotype {} on GRCh38; {}", name(site, rsid.as_deref()), leaves(*settles))
        }
        Assay::Phase { sites, settles } => format!(
            "find which alleles lie on one chromosome copy (long reads, or a parent) at {} on GRCh38; {}",
            and(sites),
            leaves(*settles)
        ),
    }
}

/// Sites that carry the answer, and sites that could not be used although there was a record.
fn is_worth_showing(site: &SiteDocument<'_>) -> bool {
    site.differs || !site.discrepancies.is_empty() || matches!(site.state, State::Filtered | State::Discordant)
}

fn site(site: &SiteDocument<'_>) -> Site {
    let mut state = match site.state {
        State::Called => "called".to_owned(),
        State::ReferenceBlock => "reference block".to_owned(),
        State::Missing => "missing".to_owned(),
        State::Filtered => "filtered: not used".to_owned(),
        State::Discordant => "discordant: not used".to_owned(),
    };
    for discrepancy in site.discrepancies {
        state.push_str("; ");
        state.push_str(&discrepancy_text(discrepancy));
    }
    let set = site.phase_set.map(|s| format!(" (phase set {s})")).unwrap_or_default();
    Site {
        name: site.site.clone(),
        rsid: site.rsid.unwrap_or("none").to_owned(),
        genotype: site.genotype.as_ref().map_or_else(|| "none".to_owned(), |g| format!("{g}{set}")),
        defines: site.defines.join(", "),
        support: site.support.as_ref().map(support_text).unwrap_or_default(),
        state,
    }
}

fn discrepancy_text(discrepancy: &Discrepancy) -> String {
    match discrepancy {
        Discrepancy::ReferenceMismatch { found } => format!("the record's reference allele is {found}"),
        Discrepancy::DepthContradictsGenotype { depths } => {
            format!("the allele depths {depths:?} contradict the genotype")
        }
        Discrepancy::NotTheExpectedKind { found } => format!("the record has {found}, another kind of change"),
        Discrepancy::DuplicateRecord => "a further record was passed over".to_owned(),
        Discrepancy::FailedFilter(filter) => format!("filter {filter}"),
        Discrepancy::LowDepth(depth) => format!("depth {depth}"),
        Discrepancy::LowQuality(quality) => format!("quality {quality}"),
        Discrepancy::Ploidy(copies) => format!("{copies} alleles"),
        Discrepancy::MissingAsReference => "missing, read as reference by choice".to_owned(),
        Discrepancy::Synonym => "read through an equivalent form".to_owned(),
        Discrepancy::Overlapped { by } => format!("changed by the overlapping variant {by}, how cannot be told"),
    }
}

/// Site with its rsID first where it has one.
fn name(site: &str, rsid: Option<&str>) -> String {
    rsid.map_or_else(|| site.to_owned(), |id| format!("{id} ({site})"))
}
