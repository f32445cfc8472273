#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::calling::{CallOptions, call};
use crate::dosing::{MODELS, advice};
use crate::guidance::action::{Action, Amount, Urgency};
use crate::guidance::{Advice, Patient};
use crate::knowledge::embedded;
use crate::knowledge::schema::Drug;
use crate::outside;
use variants::model::{Allele, Genotype, Observation, State};

const LINES: &str = "CYP2C9\t*1/*2\nVKORC1\trs9923231 reference (C)/rs9923231 variant (T)\nCYP4F2\t*1/*4\n";

fn warfarin() -> Drug {
    Drug { name: "warfarin".into(), guidelines: vec![], rows: vec![], model: Some(MODELS[0].name.into()) }
}

fn asked(lines: &str, patient: &Patient) -> Vec<Advice> {
    let knowledge = embedded().unwrap();
    let calls = outside::calls(knowledge, &[("t".into(), lines.into())]).unwrap();
    advice(knowledge, &warfarin(), &calls.iter().collect::<Vec<_>>(), patient)
}

fn ancestry(african: bool) -> Patient {
    Patient { african_ancestry: Some(african), ..Patient::default() }
}

/// Factors of the row in percent; none for a row without genetics.
fn factors(advice: &Advice) -> Option<(f64, f64)> {
    advice.actions.iter().find_map(|a| match a {
        Action::Dose { amount: Amount::Percent { from, to, .. }, .. } => Some(((*from)?, (*to)?)),
        _ => None,
    })
}

#[test]
fn without_ancestry_both_branches_are_shown() {
    let rows = asked(LINES, &Patient::default());
    let populations: Vec<&str> = rows.iter().map(|a| a.population.as_str()).collect();
    assert_eq!(populations, ["adults, no African ancestry", "adults, African ancestry"]);
    // an outside *1/*2 does not say that the further alleles were looked for
    assert_eq!(rows.iter().map(factors).collect::<Vec<_>>(), [Some((105.0, 110.0)), None]);
}

#[test]
fn an_allele_counts_by_the_change_that_it_carries() {
    // CYP4F2*4 carries the change of *3
    assert_eq!(factors(&asked(LINES, &ancestry(false))[0]), Some((105.0, 110.0)));
    // CYP2C9*35 carries the change of *2, *18 that of *3
    let rows = asked("CYP2C9\t*35/*18\nVKORC1\t\t-1639 GG\n", &ancestry(false));
    assert!(rows[0].steps.iter().any(|s| s.contains("*2/*3 or *3/*3")), "{:?}", rows[0].steps);
}

#[test]
fn further_alleles_reduce_in_both_ancestries() {
    let lines = "CYP2C9\t*8/*11\nVKORC1\t\t-1639 AG\n";
    assert_eq!(factors(&asked(lines, &ancestry(true))[0]), Some((60.0, 80.0)));
    assert_eq!(factors(&asked(lines, &ancestry(false))[0]), Some((60.0, 80.0)));
}

#[test]
fn a_poor_metabolizer_is_never_dosed_as_usual_without_a_word() {
    let lines = "CYP2C9\t*3/*3\nVKORC1\t\t-1639 AA\n";
    let rows = asked(lines, &Patient::default());
    assert_eq!(rows.iter().map(|r| r.urgency).collect::<Vec<_>>(), [Urgency::Avoid, Urgency::Monitor]);
    assert!(rows[1].text.contains("without genetics. Use warfarin with caution"), "{}", rows[1].text);
    let other = asked("CYP2C9\t*6/*6\nVKORC1\t\t-1639 GG\n", &ancestry(false));
    assert!(other[0].text.contains("another oral anticoagulant"), "{}", other[0].text);
}

#[test]
fn one_gene_alone_is_dosed_without_genetics_and_none_gives_no_row() {
    let rows = asked("VKORC1\t\t-1639 AA\n", &ancestry(false));
    assert_eq!(rows.len(), 1);
    assert!(rows[0].steps.iter().any(|s| s.contains("CYP2C9 is unknown")));
    assert_eq!(asked("CYP4F2\t*1/*3\n", &ancestry(false)), []);
}

#[test]
fn the_iwpc_dose_needs_every_fact_and_names_the_missing() {
    let some = Patient { age: Some(65.0), height: Some(170.0), ..ancestry(false) };
    let steps = asked(LINES, &some)[0].steps.join("\n");
    assert!(steps.contains("not stated: weight, race, medication"), "{steps}");
    let all =
        Patient { weight: Some(80.0), race: Some("white".into()), medication: Some(vec!["amiodarone".into()]), ..some };
    // 5.6044 - 6 × 0.2614 + 170 × 0.0087 + 80 × 0.0128 - 0.8677 - 0.5211 - 0.5503 = 4.5999; its square is 21.2
    let steps = asked(LINES, &all)[0].steps.join("\n");
    assert!(steps.contains("IWPC pharmacogenetic dose: 21.2 mg/week"), "{steps}");
    assert!(steps.contains("with the changes above: 22.2 to 23.3 mg/week"), "{steps}");
    assert_eq!(
        asked(LINES, &all)[0].text,
        "Start with 105 to 110 % of the dose that a pharmacogenetic algorithm (IWPC or Gage) gives. By the IWPC \
         equation: 22.2 to 23.3 mg/week."
    );
    let child = Patient { age: Some(12.0), ..all };
    assert!(asked(LINES, &child)[0].steps.join("\n").contains("under 18 years"));
}

/// Calls CYP2C9 from sites that are all reference, except those named, which are missing or have a genotype.
fn cyp2c9(changed: &[(&str, Option<[Allele; 2]>)]) -> crate::call::GeneCall {
    let gene = &embedded().unwrap().genes["CYP2C9"];
    let called = |alleles: [Allele; 2]| Observation {
        state: State::Called,
        genotype: Some(Genotype { alleles: alleles.into_iter().collect(), phased: false, phase_set: None }),
        discrepancies: Default::default(),
    };
    let observations: Vec<Observation> = gene
        .sites
        .iter()
        .map(|site| match changed.iter().find(|(rsid, _)| site.rsid.as_deref() == Some(rsid)) {
            Some((_, None)) => Observation::missing(),
            Some((_, Some(alleles))) => called(alleles.clone()),
            None => called([Allele::Reference, Allele::Reference]),
        })
        .collect();
    call(gene, &observations, None, CallOptions::default())
}

fn with_matched(cyp2c9: &crate::call::GeneCall, patient: &Patient) -> Vec<Advice> {
    let knowledge = embedded().unwrap();
    let vkorc1 = outside::calls(knowledge, &[("t".into(), "VKORC1\t\t-1639 GG\n".into())]).unwrap();
    advice(knowledge, &warfarin(), &[cyp2c9, &vkorc1[0]], patient)
}

#[test]
fn rs12777823_counts_in_african_ancestry_only() {
    let call = cyp2c9(&[("rs12777823", Some([Allele::Reference, Allele::Alternate(0)]))]);
    assert_eq!(factors(&with_matched(&call, &ancestry(true))[0]), Some((75.0, 90.0)));
    assert_eq!(factors(&with_matched(&call, &ancestry(false))[0]), Some((100.0, 100.0)));
}

#[test]
fn a_missing_further_allele_is_not_read_as_reference() {
    // the site of *8
    let call = cyp2c9(&[("rs7900194", None)]);
    let rows = with_matched(&call, &Patient::default());
    assert_eq!(rows.iter().map(factors).collect::<Vec<_>>(), [Some((100.0, 100.0)), None]);
    assert!(rows[0].steps.iter().any(|s| s.contains("were not all tested")), "{:?}", rows[0].steps);
    // the site of *2
    let call = cyp2c9(&[("rs1799853", None)]);
    let rows = with_matched(&call, &ancestry(false));
    assert_eq!(factors(&rows[0]), None);
}
