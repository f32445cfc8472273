//! Covariances of mixture components: their shapes, estimates and log-densities.

use nalgebra::{Cholesky, DMatrix, Dyn};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip};

/// What a component's cloud may look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any ellipsoid, each component its own.
    Full,
    /// Any ellipsoid, one for all components.
    Tied,
    /// An ellipsoid along the axes, each component its own.
    Diagonal,
    /// A sphere, each component its own radius.
    Spherical,
}

/// Covariances of k components in p features.
#[derive(Clone, Debug)]
pub enum Covariances {
    /// k matrices, p × p.
    Full(Vec<Array2<f64>>),
    /// One matrix, p × p.
    Tied(Array2<f64>),
    /// Variances, k × p.
    Diagonal(Array2<f64>),
    /// One variance a component, k.
    Spherical(Array1<f64>),
}

impl Covariances {
    /// Variance 1 everywhere.
    pub(super) fn unit(shape: Shape, k: usize, p: usize) -> Self {
        match shape {
            Shape::Full => Self::Full(vec![Array2::eye(p); k]),
            Shape::Tied => Self::Tied(Array2::eye(p)),
            Shape::Diagonal => Self::Diagonal(Array2::ones((k, p))),
            Shape::Spherical => Self::Spherical(Array1::ones(k)),
        }
    }

    /// The estimate of greatest likelihood, `floor` added to each variance.
    pub(super) fn estimate(
        shape: Shape,
        x: ArrayView2<'_, f64>,
        responsibilities: &Array2<f64>,
        sizes: &Array1<f64>,
        means: &Array2<f64>,
        floor: f64,
    ) -> Self {
        let (k, p) = means.dim();
        match shape {
            Shape::Full => Self::Full(
                (0..k)
                    .map(|c| scatter(x, responsibilities.column(c), means.row(c)) / sizes[c] + floor * Array2::eye(p))
                    .collect(),
            ),
            Shape::Tied => {
                let mut pooled = Array2::zeros((p, p));
                for c in 0..k {
                    pooled += &scatter(x, responsibilities.column(c), means.row(c));
                }
                Self::Tied(pooled / sizes.sum() + floor * Array2::eye(p))
            }
            Shape::Diagonal => Self::Diagonal(variances(x, responsibilities, sizes, means) + floor),
            Shape::Spherical => {
                let each = variances(x, responsibilities, sizes, means) + floor;
                Self::Spherical(each.sum_axis(Axis(1)) / p.max(1) as f64)
            }
        }
    }

    /// Free parameters of these covariances.
    pub(super) fn parameters(&self, k: usize, p: usize) -> usize {
        match self {
            Self::Full(_) => k * p * (p + 1) / 2,
            Self::Tied(_) => p * (p + 1) / 2,
            Self::Diagonal(_) => k * p,
            Self::Spherical(_) => k,
        }
    }

    /// Log-density of every patient in every component, patients × k; none where a covariance is not positive
    /// definite.
    pub(super) fn log_densities(&self, x: ArrayView2<'_, f64>, means: &Array2<f64>) -> Option<Array2<f64>> {
        let (k, p) = means.dim();
        let mut densities = Array2::zeros((x.nrows(), k));
        let tied = match self {
            Self::Tied(matrix) => Some(whitening(matrix)?),
            _ => None,
        };
        for (c, mean) in means.axis_iter(Axis(0)).enumerate() {
            let column = densities.column_mut(c);
            match self {
                Self::Full(matrices) => whitened(x, mean, &whitening(&matrices[c])?, column),
                Self::Tied(_) => whitened(x, mean, tied.as_ref()?, column),
                Self::Diagonal(variances) => along_axes(x, mean, variances.row(c), column)?,
                Self::Spherical(variances) => along_axes(x, mean, Array1::from_elem(p, variances[c]).view(), column)?,
            }
        }
        Some(densities)
    }
}

/// Σ wᵢ (xᵢ − m)(xᵢ − m)ᵀ.
fn scatter(x: ArrayView2<'_, f64>, weights: ArrayView1<'_, f64>, mean: ArrayView1<'_, f64>) -> Array2<f64> {
    let centred = &x - &mean;
    let weighted = &centred * &weights.insert_axis(Axis(1));
    weighted.t().dot(&centred)
}

/// Variances along the axes, k × p.
fn variances(
    x: ArrayView2<'_, f64>,
    responsibilities: &Array2<f64>,
    sizes: &Array1<f64>,
    means: &Array2<f64>,
) -> Array2<f64> {
    let mut sums = Array2::<f64>::zeros(means.dim());
    for (row, shares) in x.axis_iter(Axis(0)).zip(responsibilities.axis_iter(Axis(0))) {
        for (c, &share) in shares.iter().enumerate().filter(|(_, s)| **s > 0.0) {
            Zip::from(sums.row_mut(c)).and(row).and(means.row(c)).for_each(|s, &v, &m| *s += share * (v - m) * (v - m));
        }
    }
    sums / sizes.view().insert_axis(Axis(1))
}

/// The inverse of the Cholesky factor, and half the logarithm of the determinant.
fn whitening(matrix: &Array2<f64>) -> Option<(Array2<f64>, f64)> {
    let p = matrix.nrows();
    let factor: DMatrix<f64> =
        Cholesky::<f64, Dyn>::new(DMatrix::from_fn(p, p, |i, j| matrix[[i, j]])).map(|c| c.unpack())?;
    let half_log: f64 = (0..p).map(|i| factor[(i, i)].ln()).sum();
    let inverse = factor.solve_lower_triangular(&DMatrix::identity(p, p))?;
    let whiten = Array2::from_shape_fn((p, p), |(i, j)| inverse[(i, j)]);
    (half_log.is_finite() && whiten.iter().all(|v| v.is_finite())).then_some((whiten, half_log))
}

fn whitened(
    x: ArrayView2<'_, f64>,
    mean: ArrayView1<'_, f64>,
    (whiten, half_log): &(Array2<f64>, f64),
    mut into: ndarray::ArrayViewMut1<'_, f64>,
) {
    let white = (&x - &mean).dot(&whiten.t());
    let constant = half_normaliser(mean.len()) + half_log;
    Zip::from(&mut into).and(white.rows()).for_each(|density, row| *density = -0.5 * row.dot(&row) - constant);
}

fn along_axes(
    x: ArrayView2<'_, f64>,
    mean: ArrayView1<'_, f64>,
    variances: ArrayView1<'_, f64>,
    mut into: ndarray::ArrayViewMut1<'_, f64>,
) -> Option<()> {
    if variances.iter().any(|v| !v.is_finite() || *v <= 0.0) {
        return None;
    }
    let precisions = variances.mapv(f64::recip);
    let constant = half_normaliser(mean.len()) + 0.5 * variances.mapv(f64::ln).sum();
    Zip::from(&mut into).and(x.rows()).for_each(|density, row| {
        let square: f64 = row.iter().zip(mean).zip(&precisions).map(|((v, m), t)| (v - m) * (v - m) * t).sum();
        *density = -0.5 * square - constant;
    });
    Some(())
}

fn half_normaliser(p: usize) -> f64 {
    0.5 * p as f64 * std::f64::consts::TAU.ln()
}
