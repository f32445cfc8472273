//! Methods that find the number of groups and leave out noise. There is no k to choose: the search runs once on all
//! patients, and resamples say how often each patient falls to its group again, or is noise again.
//!
//! Distances are taken in the ten first components of each modality: in hundreds of features all patients are equally far
//! from each other. A patient absent from a modality has no distance; it joins the group with the nearest mean profile.
//! Memory grows with the patients, and with the square of at most [`Settings::landmarks`] for the consensus that is shown.

use ndarray::{Array2, ArrayView2, Axis, concatenate};
use rayon::prelude::*;

use super::resample::portion;
use super::tables::{self, Null, Prepared};
use super::{Resample, Settings};
use crate::agreement::adjusted_rand;
use crate::auto::{self, Agreement, Answer, AutoError, FEWEST, Modality, Verdict, Without, place};
use crate::consensus::Evidence;
use crate::distance::squared;
use crate::indices::centres;
use crate::methods::MethodError;
use crate::methods::density::{Density, Finder, Settings as Search};
use crate::partition::Partition;
use crate::principal::principal;
use crate::random::{sample, stream};
use crate::stability::{self, Background};

/// Components of each modality.
const COMPONENTS: usize = 10;
/// Largest p at which the groups count as more than chance.
const LEVEL: f64 = 0.05;

/// Searches all patients.
pub(super) fn search(modalities: &[Modality], finder: &dyn Finder, settings: &Settings) -> Result<Answer, AutoError> {
    let patients = auto::union(modalities);
    let n = patients.len();
    let method = settings.method.name();
    if n < FEWEST {
        return Err(AutoError::TooFew { found: n });
    }
    if n > settings.method.most_patients() {
        return Err(MethodError::TooMany { patients: n, most: settings.method.most_patients(), method }.into());
    }
    let prepared = tables::prepared(modalities, &patients, settings)?;
    let cohort = Cohort::new(&prepared, n);
    if cohort.patients.len() < FEWEST {
        return Err(MethodError::Absent { found: cohort.patients.len(), patients: n, method }.into());
    }
    let x = cohort.scores(None);
    let search = finder.settle(x.view(), &settings.density)?;
    let found = by_size(&finder.find(x.view(), &search)?);
    let resamples = resamples(&cohort, x.view(), finder, &search, settings)?;
    let chance = |kind| null_share(&prepared, kind, finder, n, settings);
    let (independent, continuum) = (chance(Null::Independent)?, chance(Null::Continuum)?);
    let structure = found.groups >= 2 && independent <= LEVEL;
    let tally = Tally::of(&found, &resamples);
    let noise = found.labels.iter().filter(|l| l.is_none()).count();
    let mut reason = format!(
        "{method} found {} groups of at least {} patients; {noise} of {} patients are noise",
        found.groups,
        search.least.unwrap_or(0),
        found.labels.len()
    );
    if let Some(reach) = search.reach {
        reason.push_str(&format!("; neighbours are within {reach:.4}"));
    }
    if found.groups >= 2 && !structure {
        reason.push_str(&format!(
            "; where features vary independently as many patients fall into groups (p = {independent:.3})"
        ));
    }
    let verdict = Verdict {
        k: found.groups,
        also: Vec::new(),
        structure,
        p_independent: independent,
        p_continuum: continuum,
        reason,
    };
    let mut answer = described(&cohort, &x, &found, &resamples, verdict, settings)?;
    answer.views = prepared.iter().enumerate().map(|(m, t)| t.view(m)).collect();
    members(&mut answer, &cohort, &x, &found, &tally, &patients, modalities);
    Ok(answer)
}

/// The patients that are in every modality.
struct Cohort<'a> {
    tables: &'a [Prepared],
    /// As numbers among all.
    patients: Vec<usize>,
    /// Their rows in each table.
    rows: Vec<Vec<usize>>,
}

impl<'a> Cohort<'a> {
    fn new(tables: &'a [Prepared], n: usize) -> Self {
        let mut at = vec![vec![None; n]; tables.len()];
        for (places, table) in at.iter_mut().zip(tables) {
            for (row, &patient) in table.patients.iter().enumerate() {
                places[patient] = Some(row);
            }
        }
        let patients: Vec<usize> = (0..n).filter(|&p| at.iter().all(|places| places[p].is_some())).collect();
        let rows = at.iter().map(|places| patients.iter().filter_map(|&p| places[p]).collect()).collect();
        Self { tables, patients, rows }
    }

    /// The first components of each table, side by side; of several tables each on a total variance of 1. `columns`
    /// are those of each table to take, all if none.
    fn scores(&self, columns: Option<&[Vec<usize>]>) -> Array2<f64> {
        let parts: Vec<Array2<f64>> = self
            .tables
            .iter()
            .zip(&self.rows)
            .enumerate()
            .map(|(t, (table, rows))| {
                let mut x = table.x.select(Axis(0), rows);
                if let Some(columns) = columns.and_then(|c| c.get(t)) {
                    x = x.select(Axis(1), columns);
                }
                let found = principal(x.view(), COMPONENTS);
                let total: f64 = found.variances.iter().sum();
                let scale = if self.tables.len() > 1 && total > 0.0 { total.sqrt() } else { 1.0 };
                found.scores / scale
            })
            .collect();
        let views: Vec<ArrayView2<'_, f64>> = parts.iter().map(Array2::view).collect();
        concatenate(Axis(1), &views).unwrap_or_default()
    }
}

/// One resample: rows of the cohort, rising, and what was found among them.
struct Searched {
    rows: Vec<usize>,
    found: Density,
}

fn resamples(
    cohort: &Cohort<'_>,
    x: ArrayView2<'_, f64>,
    finder: &dyn Finder,
    search: &Search,
    settings: &Settings,
) -> Result<Vec<Searched>, MethodError> {
    let n = x.nrows();
    (0..settings.resamples)
        .into_par_iter()
        .map(|number| {
            let mut generator = stream(settings.seed, &[13, number as u64]);
            let rows = match settings.resample {
                Resample::Features => (0..n).collect(),
                _ => sample(n, portion(n, settings.share), &mut generator),
            };
            let columns: Option<Vec<Vec<usize>>> = (settings.resample != Resample::Patients).then(|| {
                let draw = |t: &Prepared| sample(t.x.ncols(), portion(t.x.ncols(), settings.share), &mut generator);
                cohort.tables.iter().map(draw).collect()
            });
            let own = columns.map(|columns| cohort.scores(Some(&columns)));
            let part = own.as_ref().map_or(x.view(), Array2::view).select(Axis(0), &rows);
            Ok(Searched { found: finder.find(part.view(), search)?, rows })
        })
        .collect()
}

/// Groups numbered by falling size.
fn by_size(found: &Density) -> Density {
    let members = Partition::new(found.labels.iter().flatten().copied()).by_size();
    let mut numbers = members.labels().iter().copied();
    let labels = found.labels.iter().map(|l| l.and_then(|_| numbers.next())).collect();
    Density { labels, groups: found.groups }
}

/// How often each patient fell to each group of the answer, and to noise, in the resamples.
struct Tally {
    /// Patients × (groups + 1); the last is noise.
    counts: Array2<f64>,
}

impl Tally {
    fn of(whole: &Density, resamples: &[Searched]) -> Self {
        let noise = whole.groups;
        let mut counts = Array2::<f64>::zeros((whole.labels.len(), noise + 1));
        for Searched { rows, found } in resamples {
            // Each group of the resample stands for the group, or the noise, that most of its patients are in.
            let mut shared = Array2::<usize>::zeros((found.groups, noise + 1));
            for (&row, label) in rows.iter().zip(&found.labels) {
                if let Some(label) = *label {
                    shared[[label, whole.labels[row].unwrap_or(noise)]] += 1;
                }
            }
            let meant: Vec<usize> = shared
                .rows()
                .into_iter()
                .map(|row| row.iter().enumerate().fold((0, 0), |b, (g, &c)| if c > b.1 { (g, c) } else { b }).0)
                .collect();
            for (&row, label) in rows.iter().zip(&found.labels) {
                counts[[row, label.map_or(noise, |l| meant[l])]] += 1.0;
            }
        }
        Self { counts }
    }

    /// Share of the resamples with this patient in which it fell to `group` (the number of groups for noise).
    fn share(&self, patient: usize, group: usize) -> f64 {
        let total = self.counts.row(patient).sum();
        if total > 0.0 { self.counts[[patient, group]] / total } else { 0.0 }
    }
}

/// Share of simulated cohorts in which as many patients fall into two or more groups, this one counted in. Cohorts above
/// the landmarks are compared by a random part.
fn null_share(
    tables: &[Prepared],
    kind: Null,
    finder: &dyn Finder,
    patients: usize,
    settings: &Settings,
) -> Result<f64, MethodError> {
    let kept = sample(patients, settings.landmarks.max(FEWEST), &mut stream(settings.seed, &[14]));
    let mut number = vec![None; patients];
    for (i, &patient) in kept.iter().enumerate() {
        number[patient] = Some(i);
    }
    let part: Vec<Prepared> = tables
        .iter()
        .map(|t| {
            let rows: Vec<usize> = (0..t.patients.len()).filter(|&r| number[t.patients[r]].is_some()).collect();
            let patients = rows.iter().filter_map(|&r| number[t.patients[r]]).collect();
            Prepared { name: t.name.clone(), patients, x: t.x.select(Axis(0), &rows) }
        })
        .collect();
    let grouped = |tables: &[Prepared]| -> Result<usize, MethodError> {
        let cohort = Cohort::new(tables, kept.len());
        if cohort.patients.is_empty() {
            return Ok(0);
        }
        let found = finder.find(cohort.scores(None).view(), &settings.density)?;
        Ok(if found.groups >= 2 { found.labels.iter().flatten().count() } else { 0 })
    };
    let own = grouped(&part)?;
    let reached: Vec<bool> = (0..settings.nulls as u64)
        .into_par_iter()
        .map(|number| {
            let simulated: Vec<Prepared> =
                part.iter().enumerate().map(|(m, t)| tables::null(t, kind, settings, number, m)).collect();
            Ok(grouped(&simulated)? >= own)
        })
        .collect::<Result<_, MethodError>>()?;
    Ok((reached.iter().filter(|&&r| r).count() + 1) as f64 / (reached.len() + 1) as f64)
}

/// Consensus, measures and candidate of the groups found; patients are set by [`members`].
fn described(
    cohort: &Cohort<'_>,
    x: &Array2<f64>,
    found: &Density,
    resamples: &[Searched],
    verdict: Verdict,
    settings: &Settings,
) -> Result<Answer, AutoError> {
    let mut answer = Answer {
        patients: Vec::new(),
        partition: Partition::new([]),
        confidence: Vec::new(),
        runner_up: Vec::new(),
        candidates: Vec::new(),
        verdict,
        views: Vec::new(),
        per_k: Vec::new(),
        consensus: Array2::zeros((0, 0)),
        landmarks: Vec::new(),
        without: Vec::new(),
    };
    if found.groups == 0 {
        return Ok(answer);
    }
    let members: Vec<usize> = (0..found.labels.len()).filter(|&i| found.labels[i].is_some()).collect();
    let shown = sample(members.len(), settings.landmarks.max(FEWEST), &mut stream(settings.seed, &[15]));
    let rows: Vec<usize> = shown.iter().map(|&i| members[i]).collect();
    let mut place = vec![None; found.labels.len()];
    for (i, &row) in rows.iter().enumerate() {
        place[row] = Some(i);
    }
    let partition = Partition::ranked(rows.iter().filter_map(|&r| found.labels[r]).collect(), found.groups);
    let draws: Vec<(Vec<usize>, Partition)> = resamples
        .iter()
        .map(|s| {
            let kept = s.rows.iter().zip(&s.found.labels).filter_map(|(&row, &label)| Some((place[row]?, label)));
            let (patients, labels): (Vec<usize>, Vec<Option<usize>>) = kept.unzip();
            // Noise is together with nobody.
            let apart = labels.iter().enumerate().map(|(i, l)| l.unwrap_or(s.found.groups + i));
            let partition = Partition::new(apart);
            (patients, partition)
        })
        .collect();
    let evidence = Evidence::new(rows.len(), draws.iter().map(|d| d.0.as_slice()));
    let pairs = draws.iter().map(|d| (d.0.as_slice(), &d.1)).collect();
    let consensus = Evidence::consensus(rows.len(), &[(&evidence, pairs)]);
    let all: Vec<usize> = (0..rows.len()).collect();
    let part = x.select(Axis(0), &rows);
    let background = Background::new(&[(&all, part.view())], found.groups, settings.seed)?;
    let mut agreement =
        Agreement::of(&Array2::from_shape_fn((resamples.len(), 1), |(i, _)| agreement(found, &resamples[i])));
    agreement.repeat(cohort.tables.len());
    let whole = Partition::ranked(found.labels.iter().flatten().copied().collect(), found.groups);
    answer.candidates = vec![auto::candidate(found.groups, &agreement, &whole, &consensus)];
    let draws = draws.iter().map(|d| (d.0.as_slice(), &d.1));
    answer.per_k = vec![stability::at_k(consensus.clone(), &partition, draws, &background)];
    answer.consensus = consensus;
    // Places among the members; all members come first to the answer in this order.
    answer.landmarks = shown;
    Ok(answer)
}

/// Adjusted Rand index of a resample with the answer, noise being a group in both.
fn agreement(whole: &Density, part: &Searched) -> f64 {
    let own = Partition::new(part.rows.iter().map(|&r| whole.labels[r].unwrap_or(whole.groups)));
    let other = Partition::new(part.found.labels.iter().map(|l| l.unwrap_or(part.found.groups)));
    adjusted_rand(&own, &other)
}

/// Sets patients, subtypes and confidence; patients outside the cohort are placed, noise is set apart.
fn members(
    answer: &mut Answer,
    cohort: &Cohort<'_>,
    x: &Array2<f64>,
    found: &Density,
    tally: &Tally,
    patients: &[String],
    modalities: &[Modality],
) {
    struct Known {
        group: usize,
        confidence: f64,
        runner_up: usize,
    }
    let mut known: Vec<Option<Known>> = patients.iter().map(|_| None).collect();
    let grouped: Vec<usize> = (0..found.labels.len()).filter(|&i| found.labels[i].is_some()).collect();
    let shown: Vec<usize> = answer.landmarks.iter().map(|&i| cohort.patients[grouped[i]]).collect();
    let partition = Partition::ranked(grouped.iter().filter_map(|&i| found.labels[i]).collect(), found.groups);
    let means = centres(x.select(Axis(0), &grouped).view(), &partition);
    for &row in &grouped {
        let Some(group) = found.labels[row] else { continue };
        let others = (0..found.groups).filter(|&g| g != group);
        let runner_up = others
            .min_by(|&a, &b| {
                let apart = |g: usize| squared(x.row(row), means.row(g));
                tally.share(row, b).total_cmp(&tally.share(row, a)).then(apart(a).total_cmp(&apart(b)))
            })
            .unwrap_or(group);
        known[cohort.patients[row]] = Some(Known { group, confidence: tally.share(row, group), runner_up });
    }
    let mut noise = vec![None; patients.len()];
    for (row, label) in found.labels.iter().enumerate() {
        if label.is_none() {
            noise[cohort.patients[row]] = Some(tally.share(row, found.groups));
        }
    }
    if found.groups > 0 {
        let names: Vec<String> = grouped.iter().map(|&i| patients[cohort.patients[i]].clone()).collect();
        let placed = place::place(modalities, patients, &names, &partition);
        for (patient, placed) in placed.into_iter().enumerate() {
            if let (None, None, Some(p)) = (&known[patient], noise[patient], placed) {
                known[patient] = Some(Known { group: p.group, confidence: p.confidence, runner_up: p.runner_up });
            }
        }
    }
    let mut labels = Vec::new();
    let mut at = vec![None; patients.len()];
    for (place, (patient, known)) in patients.iter().zip(known).enumerate() {
        match known {
            Some(Known { group, confidence, runner_up }) => {
                at[place] = Some(labels.len());
                answer.patients.push(patient.clone());
                labels.push(if answer.verdict.structure { group } else { 0 });
                answer.confidence.push(confidence);
                answer.runner_up.push(if answer.verdict.structure { runner_up } else { 0 });
            }
            None => {
                let confidence = noise[place].unwrap_or(0.0);
                answer.without.push(Without { patient: patient.clone(), place, confidence });
            }
        }
    }
    let groups = if labels.is_empty() {
        0
    } else if answer.verdict.structure {
        found.groups
    } else {
        1
    };
    answer.partition = Partition::ranked(labels, groups);
    answer.landmarks = shown.into_iter().filter_map(|patient| at[patient]).collect();
}
