use super::*;

/// The first site is causal, the second its proxy.
fn linked_gene() -> Gene {
    let mut gene = gene(
        &[&["G"], &["G"], &["G"]],
        &[("Reference", "A A A"), ("both", "G G ."), ("causal", "G . ."), ("other", ". . G")],
    );
    gene.calling = "lowest-function".into();
    gene.undocumented = Undocumented::AsReference;
    for (key, value) in [("linked_allele", "both"), ("linked_causal_site", "rs101"), ("linked_proxy_site", "rs102")] {
        gene.rule_facts.insert(key.into(), vec![value.into()]);
    }
    gene
}

#[test]
fn on_a_known_copy_the_causal_site_decides() {
    for (genotypes, expected, warning) in [
        ("A|G A|G A|A", "Reference/both", ""),
        ("A|G A|A A|A", "Reference/causal", ""),
        ("G|G A|G A|A", "both/causal", ""),
        ("A|G G|A A|A", "Reference/causal", "linked-causal-contradicts-proxy"),
        ("A|A A|G A|A", "Reference/Reference", "linked-causal-contradicts-proxy"),
        ("- A|G A|A", "Reference/both", "linked-proxy-only"),
        (".|G G|. A|A", "both/causal", "linked-proxy-only"),
        ("A|G - A|A", "Reference/causal", ""),
        ("A|G A|G A|G", "Reference/[other + both]", ""),
    ] {
        let call = answer(&linked_gene(), genotypes);
        assert_eq!(diplotypes(&call), [expected], "{genotypes}");
        assert_eq!(codes(&call).iter().any(|c| c.starts_with("linked")), !warning.is_empty(), "{genotypes}");
        assert!(warning.is_empty() || codes(&call).contains(&warning), "{genotypes}: {:?}", codes(&call));
    }
}

#[test]
fn without_phase_the_counts_at_both_sites_decide() {
    for (genotypes, expected, warning) in [
        ("A/G A/G A/G", "both + other", ""),
        ("A/G A/A A/G", "causal + other", ""),
        ("G/G A/G A/G", "both + causal + other", ""),
        ("A/G G/G A/G", "both + other", "linked-causal-contradicts-proxy"),
        ("- A/G A/G", "both + other", "linked-proxy-only"),
        ("A/G - A/G", "causal + other", ""),
        ("./G A/G A/G", "both + other", ""),
        ("A/G ./G A/G", "both + other", ""),
        // the reference is named where only one other allele was found
        ("A/G A/G A/A", "Reference + both", ""),
        ("A/A A/G A/G", "Reference + other", "linked-causal-contradicts-proxy"),
    ] {
        let call = answer(&linked_gene(), genotypes);
        assert_eq!(diplotypes(&call), [expected], "{genotypes}");
        assert_eq!(codes(&call).iter().any(|c| c.starts_with("linked")), !warning.is_empty(), "{genotypes}");
        assert!(warning.is_empty() || codes(&call).contains(&warning), "{genotypes}: {:?}", codes(&call));
    }
}

#[test]
fn where_the_causal_variant_has_no_allele_of_its_own_it_counts_as_the_linked_one() {
    let mut gene = linked_gene();
    gene.alleles.remove(2);
    assert_eq!(diplotypes(&answer(&gene, "A|G A|A A|A")), ["Reference/both"]);
    assert_eq!(diplotypes(&answer(&gene, "A/G A/A A/G")), ["both + other"]);
}
