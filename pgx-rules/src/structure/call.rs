//! The call of a locus: ranked pairs of haplotypes with their posterior, or why there is none.

use indexmap::IndexMap;
use serde::Serialize;
use variants::model::{LONG, PooledReads};

use super::depth::{self, Scale};
use super::locus::{Counts, Locus};
use super::search::{Explanation, Found, search};
use super::site::LocusSite;
use crate::knowledge::schema::Gene;

/// Least mean depth of the control at which copies are counted.
pub const LEAST_DEPTH: f64 = 8.0;
/// Share of sites that no structure may leave unexplained.
const MOST_UNEXPLAINED: f64 = 0.3;
/// Variation of the control's depth, of its mean, above which the reads are not of a whole genome.
const MOST_UNEVEN: f64 = 0.5;
/// Least posterior at which a pair is named as the call; below, the call says that it is open.
pub const LEAST_POSTERIOR: f64 = 0.5;

/// What was found at a locus.
#[derive(Clone, Debug, Serialize)]
pub struct StructureCall {
    /// The gene.
    pub gene: String,
    /// The best pair; none when the evidence does not allow one.
    pub diplotype: Option<String>,
    /// Why there is none, or what limits the call.
    pub notes: Vec<String>,
    /// Pairs of haplotypes, best first, with at least one in a thousand of the posterior.
    pub ranked: Vec<Ranked>,
    /// Depth of each segment, in copies.
    pub segments: Vec<SegmentCopies>,
    /// Depth of two copies.
    pub control_depth: f64,
    /// Standard error of it, relative to it.
    pub control_error: f64,
    /// What it rests on.
    pub control: Control,
    /// Reads that were used.
    pub reads: u64,
    /// What each site shows beside what the best pair expects.
    pub sites: Vec<SiteShare>,
    /// Depth of consecutive windows over the locus, reads a base.
    pub profile: Vec<f64>,
}

/// What the depth of two copies rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// The control region of the locus.
    Region,
    /// That, and control genes elsewhere.
    RegionAndGenes,
}

/// A pair of haplotypes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranked {
    /// Named alleles, `*1/*36 + *10`.
    pub diplotype: String,
    /// Posterior probability.
    pub posterior: f64,
    /// Copies that can be transcribed from the gene's start: all but the pseudogene's.
    pub copies: u32,
    /// Kinds of units on each haplotype, for people.
    pub structure: String,
}

/// A segment's depth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SegmentCopies {
    /// Its name.
    pub name: String,
    /// What it counts.
    pub counts: Counts,
    /// Depth over half of the control's.
    pub measured: f64,
    /// Copies of the best pair.
    pub called: Option<u32>,
}

/// A site between gene and pseudogene.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SiteShare {
    /// Position in the gene on the assembly of the reads.
    pub position: u32,
    /// Fragments that show the gene's or the pseudogene's base.
    pub fragments: u32,
    /// Share that shows the gene's base.
    pub share: f64,
    /// Share that the best pair expects; `None` when the site was left out, being unlike the reference sequence.
    pub expected: Option<f64>,
}

/// Calls a locus from its reads. `genes` is the depth of two copies by control genes elsewhere, where the file has them; `is_grch38` says
/// which positions to report.
pub fn call(
    locus: &Locus,
    gene: &Gene,
    sites: &[LocusSite],
    reads: &PooledReads,
    genes: Option<Scale>,
    is_grch38: bool,
) -> StructureCall {
    let region = reads.depths.first().copied().unwrap_or_default();
    let variation = depth::local_variation(&reads.control_windows, f64::from(locus.about.window), reads.read_length);
    let by_region = Scale::of_region(region, reads.fragment_bases, variation);
    let both = genes.and_then(|genes| by_region.with(genes));
    let scale = both.unwrap_or(by_region);
    let mut result = StructureCall {
        gene: gene.symbol.clone(),
        diplotype: None,
        notes: Vec::new(),
        ranked: Vec::new(),
        segments: segments(locus, reads, scale),
        control_depth: scale.depth,
        control_error: scale.variance.sqrt(),
        control: if both.is_some() { Control::RegionAndGenes } else { Control::Region },
        reads: reads.reads,
        sites: Vec::new(),
        profile: reads.profile.clone(),
    };
    result.notes.extend(match (genes, both) {
        (_, Some(_)) => None,
        (None, None) => Some(format!(
            "copies are counted against the region beside {} alone: the file has not the reads of a whole genome",
            locus.about.paralog
        )),
        (Some(genes), None) => Some(format!(
            "control genes have a depth of {:.1}, the region beside {} one of {:.1}: the latter is used",
            genes.depth, locus.about.paralog, region.mean
        )),
    });
    if region.mean < LEAST_DEPTH {
        result.notes.push(format!(
            "mean depth of the control region is {:.1}, at least {LEAST_DEPTH} is needed; sequence deeper, or take another \
             assay",
            region.mean
        ));
        return result;
    }
    let unevenness = unevenness(&reads.control_windows);
    if unevenness > MOST_UNEVEN {
        result.notes.push(format!(
            "depth of the control region varies by {:.0} % of its mean, as in targeted or amplified sequencing: copies \
             cannot be counted",
            unevenness * 100.0
        ));
        return result;
    }
    let found = search(locus, gene, sites, reads, scale, variation);
    let differences = sites.iter().filter(|site| site.defining.is_none()).count();
    let left_out = sites.iter().zip(&found.used).filter(|(site, used)| site.defining.is_none() && !**used).count();
    result.ranked = ranked(locus, &found);
    result.sites = shares(locus, sites, reads, &found, is_grch38);
    if left_out as f64 > MOST_UNEXPLAINED * differences as f64 {
        result.notes.push(format!(
            "no known structure explains {left_out} of {differences} sites between gene and pseudogene: not called; look \
             at the plot"
        ));
        return result;
    }
    let Some(best) = result.ranked.first() else {
        result.notes.push("no known structure fits the depth of the segments: not called".into());
        return result;
    };
    let structure = found.explanations.first().and_then(|e| found.structures.get(e.structure));
    let mut contradicted = false;
    for (segment, about) in result.segments.iter_mut().zip(&locus.about.segment) {
        segment.called = structure.map(|s| s.copies(locus, about.counts));
        let off = segment.called.is_some_and(|called| {
            let sigma = 0.12 * f64::from(called).sqrt().max(1.0) + 0.1;
            (segment.measured - f64::from(called)).abs() > 3.5 * sigma
        });
        if off {
            contradicted = true;
            result.notes.push(format!(
                "depth of '{}' is that of {:.2} copies where the best pair has {}: not called; look at the plot",
                segment.name,
                segment.measured,
                segment.called.unwrap_or(0)
            ));
        }
    }
    if best.posterior < LEAST_POSTERIOR {
        let named: Vec<String> =
            result.ranked.iter().take(3).map(|r| format!("{} ({:.2})", r.diplotype, r.posterior)).collect();
        result
            .notes
            .push(format!("several pairs explain the reads, none with half of the posterior: {}", named.join(", ")));
    }
    result.diplotype = (!contradicted).then(|| best.diplotype.clone());
    // few molecules make the depth
    if reads.read_length > f64::from(LONG) {
        result.notes.push(format!(
            "long reads: the copies rest on some {:.0} molecules over the control region; confirm a duplication or deletion by \
             another assay",
            region.mean * (1.0 + region.length / reads.read_length)
        ));
    }
    if left_out > 0 {
        result
            .notes
            .push(format!("{left_out} of {differences} sites are unlike the reference sequence and were left out"));
    }
    result
}

/// Standard deviation of the depth of windows over their mean.
fn unevenness(windows: &[f64]) -> f64 {
    let n = windows.len() as f64;
    let mean = windows.iter().sum::<f64>() / n.max(1.0);
    let variance = windows.iter().map(|depth| (depth - mean).powi(2)).sum::<f64>() / n.max(1.0);
    if mean > 0.0 { variance.sqrt() / mean } else { 0.0 }
}

fn segments(locus: &Locus, reads: &PooledReads, scale: Scale) -> Vec<SegmentCopies> {
    let one = scale.depth / 2.0;
    locus
        .about
        .segment
        .iter()
        .zip(&reads.depths)
        .map(|(segment, depth)| SegmentCopies {
            name: segment.name.clone(),
            counts: segment.counts,
            measured: if one > 0.0 { depth.mean / one } else { 0.0 },
            called: None,
        })
        .collect()
}

/// Sums the posterior by names: forms of one allele, alternatives of one kind and orders of haplotypes are one pair.
fn ranked(locus: &Locus, found: &Found) -> Vec<Ranked> {
    let best = found.explanations.first().map_or(0.0, |e| e.log_posterior);
    let mut by_name: IndexMap<String, (f64, &Explanation)> = IndexMap::new();
    let mut total = 0.0;
    for explanation in &found.explanations {
        let weight = (explanation.log_posterior - best).exp();
        total += weight;
        let name = diplotype(locus, found, explanation);
        by_name.entry(name).or_insert((0.0, explanation)).0 += weight;
    }
    let mut ranked: Vec<Ranked> = by_name
        .into_iter()
        .filter_map(|(diplotype, (weight, explanation))| {
            let structure = found.structures.get(explanation.structure)?;
            Some(Ranked {
                diplotype,
                posterior: weight / total,
                copies: structure.parts.iter().map(|part| part.copies).sum(),
                structure: describe(locus, structure),
            })
        })
        .filter(|ranked| ranked.posterior >= 0.001)
        .collect();
    ranked.sort_by(|a, b| b.posterior.total_cmp(&a.posterior).then_with(|| a.diplotype.cmp(&b.diplotype)));
    ranked
}

/// Names of the two haplotypes.
fn diplotype(locus: &Locus, found: &Found, explanation: &Explanation) -> String {
    let Some(structure) = found.structures.get(explanation.structure) else { return String::new() };
    let mut names: [IndexMap<String, u32>; 2] = [IndexMap::new(), IndexMap::new()];
    let candidates = found.candidates.get(explanation.structure).map_or(&[][..], Vec::as_slice);
    for ((part, form), candidates) in structure.parts.iter().zip(&explanation.forms).zip(candidates) {
        let kind = locus.about.unit_kind.get(part.kind);
        let candidate = candidates.get(*form);
        let (Some(kind), Some(candidate)) = (kind, candidate) else { continue };
        let allele = &candidate.allele;
        let name = match (&kind.called, kind.names.get(allele)) {
            (Some(name), _) | (None, Some(name)) => name.clone(),
            (None, None) if kind.needs_background => format!("{allele} with a conversion to {}", locus.about.paralog),
            (None, None) => allele.clone(),
        };
        if let Some(names) = names.get_mut(part.haplotype) {
            *names.entry(name).or_default() += part.copies;
        }
    }
    let mut written: Vec<String> = names
        .iter()
        .map(|names| {
            if names.is_empty() {
                return locus.about.deletion.clone();
            }
            let copies = |(name, copies): (&String, &u32)| match copies {
                1 => name.clone(),
                n => format!("{name}x{n}"),
            };
            names.iter().map(copies).collect::<Vec<_>>().join(" + ")
        })
        .collect();
    written.sort_by_key(|name| (number(name), name.clone()));
    written.join("/")
}

/// Number of the first allele in a name.
fn number(name: &str) -> u32 {
    let digits: String = name.trim_start_matches('*').chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(u32::MAX)
}

fn describe(locus: &Locus, structure: &super::search::Structure) -> String {
    let side = |haplotype: usize| {
        let parts = structure.parts.iter().filter(|part| part.haplotype == haplotype);
        let words: Vec<String> = parts
            .map(|part| {
                let name = locus.about.unit_kind.get(part.kind).map_or("?", |kind| kind.name.as_str());
                if part.copies == 1 { name.to_owned() } else { format!("{name} x{}", part.copies) }
            })
            .collect();
        if words.is_empty() { "deletion".to_owned() } else { words.join(" + ") }
    };
    format!("{} / {}", side(0), side(1))
}

fn shares(locus: &Locus, sites: &[LocusSite], reads: &PooledReads, found: &Found, is_grch38: bool) -> Vec<SiteShare> {
    let structure = found.explanations.first().and_then(|e| found.structures.get(e.structure));
    let mut counts = vec![(0_u32, 0_u32); sites.len()];
    for seen in reads.fragments.iter().flatten() {
        let place = usize::from(seen.site);
        let (Some(site), Some(count)) = (sites.get(place), counts.get_mut(place)) else { continue };
        count.0 += u32::from(site.reference == Some(seen.code));
        count.1 += u32::from([site.reference, site.paralog].contains(&Some(seen.code)));
    }
    let tells = |site: &LocusSite| site.defining.is_none();
    sites
        .iter()
        .enumerate()
        .filter(|(_, site)| tells(site))
        .map(|(place, site)| {
            let (of_gene, both) = counts.get(place).copied().unwrap_or_default();
            let used = found.used.get(place).copied().unwrap_or(false);
            SiteShare {
                position: if is_grch38 { site.grch38 } else { site.grch37 },
                fragments: both,
                share: f64::from(of_gene) / f64::from(both.max(1)),
                expected: structure.filter(|_| used).map(|s| super::search::share(locus, s, site)),
            }
        })
        .collect()
}
