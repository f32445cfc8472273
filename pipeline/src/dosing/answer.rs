//! Everything that is computed for one patient: what `dose.json` holds, and tables and pages are made from.

use pgx_rules::ambiguity::carriers;
use pgx_rules::dosing::cpic2017::FURTHER_ALLELES;
use pgx_rules::dosing::first::{Branch, DOSE_MODELS, Dose, Estimate, Stage, branches, highly_sensitive};
use pgx_rules::dosing::rails::{self, Effect, Limited, Rail};
use pgx_rules::dosing::record::Record;
use pgx_rules::knowledge::schema::Knowledge;
use serde::Serialize;

use super::fields::Patient;
use super::history::History;
use super::refit::{Model, Refitted};
use super::revision::{self, Revision};
use super::start::{Start, starts};
use super::twin_answer::{self, TwinAnswer};

/// The answer for one patient.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// As in the input.
    pub id: String,
    /// What was stated.
    pub record: Record,
    /// Oddities of the input.
    pub warnings: Vec<String>,
    /// Reasons to give no dose; then nothing below is filled.
    pub refused: Vec<Reason>,
    /// Reasons to show what models say, and to suggest nothing.
    pub withheld: Vec<Reason>,
    /// Facts that the rails look at and that were not stated.
    pub not_stated: Vec<&'static str>,
    /// CPIC's flow: one branch where ancestry is stated, else both.
    pub cpic: Vec<Branch>,
    /// The first daily dose by the flow's route, within the rails.
    pub start: Vec<Start>,
    /// Every model's answer.
    pub estimates: Vec<Estimate>,
    /// What the clinic's own model says.
    pub refit: Option<Refitted>,
    /// The loading doses as they may be given.
    pub loading: Option<Loading>,
    /// What this input could not have shown.
    pub untested: Vec<Untested>,
    /// What INRs and doses so far lead to.
    pub revision: Option<Revision>,
    /// What the patient's twin says after INRs.
    pub twin: Option<TwinAnswer>,
}

/// What is known besides the record.
#[derive(Default)]
pub struct Beside<'a> {
    /// A model of the clinic's own.
    pub model: Option<&'a Model>,
    /// What calls of variants say could not be seen.
    pub untested: Option<Untested>,
    /// INRs and doses so far.
    pub history: Option<History>,
}

/// A rail with its words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// For machines.
    pub rail: Rail,
    /// What it does.
    pub effect: Effect,
    /// For people.
    pub text: String,
}

/// Loading doses as computed, and as the rails leave them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loading {
    /// mg on days 1 to 3, as the equation gives them.
    pub computed: [f64; 3],
    /// mg on days 1 to 3, within the rails.
    pub limited: [f64; 3],
    /// Rails that were touched.
    pub rails: Vec<Reason>,
}

/// Alleles or sites that this input could not have shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Untested {
    /// Gene or site.
    pub what: String,
    /// Alleles, where it is a gene.
    pub alleles: Vec<String>,
    /// Group and share of its people who carry one of them, 0 to 1.
    pub carriers: Vec<(String, f64)>,
    /// Why it matters.
    pub matters: String,
}

impl From<Rail> for Reason {
    fn from(rail: Rail) -> Self {
        Self { rail, effect: rail.effect(), text: rail.to_string() }
    }
}

impl Answer {
    /// A model's answer by its name.
    pub fn estimate(&self, model: &str) -> Option<&Estimate> {
        self.estimates.iter().find(|e| e.model == model)
    }
}

/// Rails that stop every dose. Without a known range models are shown, and nothing is suggested.
fn refusals(knowledge: &Knowledge, record: &Record, is_first: bool) -> (Vec<Reason>, Vec<Reason>) {
    let person = record.situation(highly_sensitive(knowledge, record));
    let (withheld, mut refused): (Vec<Rail>, Vec<Rail>) =
        rails::refusals(&person).into_iter().partition(|rail| *rail == Rail::UnknownTarget);
    refused.extend(record.baseline_inr.filter(|_| is_first).and_then(rails::baseline));
    if record.response.inr.is_some_and(|inr| inr > rails::STOP_INR) {
        refused.push(Rail::InrAboveTen);
    }
    let reasons = |rails: Vec<Rail>| rails.into_iter().map(Reason::from).collect();
    (reasons(refused), reasons(withheld))
}

/// Computes the answer.
pub fn answer(knowledge: &Knowledge, patient: Patient, beside: Beside<'_>) -> Answer {
    let Patient { id, mut record, mut warnings, cells } = patient;
    let Beside { untested: in_calls, history, model } = beside;
    if let Some(history) = &history {
        revision::respond(history, &mut record);
        warnings.extend(history.warnings.iter().cloned());
    }
    warnings.extend(poor_metabolizer(knowledge, &record));
    let (refused, withheld) = refusals(knowledge, &record, history.is_none());
    let mut answer = Answer {
        id,
        not_stated: not_stated(&record, history.is_none()),
        untested: untested(knowledge, &record, in_calls),
        record,
        warnings,
        refused,
        withheld,
        cpic: Vec::new(),
        start: Vec::new(),
        estimates: Vec::new(),
        loading: None,
        refit: None,
        revision: None,
        twin: None,
    };
    if answer.refused.is_empty() {
        answer.cpic = branches(knowledge, &answer.record);
        answer.refit = model.map(|model| model.of_patient(knowledge, &answer.record, &cells));
        answer.estimates = DOSE_MODELS.iter().map(|model| model.estimate(knowledge, &answer.record)).collect();
        if answer.withheld.is_empty() && history.is_none() {
            answer.start = starts(knowledge, &answer.record, &answer.cpic);
            answer.loading = loading(knowledge, &answer);
        }
        answer.twin = history.as_ref().and_then(|history| twin_answer::ask(knowledge, &answer.record, history));
        let is_followed = history.is_some();
        answer.revision = history.and_then(|history| revision::revise(knowledge, &answer.record, history));
        if is_followed && answer.revision.is_none() {
            let why =
                if answer.withheld.is_empty() { "the history has no INR" } else { "no therapeutic range is known" };
            answer.warnings.push(format!("no revision: {why}"));
        }
    }
    answer
}

/// A poor metabolizer whom the equations take for another, since they know *2 and *3 only.
fn poor_metabolizer(knowledge: &Knowledge, record: &Record) -> Option<String> {
    let stars = record.genotypes.cyp2c9.as_ref()?;
    let is_hidden = stars.is_poor(knowledge) && !stars.beyond_equations().is_empty();
    is_hidden.then(|| {
        format!(
            "CYP2C9 {} is a poor metabolizer; the equations know *2 and *3 only and come out too high: another oral \
             anticoagulant may be the better choice",
            stars.name()
        )
    })
}

fn loading(knowledge: &Knowledge, answer: &Answer) -> Option<Loading> {
    let computed = answer.estimates.iter().find_map(|e| match (e.stage, &e.dose) {
        (Stage::Loading, Some(Dose::Days(days))) => Some(*days),
        _ => None,
    })?;
    let person = answer.record.situation(highly_sensitive(knowledge, &answer.record));
    let mut touched: Vec<Rail> = Vec::new();
    let limited = computed.map(|mg| {
        let Limited { mg, rails } = rails::first_dose(&person, mg);
        touched.extend(rails);
        mg
    });
    touched.sort();
    touched.dedup();
    Some(Loading { computed, limited, rails: touched.into_iter().map(Reason::from).collect() })
}

/// What the rails ask and nobody said.
fn not_stated(record: &Record, is_first: bool) -> Vec<&'static str> {
    use pgx_rules::dosing::record::Flag;
    let may_be_pregnant = record.sex.as_deref() != Some("male") && record.age.is_none_or(|age| age < 60.0);
    [
        (record.age.is_none(), "age"),
        (record.weight.is_none(), "weight"),
        (record.therapeutic_range().is_none(), "target_inr or target_range"),
        (is_first && record.baseline_inr.is_none(), "baseline_inr"),
        (record.flag(Flag::LiverDisease).is_none(), "liver_disease"),
        (record.flag(Flag::MechanicalValve).is_none(), "mechanical_valve"),
        (record.flag(Flag::Bleeding).is_none(), "bleeding"),
        (may_be_pregnant && record.flag(Flag::Pregnant).is_none(), "pregnant"),
    ]
    .into_iter()
    .filter_map(|(absent, name)| absent.then_some(name))
    .collect()
}

fn untested(knowledge: &Knowledge, record: &Record, in_calls: Option<Untested>) -> Vec<Untested> {
    let genotypes = &record.genotypes;
    let plain = |what: &str, matters: &str| Untested {
        what: what.into(),
        alleles: Vec::new(),
        carriers: Vec::new(),
        matters: matters.into(),
    };
    let mut found: Vec<Untested> = Vec::new();
    if genotypes.vkorc1.is_none() {
        found.push(plain("VKORC1 -1639", "the largest single effect on the dose"));
    }
    match (&genotypes.cyp2c9, genotypes.further_tested) {
        (None, _) => found.push(plain("CYP2C9", "alleles with less function lower the dose")),
        (Some(_), Some(true)) => {}
        (Some(stars), _) => found.push(further(knowledge, &stars.further)),
    }
    found.extend(in_calls);
    if genotypes.rs12777823.is_none() && record.african() != Some(false) {
        found.push(plain("rs12777823", "in African ancestry an A allele lowers the dose by 10 to 25 %"));
    }
    if genotypes.cyp4f2.is_none() && record.african() != Some(true) {
        found.push(plain("CYP4F2*3", "outside African ancestry it raises the dose by 5 to 10 %, an optional step"));
    }
    found
}

/// The alleles of African ancestry that an assay of *2 and *3 does not show.
fn further(knowledge: &Knowledge, seen: &[String]) -> Untested {
    let alleles: Vec<String> = FURTHER_ALLELES.iter().map(|a| (*a).to_owned()).filter(|a| !seen.contains(a)).collect();
    let gene = knowledge.genes.get("CYP2C9");
    let carriers = gene.map(|gene| carriers(gene, &alleles, None)).unwrap_or_default();
    Untested {
        what: "CYP2C9".into(),
        carriers: carriers.into_iter().map(|c| (c.group, c.probability)).collect(),
        alleles,
        matters:
            "each lowers the dose by 15 to 30 %; an assay of *2 and *3 shows a carrier as *1, which is why CPIC doses \
                  people of African ancestry clinically where these were not tested"
                .into(),
    }
}
