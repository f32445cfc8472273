#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn read(toml: &str) -> Vec<Action> {
    #[derive(Deserialize)]
    struct Row {
        actions: Vec<Action>,
    }
    toml::from_str::<Row>(toml).expect("actions in TOML").actions
}

#[test]
fn the_most_serious_unconditional_action_decides() {
    let avoid = "actions = [{ avoid = {} }, { monitor-concentration = {} }]";
    assert_eq!(urgency(&read(avoid)), Urgency::Avoid);
    let adjust = "actions = [{ monitor = { what = 'x' } }, { dose = { stage = 'starting', amount = 'lower' } }]";
    assert_eq!(urgency(&read(adjust)), Urgency::Adjust);
}

#[test]
fn what_holds_for_every_patient_leaves_standard_dosing_standard() {
    let usual = "actions = [{ standard-dosing = {} }, { monitor = { what = 'hearing', as_usual = true } }]";
    assert_eq!(urgency(&read(usual)), Urgency::Standard);
    let own = "actions = [{ standard-dosing = {} }, { monitor = { what = 'hearing' } }]";
    assert_eq!(urgency(&read(own)), Urgency::Monitor);
}

#[test]
fn under_a_condition_only_a_change_of_dose_counts() {
    let other = "actions = [{ standard-dosing = {} }, { when = { condition = 'it fails', then = [{ use-alternative = { what = 'x' } }] } }]";
    assert_eq!(urgency(&read(other)), Urgency::Standard);
    let dose = "actions = [{ standard-dosing = {} }, { when = { condition = 'it works', then = [{ dose = { stage = 'daily', amount = { percent = { from = 50, to = 50 } } } }] } }]";
    assert_eq!(urgency(&read(dose)), Urgency::Monitor);
}

#[test]
fn watching_beside_the_standard_dose_does_not_make_a_conditional_dose_urgent() {
    let watched = "actions = [{ standard-dosing = {} }, { when = { condition = 'an ulcer is treated', then = [{ dose = { stage = 'any', amount = 'higher' } }] } }, { monitor = { what = 'efficacy' } }]";
    assert_eq!(urgency(&read(watched)), Urgency::Monitor);
    let undecided = "actions = [{ when = { condition = 'it is malignant', then = [{ dose = { stage = 'any', amount = 'lower' } }] } }, { test = { what = 'the enzyme' } }]";
    assert_eq!(urgency(&read(undecided)), Urgency::Adjust);
}

#[test]
fn a_choice_is_as_urgent_as_its_mildest_way() {
    let choice = "actions = [{ either = { of = [[{ use-alternative = { what = 'x' } }], [{ dose = { stage = 'starting', amount = 'lower' } }]] } }]";
    assert_eq!(urgency(&read(choice)), Urgency::Adjust);
}

#[test]
fn nothing_to_do_is_none_and_facts_alone_are_to_be_watched() {
    assert_eq!(urgency(&[]), Urgency::None);
    assert_eq!(urgency(&read("actions = [{ no-recommendation = {} }]")), Urgency::None);
    assert_eq!(urgency(&read("actions = [{ note = { text = 'A fact.' } }]")), Urgency::Monitor);
}

#[test]
fn actions_survive_the_packed_form() {
    let rows = read(
        "actions = [{ dose = { stage = 'starting', amount = { value = { to = 0.3, unit = 'mg/kg/day' } } } }, { no-recommendation = {} }]",
    );
    let packed = postcard::to_allocvec(&rows).expect("packs");
    assert_eq!(postcard::from_bytes::<Vec<Action>>(&packed).expect("unpacks"), rows);
}

#[test]
fn a_misspelt_field_is_refused() {
    assert!(toml::from_str::<Action>("avoid = { resaon = 'x' }").is_err());
}
