//! The page for the oncologist: one self-contained HTML file a tumour.
//!
//! What to say is decided here and held as plain values; the template lays it out and escapes everything.

use anyhow::{Context, Result};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use pgx_rules::therapies::disease::DiseaseMatch;
use pgx_rules::therapies::evidence::{Direction, EvidenceKind};
use pgx_rules::therapies::matching::MatchLevel;
use pgx_rules::therapies::report::{Effect, Findings, Statement};
use pgx_rules::therapies::tier::is_conditional;
use serde::Serialize;

use super::germline::{GermlineRow, NOT_ANSWERED};
use super::glance::{self, Glance};
use super::json::Release;

const TEMPLATE: &str = include_str!("../report/templates/therapies.html.jinja");

/// What the template lays out.
#[derive(Serialize)]
struct Page<'a> {
    sample: &'a str,
    program: String,
    report_date: &'a str,
    release: &'a Release<'a>,
    tumour_type: Option<String>,
    counts: &'a str,
    notes: &'a [String],
    gene_names: &'a [String],
    glance: Vec<Glance>,
    sections: Vec<Section>,
    germline_sample: Option<&'a str>,
    germline: Vec<&'a GermlineRow>,
    /// Drug, whether the tumour's evidence names it, and the genes without a result.
    unanswered: Vec<(&'a str, bool, &'a str)>,
    /// Drugs to avoid, with the reason.
    avoid: Vec<(&'a str, &'a str)>,
    not_compared: Vec<(String, usize)>,
}

#[derive(Serialize)]
struct Section {
    id: &'static str,
    title: &'static str,
    about: &'static str,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    therapy: String,
    interaction: String,
    says: String,
    against: bool,
    found: String,
    speaks_of: String,
    matched: &'static str,
    is_loose: bool,
    disease: String,
    disease_match: String,
    is_here: bool,
    tier: String,
    only_if: String,
    reason: String,
    origin: String,
    note: String,
    rating: Option<u8>,
    items: Vec<u32>,
    citations: Vec<String>,
}

/// What a page is made from, besides findings.
pub struct Facts<'a> {
    pub sample: &'a str,
    pub report_date: &'a str,
    pub release: &'a Release<'a>,
    pub tumour_type: Option<String>,
    pub counts: &'a str,
    pub notes: &'a [String],
    pub germline_sample: Option<&'a str>,
    pub germline: &'a [GermlineRow],
}

/// The page of one tumour.
///
/// # Errors
/// When the template asks for what the page does not hold.
pub fn render(facts: &Facts<'_>, findings: &Findings) -> Result<String> {
    let page = Page {
        sample: facts.sample,
        program: format!("rxstrata {}", env!("CARGO_PKG_VERSION")),
        report_date: facts.report_date,
        release: facts.release,
        tumour_type: facts.tumour_type.clone(),
        counts: facts.counts,
        notes: facts.notes,
        gene_names: &findings.gene_names,
        glance: glance::of(findings),
        sections: sections(findings),
        germline_sample: facts.germline_sample,
        germline: facts.germline.iter().filter(|r| r.action != NOT_ANSWERED).collect(),
        unanswered: facts
            .germline
            .iter()
            .filter(|r| r.action == NOT_ANSWERED)
            .map(|r| (r.drug.as_str(), r.named_for_tumour, r.because.as_str()))
            .collect(),
        avoid: avoid(facts.germline),
        not_compared: findings.not_compared.iter().map(|(reason, n)| (reason.to_string(), *n)).collect(),
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("therapies", TEMPLATE).context("the therapies template is broken")?;
    environment
        .get_template("therapies")
        .and_then(|template| template.render(minijinja::value::Serde(&page)))
        .with_context(|| format!("cannot lay out the page of {}", facts.sample))
}

/// Each drug once, by the first reason.
fn avoid(germline: &[GermlineRow]) -> Vec<(&str, &str)> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for row in germline.iter().filter(|r| r.action == "avoid") {
        if !found.iter().any(|(drug, _)| *drug == row.drug) {
            found.push((&row.drug, &row.because));
        }
    }
    found
}

fn sections(findings: &Findings) -> Vec<Section> {
    let is_related = |s: &Statement| s.matched == MatchLevel::OtherChangeAtCodon;
    let of = |id, title, about, keep: &dyn Fn(&Statement) -> bool| Section {
        id,
        title,
        about,
        rows: findings.statements.iter().filter(|s| keep(s)).map(row).collect(),
    };
    let predictive = |s: &Statement, effect| s.kind == EvidenceKind::Predictive && s.effect == effect && !is_related(s);
    vec![
        of(
            "sensitivity",
            "Sensitivity",
            "Evidence on response of the tumour. Rows marked “against” are studies that do not support a response.",
            &|s| predictive(s, Effect::Sensitivity),
        ),
        of(
            "resistance",
            "Resistance",
            "Evidence that the tumour does not respond, or less. Rows marked “against” are studies that do not support resistance.",
            &|s| predictive(s, Effect::Resistance),
        ),
        of("adverse", "Adverse response", "Evidence on harm to the patient.", &|s| {
            predictive(s, Effect::AdverseResponse) || predictive(s, Effect::Other)
        }),
        of(
            "other",
            "Diagnosis, course, risk",
            "Evidence that is not about a therapy. The origin says whether the studies looked at tumours or at people who were born with the variant.",
            &|s| s.kind != EvidenceKind::Predictive && !is_related(s),
        ),
        of(
            "related",
            "Related, not a match",
            "Evidence on another change at the same codon. It does not hold for this tumour unless a specialist judges that it does.",
            &is_related,
        ),
    ]
}

fn row(statement: &Statement) -> Row {
    let only_if = is_conditional(statement.tier, &statement.disease_match);
    Row {
        therapy: statement.therapies.replace(',', ", "),
        interaction: statement.interaction.clone(),
        says: statement.significance.clone(),
        against: statement.direction == Direction::DoesNotSupport,
        found: format!("{} {}", statement.gene, statement.found),
        speaks_of: statement.speaks_of.clone(),
        matched: statement.matched.meaning(),
        is_loose: statement.matched >= MatchLevel::FusionAnyPartner,
        disease: statement.disease.clone(),
        disease_match: match &statement.disease_match {
            DiseaseMatch::NotStated => String::new(),
            other => other.word(),
        },
        is_here: statement.disease_match == DiseaseMatch::Exact,
        tier: statement.tier.map_or_else(String::new, |t| t.to_string()),
        only_if: if only_if { statement.disease.clone() } else { String::new() },
        reason: statement.reason.clone(),
        origin: statement.origin.clone(),
        note: statement.note.clone(),
        rating: statement.rating,
        items: statement.items.clone(),
        citations: statement.citations.clone(),
    }
}
