//! The tables of the page, as people read them.

use cluster::markers::{Event, Evidence};
use serde::Serialize;

use super::numbers::{chance, per_cent, ratio};
use crate::stratify::meaning::Survival;
use crate::stratify::meaning_tables::MARKER;
use crate::stratify::run::Outcome;
use crate::stratify::write::name;

/// Altered features shown for each subtype, at most.
const ALTERATIONS: usize = 12;
/// Sets of genes shown for each subtype, at most.
const PATHWAYS: usize = 10;

/// One number of groups.
#[derive(Clone, Debug, Serialize)]
pub struct Candidate {
    k: usize,
    chosen: bool,
    agreement: String,
    error: String,
    ambiguous: String,
    dispersion: String,
    sizes: String,
}

/// Each number of groups tried.
pub fn candidates(outcome: &Outcome) -> Vec<Candidate> {
    let answer = &outcome.answer;
    answer
        .candidates
        .iter()
        .map(|c| Candidate {
            k: c.k,
            chosen: c.k == answer.verdict.k,
            agreement: format!("{:.3}", c.agreement),
            error: format!("{:.3}", c.standard_error),
            ambiguous: format!("{:.2}", c.ambiguous),
            dispersion: format!("{:.2}", c.dispersion),
            sizes: c.sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        })
        .collect()
}

/// Gene by subtype, for the table of alterations.
#[derive(Clone, Debug, Serialize)]
pub struct Alteration {
    subtype: String,
    feature: String,
    kind: &'static str,
    inside: String,
    outside: String,
    odds: String,
    q: String,
}

/// Alterations that set subtypes apart, strongest first.
pub fn alterations(outcome: &Outcome) -> Vec<Alteration> {
    let mut rows = Vec::new();
    for group in 0..outcome.answer.partition.groups() {
        let mut own = Vec::new();
        for (_, markers) in &outcome.meaning.markers {
            for m in markers.iter().filter(|m| m.group == group && m.evidence.q() <= MARKER) {
                let Evidence::State(s) = m.evidence else { continue };
                let c = s.counts;
                let counted = |part: u64, whole: u64| format!("{part} of {whole} ({})", per_cent(part, whole));
                let row = Alteration {
                    subtype: name(group),
                    feature: m.feature.clone(),
                    kind: if s.event == Event::Above { "above" } else { "below" },
                    inside: counted(c.both, c.both + c.second),
                    outside: counted(c.first, c.first + c.neither),
                    odds: ratio(s.odds_ratio),
                    q: chance(s.q),
                };
                own.push((s.p, row));
            }
        }
        own.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows.extend(own.into_iter().take(ALTERATIONS).map(|o| o.1));
    }
    rows
}

/// A set of genes against the markers of a subtype.
#[derive(Clone, Debug, Serialize)]
pub struct PathwayRow {
    subtype: String,
    set: String,
    markers: String,
    hits: String,
    fold: String,
    q: String,
    found: String,
}

/// Sets that the markers are rich in, at a false discovery rate of at most five per cent, strongest first.
pub fn pathways(outcome: &Outcome) -> Vec<PathwayRow> {
    let several = outcome.modalities.len() > 1;
    let mut rows = Vec::new();
    for group in 0..outcome.answer.partition.groups() {
        let mut own: Vec<_> =
            outcome.meaning.pathways.iter().filter(|p| p.group == group && p.found.q <= MARKER).collect();
        own.sort_by(|a, b| a.found.p.total_cmp(&b.found.p));
        rows.extend(own.into_iter().take(PATHWAYS).map(|p| {
            let e = &p.found;
            let of = if several { format!(" in {}", p.modality) } else { String::new() };
            PathwayRow {
                subtype: name(group),
                set: p.set.clone(),
                markers: format!("{}{of}", p.direction),
                hits: format!(
                    "{} of {}; {} of {} elsewhere",
                    e.hits,
                    e.members,
                    e.picked - e.hits,
                    e.measured - e.members
                ),
                fold: ratio(e.fold),
                q: chance(e.q),
                found: shortened(&e.found),
            }
        }));
    }
    rows
}

fn shortened(found: &[String]) -> String {
    let shown = found.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
    if found.len() > 8 { format!("{shown} and {} more", found.len() - 8) } else { shown }
}

/// Agreement with known labels.
#[derive(Clone, Debug, Serialize)]
pub struct AgreementTable {
    column: String,
    known: usize,
    indices: Vec<(String, String, &'static str)>,
    labels: Vec<String>,
    rows: Vec<(String, Vec<u64>)>,
}

/// Agreement with known labels; none where none were given.
pub fn agreement(outcome: &Outcome) -> Option<AgreementTable> {
    let agreed = outcome.meaning.agreement.as_ref()?;
    let words = |index: &str| match index {
        "adjusted_rand" => "Adjusted Rand index (ARI)".to_owned(),
        "normalised_mutual_information" => "Normalised mutual information (NMI)".to_owned(),
        "adjusted_mutual_information" => "Adjusted mutual information (AMI)".to_owned(),
        "homogeneity" => "Homogeneity".to_owned(),
        "completeness" => "Completeness".to_owned(),
        _ => "V-measure".to_owned(),
    };
    Some(AgreementTable {
        column: agreed.column.clone(),
        known: agreed.known,
        indices: agreed.named().map(|(i, v, says)| (words(i), format!("{v:.3}").replace('-', "−"), says)).to_vec(),
        labels: agreed.labels.clone(),
        rows: agreed.subtypes.iter().zip(&agreed.counts).map(|(&g, row)| (name(g), row.clone())).collect(),
    })
}

/// A clinical variable.
#[derive(Clone, Debug, Serialize)]
pub struct AssociationRow {
    variable: String,
    test: &'static str,
    known: usize,
    effect: String,
    p: String,
    q: String,
}

/// Clinical variables, the most likely associated first.
pub fn associations(outcome: &Outcome) -> Vec<AssociationRow> {
    use cluster::association::clinical::Test;
    let mut found: Vec<_> = outcome.meaning.associations.iter().collect();
    // NaN, no test, comes last in this order.
    found.sort_by(|a, b| a.p.total_cmp(&b.p));
    found
        .into_iter()
        .map(|a| AssociationRow {
            variable: a.variable.clone(),
            test: match a.test {
                Test::KruskalWallis => "Kruskal–Wallis",
                Test::Fisher => "Fisher",
                Test::ChiSquare => "chi-square",
                Test::FisherSimulated => "Fisher, simulated",
                Test::None => "none",
            },
            known: a.known,
            effect: ratio(a.effect),
            p: chance(a.p),
            q: chance(a.q),
        })
        .collect()
}

/// Survival of one subtype in numbers.
#[derive(Clone, Debug, Serialize)]
pub struct HazardRow {
    subtype: String,
    patients: usize,
    events: usize,
    median: String,
    hazard: String,
    p: String,
}

/// Medians and hazards of the subtypes.
pub fn hazards(found: &Survival) -> Vec<HazardRow> {
    let time = |t: Option<f64>| t.map_or_else(|| "?".to_owned(), |t| format!("{t:.0}"));
    found
        .curves
        .iter()
        .enumerate()
        .map(|(place, (group, curve, patients, events))| {
            let median = curve.median();
            let (hazard, p) = match found.hazards.iter().find(|h| h.0 == *group) {
                Some((_, h)) if h.unbounded => {
                    ("without bound: no or all events in one group".to_owned(), "–".to_owned())
                }
                Some((_, h)) => {
                    (format!("{} ({} to {})", ratio(h.hazard_ratio), ratio(h.lower), ratio(h.upper)), chance(h.p))
                }
                None if place == 0 && !found.hazards.is_empty() => ("1, reference".to_owned(), String::new()),
                None => ("–".to_owned(), String::new()),
            };
            HazardRow {
                subtype: name(*group),
                patients: *patients,
                events: *events,
                median: match median.time {
                    Some(_) => format!("{} ({} to {})", time(median.time), time(median.lower), time(median.upper)),
                    None => "not reached".to_owned(),
                },
                hazard,
                p,
            }
        })
        .collect()
}
