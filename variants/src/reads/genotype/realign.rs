//! How well a read fits an allele in its surroundings: a pair hidden Markov model, summed over alignments (Durbin, Eddy,
//! Krogh, Mitchison 1998, section 4.2), with the read's own qualities.

/// Chance that a gap opens before a base, and that it goes on. Short reads have one in some 10,000 bases, and slip more in
/// repeats; long reads have one in some hundreds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gaps {
    pub(super) open: f64,
    pub(super) extend: f64,
}

impl Gaps {
    pub(super) const SHORT_READS: Self = Self { open: 3e-4, extend: 0.1 };
    pub(super) const LONG_READS: Self = Self { open: 5e-3, extend: 0.3 };
}

/// Probability of a stretch of a read, given that it was sampled somewhere within a haplotype.
///
/// `haplotype` may hold `N`, which fits any base. The alignment may begin and end anywhere in the haplotype, but holds the whole
/// stretch. No more than some hundred bases are asked for, so that nothing underflows.
pub(super) fn probability(haplotype: &[u8], bases: &[u8], errors: &[f32], gaps: Gaps) -> f64 {
    let n = haplotype.len();
    if n == 0 || bases.is_empty() {
        return 0.0;
    }
    let stay = 1.0 - 2.0 * gaps.open;
    let close = 1.0 - gaps.extend;
    // rows of the read; columns of the haplotype, 0 before its first base
    let mut matched = vec![0.0_f64; n + 1];
    let mut inserted = vec![0.0_f64; n + 1];
    let mut deleted = vec![0.0_f64; n + 1];
    let start = 1.0 / n as f64;
    let mut first = true;
    let (mut next_m, mut next_i, mut next_d) = (vec![0.0; n + 1], vec![0.0; n + 1], vec![0.0; n + 1]);
    for (base, error) in bases.iter().zip(errors) {
        let error = f64::from(*error);
        for column in 1..=n {
            let fits = haplotype[column - 1] == *base || haplotype[column - 1] == b'N';
            let emitted = if fits { 1.0 - error } else { error / 3.0 };
            let before = if first {
                start
            } else {
                stay * matched[column - 1] + close * (inserted[column - 1] + deleted[column - 1])
            };
            next_m[column] = emitted * before;
            next_i[column] =
                if first { 0.0 } else { 0.25 * (gaps.open * matched[column] + gaps.extend * inserted[column]) };
            next_d[column] = gaps.open * next_m[column - 1] + gaps.extend * next_d[column - 1];
        }
        std::mem::swap(&mut matched, &mut next_m);
        std::mem::swap(&mut inserted, &mut next_i);
        std::mem::swap(&mut deleted, &mut next_d);
        first = false;
    }
    matched.iter().sum::<f64>() + inserted.iter().sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: &str = "ACGTTGCACTAGGCTTAC";
    const RIGHT: &str = "GGATCCTTAGCAATGCCA";

    fn fit(middle: &str, read: &str) -> f64 {
        let haplotype = format!("{LEFT}{middle}{RIGHT}");
        probability(haplotype.as_bytes(), read.as_bytes(), &vec![0.001; read.len()], Gaps::SHORT_READS)
    }

    #[test]
    fn a_read_fits_its_own_allele_best() {
        let read = format!("{}TATATATA{}", &LEFT[4..], &RIGHT[..14]);
        let (own, shorter, longer) = (fit("TATATATA", &read), fit("TATATA", &read), fit("TATATATATA", &read));
        assert!(own > 1000.0 * shorter && own > 1000.0 * longer, "{own} {shorter} {longer}");
    }

    #[test]
    fn a_read_that_ends_in_the_repeat_does_not_tell_its_length() {
        let read = format!("{LEFT}TATATA");
        let (short, long) = (fit("TATATA", &read), fit("TATATATA", &read));
        assert!((short / long).ln().abs() < 0.2, "{short} {long}");
    }

    #[test]
    fn a_wrong_base_costs_its_quality() {
        let read = format!("{LEFT}TA{RIGHT}").replacen("GGATC", "GGTTC", 1);
        let right = format!("{LEFT}TA{RIGHT}");
        let ratio = fit("TA", &read) / fit("TA", &right);
        assert!((ratio / (0.001 / 3.0 / 0.999) - 1.0).abs() < 0.05, "{ratio}");
    }
}
