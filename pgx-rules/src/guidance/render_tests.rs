#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn said(toml: &str) -> String {
    let action: std::collections::BTreeMap<String, Action> =
        toml::from_str(&format!("a = {toml}")).expect("an action in TOML");
    sentence(&action["a"], "drugx")
}

#[test]
fn each_kind_of_action_reads_as_a_sentence() {
    let golden = [
        ("{ standard-dosing = {} }", "Use drugx at the standard dose."),
        (
            "{ standard-dosing = { starting = true, doses = [{ value = { from = 20, to = 20, unit = 'mg/day' } }] } }",
            "Start drugx at the standard dose (20 mg/day).",
        ),
        ("{ avoid = { emphasis = 'if-possible' } }", "Avoid drugx where possible."),
        ("{ use-alternative = { what = 'drug y', emphasis = 'consider' } }", "Consider drug y."),
        (
            "{ dose = { stage = 'starting', amount = { percent = { from = 30, to = 80 } }, examples = [{ value = { from = 0.6, to = 2.4, unit = 'mg/kg/day' } }] } }",
            "Use a starting dose of 30 to 80% of the standard starting dose (0.6 to 2.4 mg/kg/day).",
        ),
        (
            "{ dose = { stage = 'maximum', amount = { value = { to = 20, unit = 'mg/day', strict = true } } } }",
            "Use a dose of less than 20 mg/day.",
        ),
        (
            "{ when = { condition = '{drug} is used all the same', then = [{ monitor-concentration = { emphasis = 'strongly' } }] } }",
            "If drugx is used all the same: it is strongly recommended to measure the drug level.",
        ),
        (
            "{ either = { of = [[{ dose = { stage = 'any', amount = 'lower' } }], [{ use-alternative = { what = 'drug y' } }]] } }",
            "Either use a lower dose; or choose drug y.",
        ),
        (
            "{ contraindicated = { relative = true, unless = 'x' } }",
            "Drugx is relatively contraindicated: do not use it, unless x.",
        ),
    ];
    for (toml, sentence) in golden {
        assert_eq!(said(toml), sentence);
    }
}
