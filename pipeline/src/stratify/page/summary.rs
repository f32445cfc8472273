//! The first screen: how many subtypes, how sure, who is in them, what marks each, how they fare.

use cluster::markers::{Event, Evidence};
use serde::Serialize;

use super::numbers::{per_cent, stated};
use crate::stratify::meaning_tables::MARKER;
use crate::stratify::run::Outcome;
use crate::stratify::svg::{colour, shape};
use crate::stratify::write::name;

/// Markers named for each subtype on the first screen.
const MARKERS: usize = 4;

/// One subtype at a glance.
#[derive(Clone, Debug, Serialize)]
pub struct Glance {
    name: String,
    size: usize,
    share: String,
    colour: &'static str,
    shape: &'static str,
    confidence: String,
    markers: Vec<String>,
    median: Option<String>,
}

/// Every subtype, largest first.
pub fn glances(outcome: &Outcome) -> Vec<Glance> {
    let answer = &outcome.answer;
    let n = answer.patients.len();
    answer
        .partition
        .sizes()
        .into_iter()
        .enumerate()
        .map(|(group, size)| {
            let labels = answer.partition.labels().iter().zip(&answer.confidence);
            let sum: f64 = labels.filter(|(l, _)| **l == group).map(|(_, c)| c).sum();
            Glance {
                name: name(group),
                size,
                share: per_cent(size as u64, n as u64),
                colour: colour(group),
                shape: shape(group),
                confidence: format!("{:.2}", sum / size.max(1) as f64),
                markers: markers(outcome, group),
                median: median(outcome, group),
            }
        })
        .collect()
}

/// Median survival with its interval; none without follow-up.
fn median(outcome: &Outcome, group: usize) -> Option<String> {
    let (_, curve, patients, events) = outcome.meaning.survival.as_ref()?.curves.iter().find(|c| c.0 == group)?;
    let median = curve.median();
    let limit = |t: Option<f64>| t.map_or_else(|| "?".to_owned(), |t| format!("{t:.0}"));
    Some(match median.time {
        Some(time) => format!("{time:.0} ({} to {}); {events} of {patients}", limit(median.lower), limit(median.upper)),
        None => format!("not reached; {events} of {patients}"),
    })
}

/// The strongest markers over all modalities, in words.
fn markers(outcome: &Outcome, group: usize) -> Vec<String> {
    let several = outcome.modalities.len() > 1;
    let mut found: Vec<(f64, f64, String)> = Vec::new();
    for (modality, markers) in &outcome.meaning.markers {
        for m in markers.iter().filter(|m| m.group == group && m.evidence.q() <= MARKER) {
            let (strength, words) = in_words(&m.evidence);
            let of = if several { format!(" [{modality}]") } else { String::new() };
            found.push((m.evidence.p(), strength, format!("{} {words}{of}", m.feature)));
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
    found.into_iter().take(MARKERS).map(|f| f.2).collect()
}

/// Strength, for equal chances, and what was found.
fn in_words(evidence: &Evidence) -> (f64, String) {
    match evidence {
        Evidence::Level(l) => {
            let arrow = if l.difference > 0.0 { "↑" } else { "↓" };
            (l.effect.abs(), format!("{arrow} {:.1} SD", l.effect.abs()))
        }
        Evidence::State(s) => {
            let c = s.counts;
            let kind = match s.event {
                Event::Above => "",
                Event::Below => "lost ",
            };
            let inside = per_cent(c.both, c.both + c.second);
            let outside = per_cent(c.first, c.first + c.neither);
            (s.odds_ratio.ln().abs(), format!("{kind}in {inside}, elsewhere {outside}"))
        }
    }
}

/// How many, in a headline.
pub fn headline(outcome: &Outcome) -> String {
    let n = outcome.answer.patients.len();
    match outcome.answer.partition.groups() {
        _ if !outcome.answer.verdict.structure => format!("No subtypes among {n} patients"),
        1 => format!("One subtype of {n} patients"),
        groups => format!("{groups} subtypes of {n} patients"),
    }
}

/// How sure, in a sentence or two.
pub fn certainty(outcome: &Outcome) -> String {
    let verdict = &outcome.answer.verdict;
    if !verdict.structure {
        return format!(
            "Cuts of these patients agree no better than cuts of patients whose features vary independently ({}).",
            stated("p", verdict.p_independent)
        );
    }
    let shape = if verdict.p_continuum <= 0.05 {
        "The groups are apart: patients on a continuum with the same covariances would not be cut as consistently"
    } else {
        "The patients may lie on a continuum: data with the same covariances and no separate groups can be cut as consistently, so read the subtypes as regions, and the patients near a border with care"
    };
    format!(
        "{shape} ({}; against independent features {}).",
        stated("p", verdict.p_continuum),
        stated("p", verdict.p_independent)
    )
}

/// Numbers of groups that serve as well, as a range; none where the number is clear.
pub fn range(outcome: &Outcome) -> Option<String> {
    let verdict = &outcome.answer.verdict;
    let mut all: Vec<usize> = verdict.also.iter().copied().chain([verdict.k]).collect();
    all.sort_unstable();
    all.dedup();
    let (first, last) = (all.first()?, all.last()?);
    if all.len() < 2 {
        return None;
    }
    let joined = if last - first + 1 == all.len() && all.len() > 2 {
        format!("{first} to {last}")
    } else {
        let list: Vec<String> = all.iter().map(ToString::to_string).collect();
        list.join(" or ")
    };
    Some(joined)
}
