#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use pgx_rules::knowledge::embedded;

fn patient(facts: &[(&str, &str)]) -> Result<Patient> {
    let knowledge = embedded()?;
    let mut draft = Draft::default();
    for (name, value) in facts {
        draft.set(knowledge, known(name).unwrap(), value)?;
    }
    draft.finish(knowledge, "P".into())
}

fn error(facts: &[(&str, &str)]) -> String {
    patient(facts).unwrap_err().to_string()
}

#[test]
fn what_is_missing_states_nothing() {
    let found = patient(&[("age", ""), ("race", "unknown"), ("vkorc1", "unknown"), ("smoker", ".")]).unwrap();
    assert_eq!(found.record, Record::default());
}

#[test]
fn impossible_values_are_refused_with_the_suspicion() {
    for (name, value, suspicion) in [
        ("height", "70", "inches? That would be 178 cm"),
        ("height", "1.75", "metres? That would be 175 cm"),
        ("height_cm", "5.9", "feet"),
        ("age", "430", "months, or a digit too many"),
        ("age", "-3", "expected 0 to 120"),
        ("weight", "350", "pounds? That would be 159 kg"),
        ("weight", "8", "expected 30 to 300"),
        ("inr", "0", "INR 0 is outside"),
        ("inr", "45", "INR 45 is outside"),
        ("dose_2", "35", "dose of a week"),
        ("target_inr", "25", "between 1.5 and 4.5"),
        ("vkorc1", "GT", "no genotype of VKORC1"),
        ("cyp2c9", "*1", "two alleles"),
        ("smoker", "sometimes", "neither yes nor no"),
        ("race", "green", "none of the equations' groups"),
        ("age", "NaN", "no number"),
    ] {
        let said = error(&[(name, value)]);
        assert!(said.contains(suspicion), "{name} {value}: {said}");
    }
}

#[test]
fn a_weight_that_would_fit_in_pounds_is_warned_about_and_kept() {
    let found = patient(&[("height", "165"), ("weight", "176")]).unwrap();
    assert_eq!(found.record.weight, Some(176.0));
    assert!(found.warnings[0].contains("in pounds? That would be 80 kg"), "{:?}", found.warnings);
    assert_eq!(patient(&[("height", "165"), ("weight", "95")]).unwrap().warnings, Vec::<String>::new());
}

#[test]
fn facts_that_contradict_each_other_are_an_error() {
    assert!(error(&[("cyp2c9", "*1/*1"), ("rs1799853", "C/T")]).contains("which one holds"));
    assert!(error(&[("vkorc1", "GG"), ("rs9923231", "C/T")]).contains("which one holds"));
    assert!(error(&[("sex", "male"), ("pregnant", "yes")]).contains("which one holds"));
    assert!(error(&[("target_inr", "3.5"), ("range", "2.0-3.0")]).contains("which one holds"));
    assert!(error(&[("rs1799853", "TT"), ("rs1057910", "CC")]).contains("more than two copies"));
    assert_eq!(patient(&[("cyp2c9", "*1/*2"), ("rs1799853", "C/T"), ("rs1057910", "AA")]).unwrap().warnings.len(), 0);
}

#[test]
fn sites_alone_give_a_diplotype_only_when_both_are_known() {
    let found = patient(&[("rs1799853", "CT"), ("rs1057910", "AC")]).unwrap();
    assert_eq!(found.record.genotypes.cyp2c9.unwrap().name(), "*2/*3");
    assert_eq!(found.record.genotypes.further_tested, Some(false));
    let found = patient(&[("rs1799853", "CT")]).unwrap();
    assert_eq!(found.record.genotypes.cyp2c9, None);
}

#[test]
fn a_list_of_medication_states_what_is_not_taken_as_well() {
    let found = patient(&[("medication", "Amiodarone; metoprolol")]).unwrap();
    assert_eq!(found.record.flag(Flag::Amiodarone), Some(true));
    assert_eq!(found.record.flag(Flag::EnzymeInducer), Some(false));
    assert_eq!(found.record.flag(Flag::Smoker), None);
}
