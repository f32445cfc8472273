//! `stratify.html`: the subtypes on one page.

use anyhow::{Context, Result};
use cluster::auto::Modality;
use cluster::consensus::consensus_tree;
use cluster::markers::Evidence;
use cluster::prepare;
use cluster::principal::principal;
use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::Serialize;

use super::meaning::Survival;
use super::meaning_tables::MARKER;
use super::run::Outcome;
use super::svg::{self, Line};
use super::write::name;

const TEMPLATE: &str = include_str!("templates/stratify.html.jinja");
/// Patients up to which the heat map has a row for each; above, every so many are drawn.
const DRAWN: usize = 300;
/// Patients drawn as points, at most.
const POINTS: usize = 3_000;
/// Patients near a border listed on the page, at most; the table has all.
const LISTED: usize = 100;
/// Confidence below which a patient is listed as uncertain.
const UNCERTAIN: f64 = 0.6;

#[derive(Clone, Debug, Serialize)]
struct Group {
    name: String,
    size: usize,
    colour: &'static str,
    shape: &'static str,
    confidence: String,
}

#[derive(Clone, Debug, Serialize)]
struct Doubt<'a> {
    patient: &'a str,
    subtype: String,
    runner_up: String,
    confidence: String,
}

#[derive(Clone, Debug, Serialize)]
struct Figure {
    title: String,
    svg: String,
    caption: String,
}

/// Renders the page.
///
/// # Errors
/// When the template fails, which a test would have shown.
pub fn html(outcome: &Outcome) -> Result<String> {
    let mut environment = Environment::new();
    environment.add_template("stratify.html", TEMPLATE).context("the page's template")?;
    let answer = &outcome.answer;
    let mut doubts: Vec<Doubt<'_>> = (0..answer.patients.len())
        .filter(|&i| answer.confidence[i] < UNCERTAIN)
        .map(|i| Doubt {
            patient: &answer.patients[i],
            subtype: name(answer.partition.labels()[i]),
            runner_up: name(answer.runner_up[i]),
            confidence: format!("{:.2}", answer.confidence[i]),
        })
        .collect();
    doubts.sort_by(|a, b| a.confidence.cmp(&b.confidence));
    let doubtful = doubts.len();
    doubts.truncate(LISTED);
    environment
        .get_template("stratify.html")?
        .render(context! {
            patients => answer.patients.len(),
            groups => Serde(groups(outcome)),
            verdict => Serde(&answer.verdict),
            reading => reading(outcome),
            also => answer.verdict.also.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "),
            figures => Serde(figures(outcome)),
            candidates => answer.candidates.iter().map(|c| context! {
                k => c.k,
                agreement => format!("{:.3}", c.agreement),
                error => format!("{:.3}", c.standard_error),
                ambiguous => format!("{:.2}", c.ambiguous),
                sizes => c.sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            }).collect::<Vec<_>>(),
            modalities => outcome.modalities.iter().map(|m| context! {
                name => &m.name,
                patients => m.matrix.patients().len(),
                features => m.matrix.features().len(),
                missing => format!("{:.1}", 100.0 * m.matrix.missing_share()),
                scale => format!("{:?}", prepare::scale(m.matrix.values().view())).to_lowercase(),
            }).collect::<Vec<_>>(),
            markers => Serde(top_markers(outcome)),
            associations => outcome.meaning.associations.iter().map(|a| context! {
                variable => a.variable.clone(),
                p => format!("{:.2e}", a.p),
                q => format!("{:.2e}", a.q),
                effect => format!("{:.2}", a.effect),
                known => a.known,
            }).collect::<Vec<_>>(),
            survival => outcome.meaning.survival.as_ref().map(|s| Serde(survived(s))),
            doubts => Serde(doubts),
            doubtful => doubtful,
            uncertain => UNCERTAIN,
            landmarks => answer.landmarks.len(),
            views => answer.views.iter().map(|v| v.name.clone()).collect::<Vec<_>>(),
            files => Serde(&outcome.files),
            settings => Serde(outcome.settings),
            version => env!("CARGO_PKG_VERSION"),
        })
        .context("the page cannot be rendered")
}

/// Markers shown for each subtype.
const MARKERS: usize = 8;

#[derive(Clone, Debug, Serialize)]
struct TopMarkers {
    subtype: String,
    features: Vec<String>,
}

/// The strongest markers of each subtype over all modalities.
fn top_markers(outcome: &Outcome) -> Vec<TopMarkers> {
    (0..outcome.answer.partition.groups())
        .map(|group| {
            let mut found: Vec<(f64, String)> = Vec::new();
            for (modality, markers) in &outcome.meaning.markers {
                for m in markers.iter().filter(|m| m.group == group && m.evidence.q() <= MARKER) {
                    let direction = match m.evidence {
                        Evidence::Level(l) if l.difference > 0.0 => "higher",
                        Evidence::Level(_) => "lower",
                        Evidence::State(s) if s.odds_ratio > 1.0 => "more often",
                        Evidence::State(_) => "less often",
                    };
                    let name = if outcome.modalities.len() > 1 {
                        format!("{} {modality}", m.feature)
                    } else {
                        m.feature.clone()
                    };
                    found.push((m.evidence.p(), format!("{name} {direction} (q = {:.1e})", m.evidence.q())));
                }
            }
            found.sort_by(|a, b| a.0.total_cmp(&b.0));
            TopMarkers { subtype: name(group), features: found.into_iter().take(MARKERS).map(|f| f.1).collect() }
        })
        .collect()
}

#[derive(Clone, Debug, Serialize)]
struct Survived {
    svg: String,
    ticks: Vec<String>,
    at_risk: Vec<(String, Vec<usize>)>,
    log_rank: String,
    proportional: Option<String>,
    time: String,
}

/// Kaplan–Meier curves with the numbers at risk at five times.
fn survived(found: &Survival) -> Survived {
    let last = found.curves.iter().flat_map(|c| c.1.steps.iter().map(|s| s.time)).fold(0.0, f64::max);
    let ticks: Vec<f64> = (0..5).map(|i| last * f64::from(i) / 4.0).collect();
    let lines: Vec<Line> = found
        .curves
        .iter()
        .map(|(group, curve, ..)| {
            let mut points = vec![(0.0, 1.0)];
            for step in &curve.steps {
                let before = points.last().map_or(1.0, |p: &(f64, f64)| p.1);
                points.extend([(step.time, before), (step.time, step.survival)]);
            }
            Line { name: name(*group), points, strong: true }
        })
        .collect();
    let words = format!("Survival by subtype; log-rank p = {:.2e}", found.comparison.p);
    Survived {
        svg: svg::lines(&lines, (&found.time, "share without the event"), &words),
        ticks: ticks.iter().map(|t| format!("{t:.0}")).collect(),
        at_risk: found
            .curves
            .iter()
            .map(|(group, curve, ..)| (name(*group), ticks.iter().map(|&t| curve.at_risk(t)).collect()))
            .collect(),
        log_rank: format!("{:.2e}", found.comparison.p),
        proportional: found.proportional.as_ref().map(|p| format!("{:.2}", p.p)),
        time: found.time.clone(),
    }
}

/// What the choice means, in a sentence or two.
fn reading(outcome: &Outcome) -> String {
    let (verdict, groups) = (&outcome.answer.verdict, outcome.answer.partition.groups());
    if !verdict.structure {
        return "No subtypes: cuts of these patients agree no better than cuts of patients whose features vary independently.".to_owned();
    }
    let shape = if verdict.p_continuum <= 0.05 {
        "The groups are apart: patients on a continuum with the same covariances would not be cut as consistently."
    } else {
        "The patients may lie on a continuum: data with the same covariances and no separate groups can be cut as consistently, so read the subtypes as regions, and the patients near a border with care."
    };
    format!("{groups} subtypes. {shape}")
}

fn groups(outcome: &Outcome) -> Vec<Group> {
    let answer = &outcome.answer;
    let shapes = ["circle", "square", "triangle", "diamond"];
    answer
        .partition
        .sizes()
        .into_iter()
        .enumerate()
        .map(|(g, size)| {
            let sum: f64 = answer
                .partition
                .labels()
                .iter()
                .zip(&answer.confidence)
                .filter(|(l, _)| **l == g)
                .map(|(_, c)| c)
                .sum();
            Group {
                name: name(g),
                size,
                colour: svg::COLOURS[g % svg::COLOURS.len()],
                shape: shapes[g % shapes.len()],
                confidence: format!("{:.2}", sum / size.max(1) as f64),
            }
        })
        .collect()
}

fn figures(outcome: &Outcome) -> Vec<Figure> {
    let mut figures = vec![heat(outcome), agreement(outcome)];
    figures.extend(outcome.modalities.iter().filter_map(|m| map(outcome, m)));
    figures
}

/// The consensus matrix with patients ordered by subtype, and within it by its tree.
fn heat(outcome: &Outcome) -> Figure {
    let answer = &outcome.answer;
    let labels: Vec<usize> = answer.landmarks.iter().map(|&i| answer.partition.labels()[i]).collect();
    let mut order = consensus_tree(&answer.consensus).order();
    order.sort_by_key(|&i| labels[i]);
    let step = order.len().div_ceil(DRAWN).max(1);
    let order: Vec<usize> = order.into_iter().step_by(step).collect();
    let values: Vec<Vec<f64>> =
        order.iter().map(|&i| order.iter().map(|&j| answer.consensus[[i, j]]).collect()).collect();
    let bounds: Vec<usize> = (1..order.len()).filter(|&i| labels[order[i]] != labels[order[i - 1]]).collect();
    let k = answer.verdict.k;
    let words = format!(
        "Consensus of {} patients in {k} groups; dark squares on the diagonal are groups that hold together",
        order.len()
    );
    Figure {
        title: format!("Consensus at k = {k}"),
        svg: svg::heat(&values, &bounds, &words),
        caption: "Share of the cuts that put two patients together, from never (white) to always (dark). Lines part the subtypes.".to_owned(),
    }
}

fn agreement(outcome: &Outcome) -> Figure {
    let candidates = &outcome.answer.candidates;
    let mut lines = vec![Line {
        name: "all".to_owned(),
        points: candidates.iter().map(|c| (c.k as f64, c.agreement)).collect(),
        strong: true,
    }];
    if outcome.modalities.len() > 1 {
        for (m, modality) in outcome.modalities.iter().enumerate() {
            let points = candidates.iter().map(|c| (c.k as f64, c.by_modality[m])).collect();
            lines.push(Line { name: modality.name.clone(), points, strong: false });
        }
    }
    let words: Vec<String> = candidates.iter().map(|c| format!("k {}: {:.2}", c.k, c.agreement)).collect();
    Figure {
        title: "How many subtypes".to_owned(),
        svg: svg::lines(&lines, ("number of groups", "agreement"), &words.join(", ")),
        caption: "Mean agreement (adjusted Rand index) of the cuts with their consensus at each number of groups."
            .to_owned(),
    }
}

/// The two first principal components of a modality.
fn map(outcome: &Outcome, modality: &Modality) -> Option<Figure> {
    let answer = &outcome.answer;
    let values = modality.matrix.values().view();
    let scale = prepare::scale(values);
    let x = prepare::most_variable(&prepare::tidy(values, scale), 1500);
    let found = principal(x.view(), 2);
    if found.variances.len() < 2 {
        return None;
    }
    let groups: std::collections::HashMap<&str, usize> =
        answer.patients.iter().map(String::as_str).zip(answer.partition.labels().iter().copied()).collect();
    let points: Vec<(f64, f64, usize)> = modality
        .matrix
        .patients()
        .iter()
        .enumerate()
        .step_by(modality.matrix.patients().len().div_ceil(POINTS).max(1))
        .filter_map(|(i, p)| Some((found.scores[[i, 0]], found.scores[[i, 1]], *groups.get(p.as_str())?)))
        .collect();
    let share = |c: usize| 100.0 * found.variances[c] / found.total;
    let names = (format!("component 1 ({:.0} % of variance)", share(0)), format!("component 2 ({:.0} %)", share(1)));
    let words = format!("{} patients of {} by their two first principal components", points.len(), modality.name);
    Some(Figure {
        title: format!("Patients by {}", modality.name),
        svg: svg::points(&points, (&names.0, &names.1), &words),
        caption: "Each mark is a patient; colour and shape tell the subtype (table above).".to_owned(),
    })
}
