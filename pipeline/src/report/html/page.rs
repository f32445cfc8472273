//! The whole page as plain values.

use pgx_rules::calling::Sex;
use serde::Serialize;

use super::blind::{Blind, is_unread};
use super::figure::Figure;
use super::gene::Gene;
use super::summary::Summary;
use super::text::{capital, group};
use crate::provenance::Provenance;
use crate::report::document::SampleDocument;

/// What the template lays out.
#[derive(Debug, Serialize)]
pub struct Page {
    sample: String,
    assembly: String,
    program: String,
    knowledge: String,
    genes_called: usize,
    genes_asked: usize,
    drugs_looked_up: usize,
    /// Facts about the patient as stated.
    patient: Vec<Fact>,
    /// What every reader must see first.
    choices: Vec<String>,
    summary: Summary,
    figure: Option<Figure>,
    genes: Vec<Gene>,
    blind: Blind,
    provenance: Vec<Fact>,
    sources: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Fact {
    name: String,
    value: String,
}

impl Page {
    /// The page of a sample.
    pub fn of(provenance: &Provenance, document: &SampleDocument<'_>) -> Self {
        let mut drugs: Vec<&str> = document.guidance.iter().map(|a| a.drug.as_str()).collect();
        drugs.sort_unstable();
        drugs.dedup();
        let mut choices = provenance.choices.clone();
        choices.extend(document.input.iter().flat_map(|i| i.warnings.iter().cloned()));
        Self {
            sample: document.sample.to_owned(),
            assembly: document.input.map_or_else(|| "GRCh38".to_owned(), |i| i.assembly.to_string()),
            program: format!("{} {}", provenance.program, provenance.version),
            knowledge: format!("{} of {}", provenance.knowledge.version, provenance.knowledge.date),
            genes_called: document.genes.iter().filter(|g| g.is_called()).count(),
            genes_asked: document.genes.len(),
            drugs_looked_up: drugs.len(),
            patient: patient(document),
            choices,
            summary: Summary::of(document),
            figure: Figure::of(document),
            genes: document.genes.iter().filter(|g| !is_unread(g)).map(|g| Gene::of(g, document)).collect(),
            blind: Blind::of(document),
            provenance: facts(provenance, document),
            sources: provenance
                .knowledge
                .sources
                .iter()
                .map(|s| format!("{} ({}; licence {}; {})", s.name, s.version, s.licence, s.reference))
                .collect(),
        }
    }
}

fn patient(document: &SampleDocument<'_>) -> Vec<Fact> {
    let patient = document.patient;
    let number = |value: Option<f64>, unit: &str| value.map(|v| format!("{v} {unit}"));
    let sex = document.sex.map(|s| match s {
        Sex::Female => "female".to_owned(),
        Sex::Male => "male".to_owned(),
    });
    let ancestry = patient.african_ancestry.map(|yes| if yes { "African" } else { "not African" }.to_owned());
    let medication = patient.medication.as_ref().map(|m| if m.is_empty() { "none".to_owned() } else { m.join(", ") });
    let population = document.population.map(|code| match group(code) {
        name if name == code => code.to_owned(),
        name => format!("{name} ({code})"),
    });
    let stated = [
        ("Sex", sex),
        ("Age", number(patient.age, "years")),
        ("Height", number(patient.height, "cm")),
        ("Weight", number(patient.weight, "kg")),
        ("Race", patient.race.clone()),
        ("Ancestry", ancestry),
        ("Population group", population),
        ("Medication", medication),
    ];
    let fact = |(name, value): (&str, Option<String>)| value.map(|value| Fact { name: name.to_owned(), value });
    let others = document.metadata.iter().map(|(name, value)| Fact { name: capital(name), value: value.clone() });
    stated.into_iter().filter_map(fact).chain(others).collect()
}

fn facts(provenance: &Provenance, document: &SampleDocument<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String| facts.push(Fact { name: name.to_owned(), value });
    fact("Program", format!("{} {}", provenance.program, provenance.version));
    let knowledge = &provenance.knowledge;
    fact("Knowledge", format!("{} of {} ({})", knowledge.version, knowledge.date, knowledge.origin));
    match document.input {
        Some(input) => {
            fact("Input", input.name.clone());
            fact("Format", format!("{}{}", input.format, if input.indexed { ", read by its index" } else { "" }));
            fact("Assembly", format!("{}, from {}", input.assembly, input.assembly_evidence));
            fact("SHA-256 of what was read", input.observations_sha256.clone());
        }
        None => fact("Input", "outside calls only".to_owned()),
    }
    for file in &provenance.files {
        fact(&capital(file.role), format!("{} (SHA-256 {})", file.path, file.sha256));
    }
    let options: Vec<String> =
        provenance.options.iter().map(|(name, value)| format!("{} {value}", name.replace('_', " "))).collect();
    fact("Options", options.join("; "));
    facts
}
