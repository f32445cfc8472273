//! Time to an event with right censoring: curves, comparison of groups, regression, and whether hazards are proportional.

pub mod cox;
pub mod kaplan_meier;
pub mod log_rank;
pub mod proportional;

use thiserror::Error;

/// Follow-up of patients, one entry a patient, checked: times are finite and not negative.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowUp {
    times: Vec<f64>,
    events: Vec<bool>,
}

/// Why follow-up cannot be used. Rows are counted from 1, without a header.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum FollowUpError {
    /// A different number of times and of event states.
    #[error("{times} follow-up times but {events} event states; each patient needs both")]
    Lengths {
        /// Times given.
        times: usize,
        /// Event states given.
        events: usize,
    },
    /// No time.
    #[error("row {row}: the follow-up time is missing; leave the patient out or give the time")]
    MissingTime {
        /// The row, from 1.
        row: usize,
    },
    /// A time before the start.
    #[error("row {row}: follow-up time {time} is negative; time must count from the start of observation")]
    Negative {
        /// The row, from 1.
        row: usize,
        /// What is there.
        time: f64,
    },
    /// An infinite time.
    #[error("row {row}: follow-up time {time} is not a finite number")]
    Infinite {
        /// The row, from 1.
        row: usize,
        /// What is there.
        time: f64,
    },
    /// A different number of patients and of groups or covariate rows.
    #[error("follow-up of {patients} patients, but groups or covariates of {given}")]
    Patients {
        /// Patients with follow-up.
        patients: usize,
        /// Patients with the other values.
        given: usize,
    },
    /// No event state.
    #[error("row {row}: it is not known whether the event happened; expected 1 (event) or 0 (censored)")]
    MissingEvent {
        /// The row, from 1.
        row: usize,
    },
}

impl FollowUp {
    /// Checks times (any unit, NaN is missing) and event states (true where the event was seen, false where censored).
    ///
    /// # Errors
    /// Names the first row whose time is missing, negative or infinite, or whose state is missing.
    pub fn new(times: Vec<f64>, events: &[Option<bool>]) -> Result<Self, FollowUpError> {
        if times.len() != events.len() {
            return Err(FollowUpError::Lengths { times: times.len(), events: events.len() });
        }
        let mut known = Vec::with_capacity(events.len());
        for (i, (&time, &event)) in times.iter().zip(events).enumerate() {
            let row = i + 1;
            if time.is_nan() {
                return Err(FollowUpError::MissingTime { row });
            }
            if time < 0.0 {
                return Err(FollowUpError::Negative { row, time });
            }
            if time.is_infinite() {
                return Err(FollowUpError::Infinite { row, time });
            }
            known.push(event.ok_or(FollowUpError::MissingEvent { row })?);
        }
        Ok(Self { times, events: known })
    }

    /// Times, one a patient.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// Whether the event was seen, one a patient.
    pub fn events(&self) -> &[bool] {
        &self.events
    }

    /// Number of patients.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is no patient.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The patients for whom `kept` holds, in their order. Patients beyond the end of `kept` are left out.
    pub fn filtered(&self, kept: &[bool]) -> Self {
        let rows = || kept.iter().zip(0..self.len()).filter(|(k, _)| **k).map(|(_, i)| i);
        Self { times: rows().map(|i| self.times[i]).collect(), events: rows().map(|i| self.events[i]).collect() }
    }

    /// Patients by rising time, in their given order where times are equal.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| self.times[a].total_cmp(&self.times[b]));
        order
    }

    /// Patients of each distinct time, times rising.
    fn moments(&self) -> Vec<Vec<usize>> {
        self.order().chunk_by(|&a, &b| self.times[a] == self.times[b]).map(<[usize]>::to_vec).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_follow_up_is_refused_with_its_row() {
        let states = [Some(true), Some(false)];
        let refused = |times: [f64; 2]| FollowUp::new(times.to_vec(), &states).map_err(|e| e.to_string());
        assert!(refused([1.0, -2.5]).is_err_and(|e| e.contains("row 2") && e.contains("-2.5")));
        assert!(refused([f64::NAN, 1.0]).is_err_and(|e| e.contains("row 1") && e.contains("missing")));
        assert!(refused([1.0, f64::INFINITY]).is_err_and(|e| e.contains("row 2")));
        assert_eq!(FollowUp::new(vec![1.0, 2.0], &[Some(true), None]), Err(FollowUpError::MissingEvent { row: 2 }));
    }

    #[test]
    fn zero_is_a_time() {
        assert!(FollowUp::new(vec![0.0], &[Some(false)]).is_ok());
    }
}
