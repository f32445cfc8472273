//! The tables of how far to trust each number of subtypes, each subtype and each patient.

use std::fmt::Write as _;

use cluster::stability::{AtK, Cluster, DOUBTFUL, STABLE};

use super::super::run::Outcome;
use super::name;

/// Columns of `choice.tsv` that describe the consensus at one k.
pub(super) const MEASURES: &str = "cophenetic\tsilhouette_consensus\tsilhouette_data\tgap\tgap_error\tleast_jaccard";

/// Their values; empty where the k was not measured.
pub(super) fn measures(outcome: &Outcome, k: usize) -> String {
    let Some(at) = outcome.answer.per_k.iter().find(|r| r.k == k) else { return "\t".repeat(5) };
    let least = at.clusters.iter().map(|c| c.jaccard).filter(|j| j.is_finite()).fold(f64::NAN, f64::min);
    let values = [at.cophenetic, at.silhouette_consensus, at.silhouette_data, at.gap, at.gap_error, least];
    values.map(number).join("\t")
}

/// `stability.tsv`: each subtype at each number of subtypes.
pub(super) fn clusters(outcome: &Outcome) -> String {
    let mut text = String::from("k\tchosen\tsubtype\tsize\tconsensus\tjaccard\tdissolved\treading\n");
    for at in &outcome.answer.per_k {
        let chosen = if at.k == outcome.answer.verdict.k { "yes" } else { "no" };
        for (group, cluster) in at.clusters.iter().enumerate() {
            let _ = writeln!(
                // into a string: cannot fail
                text,
                "{}\t{chosen}\t{}\t{}\t{}\t{}\t{}\t{}",
                at.k,
                name(group),
                cluster.size,
                number(cluster.consensus),
                number(cluster.jaccard),
                number(cluster.dissolved),
                reading(cluster)
            );
        }
    }
    text
}

/// What the mean Jaccard similarity says, by the bounds of Hennig.
fn reading(cluster: &Cluster) -> &'static str {
    match cluster.jaccard {
        j if j >= STABLE => "stable",
        j if j >= DOUBTFUL => "a pattern, its members doubtful",
        j if j < DOUBTFUL => "not to be trusted",
        _ => "",
    }
}

/// `items.tsv`: each patient of the consensus matrix at each number of subtypes.
pub(super) fn items(outcome: &Outcome) -> String {
    let mut text = String::from("k\tpatient\tsubtype\tconsensus\tnext\tnext_consensus\tsilhouette\n");
    let answer = &outcome.answer;
    for at in &answer.per_k {
        for (i, item) in at.items.iter().enumerate() {
            let (Some(&place), Some(&own)) = (answer.landmarks.get(i), at.partition.labels().get(i)) else { continue };
            let next = if item.next == own { String::new() } else { name(item.next) };
            let _ = writeln!(
                // into a string: cannot fail
                text,
                "{}\t{}\t{}\t{}\t{next}\t{}\t{}",
                at.k,
                answer.patients[place],
                name(own),
                number(item.own),
                number(item.other),
                number(item.silhouette)
            );
        }
    }
    text
}

/// Of one k for `stratify.json`: the measures, each subtype, and the own consensus and silhouette of each patient.
#[derive(serde::Serialize)]
pub(super) struct Described<'a> {
    #[serde(flatten)]
    measures: &'a AtK,
    items: Vec<[f64; 2]>,
}

/// Every k.
pub(super) fn described(outcome: &Outcome) -> Vec<Described<'_>> {
    let round = |v: f64| (v * 1e6).round() / 1e6;
    let one = |at: &AtK| at.items.iter().map(|i| [round(i.own), round(i.silhouette)]).collect();
    outcome.answer.per_k.iter().map(|at| Described { measures: at, items: one(at) }).collect()
}

fn number(value: f64) -> String {
    if value.is_finite() { format!("{value:.4}") } else { String::new() }
}
