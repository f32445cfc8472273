#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::dosing::genotype::StarAlleles;
use crate::dosing::iwpc::Race;
use crate::dosing::record::{BsaFormula, Genotypes, Response};
use crate::knowledge::embedded;

/// A woman of 62, 165 cm, 72 kg, White, AG, *1/*3, no co-medication, for atrial fibrillation.
fn woman() -> Record {
    let mut record = Record {
        age: Some(62.0),
        height: Some(165.0),
        weight: Some(72.0),
        race: Some(Race::White),
        target_inr: Some(2.5),
        genotypes: Genotypes { vkorc1: Some(1), cyp2c9: Some(stars("*1/*3")), ..Genotypes::default() },
        response: Response { inr: Some(1.8), dose_2: Some(5.0), dose_3: Some(5.0), dose_4: Some(0.0) },
        ..Record::default()
    };
    for flag in Flag::ALL {
        record.set(flag, Some(false));
    }
    record
}

fn stars(text: &str) -> StarAlleles {
    StarAlleles::read(embedded().unwrap(), text).unwrap()
}

fn estimate(model: &str, record: &Record) -> Estimate {
    let model = DOSE_MODELS.iter().find(|m| m.name() == model).unwrap();
    model.estimate(embedded().unwrap(), record)
}

fn weekly(model: &str, record: &Record) -> f64 {
    match estimate(model, record).dose {
        Some(Dose::Weekly(weekly)) => weekly,
        other => panic!("{model}: {other:?}"),
    }
}

#[track_caller]
fn near(got: f64, expected: f64) {
    assert!((got / expected - 1.0).abs() < 1e-9, "{got}, expected {expected}");
}

#[test]
fn each_equation_is_the_sum_of_its_published_terms() {
    let record = woman();
    let area = (165.0_f64 * 72.0 / 3600.0).sqrt();
    near(
        weekly("iwpc_pgx", &record),
        (5.6044_f64 - 6.0 * 0.2614 + 165.0 * 0.0087 + 72.0 * 0.0128 - 0.8677 - 0.9357).powi(2),
    );
    near(weekly("iwpc_clinical", &record), (4.0376_f64 - 6.0 * 0.2546 + 165.0 * 0.0118 + 72.0 * 0.0134).powi(2));
    near(
        weekly("gage_pgx", &record),
        7.0 * (0.9751 - 0.3238 - 0.4008 + 0.4317 * area - 0.00745 * 62.0 + 0.2029 * 2.5).exp(),
    );
    near(weekly("gage_clinical", &record), 7.0 * (0.613 + 0.425 * area - 0.0075 * 62.0 + 0.216 * 2.5).exp());
    near(
        weekly("eupact", &record),
        (5.6044_f64 - 6.2 * 0.2614 + 165.0 * 0.0087 + 72.0 * 0.0128 - 0.8677 - 0.9357).powi(2),
    );
    let doses = 0.01690 * 5.0 + 0.02018 * 5.0;
    near(
        weekly("lenzini_pgx", &record),
        (3.10894 - 0.00767 * 62.0 - 0.51611 * 1.8_f64.ln() - 0.23032 - 0.30770
            + 0.24597 * area
            + 0.26729 * 2.5
            + doses)
            .exp(),
    );
}

#[test]
fn both_alleles_of_vkorc1_count() {
    let mut record = woman();
    record.genotypes.vkorc1 = Some(0);
    let none = weekly("gage_pgx", &record);
    record.genotypes.vkorc1 = Some(2);
    near(weekly("gage_pgx", &record), none * (-2.0 * 0.3238_f64).exp());
}

#[test]
fn the_terms_sum_up_to_the_dose_on_both_scales() {
    for model in DOSE_MODELS {
        let estimate = model.estimate(embedded().unwrap(), &woman());
        let Some(Dose::Weekly(weekly)) = estimate.dose else { continue };
        near(estimate.terms.iter().map(|t| t.weekly).sum(), weekly);
        for term in &estimate.terms {
            near(term.coefficient * term.value + 1.0, term.contribution + 1.0);
        }
        let vkorc1 = estimate.terms.iter().find(|t| t.name.starts_with("VKORC1"));
        if let Some(vkorc1) = vkorc1 {
            assert!(vkorc1.weekly < 0.0 && vkorc1.without > weekly, "{vkorc1:?}");
        }
    }
}

#[test]
fn the_label_keeps_its_range_and_has_no_cell_for_other_alleles() {
    let mut record = woman();
    assert_eq!(estimate("fda_label", &record).dose, Some(Dose::Range([21.0, 28.0])));
    assert_eq!(highly_sensitive(embedded().unwrap(), &record), Some(false));
    record.genotypes.cyp2c9 = Some(stars("*3/*2"));
    assert_eq!(estimate("fda_label", &record).dose, Some(Dose::Range([3.5, 14.0])));
    assert_eq!(highly_sensitive(embedded().unwrap(), &record), Some(true));
    record.genotypes.cyp2c9 = Some(stars("*1/*8"));
    assert_eq!(estimate("fda_label", &record).no_dose, "AG *1/*8 is not in the table");
    assert_eq!(highly_sensitive(embedded().unwrap(), &record), None);
    record.genotypes.cyp2c9 = Some(stars("*3/*6"));
    assert_eq!(highly_sensitive(embedded().unwrap(), &record), Some(true));
}

#[test]
fn what_is_missing_is_named_and_the_dose_spans_what_it_could_be() {
    let mut record = woman();
    record.set(Flag::Smoker, None);
    let estimate = estimate("gage_pgx", &record);
    assert_eq!((estimate.dose, estimate.missing), (None, vec!["smoker".to_owned()]));
    let [low, high] = estimate.depending_on_missing.unwrap();
    near(low, weekly("gage_pgx", &woman()));
    near(high, low * 0.0922_f64.exp());
    record.height = None;
    let estimate = super::tests::estimate("gage_pgx", &record);
    assert_eq!((estimate.missing, estimate.depending_on_missing), (vec!["height".into(), "smoker".into()], None));
}

#[test]
fn a_term_for_an_unknown_is_used_and_said() {
    let mut record = woman();
    record.genotypes = Genotypes::default();
    record.race = None;
    record.set(Flag::EnzymeInducer, None);
    let found = estimate("iwpc_pgx", &record);
    near(
        weekly("iwpc_pgx", &record),
        (5.6044_f64 - 6.0 * 0.2614 + 165.0 * 0.0087 + 72.0 * 0.0128 - 0.4854 - 0.2188 - 0.1032).powi(2),
    );
    assert_eq!(found.unknown_terms.len(), 4, "{:?}", found.unknown_terms);
    for model in ["gage_pgx", "fda_label", "eupact", "load", "lenzini_pgx"] {
        let missing = estimate(model, &record).missing;
        assert!(missing.iter().any(|m| m == "CYP2C9"), "{model}: {missing:?}");
    }
}

#[test]
fn mixed_race_counts_as_not_african_american_unless_ancestry_is_stated_and_it_is_said() {
    let mut record = woman();
    let white = weekly("gage_pgx", &record);
    record.race = Some(Race::Mixed);
    assert_eq!(weekly("gage_pgx", &record), white);
    assert!(estimate("gage_pgx", &record).unknown_terms[0].contains("mixed or withheld"));
    record.african_ancestry = Some(true);
    near(weekly("gage_pgx", &record), white * (-0.0901_f64).exp());
    assert_eq!(estimate("gage_pgx", &record).unknown_terms, Vec::<String>::new());
}

#[test]
fn an_allele_beyond_the_equations_is_said_to_count_as_another() {
    let mut record = woman();
    record.genotypes.cyp2c9 = Some(stars("*1/*8"));
    let found = estimate("iwpc_pgx", &record);
    assert_eq!(found.outside, ["CYP2C9 *8 counts as *1 here"]);
    record.genotypes.cyp2c9 = Some(stars("*1/*1"));
    assert_eq!(
        weekly("iwpc_pgx", &record),
        match found.dose {
            Some(Dose::Weekly(mg)) => mg,
            _ => f64::NAN,
        }
    );
    record.genotypes.cyp2c9 = Some(stars("*1/*8"));
    assert!(estimate("load", &record).no_dose.contains("six diplotypes"));
}

#[test]
fn an_interval_is_the_finding_in_people_like_this_one() {
    let mut record = woman();
    let interval = |record: &Record| estimate("gage_pgx", record).interval.unwrap();
    let white = interval(&record);
    near(white.high - white.low, 14.0);
    assert_eq!(white.share, 0.57);
    record.race = Some(Race::Black);
    assert_eq!(interval(&record).share, 0.38);
    record.race = Some(Race::Mixed);
    assert_eq!(interval(&record).share, 0.53);
    assert!(estimate("eupact", &record).no_interval.contains("no accuracy"));
}

#[test]
fn body_surface_by_the_other_formula_changes_the_dose_and_is_named() {
    let mut record = woman();
    record.bsa = BsaFormula::DuBois;
    let area = 0.007_184 * 72.0_f64.powf(0.425) * 165.0_f64.powf(0.725);
    let found = estimate("gage_clinical", &record);
    near(weekly("gage_clinical", &record), 7.0 * (0.613 + 0.425 * area - 0.0075 * 62.0 + 0.216 * 2.5).exp());
    assert!(found.inputs.iter().any(|(name, _)| name == "body surface area (Du Bois)"), "{:?}", found.inputs);
}

#[test]
fn the_flow_shows_both_branches_until_ancestry_is_stated() {
    let knowledge = embedded().unwrap();
    let mut record = woman();
    record.race = Some(Race::Mixed);
    let both = branches(knowledge, &record);
    let routes: Vec<_> = both.iter().map(|b| (b.african_ancestry, b.outcome.route.name())).collect();
    assert_eq!(routes, [(false, "pharmacogenetic"), (true, "clinical")]);
    let models: Vec<_> = both[1].doses.iter().map(|d| d.model).collect();
    assert_eq!(models, ["iwpc_clinical", "gage_clinical"]);
    record.african_ancestry = Some(true);
    record.genotypes.further_tested = Some(true);
    record.genotypes.rs12777823 = Some(1);
    let one = branches(knowledge, &record);
    assert_eq!(one.len(), 1);
    let dose = one[0].doses.iter().find(|d| d.model == "iwpc_pgx").unwrap();
    near(dose.low, 0.75 * weekly("iwpc_pgx", &record));
    near(dose.high, 0.90 * weekly("iwpc_pgx", &record));
}
