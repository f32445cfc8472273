//! Blocks of reference that cover a site in parts. A site of several reference bases is reference only where blocks without
//! a gap cover all of them: a deletion may lie in what they leave out.

use rustc_hash::FxHashMap;

use super::column::Column;
use crate::model::{Observation, Site, State};

/// How far each sample's blocks cover the sites that are covered in parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Coverage {
    /// By panel index: for each sample the first position of the site that no block covers yet.
    open: FxHashMap<usize, Vec<u32>>,
}

impl Coverage {
    /// The column of a block over `first..=last`, reference only for samples whose blocks so far cover the site whole.
    /// Blocks come in the order of the file; one out of order covers nothing.
    pub fn whole_only(&mut self, index: usize, site: &Site, (first, last): (u32, u32), column: Column) -> Column {
        if first <= site.position.get() && last >= site.last() {
            return column;
        }
        let open = self.open.entry(index).or_default();
        column.exchanged(|sample, observation| {
            if open.len() <= sample {
                open.resize(sample + 1, site.position.get());
            }
            if observation.state != State::ReferenceBlock {
                return None;
            }
            let open = open.get_mut(sample)?;
            if first <= *open && last >= *open {
                *open = last.saturating_add(1);
            }
            (*open <= site.last()).then(Observation::missing)
        })
    }
}
