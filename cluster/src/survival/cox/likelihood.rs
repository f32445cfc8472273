//! The partial likelihood with its derivatives, moment by moment.

use nalgebra::{DMatrix, DVector};

use super::FollowUp;

/// Partial log-likelihood at some coefficients, its gradient, and the information (its negative second derivative).
#[derive(Clone, Debug)]
pub(in crate::survival) struct Likelihood {
    pub(in crate::survival) value: f64,
    pub(in crate::survival) gradient: DVector<f64>,
    pub(in crate::survival) information: DMatrix<f64>,
}

/// Sums over patients of their relative hazard, times nothing, the covariates, and their products.
#[derive(Clone)]
struct Sums {
    hazard: f64,
    first: DVector<f64>,
    second: DMatrix<f64>,
}

impl Sums {
    fn new(p: usize) -> Self {
        Self { hazard: 0.0, first: DVector::zeros(p), second: DMatrix::zeros(p, p) }
    }

    fn add(&mut self, hazard: f64, covariates: &DVector<f64>) {
        self.hazard += hazard;
        self.first.axpy(hazard, covariates, 1.0);
        self.second.ger(hazard, covariates, covariates, 1.0);
    }
}

impl Likelihood {
    fn zero(p: usize) -> Self {
        Self { value: 0.0, gradient: DVector::zeros(p), information: DMatrix::zeros(p, p) }
    }

    /// Over all moments.
    pub(super) fn new(follow_up: &FollowUp, moments: &[Vec<usize>], x: &DMatrix<f64>, beta: &DVector<f64>) -> Self {
        let mut total = Self::zero(x.ncols());
        Self::walk(follow_up, moments, x, beta, |_, part| {
            total.value += part.value;
            total.gradient += &part.gradient;
            total.information += &part.information;
        });
        total
    }

    /// Gives `visit` the contribution of each moment with events, times falling, with a patient of that moment.
    pub(in crate::survival) fn walk(
        follow_up: &FollowUp,
        moments: &[Vec<usize>],
        x: &DMatrix<f64>,
        beta: &DVector<f64>,
        mut visit: impl FnMut(usize, &Self),
    ) {
        let p = x.ncols();
        let predictor = x * beta;
        // Only ratios of hazards count: taking the largest off keeps exp finite.
        let largest = predictor.max();
        let rows: Vec<DVector<f64>> = x.row_iter().map(|r| r.transpose()).collect();
        let mut risk = Sums::new(p);
        for patients in moments.iter().rev() {
            let mut dying = Sums::new(p);
            let mut part = Self::zero(p);
            let mut deaths = 0;
            for &i in patients {
                let hazard = (predictor[i] - largest).exp();
                risk.add(hazard, &rows[i]);
                if follow_up.events()[i] {
                    deaths += 1;
                    dying.add(hazard, &rows[i]);
                    part.value += predictor[i] - largest;
                    part.gradient += &rows[i];
                }
            }
            if deaths > 0 {
                part.subtract_expected(&risk, &dying, deaths);
                visit(patients[0], &part);
            }
        }
    }

    /// Efron: the deaths of one moment leave one after the other, each leaving as an equal share of all of them.
    fn subtract_expected(&mut self, risk: &Sums, dying: &Sums, deaths: usize) {
        for left in 0..deaths {
            let share = left as f64 / deaths as f64;
            let hazard = risk.hazard - share * dying.hazard;
            let mean = (&risk.first - &dying.first * share) / hazard;
            self.value -= hazard.ln();
            self.gradient -= &mean;
            self.information += (&risk.second - &dying.second * share) / hazard;
            self.information.ger(-1.0, &mean, &mean, 1.0);
        }
    }
}
