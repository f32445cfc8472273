//! Order of names as people expect it: numbers as numbers, a reference allele without a number first.

use std::cmp::Ordering;

use crate::call::Strand;

/// Compares two names: `*2` before `*10`, `Reference` before everything.
pub(crate) fn by_name(a: &str, b: &str) -> Ordering {
    let reference = |name: &str| name != "Reference";
    reference(a).cmp(&reference(b)).then_with(|| natural(a, b)).then_with(|| a.cmp(b))
}

/// Two strands in the order of their names.
pub(crate) fn sorted_pair(a: Strand, b: Strand) -> (Strand, Strand) {
    // a combination comes after a single allele
    let order = (a.0.len() > 1).cmp(&(b.0.len() > 1)).then_with(|| by_name(&a.to_string(), &b.to_string()));
    if order == Ordering::Greater { (b, a) } else { (a, b) }
}

fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (l, left_rest) = token(left);
        let (r, right_rest) = token(right);
        if l.is_empty() || r.is_empty() {
            return l.len().min(1).cmp(&r.len().min(1));
        }
        let order = match (number(l), number(r)) {
            (Some(x), Some(y)) => x.len().cmp(&y.len()).then_with(|| x.cmp(y)),
            _ => l.cmp(r),
        };
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (left_rest, right_rest);
    }
}

/// The leading run of digits or of other characters, and the rest.
fn token(text: &str) -> (&str, &str) {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
    text.split_at(end)
}

/// A run of digits without leading zeros.
fn number(token: &str) -> Option<&str> {
    token.starts_with(|c: char| c.is_ascii_digit()).then(|| token.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names =
            vec!["*10", "*2", "c.1905+1G>A (*2A)", "*1", "c.61C>T", "Reference", "c.557A>G", "*80+*28", "*80"];
        names.sort_by(|a, b| by_name(a, b));
        assert_eq!(
            names,
            ["Reference", "*1", "*2", "*10", "*80", "*80+*28", "c.61C>T", "c.557A>G", "c.1905+1G>A (*2A)"]
        );
    }
}
