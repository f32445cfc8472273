//! Sentences from actions: short imperative English. The only place where guidance becomes text.

use super::action::{Action, Amount, Emphasis, Stage};

/// One action as one or more sentences, each with its final stop. `{drug}` in an action's fields becomes `drug`.
pub fn sentence(action: &Action, drug: &str) -> String {
    let plain = plain(action);
    let said = plain.replace("{drug}", drug);
    if plain.starts_with("{drug}") { upper_first(&said) } else { said }
}

/// A list of actions as sentences, in order.
pub fn text(actions: &[Action], drug: &str) -> String {
    actions.iter().map(|a| sentence(a, drug)).collect::<Vec<_>>().join(" ")
}

fn plain(action: &Action) -> String {
    match action {
        Action::StandardDosing { doses, by, starting } => {
            let verb = if *starting { "Start {drug}" } else { "Use {drug}" };
            let by = by.as_ref().map(|b| format!(" by {b}")).unwrap_or_default();
            format!("{verb} at the standard dose{by}{}.", in_figures(doses))
        }
        Action::NoReasonToAvoid {} => "The genotype is no reason to avoid {drug}.".into(),
        Action::NoRecommendation { reason } => format!("No recommendation{}.", because(reason)),
        Action::Contraindicated { relative, unless } => {
            let word = if *relative { "relatively contraindicated: do not use it" } else { "contraindicated" };
            format!("{{drug}} is {word}{}.", exception(unless))
        }
        Action::Avoid { what, reason, unless, emphasis } => {
            let what = what.as_deref().unwrap_or("{drug}");
            firm(
                *emphasis,
                &format!("avoid {what}"),
                &format!("avoiding {what}"),
                &(because(reason) + &exception(unless)),
            )
        }
        Action::AvoidAlso { what, reason } => format!("Also avoid {what}{}.", because(reason)),
        Action::UseAlternative { what, examples, emphasis } => {
            let examples = if examples.is_empty() { String::new() } else { format!(" ({})", list(examples)) };
            firm(*emphasis, &format!("choose {what}"), what, &examples)
        }
        Action::Combine { with, emphasis } => firm(*emphasis, &format!("add {with}"), &format!("adding {with}"), ""),
        Action::Dose { stage, amount, of, examples, schedule, emphasis } => {
            let dose = dose(*stage, amount, of.as_deref());
            let schedule = schedule.as_ref().map(|s| format!(", {s}")).unwrap_or_default();
            firm(*emphasis, &format!("use {dose}"), &dose, &(in_figures(examples) + &schedule))
        }
        Action::Titrate { slower, to, after, by, wait, emphasis } => {
            titrate(*slower, to.as_ref(), after.as_deref(), by.as_deref(), wait.as_deref(), *emphasis)
        }
        Action::MonitorConcentration { range, timing, purpose, emphasis, .. } => {
            let rest = [
                timing.clone().unwrap_or_default(),
                purpose.clone().unwrap_or_default(),
                range.as_ref().map(|r| format!("({})", figures(r))).unwrap_or_default(),
            ];
            let rest: String = rest.iter().filter(|p| !p.is_empty()).map(|p| format!(" {p}")).collect();
            firm(*emphasis, "measure the drug level", "measuring the drug level", &rest)
        }
        Action::Monitor { what, closely, emphasis, .. } => {
            let closely = if *closely { "closely " } else { "" };
            firm(*emphasis, &format!("monitor {closely}for {what}"), &format!("monitoring {closely}for {what}"), "")
        }
        Action::Test { what, purpose, emphasis } => {
            let purpose = purpose.as_ref().map(|p| format!(" {p}")).unwrap_or_default();
            firm(*emphasis, &format!("measure {what}"), &format!("measuring {what}"), &purpose)
        }
        Action::UseWithCaution { how, emphasis } => {
            let how = how.as_ref().map(|h| format!(", {h}")).unwrap_or_default();
            firm(*emphasis, "use {drug} with caution", "cautious use of {drug}", &how)
        }
        Action::ShortestCourse { lowest_dose: true } => {
            "Use the lowest dose that works, for the shortest time that meets the patient's goals.".into()
        }
        Action::ShortestCourse { lowest_dose: false } => "Keep the course as short as possible.".into(),
        Action::StopIf { sign } => format!("Stop {{drug}} at the first sign of {sign}."),
        Action::Counsel { that } => format!("Tell the patient that {that}."),
        Action::TakeIntoAccount { what, when } => match when {
            Some(when) => format!("{}, take into account {what}.", upper_first(when)),
            None => format!("Take into account {what}."),
        },
        Action::Scope { to, not_to } => {
            let not_to = not_to.as_ref().map(|n| format!(", not for {n}")).unwrap_or_default();
            format!("This is for {to}{not_to}.")
        }
        Action::Note { text } => text.clone(),
        Action::Either { of } => {
            let ways: Vec<String> = of.iter().map(|way| joined(way)).collect();
            format!("Either {}.", ways.join("; or "))
        }
        Action::When { condition, then } => format!("If {condition}: {}.", joined(then)),
        Action::SourceText { text, licence } => format!("{text} [{licence}]"),
    }
}

/// Several actions within one sentence, without its final stop.
fn joined(actions: &[Action]) -> String {
    let parts: Vec<String> = actions.iter().map(|a| lower_first(plain(a).trim_end_matches('.'))).collect();
    parts.join("; ")
}

/// A sentence that instructs, or only suggests: `verb` is the imperative, `noun` what follows "consider".
fn firm(emphasis: Option<Emphasis>, verb: &str, noun: &str, rest: &str) -> String {
    match emphasis {
        None => format!("{}{rest}.", upper_first(verb)),
        Some(Emphasis::Consider) => format!("Consider {noun}{rest}."),
        Some(Emphasis::Strongly) => format!("It is strongly recommended to {verb}{rest}."),
        Some(Emphasis::IfPossible) => format!("{}{rest} where possible.", upper_first(verb)),
    }
}

fn titrate(
    slower: bool,
    to: Option<&Amount>,
    after: Option<&str>,
    by: Option<&str>,
    wait: Option<&str>,
    emphasis: Option<Emphasis>,
) -> String {
    let mut parts = Vec::new();
    if slower {
        parts.push(firm(emphasis, "titrate more slowly than usual", "titrating more slowly than usual", ""));
    }
    match (to, after) {
        (Some(to), Some(after)) => parts.push(format!("Raise the dose to {} after {after}.", figures(to))),
        (Some(to), None) => parts.push(format!("Titrate the dose to {}.", figures(to))),
        (None, Some(after)) => parts.push(format!("Do not raise the dose until {after}.")),
        (None, None) => {}
    }
    if let Some(by) = by {
        parts.push(format!("Adjust the dose by {by}."));
    }
    if let Some(wait) = wait {
        parts.push(format!("After each change of dose, allow {wait} for a new steady state."));
    }
    parts.join(" ")
}

fn dose(stage: Stage, amount: &Amount, of: Option<&str>) -> String {
    let name = match stage {
        Stage::Starting => "starting dose",
        Stage::Daily => "daily dose",
        Stage::Maintenance => "maintenance dose",
        Stage::Target => "target dose",
        Stage::Maximum => "maximum dose",
        Stage::Any => "dose",
    };
    let than = of.map(|o| format!(" than {o}"));
    match amount {
        Amount::Percent { from, to, .. } => match (of, *from == Some(100.0) && *to == Some(100.0)) {
            (Some(of), true) => of.to_owned(),
            (Some(of), false) => format!("a {name} of {} of {of}", figures(amount)),
            (None, _) => format!("a {name} of {} of the standard {name}", figures(amount)),
        },
        // "at most" says already that it is the maximum
        Amount::Value { from: None, .. } if stage == Stage::Maximum => format!("a dose of {}", figures(amount)),
        Amount::Value { .. } | Amount::OneOf { .. } => format!("a {name} of {}", figures(amount)),
        Amount::Lower => format!("a lower {name}{}", than.unwrap_or_default()),
        Amount::MuchLower => format!("a much lower {name}{}", than.unwrap_or_else(|| " than standard".into())),
        Amount::Higher => format!("a higher {name}{}", than.unwrap_or_default()),
    }
}

fn figures(amount: &Amount) -> String {
    match amount {
        Amount::Percent { from, to, strict } => bounds(*from, *to, *strict, "%"),
        Amount::Value { from, to, unit, strict } => bounds(*from, *to, *strict, &format!(" {unit}")),
        Amount::OneOf { values, unit } => {
            let values: Vec<String> = values.iter().map(f64::to_string).collect();
            format!("{} {unit}", values.join(" or "))
        }
        Amount::Lower => "a lower dose".into(),
        Amount::MuchLower => "a much lower dose".into(),
        Amount::Higher => "a higher dose".into(),
    }
}

fn bounds(from: Option<f64>, to: Option<f64>, strict: bool, unit: &str) -> String {
    match (from, to, strict) {
        (Some(a), Some(b), _) if a.total_cmp(&b).is_eq() => format!("{a}{unit}"),
        (Some(a), Some(b), _) => format!("{a} to {b}{unit}"),
        (Some(a), None, false) => format!("at least {a}{unit}"),
        (Some(a), None, true) => format!("more than {a}{unit}"),
        (None, Some(b), false) => format!("at most {b}{unit}"),
        (None, Some(b), true) => format!("less than {b}{unit}"),
        (None, None, _) => format!("an unstated amount{unit}"),
    }
}

fn in_figures(amounts: &[Amount]) -> String {
    if amounts.is_empty() {
        return String::new();
    }
    format!(" ({})", amounts.iter().map(figures).collect::<Vec<_>>().join(", or "))
}

fn because(reason: &Option<String>) -> String {
    reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default()
}

fn exception(unless: &Option<String>) -> String {
    unless.as_ref().map(|u| format!(", unless {u}")).unwrap_or_default()
}

fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The first letter in lower case, unless an acronym begins the text.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), text.chars().nth(1)) {
        (Some(first), Some(second)) if !second.is_uppercase() && !second.is_numeric() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
