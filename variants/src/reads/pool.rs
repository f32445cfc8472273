//! Pools the reads of a gene and its pseudogene by site and by segment.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Alignments, Operation, Read, ReadsError};
use crate::model::{Depth, LONG, OTHER, PooledLocus, PooledReads, Seen, SiteKind};

/// Bases on either side of a site of lengths that a read must cover by one stretch of alignment.
const ANCHOR: u32 = 6;
/// Bases around a site of lengths in which an aligner may have put the gap.
const AROUND: u32 = 8;
/// Bases at the ends of an alignment that are not used: an aligner prefers mismatches there to a gap.
const END: u32 = 2;

/// Share of the median depth below which a window of the control is not covered.
const LEAST_OF_MEDIAN: f64 = 0.4;

/// One place of a site in the file's coordinates.
struct Place<'a> {
    position: u32,
    site: u16,
    kind: &'a SiteKind,
    of_paralog: bool,
}

/// Reads a locus.
///
/// # Errors
/// As [`Alignments::fetch`].
pub fn pool(alignments: &mut Alignments, locus: &PooledLocus) -> Result<PooledReads, ReadsError> {
    let mut places: Vec<Place<'_>> = Vec::new();
    for (index, site) in locus.sites.iter().enumerate() {
        for (position, of_paralog) in std::iter::once((site.gene, false)).chain(site.paralog.map(|p| (p, true))) {
            places.push(Place { position, site: index as u16, kind: &site.kind, of_paralog });
        }
    }
    places.sort_by_key(|place| (place.position, place.site));

    let (first, last) = (locus.range.0, locus.range.1.saturating_sub(1));
    let length = (locus.range.1.saturating_sub(first)) as usize;
    let mut steps = vec![0_i32; length + 1];
    let mut fragments: FxHashMap<(u64, u32, bool), BTreeMap<u16, Seen>> = FxHashMap::default();
    let (mut reads, mut aligned) = (0_u64, 0_u64);
    let (mut gc, mut bases) = (0_u64, 0_u64);
    let mut names: FxHashSet<u64> = FxHashSet::default();
    alignments.fetch(&locus.contig, first, last, &mut |read| {
        reads += 1;
        names.insert(read.fragment);
        gc += read.gc();
        bases += read.bases.len() as u64;
        let mut seen = Vec::new();
        walk(&read, &places, &mut seen);
        let mut at = read.position;
        for operation in &read.operations {
            match operation {
                Operation::Match(n) => {
                    aligned += u64::from(*n);
                    let from = (at.max(first) - first) as usize;
                    let to = ((at + n).max(first) - first) as usize;
                    if from < length {
                        steps[from] += 1;
                        steps[to.min(length)] -= 1;
                    }
                    at += n;
                }
                Operation::Deletion(n) => at += n,
                Operation::Insertion(_) | Operation::Clip(_) => {}
            }
        }
        let is_long = read.span() >= LONG;
        for (seen, of_paralog) in seen {
            let part = if is_long { (read.fragment, read.position, of_paralog) } else { (read.fragment, 0, false) };
            let fragment = fragments.entry(part).or_default();
            fragment.entry(seen.site).and_modify(|known| join(known, seen)).or_insert(seen);
        }
    })?;

    let mut depth = Vec::with_capacity(length);
    let mut now = 0_i32;
    for step in steps.iter().take(length) {
        now += step;
        depth.push(f64::from(now));
    }
    let mean = |(start, end): (u32, u32)| -> f64 {
        let slice =
            depth.get((start.max(first) - first) as usize..(end.max(first) - first) as usize).unwrap_or_default();
        slice.iter().sum::<f64>() / slice.len().max(1) as f64
    };
    let windows = |(start, end): (u32, u32)| -> Vec<f64> {
        let count = (end - start) / locus.window.max(1);
        (0..count).map(|i| mean((start + i * locus.window, start + (i + 1) * locus.window))).collect()
    };
    let control = locus.segments.first().and_then(|segment| segment.ranges.first());
    let control_windows = control.map(|range| covered(&windows(*range))).unwrap_or_default();
    let depths = locus.segments.iter().enumerate().map(|(index, segment)| {
        if index == 0 && !control_windows.is_empty() {
            return Depth {
                mean: control_windows.iter().sum::<f64>() / control_windows.len() as f64,
                length: control_windows.len() as f64 * f64::from(locus.window),
            };
        }
        Depth {
            mean: segment.ranges.iter().map(|range| mean(*range)).sum(),
            length: f64::from(segment.ranges.iter().map(|(start, end)| end - start).max().unwrap_or(0)),
        }
    });
    let depths = depths.collect();
    // in an order that does not depend on hashes: by what they show
    let mut fragments: Vec<Vec<Seen>> = fragments
        .into_values()
        .map(|fragment| fragment.into_values().filter(|seen| seen.error < 0.5).collect::<Vec<_>>())
        .filter(|fragment: &Vec<Seen>| !fragment.is_empty())
        .collect();
    fragments.sort_by(|a, b| {
        let key = |f: &[Seen]| f.iter().map(|s| (s.site, s.code, s.error.to_bits())).collect::<Vec<_>>();
        key(a).cmp(&key(b))
    });
    Ok(PooledReads {
        fragments,
        depths,
        control_windows,
        profile: windows(locus.range),
        gc: (bases > 0).then(|| gc as f64 / bases as f64),
        read_length: aligned as f64 / reads.max(1) as f64,
        fragment_bases: aligned as f64 / names.len().max(1) as f64,
        reads,
    })
}

/// Windows that the file covers: one of a locus alone ends within the control.
fn covered(windows: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = windows.iter().copied().filter(|depth| *depth > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    windows.iter().copied().filter(|depth| *depth > LEAST_OF_MEDIAN * median).collect()
}

/// Mates that overlap: one observation; where they disagree, none.
fn join(known: &mut Seen, other: Seen) {
    if known.code == other.code {
        known.error = known.error.min(other.error);
    } else {
        known.error = 1.0;
    }
}

/// What a read shows at the places that it covers, and whether each lies in the pseudogene.
fn walk(read: &Read, places: &[Place<'_>], seen: &mut Vec<(Seen, bool)>) {
    let start = read.position;
    let end = start + read.span();
    let from = places.partition_point(|place| place.position < start);
    for place in places.get(from..).unwrap_or_default().iter().take_while(|place| place.position < end) {
        let found = match place.kind {
            SiteKind::Base => base(read, place.position),
            SiteKind::Length { span, changes } => {
                length_code(read, place.position, *span, changes).map(|code| (code, 0.01))
            }
        };
        if let Some((code, error)) = found {
            seen.push((Seen { site: place.site, code, error }, place.of_paralog));
        }
    }
}

fn base(read: &Read, position: u32) -> Option<(u8, f32)> {
    let (mut at, mut index) = (read.position, 0_usize);
    let end = read.position + read.span();
    if position < read.position + END || position + END >= end {
        return None;
    }
    for operation in &read.operations {
        match operation {
            Operation::Match(n) if (at..at + n).contains(&position) => {
                let index = index + (position - at) as usize;
                let code = match read.bases.get(index)? {
                    b'A' => 0,
                    b'C' => 1,
                    b'G' => 2,
                    b'T' => 3,
                    _ => return None,
                };
                return Some((code, read.error(index)));
            }
            Operation::Match(n) => {
                at += n;
                index += *n as usize;
            }
            Operation::Deletion(n) => at += n,
            Operation::Insertion(n) | Operation::Clip(n) => index += *n as usize,
        }
    }
    None
}

/// Net change of length around a site: the read must be anchored on both sides.
fn length_code(read: &Read, position: u32, span: u32, changes: &[i32]) -> Option<u8> {
    let (low, high) = (position.saturating_sub(AROUND), position + span + AROUND);
    let end = read.position + read.span();
    let longest = changes.iter().map(|change| change.unsigned_abs()).max().unwrap_or(0);
    // a read that ends in the change would be aligned without it
    if read.position + ANCHOR > low || end < high + longest + ANCHOR {
        return None;
    }
    let mut at = read.position;
    let mut change = 0_i32;
    for operation in &read.operations {
        match operation {
            Operation::Match(n) => at += n,
            Operation::Deletion(n) => {
                if at >= low && at <= high {
                    change -= *n as i32;
                }
                at += n;
            }
            Operation::Insertion(n) => {
                if at >= low && at <= high {
                    change += *n as i32;
                }
            }
            Operation::Clip(_) => {}
        }
    }
    Some(match change {
        0 => 0,
        c => changes.iter().position(|known| *known == c).map_or(OTHER, |i| i as u8 + 1),
    })
}
