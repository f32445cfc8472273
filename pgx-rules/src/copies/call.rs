//! Copies of a gene, as a whole and by exon.

use serde::Serialize;
use variants::model::WindowCount;

use super::expected::{Expected, GENE_EFFECT};
use super::regions::Pattern;

/// Copies that are considered.
const MOST: usize = 6;
/// Log of the chance that copies change from one exon to the next.
const CHANGE: f64 = -9.2;
/// Log odds by which a change within the gene must explain the reads better than none.
const PARTIAL: f64 = 6.9;
/// Share of two copies' reads below which a window counts though its reads may belong elsewhere.
const STRAY: f64 = 0.2;
/// Least posterior probability of copies that are called.
const LEAST_POSTERIOR: f64 = 0.95;

/// Copies of one exon.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartCopies {
    /// Number of the exon.
    pub part: u32,
    /// Copies by depth, not rounded; `None` where no window can be used.
    pub measured: Option<f64>,
    /// Copies by the best explanation.
    pub copies: Option<u8>,
}

/// Copies of one gene.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GeneCopies {
    /// Symbol.
    pub gene: String,
    /// Copies of the whole gene; `None` where they are not called, or differ between exons.
    pub copies: Option<u8>,
    /// Posterior probability of the copies, or of the best number where they are not called.
    pub posterior: f64,
    /// Copies by depth, not rounded; `None` where no window can be used.
    pub measured: Option<f64>,
    /// By exon, in the order of transcription.
    pub parts: Vec<PartCopies>,
    /// Windows that were used, and all.
    pub windows: (usize, usize),
    /// What a person should know.
    pub notes: Vec<String>,
}

impl GeneCopies {
    /// A gene whose copies are not counted, and why.
    pub fn unknown(gene: &str, note: String) -> Self {
        Self {
            gene: gene.to_owned(),
            copies: None,
            posterior: 0.0,
            measured: None,
            parts: Vec::new(),
            windows: (0, 0),
            notes: vec![note],
        }
    }
}

/// Counts the copies of a gene from the windows of its exons, in the order of transcription.
///
/// A window is used when its reads are known to belong there, or when there are hardly any: reads of a like sequence elsewhere stray into
/// a gene that is deleted.
pub fn call(gene: &str, parts: &[(u32, Vec<WindowCount>)], expected: &Expected, patterns: &[Pattern]) -> GeneCopies {
    let usable =
        |window: &&WindowCount| window.is_sure() || f64::from(window.reads) < STRAY * expected.reads_of(window);
    let used: Vec<(u32, Vec<&WindowCount>)> =
        parts.iter().map(|(part, windows)| (*part, windows.iter().filter(usable).collect())).collect();
    let all: usize = parts.iter().map(|(_, windows)| windows.len()).sum();
    let count: usize = used.iter().map(|(_, windows)| windows.len()).sum();
    let measured = |windows: &mut dyn Iterator<Item = &WindowCount>| Some(2.0 * expected.ratio(windows)?);
    let mut answer = GeneCopies {
        gene: gene.to_owned(),
        copies: None,
        posterior: 0.0,
        measured: measured(&mut used.iter().flat_map(|(_, windows)| windows.iter().copied())),
        parts: used
            .iter()
            .map(|(part, windows)| PartCopies {
                part: *part,
                measured: measured(&mut windows.iter().copied()),
                copies: None,
            })
            .collect(),
        windows: (count, all),
        notes: Vec::new(),
    };
    if count * 3 < all {
        answer.notes.push(format!("{} of {all} windows have reads that may belong elsewhere: not called", all - count));
        return answer;
    }
    let whole = of_whole(&used, expected);
    let (best, posterior) = top(&whole);
    answer.posterior = posterior;
    let (path, gain) = by_exon(&used, expected);
    if gain > PARTIAL {
        for (part, copies) in answer.parts.iter_mut().zip(&path) {
            part.copies = Some(*copies as u8);
        }
        answer.notes.push(partial(gene, &answer.parts, patterns));
    } else if posterior >= LEAST_POSTERIOR {
        answer.copies = Some(best as u8);
        for part in &mut answer.parts {
            part.copies = Some(best as u8);
        }
    } else {
        answer.notes.push(format!("between copies: {best} has a posterior of {posterior:.2}"));
    }
    answer
}

/// Log likelihood of each number of copies of the whole gene, over what its sequence may do to all windows.
fn of_whole(used: &[(u32, Vec<&WindowCount>)], expected: &Expected) -> Vec<f64> {
    let grid: Vec<f64> = (-4..=4).map(|i| f64::from(i) * 0.6).collect();
    (0..=MOST)
        .map(|copies| {
            let terms: Vec<f64> = grid
                .iter()
                .map(|z| {
                    let factor = (GENE_EFFECT * z).exp();
                    let windows = used.iter().flat_map(|(_, windows)| windows);
                    windows.map(|w| expected.log_probability(w, copies as f64, factor)).sum::<f64>() - 0.5 * z * z
                })
                .collect();
            let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            most + terms.iter().map(|t| (t - most).exp()).sum::<f64>().ln()
        })
        .collect()
}

/// The best number of copies and its posterior, each number as likely before.
fn top(log_likelihoods: &[f64]) -> (usize, f64) {
    let most = log_likelihoods.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let best = log_likelihoods.iter().position(|l| *l == most).unwrap_or(0);
    (best, 1.0 / log_likelihoods.iter().map(|l| (l - most).exp()).sum::<f64>())
}

/// The best copies of each exon (Viterbi 1967), and by how much, in log odds, they explain the reads better than one number for all.
fn by_exon(used: &[(u32, Vec<&WindowCount>)], expected: &Expected) -> (Vec<usize>, f64) {
    let emitted: Vec<Vec<f64>> = used
        .iter()
        .map(|(_, windows)| {
            (0..=MOST).map(|c| windows.iter().map(|w| expected.log_probability(w, c as f64, 1.0)).sum()).collect()
        })
        .collect();
    let mut score = vec![0.0; MOST + 1];
    let mut from: Vec<Vec<usize>> = Vec::new();
    for (index, row) in emitted.iter().enumerate() {
        let before = score.clone();
        let best = before.iter().enumerate().fold(0, |b, (i, s)| if *s > before[b] { i } else { b });
        let mut origin = vec![0; MOST + 1];
        for copies in 0..=MOST {
            let stay = before[copies];
            let change = before[best] + CHANGE;
            origin[copies] = if index > 0 && change > stay { best } else { copies };
            score[copies] = row[copies] + if index > 0 { stay.max(change) } else { 0.0 };
        }
        from.push(origin);
    }
    let end = score.iter().enumerate().fold(0, |b, (i, s)| if *s > score[b] { i } else { b });
    let mut path = vec![end; emitted.len()];
    for index in (1..emitted.len()).rev() {
        path[index - 1] = from[index][path[index]];
    }
    let uniform = (0..=MOST).map(|c| emitted.iter().map(|row| row[c]).sum::<f64>()).fold(f64::NEG_INFINITY, f64::max);
    (path, score[end] - uniform)
}

/// Stretches of exons with equal copies, and what they are known as.
fn partial(gene: &str, parts: &[PartCopies], patterns: &[Pattern]) -> String {
    let mut stretches: Vec<(u32, u32, u8)> = Vec::new();
    for part in parts {
        let copies = part.copies.unwrap_or(0);
        match stretches.last_mut().filter(|(_, _, c)| *c == copies) {
            Some(stretch) => stretch.1 = part.part,
            None => stretches.push((part.part, part.part, copies)),
        }
    }
    let span = |a: u32, b: u32| if a == b { a.to_string() } else { format!("{a}-{b}") };
    let words: Vec<String> = stretches.iter().map(|(a, b, c)| format!("exons {}: {c}", span(*a, *b))).collect();
    let known = stretches.as_slice();
    let meaning = match known {
        [(a, b, first), (_, _, rest)] => {
            let pattern = format!("{} {}", span(*a, *b), if first < rest { "less" } else { "more" });
            patterns.iter().find(|p| p.gene == gene && p.pattern == pattern)
        }
        _ => None,
    };
    let meaning = meaning.map(|p| format!(", as of {} ({})", p.means, p.source)).unwrap_or_default();
    format!("copies differ between exons ({}){meaning}", words.join(", "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::expected::NoCopies;
    use super::super::regions::patterns;
    use super::*;

    /// Reads about a mean, by a fixed recurrence; GC content of the control's spread.
    struct Made(u64);

    impl Made {
        fn window(&mut self, mean: f64) -> WindowCount {
            let mut next = || {
                self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (self.0 >> 33) as f64 / f64::from(1_u32 << 31)
            };
            // the sum of twelve uniform numbers is nearly normal; the sequence's own variation is a twentieth
            let z: f64 = (0..12).map(|_| next()).sum::<f64>() - 6.0;
            let gc = 0.4 + 0.15 * next();
            let reads = (mean * (1.0 + 2.0 * (gc - 0.475)) + z * (mean + (0.05 * mean).powi(2)).sqrt()).max(0.0);
            WindowCount { length: 1_000, reads: reads as u32, unsure: 0, gc: (reads >= 1.0).then_some(gc) }
        }

        fn windows(&mut self, mean: f64, n: usize) -> Vec<WindowCount> {
            (0..n).map(|_| self.window(mean)).collect()
        }
    }

    fn called(copies: &[f64], seed: u64) -> GeneCopies {
        let mut made = Made(seed);
        let expected = Expected::of(&[made.windows(200.0, 300)]).unwrap();
        let parts: Vec<(u32, Vec<WindowCount>)> =
            copies.iter().enumerate().map(|(i, c)| (i as u32 + 1, made.windows(100.0 * c, 2))).collect();
        call("CYP2B6", &parts, &expected, &patterns().unwrap())
    }

    #[test]
    fn whole_genes_are_counted() {
        for copies in 0..=4_u8 {
            for seed in 0..20 {
                let answer = called(&[f64::from(copies); 9], seed);
                assert_eq!(answer.copies, Some(copies), "seed {seed}: {answer:?}");
                assert!(answer.notes.is_empty());
            }
        }
    }

    #[test]
    fn a_change_within_the_gene_is_found_and_named() {
        for seed in 0..20 {
            let answer = called(&[1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0], seed);
            assert_eq!(answer.copies, None);
            let found: Vec<u8> = answer.parts.iter().filter_map(|p| p.copies).collect();
            assert_eq!(found, [1, 1, 1, 1, 2, 2, 2, 2, 2], "seed {seed}");
            assert!(answer.notes[0].contains("*29") && answer.notes[0].contains("exons 1-4: 1"), "{:?}", answer.notes);
        }
    }

    #[test]
    fn windows_whose_reads_may_belong_elsewhere_are_not_used() {
        let mut made = Made(1);
        let expected = Expected::of(&[made.windows(200.0, 300)]).unwrap();
        let strayed = |mut w: WindowCount| {
            w.unsure = w.reads;
            w
        };
        let parts = vec![(1, made.windows(200.0, 6).into_iter().map(strayed).collect::<Vec<_>>())];
        let answer = call("CYP2B6", &parts, &expected, &[]);
        assert_eq!((answer.windows, answer.copies), ((0, 6), None), "{answer:?}");
        // of a deleted gene a few such reads are left
        let parts = vec![(1, made.windows(20.0, 6).into_iter().map(strayed).collect::<Vec<_>>())];
        assert_eq!(call("CYP2B6", &parts, &expected, &[]).copies, Some(0));
    }

    #[test]
    fn control_genes_that_differ_leave_the_depth_of_two_copies_less_known() {
        let mut made = Made(4);
        let alike =
            Expected::of(&[made.windows(200.0, 100), made.windows(200.0, 100), made.windows(200.0, 100)]).unwrap();
        let unlike =
            Expected::of(&[made.windows(160.0, 100), made.windows(200.0, 100), made.windows(240.0, 100)]).unwrap();
        assert!(alike.error < 0.06 && unlike.error > 0.08, "{} {}", alike.error, unlike.error);
        let scale = alike.scale(Some(0.45), 150.0);
        assert!((scale.depth / 30.0 - 1.0).abs() < 0.05 && scale.variance == alike.error.powi(2), "{scale:?}");
    }

    #[test]
    fn what_is_no_whole_genome_is_refused_with_the_reason() {
        let mut made = Made(3);
        let few = Expected::of(&[made.windows(200.0, 40)]).unwrap_err();
        assert!(matches!(few, NoCopies::NoControl { covered: 40, windows: 40 }), "{few}");
        assert!(matches!(Expected::of(&[made.windows(20.0, 300)]).unwrap_err(), NoCopies::LowDepth { .. }));
        let uneven: Vec<WindowCount> = (0..300).map(|i| made.window(if i % 4 == 0 { 2_000.0 } else { 40.0 })).collect();
        assert!(matches!(Expected::of(&[uneven]).unwrap_err(), NoCopies::Uneven { .. }));
    }
}
