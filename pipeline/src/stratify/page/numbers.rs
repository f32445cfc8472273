//! Numbers as people read them.

/// A chance or a rate: never "0.00", but "< 0.001"; a dash where there is none.
pub fn chance(p: f64) -> String {
    if p.is_nan() {
        "–".to_owned()
    } else if p < 0.001 {
        "< 0.001".to_owned()
    } else if p < 0.1 {
        format!("{p:.3}")
    } else {
        format!("{p:.2}")
    }
}

/// The same with its letter: "p < 0.001", "p = 0.02".
pub fn stated(letter: &str, p: f64) -> String {
    let value = chance(p);
    if value.starts_with('<') { format!("{letter} {value}") } else { format!("{letter} = {value}") }
}

/// A share in per cent; "< 1" for what is rarer but occurs.
pub fn per_cent(part: u64, whole: u64) -> String {
    match (part, whole) {
        (_, 0) => "–".to_owned(),
        (0, _) => "0 %".to_owned(),
        _ => {
            let share = 100.0 * part as f64 / whole as f64;
            if share < 1.0 { "< 1 %".to_owned() } else { format!("{share:.0} %") }
        }
    }
}

/// An odds ratio or another ratio; "∞" where there is no bound.
pub fn ratio(value: f64) -> String {
    match value {
        v if v.is_nan() => "–".to_owned(),
        v if v.is_infinite() => "∞".to_owned(),
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_chance_is_printed_as_nothing() {
        assert_eq!(chance(0.0), "< 0.001");
        assert_eq!(chance(0.000_999_9), "< 0.001");
        assert_eq!((chance(0.004), chance(0.25), chance(f64::NAN)), ("0.004".into(), "0.25".into(), "–".into()));
        assert_eq!((stated("p", 1e-9), stated("q", 0.5)), ("p < 0.001".into(), "q = 0.50".into()));
    }

    #[test]
    fn shares_and_ratios_keep_what_matters() {
        assert_eq!([per_cent(0, 7), per_cent(1, 700), per_cent(1, 3), per_cent(0, 0)], ["0 %", "< 1 %", "33 %", "–"]);
        assert_eq!([ratio(f64::INFINITY), ratio(0.25), ratio(12.34), ratio(1234.5)], ["∞", "0.25", "12.3", "1234"]);
    }
}
