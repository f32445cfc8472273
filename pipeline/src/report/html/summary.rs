//! What to change: guidance rows by drug, the most serious first.

use pgx_rules::guidance::action::{Action, urgency};
use pgx_rules::guidance::render::{sentence, text};
use pgx_rules::guidance::{Advice, Basis, Urgency};
use serde::Serialize;

use super::text::{anchor, and, capital};
use crate::report::document::SampleDocument;

/// Guidance as the summary shows it.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    /// Drugs whose use should differ from the standard.
    act: Vec<Drug>,
    /// Drugs to be used as the label says, by name.
    standard: Vec<String>,
    /// Drugs for which the source gives no recommendation on this result.
    no_advice: Vec<String>,
    /// Drugs that need a gene without a result, by gene.
    unanswered: Vec<Unanswered>,
    /// Documents without a row for the results, by source and result.
    uncovered: Vec<Uncovered>,
    /// Guidelines that are flows: their steps for this patient.
    flows: Vec<Flow>,
    /// Drugs by urgency, for the lines at the top.
    counts: Vec<Count>,
}

#[derive(Debug, Serialize)]
struct Drug {
    name: String,
    anchor: String,
    /// Whether the patient is stated to take it.
    taken: bool,
    lines: Vec<Line>,
}

/// One recommendation; populations with the same one are joined.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Line {
    populations: Vec<String>,
    class: &'static str,
    label: &'static str,
    /// What to do, in one sentence.
    headline: String,
    /// The rest of it.
    detail: String,
    reasons: Vec<Reason>,
    implications: Vec<String>,
    strength: String,
    source: String,
    confidence: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Reason {
    gene: String,
    anchor: String,
    value: String,
    conversion: Option<String>,
}

#[derive(Debug, Serialize)]
struct Unanswered {
    genes: String,
    drugs: String,
}

/// A source without a row for these results.
#[derive(Debug, Serialize)]
struct Uncovered {
    source: String,
    /// Whether the source may say more than is carried.
    partial: bool,
    reasons: Vec<Reason>,
    drugs: Vec<UncoveredDrug>,
}

#[derive(Debug, PartialEq, Serialize)]
struct UncoveredDrug {
    name: String,
    /// Whether another document has a row for it.
    answered_elsewhere: bool,
}

#[derive(Debug, PartialEq, Serialize)]
struct Flow {
    title: String,
    steps: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Count {
    class: &'static str,
    label: &'static str,
    /// Drugs, with their place in the table.
    drugs: Vec<Link>,
}

#[derive(Debug, Serialize)]
struct Link {
    name: String,
    anchor: String,
}

impl Summary {
    /// Groups and orders a sample's guidance.
    pub fn of(document: &SampleDocument<'_>) -> Self {
        let mut names: Vec<&str> = document.guidance.iter().map(|a| a.drug.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let taken = document.patient.medication.clone().unwrap_or_default();
        let rows = |name: &str| document.guidance.iter().copied().filter(|a| a.drug == name).collect::<Vec<&Advice>>();
        let mut drugs: Vec<(bool, Urgency, &str, Vec<&Advice>)> = names
            .into_iter()
            .map(|name| {
                let rows = rows(name);
                let worst = rows.iter().map(|a| a.urgency).min().unwrap_or(Urgency::None);
                (!taken.iter().any(|t| t == name), worst, name, rows)
            })
            .collect();
        drugs.sort_by(|a, b| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)));
        let mut summary = Self { flows: flows(&document.guidance), ..Self::default() };
        for urgency in [Urgency::Avoid, Urgency::Adjust, Urgency::Monitor] {
            let link = |d: &(bool, Urgency, &str, Vec<&Advice>)| Link { name: d.2.to_owned(), anchor: anchor(d.2) };
            let drugs = drugs.iter().filter(|d| d.1 == urgency).map(link).collect();
            let (class, label) = tag(urgency);
            summary.counts.push(Count { class, label, drugs });
        }
        for (untaken, worst, name, rows) in drugs {
            match worst {
                Urgency::Standard => summary.standard.push(name.to_owned()),
                Urgency::None => summary.no_advice.push(name.to_owned()),
                _ => summary.act.push(Drug {
                    name: name.to_owned(),
                    anchor: anchor(name),
                    taken: !untaken,
                    lines: lines(rows),
                }),
            }
        }
        summary.unanswered = unanswered(document);
        summary.uncovered = uncovered(document);
        summary
    }
}

/// Class in the style sheet, and words.
fn tag(urgency: Urgency) -> (&'static str, &'static str) {
    match urgency {
        Urgency::Avoid => ("avoid", "Avoid or replace"),
        Urgency::Adjust => ("adjust", "Change the dose"),
        Urgency::Monitor => ("monitor", "Take care"),
        Urgency::Standard => ("standard", "Standard use"),
        Urgency::None => ("none", "No recommendation"),
    }
}

fn lines(mut rows: Vec<&Advice>) -> Vec<Line> {
    rows.sort_by_key(|a| a.urgency); // stable: otherwise in the order of the document
    let mut lines: Vec<Line> = Vec::new();
    for advice in rows {
        let (class, label) = tag(advice.urgency);
        let (headline, detail) = split(advice);
        let line = Line {
            populations: Vec::new(),
            class,
            label,
            headline,
            detail,
            reasons: advice.basis.iter().map(reason).collect(),
            implications: advice.implications.clone(),
            strength: capital(&advice.classification),
            source: advice.source.clone(),
            confidence: advice.confidence.clone(),
        };
        let population = population(&advice.population);
        match lines.iter_mut().find(|l| Line { populations: Vec::new(), ..(**l).clone() } == line) {
            Some(found) => found.populations.push(population),
            None => lines.push(Line { populations: vec![population], ..line }),
        }
    }
    lines
}

/// The sentence that decides, and all others in their order. A text that is not made of the actions
/// (a dosing model's result) stays whole.
fn split(advice: &Advice) -> (String, String) {
    let decides = |action: &Action| urgency(std::slice::from_ref(action)) == advice.urgency;
    let rendered = text(&advice.actions, &advice.drug) == advice.text;
    let index = advice.actions.iter().position(decides).filter(|_| rendered);
    let Some(index) = index else { return (advice.text.clone(), String::new()) };
    let sentences = advice.actions.iter().map(|action| sentence(action, &advice.drug));
    let (mut headline, mut detail) = (String::new(), Vec::new());
    for (i, sentence) in sentences.enumerate() {
        if i == index { headline = sentence } else { detail.push(sentence) }
    }
    (capital(&headline), detail.join(" "))
}

/// Labels of sources, and what they mean.
const POPULATIONS: &str = include_str!("populations.tsv");

/// The label of a population in words; as the source writes it where we have none.
fn population(label: &str) -> String {
    if label.is_empty() || label.eq_ignore_ascii_case("general") {
        return "everyone".to_owned();
    }
    let meaning = |line: &'static str| line.split_once('\t').filter(|(known, _)| known.eq_ignore_ascii_case(label));
    POPULATIONS.lines().find_map(meaning).map_or(label, |(_, words)| words).to_owned()
}

fn reason(basis: &Basis) -> Reason {
    let score = basis.activity_score.as_ref().map(|s| format!(", activity score {s}")).unwrap_or_default();
    let value = match (basis.diplotype.as_str(), basis.phenotype.as_str()) {
        ("", "") => basis.lookup.clone(),
        ("", phenotype) => format!("{phenotype}{score}"),
        (diplotype, "") => diplotype.to_owned(),
        (diplotype, phenotype) => format!("{diplotype} ({phenotype}{score})"),
    };
    Reason { gene: basis.gene.clone(), anchor: anchor(&basis.gene), value, conversion: basis.phenoconversion.clone() }
}

fn flows(guidance: &[&Advice]) -> Vec<Flow> {
    let mut flows: Vec<Flow> = Vec::new();
    for advice in guidance.iter().filter(|a| !a.steps.is_empty()) {
        let title = match population(&advice.population).as_str() {
            "everyone" => format!("{}, {}", capital(&advice.drug), advice.source),
            who => format!("{}, {}: {who}", capital(&advice.drug), advice.source),
        };
        let flow = Flow { title, steps: advice.steps.clone() };
        if !flows.contains(&flow) {
            flows.push(flow);
        }
    }
    flows
}

/// Drugs with the same genes lacking go on one line.
fn unanswered(document: &SampleDocument<'_>) -> Vec<Unanswered> {
    let mut by_genes: Vec<(String, Vec<String>)> = Vec::new();
    for item in &document.unanswered {
        let genes = and(&item.genes);
        match by_genes.iter_mut().find(|(g, _)| *g == genes) {
            Some((_, drugs)) => drugs.push(item.drug.clone()),
            None => by_genes.push((genes, vec![item.drug.clone()])),
        }
    }
    by_genes.into_iter().map(|(genes, drugs)| Unanswered { genes, drugs: drugs.join(", ") }).collect()
}

/// Drugs of one source with the same results go on one line: first the sources that give no recommendation for them, then
/// those of which only a part is carried.
fn uncovered(document: &SampleDocument<'_>) -> Vec<Uncovered> {
    let mut lines: Vec<Uncovered> = Vec::new();
    for item in &document.uncovered {
        let reasons: Vec<Reason> = item.basis.iter().map(reason).collect();
        let drug = UncoveredDrug {
            name: item.drug.clone(),
            answered_elsewhere: document.guidance.iter().any(|a| a.drug == item.drug),
        };
        let alike = |l: &&mut Uncovered| l.source == item.source && l.partial == item.partial && l.reasons == reasons;
        match lines.iter_mut().find(alike) {
            Some(line) if line.drugs.contains(&drug) => {} // a label and an association of one source
            Some(line) => line.drugs.push(drug),
            None => {
                let (source, partial) = (item.source.clone(), item.partial);
                lines.push(Uncovered { source, partial, reasons, drugs: vec![drug] });
            }
        }
    }
    lines.sort_by(|a, b| a.partial.cmp(&b.partial).then_with(|| a.source.cmp(&b.source))); // stable: then by drug
    lines
}
