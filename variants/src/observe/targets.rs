//! Where in a genome a record must lie to say something about a panel.

use rustc_hash::FxHashMap;

use crate::model::{Panel, canonical_contig};

/// How far before a site a record may start that still spells it (a padded, shifted or longer form), bases.
pub(super) const REACH: u32 = 100;

/// Sites of one contig.
#[derive(Clone, Debug, Default)]
pub(super) struct ContigTargets {
    /// Start positions and panel indices, ascending.
    pub sites: Vec<(u32, usize)>,
    /// Merged, ascending, inclusive stretches in which a record is worth reading.
    pub windows: Vec<(u32, u32)>,
}

/// Sites by contig.
#[derive(Clone, Debug, Default)]
pub(super) struct Targets {
    contigs: FxHashMap<&'static str, ContigTargets>,
}

impl Targets {
    /// The targets of some panels; sites are those of the first only when there is one.
    pub fn new(panel: &Panel) -> Self {
        let mut contigs: FxHashMap<&'static str, ContigTargets> = FxHashMap::default();
        for (index, site) in panel.sites().iter().enumerate() {
            let Some(contig) = canonical_contig(&site.contig) else { continue };
            let targets = contigs.entry(contig).or_default();
            let position = site.position.get();
            targets.sites.push((position, index));
            let length = u32::try_from(site.reference.len()).unwrap_or(u32::MAX);
            let after =
                if site.reference.len() == 1 && site.alternates.iter().all(|a| a.len() == 1) { 0 } else { REACH };
            targets
                .windows
                .push((position.saturating_sub(REACH), position.saturating_add(length - 1).saturating_add(after)));
        }
        for targets in contigs.values_mut() {
            targets.windows = merged(std::mem::take(&mut targets.windows));
        }
        Self { contigs }
    }

    /// The targets on a contig in canonical form.
    pub fn on(&self, contig: &str) -> Option<&ContigTargets> {
        self.contigs.get(contig)
    }

    /// Leaves out a contig: none of its sites is read.
    pub fn leave_out(&mut self, contig: &str) {
        self.contigs.remove(contig);
    }

    /// Adds the windows (not the sites) of other targets, to read for two panels in one pass.
    pub fn widen(&mut self, other: &Self) {
        for (contig, targets) in &other.contigs {
            let own = self.contigs.entry(contig).or_default();
            own.windows.extend_from_slice(&targets.windows);
            own.windows = merged(std::mem::take(&mut own.windows));
        }
    }
}

fn merged(mut windows: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    windows.sort_unstable();
    let mut out: Vec<(u32, u32)> = Vec::with_capacity(windows.len());
    for (start, end) in windows {
        match out.last_mut() {
            Some(last) if start <= last.1.saturating_add(1) => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out
}

impl ContigTargets {
    /// Whether any window overlaps `first..=last`.
    pub fn touches(&self, first: u32, last: u32) -> bool {
        let next = self.windows.partition_point(|w| w.1 < first);
        self.windows.get(next).is_some_and(|w| w.0 <= last)
    }

    /// The stretch around a position in which no window lies, inclusive; empty (`1, 0`) inside a window.
    pub fn gap(&self, position: u32) -> (u32, u32) {
        let next = self.windows.partition_point(|w| w.1 < position);
        let to = self.windows.get(next).map_or(u32::MAX, |w| w.0.saturating_sub(1));
        let from = next.checked_sub(1).and_then(|i| self.windows.get(i)).map_or(0, |w| w.1.saturating_add(1));
        if from <= position && position <= to { (from, to) } else { (1, 0) }
    }

    /// The sites that start in `first..=last`.
    pub fn between(&self, first: u32, last: u32) -> &[(u32, usize)] {
        let from = self.sites.partition_point(|s| s.0 < first);
        let to = self.sites.partition_point(|s| s.0 <= last);
        self.sites.get(from..to.max(from)).unwrap_or_default()
    }
}
