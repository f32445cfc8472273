//! How good probabilities of classes are, and whether they mean what they say.

use serde::Serialize;

use crate::association::ranks::mann_whitney;
use crate::tails;

/// One class against the rest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassMeasures {
    /// Patients of the class.
    pub patients: usize,
    /// Share of them placed in it; NaN without any.
    pub sensitivity: f64,
    /// Share of the others not placed in it; NaN without any.
    pub specificity: f64,
    /// Chance that a patient of the class has a higher probability of it than another: 0.5 is guessing, 1 perfect.
    pub area: f64,
}

/// Patients of similar confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// Least confidence in it.
    pub from: f64,
    /// Patients in it.
    pub patients: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// Share of them placed right: equals the confidence where that is honest.
    pub accuracy: f64,
}

/// What predictions are worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measures {
    /// Patients judged.
    pub patients: usize,
    /// Share whose likeliest class is theirs.
    pub accuracy: f64,
    /// Lower end of its 95 % interval (Wilson 1927).
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Mean sensitivity over the classes that occur.
    pub balanced_accuracy: f64,
    /// Patients whose confidence reaches the level asked for; the model abstains on the others.
    pub placed: usize,
    /// Accuracy among those.
    pub placed_accuracy: f64,
    /// Brier score: mean squared distance of the probabilities from the truth, 0 to 2.
    pub brier: f64,
    /// Mean distance of confidence from accuracy over the bins, weighted by patients: 0 is honest.
    pub calibration_error: f64,
    /// One a class, in their order.
    pub classes: Vec<ClassMeasures>,
    /// Tenths of confidence that hold patients, rising.
    pub bins: Vec<Bin>,
}

const BINS: usize = 10;

/// The likeliest class, the earlier one of equals.
pub(super) fn likeliest(probabilities: &[f64]) -> usize {
    let by = |a: &usize, b: &usize| probabilities[*a].total_cmp(&probabilities[*b]).then(b.cmp(a));
    (0..probabilities.len()).max_by(by).unwrap_or(0)
}

pub(super) fn accuracy(probabilities: &[Vec<f64>], truth: &[usize]) -> f64 {
    share(probabilities.iter().zip(truth).map(|(p, &t)| likeliest(p) == t))
}

pub(super) fn brier(probabilities: &[Vec<f64>], truth: &[usize]) -> f64 {
    let one = |(p, &t): (&Vec<f64>, &usize)| {
        p.iter().enumerate().map(|(k, v)| (v - f64::from(u8::from(k == t))).powi(2)).sum::<f64>()
    };
    probabilities.iter().zip(truth).map(one).sum::<f64>() / truth.len() as f64
}

/// Judges probabilities, patients × `count` classes, by the true classes. Below the confidence `abstain_below` the model
/// is taken to abstain.
pub fn measure(probabilities: &[Vec<f64>], truth: &[usize], count: usize, abstain_below: f64) -> Measures {
    let chosen: Vec<usize> = probabilities.iter().map(|p| likeliest(p)).collect();
    let confidence: Vec<f64> =
        probabilities.iter().zip(&chosen).map(|(p, &k)| p.get(k).copied().unwrap_or(0.0)).collect();
    let right: Vec<bool> = chosen.iter().zip(truth).map(|(a, b)| a == b).collect();
    let placed: Vec<bool> =
        confidence.iter().zip(&right).filter(|(c, _)| **c >= abstain_below).map(|(_, r)| *r).collect();
    let accuracy = share(right.iter().copied());
    let (lower, upper) = wilson(accuracy, truth.len() as f64);
    let classes: Vec<ClassMeasures> = (0..count).map(|k| against_rest(probabilities, &chosen, truth, k)).collect();
    let occurring = classes.iter().filter(|c| c.patients > 0);
    let bins = bins(&confidence, &right);
    let gap: f64 = bins.iter().map(|b| b.patients as f64 * (b.confidence - b.accuracy).abs()).sum();
    Measures {
        patients: truth.len(),
        accuracy,
        lower,
        upper,
        balanced_accuracy: occurring.clone().map(|c| c.sensitivity).sum::<f64>() / occurring.count() as f64,
        placed: placed.len(),
        placed_accuracy: share(placed.iter().copied()),
        brier: brier(probabilities, truth),
        calibration_error: gap / truth.len() as f64,
        classes,
        bins,
    }
}

fn against_rest(probabilities: &[Vec<f64>], chosen: &[usize], truth: &[usize], class: usize) -> ClassMeasures {
    let of = |own: bool| truth.iter().zip(chosen).filter(move |(t, _)| (**t == class) == own).map(|(_, c)| *c == class);
    let values = |own: bool| -> Vec<f64> {
        probabilities.iter().zip(truth).filter(|(_, t)| (**t == class) == own).map(|(p, _)| p[class]).collect()
    };
    let (inside, outside) = (values(true), values(false));
    let pairs = inside.len() as f64 * outside.len() as f64;
    ClassMeasures {
        patients: inside.len(),
        sensitivity: share(of(true)),
        specificity: 1.0 - share(of(false)),
        area: mann_whitney(&inside, &outside).statistic / pairs,
    }
}

fn bins(confidence: &[f64], right: &[bool]) -> Vec<Bin> {
    let bin_of = |c: f64| ((c * BINS as f64) as usize).min(BINS - 1);
    (0..BINS)
        .filter_map(|b| {
            let members: Vec<(f64, bool)> =
                confidence.iter().copied().zip(right.iter().copied()).filter(|(c, _)| bin_of(*c) == b).collect();
            (!members.is_empty()).then(|| Bin {
                from: b as f64 / BINS as f64,
                patients: members.len(),
                confidence: members.iter().map(|m| m.0).sum::<f64>() / members.len() as f64,
                accuracy: share(members.iter().map(|m| m.1)),
            })
        })
        .collect()
}

fn share(hits: impl Iterator<Item = bool>) -> f64 {
    let (mut yes, mut all) = (0.0, 0.0);
    for hit in hits {
        yes += f64::from(u8::from(hit));
        all += 1.0;
    }
    yes / all
}

/// Interval of a share of `n`, 95 % (Wilson 1927).
pub fn wilson(share: f64, n: f64) -> (f64, f64) {
    let z = tails::normal_quantile(0.975);
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    (middle - half, middle + half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_four_patients_by_hand() {
        let probabilities = [vec![0.9, 0.1], vec![0.6, 0.4], vec![0.7, 0.3], vec![0.2, 0.8]];
        let found = measure(&probabilities, &[0, 0, 1, 1], 2, 0.75);
        assert_eq!((found.accuracy, found.placed, found.placed_accuracy), (0.75, 2, 1.0));
        assert_eq!((found.classes[0].sensitivity, found.classes[0].specificity), (1.0, 0.5));
        // Pairs (0.9, 0.7), (0.9, 0.2), (0.6, 0.2) in order, (0.6, 0.7) not.
        assert_eq!((found.classes[0].area, found.classes[1].area), (0.75, 0.75));
        // 2 × (0.01 + 0.16 + 0.49 + 0.04) / 4.
        assert!((found.brier - 0.35).abs() < 1e-12, "{}", found.brier);
        assert!(found.lower < 0.75 && found.upper > 0.75);
    }

    #[test]
    fn confidence_that_equals_accuracy_is_honest() {
        let probabilities = vec![vec![0.8, 0.2]; 10];
        let truth: Vec<usize> = (0..10).map(|i| usize::from(i < 2)).collect();
        let found = measure(&probabilities, &truth, 2, 0.0);
        assert!(found.calibration_error < 1e-12, "{:?}", found.bins);
        assert_eq!(found.bins.len(), 1);
    }

    #[test]
    fn a_class_without_patients_has_no_measures() {
        let found = measure(&[vec![1.0, 0.0]], &[0], 2, 0.0);
        assert!(found.classes[1].sensitivity.is_nan() && found.balanced_accuracy == 1.0);
    }
}
