//! Proportional-hazards regression (Cox 1972), ties by Efron's approximation (Efron 1977,
//! doi 10.1080/01621459.1977.10480613), fitted by Newton's method with halved steps. Time O(n log n + n p²) a step.

mod concordance;
mod likelihood;

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use ndarray::ArrayView2;
use serde::Serialize;
use thiserror::Error;

use super::{FollowUp, FollowUpError};
use crate::tails;

pub(super) use likelihood::Likelihood;

/// Why there is no regression.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum CoxError {
    /// Follow-up and covariates are of different patients.
    #[error(transparent)]
    FollowUp(#[from] FollowUpError),
    /// Names do not fit the covariates.
    #[error("{names} covariate names for {columns} columns")]
    Names {
        /// Names given.
        names: usize,
        /// Columns given.
        columns: usize,
    },
    /// A covariate without a value.
    #[error("row {row}: covariate '{covariate}' is {value}; leave the patient out or give a number")]
    Value {
        /// The row, from 1.
        row: usize,
        /// The covariate.
        covariate: String,
        /// What is there.
        value: f64,
    },
    /// Nothing happened to anybody.
    #[error("no event was seen; hazards cannot be compared")]
    NoEvent,
    /// A covariate that the others determine.
    #[error("covariate '{covariate}' is constant or a combination of those before it; leave it out")]
    Dependent {
        /// The covariate.
        covariate: String,
    },
    /// The information matrix cannot be inverted at the estimate.
    #[error("the covariates cannot be told apart by the events seen; use fewer covariates")]
    Singular,
}

/// What is known of one covariate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coefficient {
    /// Its name.
    pub covariate: String,
    /// Log hazard ratio for one unit more.
    pub coefficient: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Hazard ratio for one unit more.
    pub hazard_ratio: f64,
    /// Lower end of the 95 % interval of the hazard ratio.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Wald's z.
    pub z: f64,
    /// Its two-sided p.
    pub p: f64,
    /// Whether the likelihood still rises as the coefficient grows without end: all events of one kind of patient
    /// precede those of the other. Estimate and interval are then without meaning; the likelihood-ratio test holds.
    pub unbounded: bool,
}

/// A test of all coefficients being 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Global {
    /// Statistic, chi-square with as many degrees of freedom as there are covariates.
    pub chi_square: f64,
    /// Chance of a greater one when all coefficients are 0.
    pub p: f64,
}

/// The fitted regression.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cox {
    /// One entry a covariate, in the given order.
    pub coefficients: Vec<Coefficient>,
    /// Partial log-likelihood with all coefficients 0.
    pub null_log_likelihood: f64,
    /// Partial log-likelihood at the estimate.
    pub log_likelihood: f64,
    /// Likelihood-ratio test.
    pub likelihood_ratio: Global,
    /// Wald's test.
    pub wald: Global,
    /// Score test.
    pub score: Global,
    /// Chance that of two comparable patients the one with the higher predicted hazard has the event first; ties in
    /// prediction count one half (Harrell). NaN where no two patients are comparable.
    pub concordance: f64,
    /// Patients and events used.
    pub patients: usize,
    /// Events used.
    pub events: usize,
}

/// Steps of Newton's method; it needs fewer than ten where there is a finite estimate.
const STEPS: usize = 60;
/// Times a step is halved before the search ends where it stands.
const HALVINGS: usize = 30;
/// Change of the log-likelihood, relative to its size without covariates, at which the estimate is taken.
const SETTLED: f64 = 1e-13;
/// Coefficient of a standardised covariate above which, with a Wald z below 1, it is taken to grow without end: a
/// hazard ratio of e¹⁰ for one standard deviation.
const WITHOUT_END: f64 = 10.0;

/// Fits the regression of follow-up on covariates `x`, patients × covariates, without missing values.
///
/// # Errors
/// With a covariate that is missing or infinite, constant, or determined by others; without any event.
pub fn cox(follow_up: &FollowUp, x: ArrayView2<'_, f64>, names: &[String]) -> Result<Cox, CoxError> {
    let fit = Fit::new(follow_up, x, names)?;
    let (beta, at_null, at_estimate) = (&fit.beta, &fit.at_null, &fit.at_estimate);
    let covariance = fit.information.inverse();
    let degrees = names.len() as f64;
    let global = |chi_square: f64| Global { chi_square, p: tails::chi_square(chi_square, degrees) };
    let score = Cholesky::new(at_null.information.clone()).ok_or(CoxError::Singular)?;
    let z95 = tails::normal_quantile(0.975);
    let coefficients = names.iter().enumerate().map(|(j, name)| {
        let (coefficient, deviation) = (beta[j] / fit.deviations[j], covariance[(j, j)].sqrt());
        let (standard_error, z) = (deviation / fit.deviations[j], beta[j] / deviation);
        Coefficient {
            covariate: name.clone(),
            coefficient,
            standard_error,
            hazard_ratio: coefficient.exp(),
            lower: (coefficient - z95 * standard_error).exp(),
            upper: (coefficient + z95 * standard_error).exp(),
            z,
            p: tails::normal_two_sided(z),
            unbounded: beta[j].abs() > WITHOUT_END && z.abs() < 1.0,
        }
    });
    Ok(Cox {
        coefficients: coefficients.collect(),
        null_log_likelihood: at_null.value,
        log_likelihood: at_estimate.value,
        likelihood_ratio: global(2.0 * (at_estimate.value - at_null.value)),
        wald: global(beta.dot(&(&at_estimate.information * beta))),
        score: global(at_null.gradient.dot(&score.solve(&at_null.gradient))),
        concordance: concordance::concordance(follow_up, (&fit.x * beta).as_slice()),
        patients: follow_up.len(),
        events: follow_up.events().iter().filter(|e| **e).count(),
    })
}

/// The estimate on standardised covariates.
pub(super) struct Fit {
    /// Standardised covariates.
    pub(super) x: DMatrix<f64>,
    /// Coefficients of the standardised covariates.
    pub(super) beta: DVector<f64>,
    deviations: Vec<f64>,
    at_null: Likelihood,
    at_estimate: Likelihood,
    information: Cholesky<f64, Dyn>,
}

impl Fit {
    pub(super) fn new(follow_up: &FollowUp, x: ArrayView2<'_, f64>, names: &[String]) -> Result<Self, CoxError> {
        check(follow_up, x, names)?;
        let (x, deviations) = standardised(x);
        independent(&x, names)?;
        let moments = follow_up.moments();
        let likelihood = |beta: &DVector<f64>| Likelihood::new(follow_up, &moments, &x, beta);
        let mut beta = DVector::zeros(x.ncols());
        let at_null = likelihood(&beta);
        let mut current = at_null.clone();
        // Relative to where it starts: where the likelihood has no maximum it tends to 0.
        let settled = SETTLED * at_null.value.abs().max(1.0);
        for _ in 0..STEPS {
            let Some(factor) = Cholesky::new(current.information.clone()) else { break };
            let mut step = factor.solve(&current.gradient);
            let mut next = likelihood(&(&beta + &step));
            let mut halvings = 0;
            while (next.value.is_nan() || next.value < current.value - settled) && halvings < HALVINGS {
                step *= 0.5;
                next = likelihood(&(&beta + &step));
                halvings += 1;
            }
            if halvings == HALVINGS {
                break;
            }
            let gain = (next.value - current.value).abs();
            beta += step;
            current = next;
            if gain <= settled {
                break;
            }
        }
        let information = Cholesky::new(current.information.clone()).ok_or(CoxError::Singular)?;
        Ok(Self { x, beta, deviations, at_null, at_estimate: current, information })
    }
}

fn check(follow_up: &FollowUp, x: ArrayView2<'_, f64>, names: &[String]) -> Result<(), CoxError> {
    if x.nrows() != follow_up.len() {
        return Err(FollowUpError::Patients { patients: follow_up.len(), given: x.nrows() }.into());
    }
    if x.ncols() != names.len() {
        return Err(CoxError::Names { names: names.len(), columns: x.ncols() });
    }
    if let Some(((i, j), &value)) = x.indexed_iter().find(|(_, v)| !v.is_finite()) {
        return Err(CoxError::Value { row: i + 1, covariate: names[j].clone(), value });
    }
    if !follow_up.events().contains(&true) {
        return Err(CoxError::NoEvent);
    }
    Ok(())
}

/// Covariates with mean 0 and deviation 1, and the deviations; a constant one stays 0.
fn standardised(x: ArrayView2<'_, f64>) -> (DMatrix<f64>, Vec<f64>) {
    let n = x.nrows() as f64;
    let mut scaled = DMatrix::from_fn(x.nrows(), x.ncols(), |i, j| x[[i, j]]);
    let mut deviations = Vec::with_capacity(x.ncols());
    for mut column in scaled.column_iter_mut() {
        let (mean, largest) = (column.mean(), column.amax());
        column.add_scalar_mut(-mean);
        let deviation = (column.norm_squared() / n).sqrt();
        if deviation > 1e-12 * largest {
            column /= deviation;
        } else {
            column.fill(0.0);
        }
        deviations.push(deviation);
    }
    (scaled, deviations)
}

/// Takes from each covariate what those before it explain; something must be left.
fn independent(x: &DMatrix<f64>, names: &[String]) -> Result<(), CoxError> {
    let mut basis: Vec<DVector<f64>> = Vec::new();
    for (column, name) in x.column_iter().zip(names) {
        let mut rest = column.clone_owned();
        // Twice, so that rounding of the first pass is taken off too.
        for _ in 0..2 {
            for direction in &basis {
                let share = rest.dot(direction);
                rest -= direction * share;
            }
        }
        let length = rest.norm();
        if length <= 1e-9 * (x.nrows() as f64).sqrt() {
            return Err(CoxError::Dependent { covariate: name.clone() });
        }
        basis.push(rest / length);
    }
    Ok(())
}

#[cfg(test)]
#[path = "cox/tests.rs"]
mod tests;
