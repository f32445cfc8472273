//! Small genes and genotypes for tests.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use variants::model::{Allele, Genotype, Observation, State};

use crate::knowledge::schema::{Gene, GeneSite, NamedAllele, PhenotypeMethod, SiteRole};

/// A gene on `chr1` whose sites have reference `A`, the alternates given, and positions 101, 102, ….
///
/// An allele is its name and what it carries at each site: `.` for a blank, several letters for any of them. The first
/// one is the reference allele.
pub(crate) fn gene(alternates: &[&[&str]], alleles: &[(&str, &str)]) -> Gene {
    let sites: Vec<GeneSite> = alternates
        .iter()
        .zip(101..)
        .map(|(alternates, position)| GeneSite {
            position,
            reference: "A".into(),
            alternates: alternates.iter().map(|a| (*a).to_owned()).collect(),
            rsid: Some(format!("rs{position}")),
            hgvs: alternates.iter().map(|a| format!("g.{position}A>{a}")).collect::<Vec<_>>().join(";"),
            grch37: None,
            role: SiteRole::Defining,
        })
        .collect();
    let carries = |text: &str| -> Vec<Vec<String>> {
        text.split_whitespace().map(|cell| cell.chars().filter(|c| *c != '.').map(String::from).collect()).collect()
    };
    let alleles: Vec<NamedAllele> = alleles
        .iter()
        .enumerate()
        .map(|(i, (name, text))| NamedAllele {
            name: (*name).to_owned(),
            carries: carries(text),
            is_reference: i == 0,
            is_structural: false,
            is_ignored: false,
            suballele_of: None,
        })
        .collect();
    assert!(alleles.iter().all(|a| a.carries.len() == sites.len()), "one cell a site");
    Gene {
        phenotype_method: PhenotypeMethod::None,
        reference_allele: alleles[0].name.clone(),
        sites,
        alleles,
        ..Gene::new("TEST", "chr1")
    }
}

/// Observations from genotypes in bases, one word a site: `A/G`, `A|G`, `A|G:7` in phase set 7, `./G`, `G` for one copy,
/// `-` for no record.
pub(crate) fn observe(gene: &Gene, genotypes: &str) -> Vec<Observation> {
    let words: Vec<&str> = genotypes.split_whitespace().collect();
    assert_eq!(words.len(), gene.sites.len(), "one genotype a site");
    gene.sites.iter().zip(words).map(|(site, word)| one(site, word)).collect()
}

fn one(site: &GeneSite, word: &str) -> Observation {
    if word == "-" {
        return Observation::missing();
    }
    let (bases, set) = word.split_once(':').map_or((word, None), |(g, s)| (g, Some(s.parse().unwrap())));
    let allele = |bases: &str| match site.alternates.iter().position(|a| a == bases) {
        _ if bases == "." => Allele::Missing,
        _ if bases == site.reference => Allele::Reference,
        Some(i) => Allele::Alternate(u8::try_from(i).unwrap()),
        None => Allele::Other(bases.to_owned()),
    };
    let genotype = Genotype {
        alleles: bases.split(['|', '/']).map(allele).collect(),
        phased: !bases.contains('/'),
        phase_set: set,
    };
    Observation { state: State::Called, genotype: Some(genotype), discrepancies: Vec::new() }
}
