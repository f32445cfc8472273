//! How usual a structure with its alleles is, before any read.

use super::super::locus::Tandem;
use super::super::unit;
use super::{Candidate, Part, Sample, Shape, Structure, USUAL};

/// Prior weight of an allele beside one that is known to come with it.
const KNOWN_TANDEM: f64 = 0.5;
/// Prior weight of a hybrid whose own part is not that of the whole copy beside it.
const UNLIKE: f64 = 0.05;
/// Chance that both haplotypes of a person are one ancestor's: between that of cities and that of villages.
const INBREEDING: f64 = 0.01;

impl Sample<'_> {
    /// Log of the prior of a structure with its alleles: two haplotypes at random, or, if they are the same, also one that both
    /// parents have from an ancestor (Wright 1922, doi:10.1086/279872).
    pub(super) fn prior(&self, structure: &Structure, forms: &[usize], shapes: &[Shape<'_>]) -> f64 {
        let [first, second] = [0, 1].map(|haplotype| self.of_alleles(haplotype, structure, forms, shapes));
        let at_random = structure.prior + first + second;
        let side = |haplotype: usize| {
            let parts = structure.parts.iter().zip(forms).filter(move |(part, _)| part.haplotype == haplotype);
            parts.map(|(part, form)| (part.kind, part.alternative, part.copies, *form))
        };
        if structure.haplotypes.0 != structure.haplotypes.1 || !side(0).eq(side(1)) {
            return at_random;
        }
        // of a homozygous structure, the prior has each haplotype's weight and choices twice
        let by_descent = INBREEDING.ln() + structure.prior / 2.0 + first;
        let highest = at_random.max(by_descent);
        highest + ((at_random - highest).exp() + (by_descent - highest).exp()).ln()
    }

    /// Prior of the alleles of a haplotype: copies on one chromosome arise from one another, so a hybrid's own part is most often that
    /// of the whole copy beside it, while two whole copies of one allele are a duplication, counted elsewhere.
    fn of_alleles(&self, haplotype: usize, structure: &Structure, forms: &[usize], shapes: &[Shape<'_>]) -> f64 {
        let chosen: Vec<(&Part, &Candidate)> = structure
            .parts
            .iter()
            .zip(forms)
            .zip(shapes)
            .filter(|((part, _), _)| part.haplotype == haplotype)
            .filter_map(|((part, form), (candidates, _))| Some((part, candidates.get(*form)?)))
            .collect();
        let mut sum = 0.0;
        for (index, (part, candidate)) in chosen.iter().enumerate() {
            let before = chosen.get(..index).unwrap_or_default();
            let Some((first, neighbour)) = before.first() else {
                sum += candidate.prior;
                continue;
            };
            let (a, b) = (self.name(first, neighbour), self.name(part, candidate));
            let together = |tandem: &Tandem| {
                let known = (tandem.alleles.0.as_str(), tandem.alleles.1.as_str());
                known == (a, b) || known == (b, a)
            };
            let has_function = self.gene.functions.contains_key(&format!("{a} + {b}"));
            let rare = (candidate.prior - USUAL.ln()).min(0.0);
            sum += if first.kind == part.kind && neighbour.allele == candidate.allele {
                f64::NEG_INFINITY
            } else if has_function || self.locus.about.tandem.iter().any(together) {
                let unlike = first.kind != part.kind && !self.alike(first, neighbour, part, candidate);
                (KNOWN_TANDEM * if unlike { UNLIKE } else { 1.0 }).ln()
            } else if first.kind != part.kind && self.alike(first, neighbour, part, candidate) {
                0.7_f64.ln() + rare
            } else {
                UNLIKE.ln() + candidate.prior
            };
        }
        sum
    }

    /// Name of a part's units.
    fn name<'b>(&'b self, part: &Part, candidate: &'b Candidate) -> &'b str {
        let kind = self.locus.about.unit_kind.get(part.kind);
        let named = kind.and_then(|kind| kind.called.as_ref().or_else(|| kind.names.get(&candidate.allele)));
        named.map_or(candidate.allele.as_str(), String::as_str)
    }

    /// Whether two parts are of one allele, or carry the same wherever both have the gene's sequence.
    fn alike(&self, a: &Part, of_a: &Candidate, b: &Part, of_b: &Candidate) -> bool {
        if of_a.allele == of_b.allele {
            return true;
        }
        let [of_paralog, also] = [a, b].map(|part| self.locus.of_paralog(part.kind, part.alternative));
        self.sites.iter().zip(&of_a.states).zip(&of_b.states).all(|((site, x), y)| {
            let within = |range: (u32, u32)| (range.0..range.1).contains(&site.grch37);
            x == y || within(of_paralog) || within(also) || *x == unit::UNKNOWN || *y == unit::UNKNOWN
        })
    }
}
