use super::*;

fn variant_gene() -> Gene {
    let mut gene = gene(
        &[&["G"], &["G"], &["G"]],
        &[("Reference", "A A A"), ("c.1A>G", "G . ."), ("c.2A>G", ". G ."), ("c.3A>G", ". . G")],
    );
    gene.calling = "lowest-function".into();
    gene.undocumented = Undocumented::AsReference;
    gene
}

#[test]
fn phased_variants_of_one_copy_are_a_combination() {
    let gene = variant_gene();
    assert_eq!(diplotypes(&answer(&gene, "A|G A|G A|A")), ["Reference/[c.1A>G + c.2A>G]"]);
    assert_eq!(diplotypes(&answer(&gene, "A|G G|A A|A")), ["c.1A>G/c.2A>G"]);
}

#[test]
fn unphased_variants_are_listed() {
    let call = answer(&variant_gene(), "A/G A/G A/A");
    assert_eq!(diplotypes(&call), ["c.1A>G + c.2A>G"]);
    assert!(matches!(call.candidates[0].diplotype, Some(Diplotype::Listed(_))));
}

#[test]
fn a_homozygous_variant_is_listed_twice() {
    assert_eq!(diplotypes(&answer(&variant_gene(), "G/G A/G A/G")), ["c.1A>G + c.1A>G + c.2A>G + c.3A>G"]);
}

#[test]
fn one_heterozygous_site_beside_homozygous_ones_is_spelled_out() {
    assert_eq!(diplotypes(&answer(&variant_gene(), "G/G A/G A/A")), ["c.1A>G/[c.1A>G + c.2A>G]"]);
    assert_eq!(diplotypes(&answer(&variant_gene(), "G/G A/A A/A")), ["c.1A>G/c.1A>G"]);
}

#[test]
fn phase_sets_are_spelled_out_in_every_arrangement() {
    let mut found = diplotypes(&answer(&variant_gene(), "A|G:1 A|G:1 A|G:2"));
    found.sort();
    assert_eq!(found, ["Reference/[c.1A>G + c.2A>G + c.3A>G]", "c.3A>G/[c.1A>G + c.2A>G]"]);
}

#[test]
fn an_undefined_allele_is_reference_even_where_combinations_are_asked_for() {
    assert_eq!(diplotypes(&answer_with(&variant_gene(), "A/C A/G A/A", COMBINATIONS)), ["Reference/c.2A>G"]);
}

#[test]
fn forty_unphased_sites_are_listed() {
    let n = 40;
    let row = |own: Option<usize>| {
        let cell = |s| {
            if own.is_none() {
                "A"
            } else if own == Some(s) {
                "G"
            } else {
                "."
            }
        };
        (0..n).map(cell).collect::<Vec<_>>().join(" ")
    };
    let names: Vec<String> = (0..n).map(|i| format!("c.{}A>G", i + 1)).collect();
    let mut alleles = vec![("Reference".to_owned(), row(None))];
    alleles.extend(names.iter().enumerate().map(|(i, name)| (name.clone(), row(Some(i)))));
    let alleles: Vec<(&str, &str)> = alleles.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let mut gene = gene(&vec![&["G"] as &[&str]; n], &alleles);
    gene.calling = "lowest-function".into();
    assert_eq!(diplotypes(&answer(&gene, &vec!["A/G"; n].join(" "))), [names.join(" + ")]);
}
