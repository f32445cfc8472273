//! What subtypes mean: markers, reasons for each assignment, clinical association, survival.

use std::collections::HashMap;

use anyhow::{Context, Result};
use cluster::association::clinical::{Association, associations};
use cluster::association::enrichment::FeatureSet;
use cluster::auto::{Answer, Modality};
use cluster::markers::{Marker, markers};
use cluster::markers::{Profile, Reason};
use cluster::partition::Partition;
use cluster::survival::FollowUp;
use cluster::survival::cox::{Coefficient, CoxError, cox};
use cluster::survival::kaplan_meier::{Curve, kaplan_meier};
use cluster::survival::log_rank::{Comparison, Weight, log_rank};
use cluster::survival::proportional::{Clock, Proportionality, proportional};
use ndarray::Array2;

use super::clinical::Clinical;
use super::labels::{Agreed, agreed};
use super::pathways::{Pathway, pathways};

/// Features named for and against an assignment.
const REASONS: usize = 5;
/// Level of the intervals of survival.
const LEVEL: f64 = 0.95;

/// Everything said of the subtypes besides who is in them.
#[derive(Debug, Default)]
pub struct Meaning {
    /// Markers by modality; the group is that of the answer.
    pub markers: Vec<(String, Vec<Marker>)>,
    /// For each patient of the answer the features that weigh most for its subtype against the runner-up, by modality.
    pub reasons: Vec<Vec<(String, Reason)>>,
    /// Sets of genes against the markers.
    pub pathways: Vec<Pathway>,
    /// Clinical variables against the subtypes.
    pub associations: Vec<Association>,
    /// Columns that are outcomes, and are not among these variables.
    pub outcomes: Vec<String>,
    /// Agreement with known labels.
    pub agreement: Option<Agreed>,
    /// Survival by subtype, where follow-up was given and there are at least two subtypes with it.
    pub survival: Option<Survival>,
}

/// Survival by subtype.
#[derive(Debug)]
pub struct Survival {
    /// The column of times.
    pub time: String,
    /// Subtype and its curve with its patients and events, those with follow-up only.
    pub curves: Vec<(usize, Curve, usize, usize)>,
    /// All subtypes compared.
    pub comparison: Comparison,
    /// Hazard of each further subtype against the first; empty with the reason where the regression has no answer.
    pub hazards: Vec<(usize, Coefficient)>,
    /// Whether the hazards are proportional, all together.
    pub proportional: Option<Proportionality>,
    /// Why there is no regression.
    pub without: Option<String>,
}

/// Follow-up columns of a clinical table.
#[derive(Clone, Debug)]
pub struct Columns {
    /// Times.
    pub time: String,
    /// Events.
    pub event: String,
}

/// What is asked of the subtypes besides who is in them.
#[derive(Debug, Default)]
pub struct Asked {
    /// Columns of follow-up.
    pub follow_up: Option<Columns>,
    /// Column of known labels.
    pub labels: Option<String>,
    /// Columns that are outcomes, besides those whose names say so.
    pub outcomes: Vec<String>,
    /// Sets of genes.
    pub sets: Vec<FeatureSet>,
}

/// Works out what the subtypes mean.
///
/// # Errors
/// When the clinical table lacks a column or holds impossible follow-up.
pub fn meaning(
    answer: &Answer,
    modalities: &[Modality],
    clinical: Option<&Clinical>,
    asked: &Asked,
    seed: u64,
) -> Result<Meaning> {
    let mut meaning = Meaning { reasons: vec![Vec::new(); answer.patients.len()], ..Meaning::default() };
    if answer.partition.groups() < 2 {
        return Ok(meaning);
    }
    let places: HashMap<&str, usize> = answer.patients.iter().enumerate().map(|(i, p)| (p.as_str(), i)).collect();
    for modality in modalities {
        let here: Vec<usize> =
            modality.matrix.patients().iter().filter_map(|p| places.get(p.as_str()).copied()).collect();
        let Restricted { partition, groups } = restrict(&answer.partition, &here);
        let mut found = markers(&modality.matrix, &partition).context(modality.name.clone())?;
        for marker in &mut found {
            marker.group = groups[marker.group];
        }
        meaning.markers.push((modality.name.clone(), found));
        let profile = Profile::new(&modality.matrix, &partition)?;
        let number = |group: usize| groups.iter().position(|&g| g == group);
        for (row, &patient) in here.iter().enumerate() {
            let own = number(answer.partition.labels()[patient]);
            let other = number(answer.runner_up[patient]);
            if let (Some(own), Some(other)) = (own, other) {
                let reasons = profile.explain(modality.matrix.values().row(row), own, other, REASONS);
                let named = reasons.supporting.into_iter().chain(reasons.opposing).map(|r| (modality.name.clone(), r));
                meaning.reasons[patient].extend(named);
            }
        }
    }
    for reasons in &mut meaning.reasons {
        reasons.sort_by(|a, b| b.1.contribution.total_cmp(&a.1.contribution));
    }
    meaning.pathways = pathways(&asked.sets, modalities, &meaning.markers);
    if let Some(clinical) = clinical {
        ask_clinical(&mut meaning, answer, clinical, asked, seed)?;
    }
    Ok(meaning)
}

fn ask_clinical(meaning: &mut Meaning, answer: &Answer, clinical: &Clinical, asked: &Asked, seed: u64) -> Result<()> {
    meaning.outcomes = clinical.outcomes_and(&asked.outcomes)?;
    if let Some(columns) = &asked.follow_up {
        for column in [&columns.time, &columns.event] {
            if !meaning.outcomes.contains(column) {
                meaning.outcomes.push(column.clone());
            }
        }
        let (follow_up, kept) = clinical.follow_up(&answer.patients, &columns.time, &columns.event)?;
        meaning.survival = survival(&follow_up, &restrict(&answer.partition, &kept), columns)?;
    }
    let without: Vec<&str> = meaning.outcomes.iter().map(String::as_str).chain(asked.labels.as_deref()).collect();
    meaning.associations = associations(&clinical.variables(&answer.patients, &without)?, &answer.partition, seed);
    if let Some(column) = &asked.labels {
        meaning.agreement = Some(agreed(answer, clinical, column)?);
    }
    Ok(())
}

/// A partition of some of the patients, and the number that each of its groups has in the whole.
struct Restricted {
    partition: Partition,
    groups: Vec<usize>,
}

fn restrict(whole: &Partition, kept: &[usize]) -> Restricted {
    let labels: Vec<usize> = kept.iter().map(|&i| whole.labels()[i]).collect();
    let mut groups = Vec::new();
    for &label in &labels {
        if !groups.contains(&label) {
            groups.push(label);
        }
    }
    Restricted { partition: Partition::new(labels), groups }
}

fn survival(follow_up: &FollowUp, by: &Restricted, columns: &Columns) -> Result<Option<Survival>> {
    if by.groups.len() < 2 {
        return Ok(None);
    }
    let labels = by.partition.labels();
    let mut order: Vec<usize> = (0..by.groups.len()).collect();
    order.sort_by_key(|&g| by.groups[g]);
    let mut curves = Vec::new();
    for &g in &order {
        let pick = |i: &usize| labels[*i] == g;
        let members: Vec<usize> = (0..labels.len()).filter(pick).collect();
        let times = members.iter().map(|&i| follow_up.times()[i]).collect();
        let events: Vec<Option<bool>> = members.iter().map(|&i| Some(follow_up.events()[i])).collect();
        let seen = events.iter().filter(|e| **e == Some(true)).count();
        curves.push((by.groups[g], kaplan_meier(&FollowUp::new(times, &events)?, LEVEL), members.len(), seen));
    }
    let comparison = log_rank(follow_up, &by.partition, Weight::Equal)?;
    // Dummy variables against the first subtype.
    let against = &order[1..];
    let x = Array2::from_shape_fn((labels.len(), against.len()), |(i, j)| f64::from(u8::from(labels[i] == against[j])));
    let names: Vec<String> = against.iter().map(|&g| super::write::name(by.groups[g])).collect();
    let regression = cox(follow_up, x.view(), &names)
        .and_then(|fit| Ok((fit, proportional(follow_up, x.view(), &names, Clock::Survival)?)));
    let (hazards, proportional, without) = match regression {
        Ok((fit, tests)) => {
            let hazards = against.iter().map(|&g| by.groups[g]).zip(fit.coefficients).collect();
            (hazards, tests.into_iter().find(|t| t.covariate.is_none()), None)
        }
        Err(error @ CoxError::FollowUp(_)) => return Err(error.into()),
        Err(error) => (Vec::new(), None, Some(error.to_string())),
    };
    Ok(Some(Survival { time: columns.time.clone(), curves, comparison, hazards, proportional, without }))
}
