//! The page for the physician: one self-contained HTML file.
//!
//! What to say is decided here and held as plain values; the template lays it out and escapes everything.

use anyhow::{Context, Result};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use pgx_rules::dosing::first::{Dose, Estimate, Stage};
use pgx_rules::dosing::record::{Flag, Record};
use serde::Serialize;

use super::answer::Answer;
use super::doses_tsv::why_empty;
use super::svg::{Compared, comparison, course, reasons, waterfall};
use super::text::{ancestry, outside, round, short, shows_lenzini, span, untested};
use super::twin_view::{TwinView, view};

const TEMPLATE: &str = include_str!("templates/dose.html.jinja");

#[derive(Serialize)]
struct Page<'a> {
    id: &'a str,
    program: String,
    knowledge: &'a str,
    facts: Vec<(String, String)>,
    refused: Vec<&'a str>,
    withheld: Vec<&'a str>,
    warnings: &'a [String],
    branches: Vec<BranchView>,
    starts: Vec<StartView>,
    comparison: Option<String>,
    models: Vec<ModelView>,
    loading: Option<LoadingView>,
    refit: Vec<String>,
    refit_svg: Option<String>,
    waterfalls: Vec<WaterfallView>,
    revision: Option<RevisionView>,
    twin: Option<TwinView>,
    untested: Vec<String>,
    outside: Vec<String>,
    not_stated: &'a [&'static str],
    sources: Vec<SourceView>,
}

#[derive(Serialize)]
struct BranchView {
    title: String,
    route: &'static str,
    steps: Vec<String>,
    doses: Vec<String>,
    alternative: bool,
}

#[derive(Serialize)]
struct StartView {
    ancestry: &'static str,
    limited: String,
    computed: String,
    rails: Vec<String>,
}

#[derive(Serialize)]
struct ModelView {
    title: &'static str,
    dose: String,
    daily: String,
    interval: String,
    why: String,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct LoadingView {
    limited: String,
    computed: String,
    rails: Vec<String>,
}

#[derive(Serialize)]
struct WaterfallView {
    title: &'static str,
    scale: String,
    svg: String,
    terms: Vec<[String; 6]>,
    inputs: String,
}

#[derive(Serialize)]
struct RevisionView {
    lead: String,
    ttr: Option<String>,
    svg: String,
    rows: Vec<[String; 6]>,
    notes: Vec<String>,
    models: Vec<ModelView>,
}

#[derive(Serialize)]
struct SourceView {
    title: String,
    identifiers: String,
    confidence: String,
}

/// The page of one patient. `knowledge` is the version of the knowledge base.
///
/// # Errors
/// When the template asks for what the page does not hold.
pub fn render(answer: &Answer, knowledge: &str) -> Result<String> {
    let of_stage = |stage: Stage| answer.estimates.iter().filter(move |e| e.stage == stage);
    let page = Page {
        id: &answer.id,
        program: format!("rxstrata {}", env!("CARGO_PKG_VERSION")),
        knowledge,
        facts: facts(&answer.record),
        refused: answer.refused.iter().map(|r| r.text.as_str()).collect(),
        withheld: answer.withheld.iter().map(|r| r.text.as_str()).collect(),
        warnings: &answer.warnings,
        branches: answer.cpic.iter().map(|b| branch(answer, b)).collect(),
        starts: answer.start.iter().map(start).collect(),
        comparison: compared(answer),
        models: of_stage(Stage::Maintenance).map(model).collect(),
        refit: answer.refit.iter().flat_map(super::text::refit).collect(),
        refit_svg: answer
            .refit
            .as_ref()
            .map(|r| reasons(r, "What each column adds to the average patient, in mg/week")),
        loading: answer.loading.as_ref().map(|l| LoadingView {
            limited: l.limited.map(short).join(", "),
            computed: l.computed.map(short).join(", "),
            rails: l.rails.iter().map(|r| r.text.clone()).collect(),
        }),
        waterfalls: answer.estimates.iter().filter_map(drawn).collect(),
        revision: revision(answer),
        twin: answer.twin.as_ref().zip(answer.revision.as_ref()).map(|(t, r)| view(t, &r.history.visits, r.range)),
        untested: answer.untested.iter().map(untested).collect(),
        outside: outside(answer),
        not_stated: &answer.not_stated,
        sources: sources(answer),
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("dose", TEMPLATE).context("the dose template is broken")?;
    environment
        .get_template("dose")
        .and_then(|template| template.render(minijinja::value::Serde(&page)))
        .with_context(|| format!("cannot lay out the page of {}", answer.id))
}

fn facts(record: &Record) -> Vec<(String, String)> {
    let number = |value: Option<f64>, unit: &str| value.map(|v| format!("{v} {unit}").trim_end().to_owned());
    let genotypes = &record.genotypes;
    let stated = [
        ("Age", number(record.age, "years")),
        ("Sex", record.sex.clone()),
        ("Height", number(record.height, "cm")),
        ("Weight", number(record.weight, "kg")),
        ("Body surface", record.body_surface().map(|a| format!("{a:.2} m² ({})", record.bsa.name()))),
        ("Race", record.race.map(|r| format!("{r:?}"))),
        ("African ancestry", record.african().map(|a| if a { "yes".into() } else { "no".into() })),
        ("Target INR", number(record.target(), "")),
        ("INR before", number(record.baseline_inr, "")),
        (
            "VKORC1 -1639",
            genotypes.vkorc1.map(|n| ["GG", "AG", "AA"].get(usize::from(n)).copied().unwrap_or("").into()),
        ),
        ("CYP2C9", genotypes.cyp2c9.as_ref().map(pgx_rules::dosing::genotype::StarAlleles::name)),
        ("CYP4F2*3 copies", genotypes.cyp4f2.map(|n| n.to_string())),
        ("rs12777823 A", genotypes.rs12777823.map(|n| n.to_string())),
    ];
    let mut facts: Vec<(String, String)> = stated
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.unwrap_or_else(|| "not stated".into())))
        .collect();
    for flag in Flag::ALL {
        let said = match record.flag(flag) {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not stated",
        };
        facts.push((flag.name().replace('_', " "), said.to_owned()));
    }
    facts
}

fn branch(answer: &Answer, found: &pgx_rules::dosing::first::Branch) -> BranchView {
    let condition = if found.is_stated { "With" } else { "If" };
    BranchView {
        title: format!("{condition} {}", ancestry(found.african_ancestry)),
        route: found.outcome.route.name(),
        steps: found.outcome.steps.clone(),
        doses: found
            .doses
            .iter()
            .map(|d| {
                format!(
                    "{}: {} mg/week ({} mg/day)",
                    super::text::title(answer, d.model),
                    span(d.low, d.high),
                    span(d.low / 7.0, d.high / 7.0)
                )
            })
            .collect(),
        alternative: found.outcome.consider_alternative,
    }
}

fn start(found: &super::start::Start) -> StartView {
    StartView {
        ancestry: ancestry(found.african_ancestry),
        limited: span(found.low, found.high),
        computed: span(found.computed_low, found.computed_high),
        rails: found.rails.iter().map(|r| r.text.clone()).collect(),
    }
}

fn model(found: &Estimate) -> ModelView {
    let (dose, daily) = match &found.dose {
        Some(Dose::Weekly(mg)) => (short(*mg), short(mg / 7.0)),
        Some(Dose::Range([low, high])) => (span(*low, *high), span(low / 7.0, high / 7.0)),
        Some(Dose::Days(_)) | None => (String::new(), String::new()),
    };
    let interval = match &found.interval {
        Some(i) => format!("{} for {:.0} % ({})", span(i.low, i.high), 100.0 * i.share, i.source),
        None if found.dose.is_some() => found.no_interval.clone(),
        None => String::new(),
    };
    let mut why = why_empty(found).unwrap_or_default();
    if let Some([low, high]) = found.depending_on_missing {
        why += &format!("; {} mg/week depending on it", span(low, high));
    }
    ModelView { title: found.title, dose, daily, interval, why, notes: found.unknown_terms.clone() }
}

fn compared(answer: &Answer) -> Option<String> {
    let one = |e: &Estimate| {
        let dose = match &e.dose {
            Some(Dose::Weekly(mg)) => [*mg; 2],
            Some(Dose::Range(range)) => *range,
            Some(Dose::Days(_)) | None => return None,
        };
        Some(Compared { name: e.title.into(), dose, interval: e.interval.as_ref().map(|i| [i.low, i.high]) })
    };
    let mut models: Vec<Compared> = answer.estimates.iter().filter_map(one).collect();
    for found in &answer.cpic {
        for dose in found.doses.iter().filter(|_| found.outcome.low != 1.0 || found.outcome.high != 1.0) {
            models.push(Compared {
                name: format!(
                    "CPIC on {}",
                    super::text::title(answer, dose.model).split(',').next().unwrap_or_default()
                ),
                dose: [dose.low, dose.high],
                interval: None,
            });
        }
    }
    models.extend(answer.refit.as_ref().map(|refit| Compared {
        name: "your own model".into(),
        dose: [refit.weekly; 2],
        interval: Some(refit.interval),
    }));
    (!models.is_empty()).then(|| comparison(&models, "Weekly dose by model, with the published interval of each"))
}

fn drawn(found: &Estimate) -> Option<WaterfallView> {
    let Some(Dose::Weekly(weekly)) = found.dose else { return None };
    let term = |t: &pgx_rules::dosing::first::Term| {
        [
            t.name.replace('_', " "),
            round(t.value),
            t.coefficient.to_string(),
            format!("{:+.4}", t.contribution),
            format!("{:+.1}", t.weekly),
            short(t.without),
        ]
    };
    Some(WaterfallView {
        title: found.title,
        scale: found.scale.clone(),
        svg: waterfall(
            &found.terms,
            weekly,
            &format!("Terms of {} in mg/week, adding up to {}", found.title, short(weekly)),
        ),
        terms: found.terms.iter().map(term).collect(),
        inputs: found.inputs.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join("; "),
    })
}

fn revision(answer: &Answer) -> Option<RevisionView> {
    let found = answer.revision.as_ref()?;
    let rows = found.nomograms.iter().map(|n| {
        let allowed = n.within_rails.map_or_else(
            || "no dose from a program".to_owned(),
            |a| {
                format!(
                    "{} mg/week, {} left out first, test within {} days",
                    short(7.0 * a.daily),
                    a.hold,
                    a.next_visit
                )
            },
        );
        let rails: Vec<&str> = n.rails.iter().map(|r| r.text.as_str()).collect();
        [
            format!("{} ({})", n.nomogram, n.band),
            format!("{:+.1} %", 100.0 * n.change),
            short(n.weekly),
            n.next_doses.map(short).join(", "),
            allowed,
            rails.join("; "),
        ]
    });
    let missing = (found.days_without_dose > 0)
        .then(|| format!("{} of the last 7 days have no stated dose.", found.days_without_dose));
    let notes = [Some(found.no_lenzini.clone()), Some(found.no_nomogram.clone()), missing];
    Some(RevisionView {
        lead: format!(
            "Day {} of therapy, INR {}, range {}{}.",
            found.therapy_day,
            found.inr,
            found.range,
            found.weekly.map_or_else(String::new, |mg| format!(", {} mg/week so far", short(mg)))
        ),
        ttr: found.percent.map(|[inside, below, above]| {
            format!(
                "Time in range so far (Rosendaal): {inside:.0} %, below {below:.0} %, above {above:.0} %, over {:.0} days.",
                found.time_in_range.counted()
            )
        }),
        svg: course(&found.history, found.range, "INRs by day with the range, and the doses below"),
        rows: rows.collect(),
        notes: notes.into_iter().flatten().filter(|n| !n.is_empty()).collect(),
        models: answer.estimates.iter().filter(|e| e.stage == Stage::Revision && shows_lenzini(answer)).map(model).collect(),
    })
}

fn sources(answer: &Answer) -> Vec<SourceView> {
    let mut sources: Vec<SourceView> = Vec::new();
    let mut add = |title: &str, pmid: &str, doi: &str, confidence: &str| {
        if !title.is_empty() && sources.iter().all(|s| s.title != title) {
            let named = [("PMID", pmid), ("doi", doi)].into_iter().filter(|(_, id)| !id.is_empty());
            sources.push(SourceView {
                title: title.to_owned(),
                identifiers: named.map(|(name, id)| format!("{name} {id}")).collect::<Vec<_>>().join(", "),
                confidence: confidence.to_owned(),
            });
        }
    };
    for found in &answer.estimates {
        add(&found.source, &found.pmid, &found.doi, &found.confidence);
    }
    for found in answer.revision.iter().flat_map(|r| &r.nomograms) {
        add(&found.source, "", "", &found.confidence);
    }
    sources
}
