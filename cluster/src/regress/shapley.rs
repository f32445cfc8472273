//! Exact Shapley values of a regression tree: what each feature adds when features become known in any order, a split on
//! an unknown feature being answered by the shares of training patients on its sides (path-dependent, as in TreeSHAP).
//!
//! A leaf's part of the answer is a product over the features of its path, so its Shapley values are sums over subsets of
//! these few features: with trees of depth d at most 2^(d-1) subsets a feature and leaf.

use ndarray::ArrayView1;

use super::boosting::Node;

/// What one feature of a path contributes: 1 if the patient goes this way (else 0), and the share that goes there.
#[derive(Clone, Copy)]
struct Gate {
    feature: usize,
    open: f64,
    share: f64,
}

/// Adds `weight` times the tree's Shapley values to `found`; gives the tree's answer when nothing is known.
pub(super) fn add(tree: &[Node], patient: ArrayView1<'_, f64>, weight: f64, found: &mut [f64]) -> f64 {
    let mut unknown = 0.0;
    let mut waiting: Vec<(usize, Vec<Gate>)> = vec![(0, Vec::new())];
    while let Some((at, path)) = waiting.pop() {
        match tree.get(at) {
            None => {}
            Some(Node::Leaf { value, .. }) => {
                unknown += value * path.iter().map(|g| g.share).product::<f64>();
                for (i, gate) in path.iter().enumerate() {
                    if let Some(slot) = found.get_mut(gate.feature) {
                        *slot += weight * value * (gate.open - gate.share) * others(&path, i);
                    }
                }
            }
            Some(Node::Split { feature, threshold, children: (low, high), patients }) => {
                let goes_low = patient.get(*feature).copied().unwrap_or_default() <= *threshold;
                for (child, is_way) in [(*low, goes_low), (*high, !goes_low)] {
                    let share = patients_of(tree, child) / patients;
                    waiting.push((child, extended(&path, *feature, is_way, share)));
                }
            }
        }
    }
    unknown
}

fn patients_of(tree: &[Node], at: usize) -> f64 {
    match tree.get(at) {
        Some(Node::Leaf { patients, .. } | Node::Split { patients, .. }) => *patients,
        None => 0.0,
    }
}

/// The path with one more condition; conditions on the same feature are one gate.
fn extended(path: &[Gate], feature: usize, is_way: bool, share: f64) -> Vec<Gate> {
    let mut longer = path.to_vec();
    let open = f64::from(u8::from(is_way));
    match longer.iter_mut().find(|gate| gate.feature == feature) {
        Some(gate) => {
            gate.open *= open;
            gate.share *= share;
        }
        None => longer.push(Gate { feature, open, share }),
    }
    longer
}

/// Mean over all orders of the product of the other gates: open for those known before, their share for the others.
fn others(path: &[Gate], own: usize) -> f64 {
    let rest: Vec<Gate> = path.iter().enumerate().filter(|(i, _)| *i != own).map(|(_, gate)| *gate).collect();
    let m = rest.len();
    let mut sum = 0.0;
    for known in 0..1_u32 << m {
        let product: f64 =
            rest.iter().enumerate().map(|(i, gate)| if known >> i & 1 == 1 { gate.open } else { gate.share }).product();
        sum += product * weight(known.count_ones() as usize, m);
    }
    sum
}

/// s! (m − s)! / (m + 1)!: how often exactly these s of m others come first.
fn weight(s: usize, m: usize) -> f64 {
    // 1 / ((m + 1) · C(m, s))
    let choose = (0..s).fold(1.0, |c, i| c * (m - i) as f64 / (i + 1) as f64);
    1.0 / ((m + 1) as f64 * choose)
}

#[cfg(test)]
mod tests {
    use super::weight;

    #[test]
    fn weights_over_all_subsets_sum_up_to_one() {
        for m in 0..6_usize {
            let total: f64 = (0..1_u32 << m).map(|known| weight(known.count_ones() as usize, m)).sum();
            assert!((total - 1.0).abs() < 1e-12, "{m}: {total}");
        }
    }
}
