//! Placing the next patient: classifiers of labelled patients, chosen by cross-validation, saved, and judged.
//!
//! [`model`] is what a caller uses: it learns from several modalities, picks a method, and places patients who lack some
//! of them. [`assess`] measures a model on patients it has not seen. The methods are one file each behind
//! [`Classifier`]; [`Method::ALL`] lists them.

pub mod assess;
mod cohort;
pub mod elastic_net;
pub mod fairness;
pub mod forest;
mod linear;
pub mod linear_svm;
pub mod measures;
pub mod model;
pub mod nearest_centroid;
mod selection;
mod standard;
mod temperature;

use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Labelled patients to learn from.
#[derive(Clone, Copy, Debug)]
pub struct Labelled<'a> {
    /// Patients × features, each feature with mean 0 and deviation 1; nothing missing.
    pub x: ArrayView2<'a, f64>,
    /// Class of each patient, below `count`.
    pub classes: &'a [usize],
    /// Number of classes, each with at least one patient.
    pub count: usize,
}

impl Labelled<'_> {
    /// Patients of each class.
    fn sizes(&self) -> Vec<f64> {
        let mut sizes = vec![0.0; self.count];
        for &class in self.classes {
            sizes[class] += 1.0;
        }
        sizes
    }
}

/// A method that learns classes from labelled patients.
pub trait Classifier: Sized {
    /// The settings worth trying on these patients, the simplest model first: amounts of shrinkage, penalty or cost.
    fn strengths(train: Labelled<'_>) -> Vec<f64>;

    /// Learns one model for each strength, in their order. The seed is for methods that draw.
    fn fit(train: Labelled<'_>, strengths: &[f64], seed: u64) -> Vec<Self>;

    /// Logarithm of the probability of each class, up to a number common to all. NaN is a missing feature: it is left
    /// out, or taken at its training mean.
    fn scores(&self, patient: ArrayView1<'_, f64>) -> Vec<f64>;

    /// Probability of each class. `sharpness` multiplies the scores: below 1 for a method that is too sure of itself.
    fn probabilities(&self, patient: ArrayView1<'_, f64>, sharpness: f64) -> Vec<f64> {
        temperature::softmax(&self.scores(patient), sharpness)
    }

    /// Whether every part of the model is within `features` and `classes`: a file may have been edited.
    fn is_sound(&self, features: usize, classes: usize) -> bool;
}

/// The methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Nearest shrunken centroid.
    NearestCentroid,
    /// Multinomial logistic regression with an elastic-net penalty.
    ElasticNet,
    /// Linear support-vector machine, one class against the rest.
    LinearSvm,
    /// Random forest.
    Forest,
}

impl Method {
    /// All of them, in the order in which ties between them are decided.
    pub const ALL: [Self; 4] = [Self::NearestCentroid, Self::ElasticNet, Self::LinearSvm, Self::Forest];

    /// Name for options and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::NearestCentroid => "nearest-centroid",
            Self::ElasticNet => "elastic-net",
            Self::LinearSvm => "linear-svm",
            Self::Forest => "forest",
        }
    }

    /// See [`Classifier::strengths`].
    fn strengths(self, train: Labelled<'_>) -> Vec<f64> {
        match self {
            Self::NearestCentroid => nearest_centroid::NearestCentroid::strengths(train),
            Self::ElasticNet => elastic_net::ElasticNet::strengths(train),
            Self::LinearSvm => linear_svm::LinearSvm::strengths(train),
            Self::Forest => forest::Forest::strengths(train),
        }
    }

    /// See [`Classifier::fit`].
    fn fit(self, train: Labelled<'_>, strengths: &[f64], seed: u64) -> Vec<Fitted> {
        fn all<C: Classifier>(models: Vec<C>, wrap: fn(C) -> Fitted) -> Vec<Fitted> {
            models.into_iter().map(wrap).collect()
        }
        match self {
            Self::NearestCentroid => all(Classifier::fit(train, strengths, seed), Fitted::NearestCentroid),
            Self::ElasticNet => all(Classifier::fit(train, strengths, seed), Fitted::ElasticNet),
            Self::LinearSvm => all(Classifier::fit(train, strengths, seed), Fitted::LinearSvm),
            Self::Forest => all(Classifier::fit(train, strengths, seed), Fitted::Forest),
        }
    }
}

/// A model that any of the methods has learnt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fitted {
    NearestCentroid(nearest_centroid::NearestCentroid),
    ElasticNet(elastic_net::ElasticNet),
    LinearSvm(linear_svm::LinearSvm),
    Forest(forest::Forest),
}

impl Fitted {
    fn scores(&self, patient: ArrayView1<'_, f64>) -> Vec<f64> {
        match self {
            Self::NearestCentroid(model) => model.scores(patient),
            Self::ElasticNet(model) => model.scores(patient),
            Self::LinearSvm(model) => model.scores(patient),
            Self::Forest(model) => model.scores(patient),
        }
    }

    fn is_sound(&self, features: usize, classes: usize) -> bool {
        match self {
            Self::NearestCentroid(model) => model.is_sound(features, classes),
            Self::ElasticNet(model) => model.is_sound(features, classes),
            Self::LinearSvm(model) => model.is_sound(features, classes),
            Self::Forest(model) => model.is_sound(features, classes),
        }
    }
}

/// Why nothing can be learnt, or no model be used.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ClassifyError {
    /// One class, or none.
    #[error("{found} class among the labelled patients; at least two are needed to tell apart")]
    Classes {
        /// Classes found.
        found: usize,
    },
    /// A class too small to be held out in part.
    #[error(
        "class '{class}' has {found} patients with {modalities}; at least {FEWEST} are needed to learn and check it"
    )]
    TooFew {
        /// The class.
        class: String,
        /// Its patients.
        found: usize,
        /// The modalities that they must have.
        modalities: String,
    },
    /// A patient labelled twice.
    #[error("patient '{patient}' has more than one label; keep one")]
    TwoLabels {
        /// The patient.
        patient: String,
    },
    /// Two modalities of one name.
    #[error("modality '{name}' is given more than once; rename or merge them")]
    TwoModalities {
        /// The name.
        name: String,
    },
    /// No feature that varies.
    #[error("no feature of {modalities} varies between the labelled patients")]
    Constant {
        /// The modalities.
        modalities: String,
    },
    /// A model file of another version.
    #[error("model of version {found}; this program reads version {expected}: fit the model again")]
    Version {
        /// Version in the file.
        found: u32,
        /// Version read here.
        expected: u32,
    },
    /// A model file that contradicts itself.
    #[error("the model is damaged: {0}; fit it again or restore the file")]
    Damaged(String),
}

/// Fewest patients of each class: two folds must both hold one, and learning needs a spread.
const FEWEST: usize = 3;
