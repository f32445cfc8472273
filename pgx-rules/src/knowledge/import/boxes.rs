//! Lookups that lead to the same answer, written with as few rows as their product allows.

/// A list of values for each gene: stands for every combination of them.
pub(super) type Product = Vec<Vec<String>>;

/// Covers a set of combinations exactly with disjoint products: values of the first gene are merged where all else
/// agrees, then those of the second, and so on. `genes` is the length of each combination.
pub(super) fn products(combinations: &[Vec<String>], genes: usize) -> Vec<Product> {
    let mut products: Vec<Product> =
        combinations.iter().map(|c| c.iter().map(|value| vec![value.clone()]).collect()).collect();
    for gene in 0..genes {
        let mut merged: indexmap::IndexMap<Product, Vec<String>> = indexmap::IndexMap::new();
        for mut product in products {
            if gene < product.len() {
                let values = product.remove(gene);
                merged.entry(product).or_default().extend(values);
            }
        }
        products = merged
            .into_iter()
            .map(|(mut others, mut values)| {
                values.sort();
                values.dedup();
                others.insert(gene, values);
                others
            })
            .collect();
    }
    products
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Vec<Product> {
        let combinations: Vec<Vec<String>> = pairs.iter().map(|(a, b)| vec![(*a).into(), (*b).into()]).collect();
        products(&combinations, 2)
    }

    #[test]
    fn a_full_product_is_one_row() {
        let merged = of(&[("2", "x"), ("1", "x"), ("1", "y"), ("2", "y")]);
        assert_eq!(merged, [vec![vec!["1".to_owned(), "2".to_owned()], vec!["x".to_owned(), "y".to_owned()]]]);
    }

    #[test]
    fn a_missing_corner_is_never_added() {
        let merged = of(&[("1", "x"), ("2", "x"), ("1", "y")]);
        let covers = |a: &str, b: &str| {
            merged.iter().filter(|p| p[0].iter().any(|v| v == a) && p[1].iter().any(|v| v == b)).count()
        };
        assert_eq!((covers("1", "x"), covers("2", "x"), covers("1", "y"), covers("2", "y")), (1, 1, 1, 0));
    }
}
