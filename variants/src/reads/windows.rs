//! Counts reads in windows.

use super::{Alignments, ReadsError};
use crate::model::WindowCount;

/// Mapping quality below which a read may belong elsewhere.
const UNSURE: u8 = 10;

/// Counts the reads of `start..end` (1-based) of a contig in windows of about `size` bases, all alike. Mates and parts of a read
/// count each for itself.
///
/// # Errors
/// As [`Alignments::fetch`].
pub fn count_windows(
    alignments: &mut Alignments,
    contig: &str,
    (start, end): (u32, u32),
    size: u32,
) -> Result<Vec<WindowCount>, ReadsError> {
    let length = end.saturating_sub(start).max(1);
    let number = (length / size.max(1)).max(1);
    let mut windows = vec![WindowCount::default(); number as usize];
    let mut gc = vec![(0_u64, 0_u64); number as usize];
    let bound = |index: u32| start + (u64::from(length) * u64::from(index) / u64::from(number)) as u32;
    alignments.fetch(contig, start, end.saturating_sub(1), &mut |read| {
        let middle = read.position + read.span() / 2;
        if !(start..end).contains(&middle) {
            return;
        }
        let mut index = (u64::from(middle - start) * u64::from(number) / u64::from(length)) as u32;
        // the division above may end one window off where lengths differ by a base
        while index > 0 && middle < bound(index) {
            index -= 1;
        }
        while index + 1 < number && middle >= bound(index + 1) {
            index += 1;
        }
        let (Some(window), Some(gc)) = (windows.get_mut(index as usize), gc.get_mut(index as usize)) else { return };
        window.reads += 1;
        window.unsure += u32::from(read.mapping_quality < UNSURE);
        gc.0 += read.gc();
        gc.1 += read.bases.len() as u64;
    })?;
    for (index, (window, (gc, bases))) in windows.iter_mut().zip(gc).enumerate() {
        let index = index as u32;
        window.length = bound(index + 1) - bound(index);
        window.gc = (bases > 0).then(|| gc as f64 / bases as f64);
    }
    Ok(windows)
}
