//! Which columns of a clinical table are outcomes: what happened after the tumour was profiled. They are not tested as
//! if they had been known at the start; follow-up is compared by curves instead.
//!
//! The rule goes by names, read as words whatever their case and separators. A column is an outcome when
//! - it is a time or an event and its partner is there too: two columns whose other words are equal, one with a word of
//!   time, numbers only and none negative, the other of at most two values (`OS.time` and `OS`, `t.dmfs` and `e.dmfs`,
//!   `pfs_months` and `pfs_status`); or
//! - its words name follow-up or death (`days_to_last_followup`, `vital_status`, `Overall Survival (Months)`).

use anyhow::Result;

use super::Clinical;

/// Words that make a column a time.
const TIMES: [&str; 9] = ["time", "times", "t", "days", "day", "months", "month", "years", "weeks"];
/// Words that may mark its partner.
const EVENTS: [&str; 8] = ["event", "events", "e", "status", "censor", "censored", "cens", "indicator"];
/// Words one of which is enough.
const NAMING: [&str; 9] =
    ["followup", "death", "dead", "deceased", "survival", "relapse", "recurrence", "progression", "vital"];
/// Two words in a row that are enough.
const PHRASES: [[&str; 2]; 3] = [["follow", "up"], ["last", "contact"], ["last", "alive"]];

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

/// A name without words of a kind; none where it has no such word.
fn without(words: &[String], kind: &[&str]) -> Option<Vec<String>> {
    let rest: Vec<String> = words.iter().filter(|w| !kind.contains(&w.as_str())).cloned().collect();
    (rest.len() < words.len()).then_some(rest)
}

/// Whether the name alone says so.
fn named(words: &[String]) -> bool {
    words.iter().any(|w| NAMING.contains(&w.as_str()))
        || words.windows(2).any(|pair| PHRASES.iter().any(|p| p[0] == pair[0] && p[1] == pair[1]))
}

impl Clinical {
    /// The columns that are outcomes by their names, and these as well.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn outcomes_and(&self, further: &[String]) -> Result<Vec<String>> {
        let mut found = self.outcomes();
        for column in further {
            self.column(column, &[])?;
            if !found.contains(column) {
                found.push(column.clone());
            }
        }
        Ok(found)
    }

    /// Names of the columns that are outcomes, in the order of the table.
    pub fn outcomes(&self) -> Vec<String> {
        let described: Vec<Vec<String>> = self.columns.iter().map(|c| words(c)).collect();
        let mut outcome: Vec<bool> = described.iter().map(|w| named(w)).collect();
        for (time, own) in described.iter().enumerate() {
            let Some(rest) = without(own, &TIMES).filter(|rest| !rest.is_empty()) else { continue };
            if !self.is_time(time) {
                continue;
            }
            for (event, other) in described.iter().enumerate() {
                let partner = *other == rest || without(other, &EVENTS).is_some_and(|other| other == rest);
                if event != time && partner && self.distinct(event) <= 2 {
                    outcome[time] = true;
                    outcome[event] = true;
                }
            }
        }
        self.columns.iter().zip(outcome).filter(|(_, is)| *is).map(|(c, _)| c.clone()).collect()
    }

    fn is_time(&self, column: usize) -> bool {
        let mut values = self.rows.values().filter_map(|r| r.get(column)?.as_deref()).peekable();
        values.peek().is_some() && values.all(|v| v.parse::<f64>().is_ok_and(|v| v.is_finite() && v >= 0.0))
    }

    fn distinct(&self, column: usize) -> usize {
        self.rows.values().filter_map(|r| r.get(column)?.as_deref()).collect::<std::collections::BTreeSet<&str>>().len()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn outcomes(header: &str, rows: &str) -> Vec<String> {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("c.tsv");
        std::fs::write(&path, format!("patient\t{header}\n{rows}")).unwrap();
        Clinical::read(&path).unwrap().outcomes()
    }

    #[test]
    fn a_time_and_its_event_are_outcomes_and_a_lone_one_is_not() {
        let rows = "A\t3\t1\t5\t0\t9\t60\t2\nB\t4\t0\t6\t1\t8\t61\t0\n";
        let found = outcomes("OS.time\tOS\tt.dmfs\te.dmfs\tmonths_smoked\tage\tnode", rows);
        assert_eq!(found, ["OS.time", "OS", "t.dmfs", "e.dmfs"]);
    }

    #[test]
    fn a_partner_of_many_values_or_a_time_of_text_is_no_pair() {
        assert!(outcomes("stage_time\tstage", "A\t3\tI\nB\t4\tII\nC\t5\tIII\n").is_empty());
        assert!(outcomes("os_time\tos", "A\tlong\t1\nB\tshort\t0\n").is_empty());
        assert!(outcomes("os_time\tos", "A\t-3\t1\nB\t4\t0\n").is_empty());
    }

    #[test]
    fn names_of_follow_up_and_death_are_enough() {
        let header = "vital_status\tdays_to_last_followup\tOverall Survival (Months)\tdays_to_last_follow_up\tgrade";
        let found = outcomes(header, "A\tx\ty\tz\tw\tv\n");
        assert_eq!(found.len(), 4, "{found:?}");
    }
}
