//! Methods that are told the number of groups: every number is tried, and judged by how well the resamples agree.

use ndarray::Array2;
use rayon::prelude::*;

use super::resample::{Cut, Draw, cuts, portion};
use super::tables::{self, Null, Prepared};
use super::{Resample, Settings};
use crate::agreement::adjusted_rand;
use crate::auto::{self, Agreement, Answer, AutoError, FEWEST, Modality};
use crate::consensus::{Evidence, consensus_tree};
use crate::methods::MethodError;
use crate::partition::Partition;
use crate::stability::{self, AtK, Background};

/// Resamples of a simulated cohort: few, since many cohorts are simulated, but so many that cuts do not agree by chance.
const NULL_RESAMPLES: usize = 5;
/// Simulated cohorts at once; a fixed number, so that the end does not depend on how many threads there are.
const BATCH: usize = 5;
/// Simulation ends once this many agree at least as well (Besag and Clifford 1991, doi 10.1093/biomet/78.2.301).
const ENOUGH: usize = 5;

/// Finds subtypes among all these patients.
pub(super) fn search(modalities: &[Modality], patients: Vec<String>, settings: &Settings) -> Result<Answer, AutoError> {
    let n = patients.len();
    if n < FEWEST {
        return Err(AutoError::TooFew { found: n });
    }
    if n > settings.method.most_patients() {
        let most = settings.method.most_patients();
        return Err(MethodError::TooMany { patients: n, most, method: settings.method.name() }.into());
    }
    let held = if settings.resample == Resample::Features { n } else { portion(n, settings.share) };
    if let Some(k) = settings.groups.filter(|&k| k > held) {
        return Err(AutoError::TooManyGroups { k, patients: n, held });
    }
    let most = settings.groups.map_or(settings.most.clamp(2, (n / 3).max(2)), |k| k.max(settings.most)).min(held);
    let prepared = tables::prepared(modalities, &patients, settings)?;
    let views = prepared.iter().enumerate().map(|(m, t)| t.view(m)).collect();
    // A bootstrap and the measures take all features, and may do with fewer columns.
    let turned = tables::turned(prepared.clone(), settings);
    let found = cuts(&turned, n, most, (Draw::Share, settings.resamples), settings)?;
    let mut rows = evaluate(&found, n, most);
    if settings.method.joins_tables() {
        rows.iter_mut().for_each(|r| r.agreement.repeat(prepared.len()));
    }
    let per_k = measured(&rows, &found, &turned, most, settings)?;
    // Few resamples agree better than many: the cohort is compared by as many as the simulated ones.
    let few: Vec<Cut> = found.into_iter().filter(|c| c.resample < NULL_RESAMPLES).collect();
    let top = best(&few, n, most);
    let share = |kind| nulls(&prepared, kind, top, n, most, settings);
    let (independent, continuum) = (share(Null::Independent)?, share(Null::Continuum)?);
    let candidate = |(row, at): (&Row, &AtK)| auto::Candidate {
        weakest: at.clusters.iter().map(|c| c.jaccard).min_by(f64::total_cmp),
        ..auto::candidate(row.k, &row.agreement, &row.partition, &row.consensus)
    };
    let candidates: Vec<auto::Candidate> = rows.iter().zip(&per_k).map(candidate).collect();
    let verdict = auto::choose(&candidates, settings.groups, independent, continuum);
    let consensus = rows.into_iter().find(|r| r.k == verdict.k).map_or_else(|| Array2::eye(n), |r| r.consensus);
    let chosen = per_k.iter().find(|r| r.k == verdict.k).filter(|_| verdict.structure);
    let partition = chosen.map_or_else(|| Partition::new(vec![0; n]), |r| r.partition.clone());
    let (confidence, runner_up) = auto::certainty(&consensus, &partition);
    let landmarks = (0..n).collect();
    let without = Vec::new();
    Ok(Answer {
        patients,
        partition,
        confidence,
        runner_up,
        candidates,
        verdict,
        views,
        per_k,
        consensus,
        landmarks,
        without,
    })
}

/// One k, evaluated.
struct Row {
    k: usize,
    agreement: Agreement,
    partition: Partition,
    consensus: Array2<f64>,
}

/// Joins the cuts at each k.
fn evaluate(found: &[Cut], patients: usize, most: usize) -> Vec<Row> {
    let units = found.iter().map(|c| c.unit).max().map_or(0, |u| u + 1);
    let evidence: Vec<Evidence> = (0..units)
        .into_par_iter()
        .map(|unit| {
            let drawn = found.iter().filter(|c| c.unit == unit && c.partitions.len() + 1 >= most);
            Evidence::new(patients, drawn.map(|c| c.patients.as_slice()))
        })
        .collect();
    (2..=most)
        .into_par_iter()
        .map(|k| {
            let kinds: Vec<(&Evidence, Vec<_>)> = evidence
                .iter()
                .enumerate()
                // Resamples that do not reach every k are left out of all, so that the pairs drawn are counted once.
                .map(|(unit, drawn)| {
                    let whole = found.iter().filter(|c| c.unit == unit && c.partitions.len() + 1 >= most);
                    (drawn, whole.filter_map(|c| c.of(k)).collect())
                })
                .collect();
            let consensus = Evidence::consensus(patients, &kinds);
            let partition = consensus_tree(&consensus).cut(k);
            let agreement = agreement(k, &partition, found, units);
            Row { k, agreement, partition, consensus }
        })
        .collect()
}

/// Best agreement over all k without a group so small that outliers make it: these are found again in any cohort.
fn best(found: &[Cut], patients: usize, most: usize) -> f64 {
    let rows = evaluate(found, patients, most);
    let sound = rows.iter().filter(|r| r.partition.sizes().iter().all(|&size| size >= auto::SMALLEST));
    sound.map(|r| r.agreement.mean).fold(0.0, f64::max)
}

/// How well the cuts into k groups agree with their consensus.
fn agreement(k: usize, partition: &Partition, found: &[Cut], units: usize) -> Agreement {
    let resamples = found.iter().map(|c| c.resample).max().map_or(0, |r| r + 1);
    let mut values = Array2::<f64>::from_elem((resamples, units), f64::NAN);
    for cut in found {
        if let Some((patients, own)) = cut.of(k) {
            let joint = Partition::new(patients.iter().map(|&p| partition.labels()[p]));
            values[[cut.resample, cut.unit]] = adjusted_rand(own, &joint);
        }
    }
    Agreement::of(&values)
}

/// All that is measured at each k.
fn measured(
    rows: &[Row],
    found: &[Cut],
    tables: &[Prepared],
    most: usize,
    settings: &Settings,
) -> Result<Vec<AtK>, MethodError> {
    let patients = rows.first().map_or(0, |r| r.partition.len());
    let pairs: Vec<_> = tables.iter().map(|t| (t.patients.as_slice(), t.x.view())).collect();
    let background = Background::new(&pairs, most, settings.seed)?;
    let bootstraps = cuts(tables, patients, most, (Draw::Bootstrap, settings.bootstraps), settings)?;
    let draws = if bootstraps.is_empty() { found } else { &bootstraps };
    let mut measured: Vec<AtK> = rows
        .par_iter()
        .map(|r| {
            stability::at_k(r.consensus.clone(), &r.partition, draws.iter().filter_map(|c| c.of(r.k)), &background)
        })
        .collect();
    stability::set_gains(&mut measured);
    Ok(measured)
}

/// Share of cohorts without groups whose resamples agree as well at their best k, this one counted in.
fn nulls(
    tables: &[Prepared],
    kind: Null,
    top: f64,
    patients: usize,
    most: usize,
    settings: &Settings,
) -> Result<f64, AutoError> {
    let simulate = |number: u64| {
        let simulated = tables.iter().enumerate().map(|(m, t)| tables::null(t, kind, settings, number, m)).collect();
        let settings = Settings { seed: settings.seed ^ (number + 1), ..*settings };
        let found =
            cuts(&tables::turned(simulated, &settings), patients, most, (Draw::Share, NULL_RESAMPLES), &settings)?;
        Ok(best(&found, patients, most) >= top)
    };
    let numbers: Vec<u64> = (0..settings.nulls as u64).collect();
    let (mut drawn, mut reached) = (0, 0);
    for batch in numbers.chunks(BATCH) {
        let found = batch.par_iter().map(|&number| simulate(number)).collect::<Result<Vec<bool>, AutoError>>()?;
        drawn += batch.len();
        reached += found.into_iter().filter(|&r| r).count();
        if reached >= ENOUGH {
            break;
        }
    }
    Ok((reached + 1) as f64 / (drawn + 1) as f64)
}
