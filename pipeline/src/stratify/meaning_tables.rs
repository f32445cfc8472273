//! Tables of what subtypes mean.

use std::fmt::Write as _;

use cluster::markers::{Event, Evidence};

use super::meaning::Survival;
use super::run::Outcome;
use super::write::name;

/// False discovery rate up to which a feature is written as a marker.
pub const MARKER: f64 = 0.05;

/// Markers, one row a modality × subtype × feature with a false discovery rate of at most five per cent.
pub fn markers(outcome: &Outcome) -> String {
    let mut text =
        String::from("modality\tsubtype\tfeature\tkind\tdifference\teffect\tarea\tstatistic\tp\tq\tinside\toutside\n");
    for (modality, found) in &outcome.meaning.markers {
        for marker in found.iter().filter(|m| m.evidence.q() <= MARKER) {
            let head = format!("{modality}\t{}\t{}", name(marker.group), marker.feature);
            // into a string: cannot fail
            let _ = match marker.evidence {
                Evidence::Level(l) => writeln!(
                    text,
                    "{head}\tlevel\t{:.4}\t{:.3}\t{:.3}\t{:.3}\t{:.3e}\t{:.3e}\t\t",
                    l.difference, l.effect, l.area, l.t, l.p, l.q
                ),
                Evidence::State(s) => {
                    let c = s.counts;
                    writeln!(
                        text,
                        "{head}\t{}\t\t\t\t{:.3}\t{:.3e}\t{:.3e}\t{}/{}\t{}/{}",
                        side(s.event),
                        s.odds_ratio,
                        s.p,
                        s.q,
                        c.both,
                        c.both + c.second,
                        c.first,
                        c.first + c.neither
                    )
                }
            };
        }
    }
    text
}

/// Why each patient is in its subtype rather than in the next best, strongest features first.
pub fn reasons(outcome: &Outcome) -> String {
    let mut text = String::from(
        "patient\tsubtype\trunner_up\tmodality\tfeature\tcontribution\tvalue\tsubtype_mean\trunner_up_mean\n",
    );
    let answer = &outcome.answer;
    for (i, reasons) in outcome.meaning.reasons.iter().enumerate() {
        let (own, other) = (name(answer.partition.labels()[i]), name(answer.runner_up[i]));
        for (modality, r) in reasons {
            let _ = writeln!(
                // into a string: cannot fail
                text,
                "{}\t{own}\t{other}\t{modality}\t{}\t{:.3}\t{:.4}\t{:.4}\t{:.4}",
                answer.patients[i],
                r.feature,
                r.contribution,
                r.value,
                r.own,
                r.other
            );
        }
    }
    text
}

/// Every altered feature in every subtype, for modalities of states; none where there is no such modality.
pub fn alterations(outcome: &Outcome) -> Option<String> {
    let mut text = String::from(
        "modality\tsubtype\tfeature\talteration\taltered_inside\tpatients_inside\taltered_outside\tpatients_outside\todds_ratio\tp\tq\n",
    );
    let mut any = false;
    for (modality, found) in &outcome.meaning.markers {
        for marker in found {
            let Evidence::State(s) = marker.evidence else { continue };
            any = true;
            let c = s.counts;
            let _ = writeln!(
                // into a string: cannot fail
                text,
                "{modality}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{:.4}\t{:.3e}\t{:.3e}",
                name(marker.group),
                marker.feature,
                side(s.event),
                c.both,
                c.both + c.second,
                c.first,
                c.first + c.neither,
                s.odds_ratio,
                s.p,
                s.q
            );
        }
    }
    any.then_some(text)
}

/// Which side of the reference state an alteration is on.
fn side(event: Event) -> &'static str {
    match event {
        Event::Above => "above",
        Event::Below => "below",
    }
}

/// Clinical variables against the subtypes; outcomes are named, and not tested.
pub fn associations(outcome: &Outcome) -> String {
    let mut text = String::from("variable\ttest\tstatistic\teffect\tp\tq\tknown\tmissing\n");
    for a in &outcome.meaning.associations {
        let _ = writeln!(
            // into a string: cannot fail
            text,
            "{}\t{}\t{:.4}\t{:.3}\t{:.3e}\t{:.3e}\t{}\t{}",
            a.variable,
            serde_json::to_string(&a.test).unwrap_or_default().trim_matches('"'),
            a.statistic,
            a.effect,
            a.p,
            a.q,
            a.known,
            a.missing
        );
    }
    for column in &outcome.meaning.outcomes {
        let _ = writeln!(text, "{column}\toutcome, not tested\t\t\t\t\t\t"); // into a string: cannot fail
    }
    text
}

/// Survival by subtype: medians with intervals and hazards against the first, then the tests over all.
pub fn survival(found: &Survival) -> String {
    let mut text = String::from(
        "subtype\tpatients\tevents\tmedian\tmedian_lower\tmedian_upper\thazard_ratio\thazard_lower\thazard_upper\tp\ttest\n",
    );
    let time = |t: Option<f64>| t.map_or_else(String::new, |t| t.to_string());
    for (group, curve, patients, events) in &found.curves {
        let median = curve.median();
        let _ = write!(
            // into a string: cannot fail
            text,
            "{}\t{patients}\t{events}\t{}\t{}\t{}\t",
            name(*group),
            time(median.time),
            time(median.lower),
            time(median.upper)
        );
        let _ = match found.hazards.iter().find(|h| h.0 == *group) {
            Some((_, h)) if h.unbounded => {
                writeln!(text, "\t\t\t\thazard without bound: no or all events in one group")
            }
            Some((_, h)) => {
                writeln!(text, "{:.4}\t{:.4}\t{:.4}\t{:.3e}\tCox, Wald", h.hazard_ratio, h.lower, h.upper, h.p)
            }
            None => writeln!(text, "\t\t\t\t"),
        };
    }
    let _ = writeln!(text, "all\t\t\t\t\t\t\t\t\t{:.3e}\tlog-rank", found.comparison.p);
    if let Some(test) = &found.proportional {
        let _ = writeln!(text, "all\t\t\t\t\t\t\t\t\t{:.3e}\tproportional hazards", test.p);
    }
    if let Some(reason) = &found.without {
        let _ = writeln!(text, "all\t\t\t\t\t\t\t\t\t\tno regression: {reason}");
    }
    text
}
