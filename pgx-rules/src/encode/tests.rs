#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::knowledge::embedded;

fn stated(gene: &str, diplotype: &str) -> Stated {
    Stated { sample: "S".into(), gene: gene.into(), diplotype: diplotype.into() }
}

fn encode_one(gene: &str, diplotype: &str, assembly: Assembly, phased: bool) -> Encoded {
    encode(embedded().unwrap(), &[stated(gene, diplotype)], assembly, phased).unwrap()
}

/// Genotypes that are not reference, `position genotype`.
fn variants(encoded: &Encoded) -> Vec<String> {
    let site = |i: usize| encoded.panel.sites()[i].position;
    let shown = |i: usize| encoded.genotypes[i][0].as_ref().map_or("./.".to_owned(), ToString::to_string);
    (0..encoded.genotypes.len())
        .filter(|&i| !["0/0", "0|0", "0"].contains(&shown(i).as_str()))
        .map(|i| format!("{} {}", site(i), shown(i)))
        .collect()
}

fn reason(gene: &str, diplotype: &str) -> Reason {
    let encoded = encode_one(gene, diplotype, Assembly::Grch38, true);
    assert!(encoded.genotypes.is_empty(), "a refused gene has no sites");
    encoded.refused[0].reason.clone()
}

#[test]
fn a_phased_diplotype_keeps_its_strands() {
    // TPMT*3A is c.460G>A with c.719A>G (minus strand), on one copy.
    assert_eq!(variants(&encode_one("TPMT", "*3A/*1", Assembly::Grch38, true)), ["18130687 1|0", "18138997 1|0"]);
    assert_eq!(variants(&encode_one("TPMT", "*3B/*3C", Assembly::Grch38, true)), ["18130687 0|1", "18138997 1|0"]);
}

#[test]
fn an_unphased_diplotype_does_not_give_its_phase_away() {
    let cis = encode_one("TPMT", "*3A/*1", Assembly::Grch38, false);
    let trans = encode_one("TPMT", "*3B/*3C", Assembly::Grch38, false);
    assert_eq!(variants(&cis), ["18130687 0/1", "18138997 0/1"]);
    assert_eq!(cis.genotypes, trans.genotypes);
}

#[test]
fn every_site_of_a_stated_gene_is_there_and_no_other() {
    let encoded = encode_one("TPMT", "*1/*1", Assembly::Grch38, true);
    let gene = &embedded().unwrap().genes["TPMT"];
    assert_eq!(encoded.panel.sites().len(), gene.sites.len());
    assert!(variants(&encoded).is_empty());
    assert!(encoded.genes.iter().all(|g| g == &["TPMT"]));
}

#[test]
fn a_gene_that_is_not_stated_for_a_sample_is_missing() {
    let other = Stated { sample: "T".into(), ..stated("VKORC1", "rs9923231 reference (C)/rs9923231 variant (T)") };
    let encoded = encode(
        embedded().unwrap(),
        &[stated("ABCG2", "rs2231142 variant (T)/rs2231142 variant (T)"), other],
        Assembly::Grch38,
        false,
    )
    .unwrap();
    assert_eq!(encoded.samples, ["S", "T"]);
    let shown: Vec<Vec<String>> = encoded
        .genotypes
        .iter()
        .map(|row| row.iter().map(|g| g.as_ref().map_or("./.".into(), ToString::to_string)).collect())
        .collect();
    assert_eq!(shown, [["1/1", "./."], ["./.", "0/1"]]);
}

#[test]
fn a_site_that_no_allele_speaks_of_is_missing() {
    let encoded = encode_one("CYP2C9", "*1/*1", Assembly::Grch38, true);
    assert_eq!(variants(&encoded), ["94645745 ./."], "rs12777823");
}

#[test]
fn an_ambiguous_base_is_the_reference_where_it_may_be() {
    // CYP2C19*2 allows both bases of 94775507 (A is the reference); *4 allows both of 94761900 (C is the reference).
    let encoded = encode_one("CYP2C19", "*2/*4", Assembly::Grch38, true);
    let found = variants(&encoded);
    assert!(found.iter().all(|v| !v.starts_with("94775507") && !v.starts_with("94761900")), "{found:?}");
    assert!(found.contains(&"94781859 1|0".to_owned()), "{found:?}");
}

#[test]
fn where_the_assemblies_differ_the_genotype_follows_the_assembly() {
    // rs3758581: GRCh37 has G, GRCh38 has A; CYP2C19*1 carries G, *38 carries A.
    let of = |assembly| variants(&encode_one("CYP2C19", "*1/*38", assembly, true));
    assert_eq!(of(Assembly::Grch38), ["94842866 1|0"]);
    assert_eq!(of(Assembly::Grch37), ["96602623 0|1"]);
}

#[test]
fn one_copy_is_haploid_where_people_may_have_one() {
    let male = encode_one("G6PD", "A- 202A_376G", Assembly::Grch38, true);
    assert!(variants(&male).iter().all(|v| v.ends_with(" 1")));
    assert_eq!(variants(&male).len(), 2);
    assert_eq!(reason("TPMT", "*3A"), Reason::OneAllele);
}

#[test]
fn several_alleles_on_one_copy_are_combined_unless_they_contradict() {
    let both = encode_one("TPMT", "*1/[*3B + *3C]", Assembly::Grch38, true);
    assert_eq!(variants(&both), ["18130687 0|1", "18138997 0|1"]);
    let clash = reason("UGT1A1", "*1/[*28 + *36]");
    assert!(matches!(clash, Reason::Contradiction { position: 233_760_233, .. }), "{clash}");
}

#[test]
fn names_with_a_plus_are_not_torn_apart() {
    let encoded = encode_one("UGT1A1", "*80+*28/*6", Assembly::Grch38, true);
    assert_eq!(variants(&encoded), ["233759924 1|0", "233760233 2|0", "233760498 0|1"]);
}

#[test]
fn what_small_variants_cannot_show_is_refused_with_its_reason() {
    for diplotype in ["*4/*5", "*68+*4/*5", "*1/*36+*10", "*1x2/*4", "*1/*13+*2", "*2xN/*1"] {
        let reason = reason("CYP2D6", diplotype);
        assert!(matches!(reason, Reason::Structural(_)), "{diplotype}: {reason}");
    }
    assert_eq!(reason("HLA-B", "*57:01/*15:02"), Reason::NoSites);
}

#[test]
fn what_cannot_be_read_is_refused_with_its_reason() {
    assert_eq!(reason("CYP9Z9", "*1/*1"), Reason::UnknownGene);
    assert_eq!(reason("TPMT", "*1/*999"), Reason::UnknownAllele("*999".into()));
    assert_eq!(reason("TPMT", ""), Reason::UnknownAllele(String::new()));
    assert_eq!(reason("TPMT", "*1/*2/*3A"), Reason::NotADiplotype);
    assert_eq!(reason("DPYD", "c.61C>T + c.2933A>G"), Reason::NoStrands);
}

#[test]
fn a_second_statement_about_a_gene_of_a_sample_is_refused() {
    let rows = [stated("TPMT", "*1/*2"), stated("TPMT", "*1/*1")];
    let encoded = encode(embedded().unwrap(), &rows, Assembly::Grch38, true).unwrap();
    assert_eq!(encoded.refused, [Refusal { row: 1, stated: rows[1].clone(), reason: Reason::Repeated }]);
    assert_eq!(variants(&encoded).len(), 1);
}

#[test]
fn every_defined_allele_can_be_encoded_on_both_assemblies() {
    for gene in embedded().unwrap().genes.values() {
        for allele in gene.alleles.iter().filter(|a| !a.is_structural) {
            for assembly in [Assembly::Grch38, Assembly::Grch37] {
                let diplotype = format!("{0}/{0}", allele.name);
                let encoded = encode_one(&gene.symbol, &diplotype, assembly, true);
                assert!(encoded.refused.is_empty(), "{} {diplotype}: {}", gene.symbol, encoded.refused[0].reason);
            }
        }
    }
}
