//! Facts about a patient, from options or from the sample metadata: one reading for both.

use anyhow::{Context, Result, bail};
use pgx_rules::calling::Sex;

use super::metadata::SampleFacts;
use crate::cli::call::Args;

/// Facts that the options state for every sample. `groups` are the population groups that can be stated.
pub fn from_options(args: &Args, groups: &[&str]) -> Result<SampleFacts> {
    let mut facts = SampleFacts::default();
    for (field, value) in [
        ("sex", &args.sex),
        ("age", &args.age),
        ("height", &args.height),
        ("weight", &args.weight),
        ("race", &args.race),
        ("african_ancestry", &args.african_ancestry),
        ("population", &args.population),
        ("medication", &args.medication),
    ] {
        if let Some(value) = value {
            set(&mut facts, field, value, groups).with_context(|| format!("--{}", field.replace('_', "-")))?;
        }
    }
    Ok(facts)
}

/// Sets a fact by its name; `false` when the name is none of ours. An empty or unknown value states nothing.
pub fn set(facts: &mut SampleFacts, field: &str, value: &str, groups: &[&str]) -> Result<bool> {
    let stated = !["", "unknown", "na", "n/a", "."].contains(&value.trim().to_ascii_lowercase().as_str());
    let value = value.trim();
    match field.trim().to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
        "sex" | "gender" if stated => facts.sex = Some(sex(value)?),
        "age" if stated => facts.patient.age = Some(number(value, 0.0, 130.0, "years")?),
        "height" if stated => facts.patient.height = Some(number(value, 30.0, 280.0, "cm")?),
        "weight" if stated => facts.patient.weight = Some(number(value, 0.3, 700.0, "kg")?),
        "race" if stated => facts.patient.race = Some(race(value)?),
        "african_ancestry" if stated => facts.patient.african_ancestry = Some(yes_or_no(value)?),
        "population" if stated => facts.population = Some(population(value, groups)?),
        "medication" if stated => facts.patient.medication = Some(medication(value)),
        "sex" | "gender" | "age" | "height" | "weight" | "race" | "african_ancestry" | "population" | "medication" => {}
        _ => return Ok(false),
    }
    Ok(true)
}

/// Sex as people write it.
///
/// # Errors
/// When it is another word.
pub fn sex(text: &str) -> Result<Sex> {
    match text.to_ascii_lowercase().as_str() {
        "female" | "f" | "woman" | "xx" => Ok(Sex::Female),
        "male" | "m" | "man" | "xy" => Ok(Sex::Male),
        _ => bail!("'{text}' is not a sex that calling can use; expected female or male"),
    }
}

fn number(text: &str, least: f64, most: f64, unit: &str) -> Result<f64> {
    match text.parse::<f64>() {
        Ok(value) if (least..=most).contains(&value) => Ok(value),
        _ => bail!("'{text}' is not a number between {least} and {most} {unit}"),
    }
}

fn race(text: &str) -> Result<String> {
    let race = text.to_ascii_lowercase();
    match race.as_str() {
        "white" | "asian" | "black" | "mixed" => Ok(race),
        _ => bail!("'{text}' is none of the dose model's groups; expected white, asian, black, mixed or unknown"),
    }
}

fn yes_or_no(text: &str) -> Result<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "y" => Ok(true),
        "no" | "false" | "n" => Ok(false),
        _ => bail!("'{text}' is neither yes nor no"),
    }
}

fn population(text: &str, groups: &[&str]) -> Result<String> {
    match groups.iter().find(|code| code.eq_ignore_ascii_case(text)) {
        Some(code) => Ok((*code).to_owned()),
        None if groups.is_empty() => {
            bail!("'{text}' cannot be used: the knowledge has no frequencies by population group")
        }
        None => bail!("'{text}' is no population group of the frequencies; expected {} or unknown", groups.join(", ")),
    }
}

fn medication(text: &str) -> Vec<String> {
    let names = text.split([',', ';']).map(|name| name.trim().to_lowercase());
    names.filter(|name| !name.is_empty() && name != "none").collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const GROUPS: &[&str] = &["AFR", "EUR"];

    #[test]
    fn facts_are_read_and_their_absence_is_kept() {
        let mut facts = SampleFacts::default();
        assert!(set(&mut facts, "Sex", "F", GROUPS).unwrap());
        assert!(set(&mut facts, "African ancestry", "no", GROUPS).unwrap());
        assert!(set(&mut facts, "medication", "Fluoxetine, amiodarone", GROUPS).unwrap());
        assert!(set(&mut facts, "age", "unknown", GROUPS).unwrap());
        assert!(!set(&mut facts, "Town", "Basel", GROUPS).unwrap());
        assert_eq!(facts.sex, Some(Sex::Female));
        assert_eq!(facts.patient.african_ancestry, Some(false));
        assert_eq!(facts.patient.medication, Some(vec!["fluoxetine".to_owned(), "amiodarone".to_owned()]));
        assert_eq!(facts.patient.age, None);
    }

    #[test]
    fn stated_to_take_nothing_is_not_the_same_as_not_stated() {
        let mut facts = SampleFacts::default();
        set(&mut facts, "medication", "none", GROUPS).unwrap();
        assert_eq!(facts.patient.medication, Some(Vec::new()));
    }

    #[test]
    fn impossible_values_are_refused() {
        for (field, value) in
            [("age", "-1"), ("age", "NaN"), ("height", "1.71"), ("sex", "x"), ("african-ancestry", "maybe")]
        {
            assert!(set(&mut SampleFacts::default(), field, value, GROUPS).is_err(), "{field} {value}");
        }
    }

    #[test]
    fn a_population_is_one_of_the_groups_and_nothing_else() {
        let mut facts = SampleFacts::default();
        set(&mut facts, "population", "unknown", GROUPS).unwrap();
        assert_eq!(facts.population, None);
        set(&mut facts, "population", "eur", GROUPS).unwrap();
        assert_eq!(facts.population.as_deref(), Some("EUR"));
        let error = set(&mut facts, "population", "FIN", GROUPS).unwrap_err().to_string();
        assert_eq!(error, "'FIN' is no population group of the frequencies; expected AFR, EUR or unknown");
        let error = set(&mut facts, "population", "EUR", &[]).unwrap_err().to_string();
        assert!(error.contains("no frequencies"), "{error}");
    }
}
