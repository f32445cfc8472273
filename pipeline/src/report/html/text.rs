//! Small pieces of text that several parts of the page need.

/// A share as a percentage that does not claim more than it knows: `12 %`, `0.4 %`, `under 0.1 %`, `0 %`.
pub fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        p if p <= 0.0 => "0 %".to_owned(),
        p if p < 0.1 => "under 0.1 %".to_owned(),
        p if p < 10.0 => format!("{p:.1} %"),
        p => format!("{p:.0} %"),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn and(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// The first items, and how many more there are.
pub fn some(items: &[String], shown: usize) -> String {
    let more = items.len().saturating_sub(shown);
    let listed = items.iter().take(shown).cloned().collect::<Vec<_>>().join(", ");
    if more == 0 { listed } else { format!("{listed} and {more} more") }
}

/// `1 site`, `3 sites`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// A name as part of an identifier in the page: letters and digits, the rest becomes `-`.
pub fn anchor(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// First letter upper case.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A population group of 1000 Genomes in words; other groups as their source names them.
pub fn group(code: &str) -> &str {
    match code {
        "AFR" => "African",
        "AMR" => "Admixed American",
        "EAS" => "East Asian",
        "EUR" => "European",
        "SAS" => "South Asian",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_do_not_round_a_carrier_away() {
        let shown: Vec<String> = [0.0, 0.0004, 0.004, 0.0999, 0.123, 1.0].map(percent).to_vec();
        assert_eq!(shown, ["0 %", "under 0.1 %", "0.4 %", "10.0 %", "12 %", "100 %"]);
    }

    #[test]
    fn long_lists_say_how_much_they_leave_out() {
        let items: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        assert_eq!(some(&items, 2), "a, b and 2 more");
        assert_eq!(some(&items, 4), "a, b, c, d");
        assert_eq!(and(&items), "a, b, c and d");
    }
}
