#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn adult() -> Situation {
    Situation { age: Some(60.0), weight: Some(80.0), range: Some(Range::USUAL), ..Situation::default() }
}

fn visits(found: &[(f64, f64)]) -> Vec<Visit> {
    found.iter().map(|&(day, inr)| Visit { day, inr }).collect()
}

/// Day 40, 5 mg a day for long, after the given INRs.
fn settled(visits: &[Visit]) -> Now<'_> {
    Now { day: 40.0, visits, daily: Some(5.0), since_change: 14.0, range: Range::USUAL, bleeding: false }
}

fn asked(daily: f64) -> Suggestion {
    Suggestion { daily, hold: 0, next_visit: 7.0 }
}

#[test]
fn an_adult_with_a_range_is_dosed_and_others_are_refused_with_each_reason() {
    assert_eq!(refusals(&adult()), []);
    let minor = Situation { age: Some(17.9), pregnant: Some(true), bleeding: Some(true), ..adult() };
    assert_eq!(refusals(&minor), [Rail::Minor, Rail::Pregnancy, Rail::Bleeding]);
    assert_eq!(refusals(&Situation { range: None, ..adult() }), [Rail::UnknownTarget]);
    let valve = Situation { range: None, mechanical_valve: Some(true), ..adult() };
    assert_eq!(refusals(&valve), [Rail::ValveWithoutRange]);
    assert_eq!(refusals(&Situation { mechanical_valve: Some(true), ..adult() }), []);
}

#[test]
fn an_inr_of_one_and_a_half_before_the_first_dose_is_referred() {
    assert_eq!(baseline(1.49), None);
    assert_eq!(baseline(1.5), Some(Rail::RaisedBaseline));
}

#[test]
fn a_first_dose_is_at_most_ten_and_five_for_each_reason_of_care() {
    assert_eq!(first_dose(&adult(), 10.0), Limited { mg: 10.0, rails: vec![] });
    assert_eq!(first_dose(&adult(), 12.0), Limited { mg: 10.0, rails: vec![Rail::FirstDoseMaximum] });
    for (person, rail) in [
        (Situation { age: Some(75.0), ..adult() }, Rail::FirstDoseAge),
        (Situation { weight: Some(49.9), ..adult() }, Rail::FirstDoseWeight),
        (Situation { liver_disease: Some(true), ..adult() }, Rail::FirstDoseLiver),
        (Situation { highly_sensitive: Some(true), ..adult() }, Rail::FirstDoseGenotype),
    ] {
        assert_eq!(first_dose(&person, 7.5), Limited { mg: 5.0, rails: vec![rail] });
        assert_eq!(first_dose(&person, 5.0), Limited { mg: 5.0, rails: vec![] });
    }
}

#[test]
fn the_weekly_dose_changes_by_at_most_a_fifth_between_one_and_a_half_and_four() {
    let in_range = visits(&[(20.0, 2.4), (30.0, 2.2), (40.0, 1.8)]);
    let reviewed = review(&settled(&in_range), asked(8.0));
    assert_eq!(reviewed.suggestion.unwrap().daily, 6.0);
    assert_eq!(reviewed.rails, [Rail::LargeChange]);
    assert_eq!(review(&settled(&in_range), asked(3.0)).suggestion.unwrap().daily, 4.0);
    let low = visits(&[(20.0, 2.4), (30.0, 2.2), (40.0, 1.4)]);
    assert_eq!(review(&settled(&low), asked(8.0)), Reviewed { suggestion: Some(asked(8.0)), rails: vec![] });
    let high = visits(&[(20.0, 2.4), (30.0, 2.2), (40.0, 4.2)]);
    assert_eq!(review(&settled(&high), asked(3.0)).suggestion.unwrap().daily, 3.0);
}

#[test]
fn nothing_is_raised_above_the_range_after_a_steep_rise_or_before_a_change_shows() {
    let high = visits(&[(20.0, 2.4), (30.0, 2.2), (40.0, 3.2)]);
    assert_eq!(review(&settled(&high), asked(5.5)).rails, [Rail::RaiseAboveRange]);
    let steep = visits(&[(20.0, 2.4), (30.0, 2.2), (38.0, 1.2), (40.0, 1.8)]);
    let reviewed = review(&settled(&steep), asked(5.5));
    assert_eq!((reviewed.suggestion.unwrap().daily, reviewed.rails), (5.0, vec![Rail::SteepRise]));
    // the same rise in three days is none
    let slow = visits(&[(20.0, 2.4), (30.0, 2.2), (37.0, 1.2), (40.0, 1.8)]);
    assert_eq!(review(&settled(&slow), asked(5.5)).rails, []);
    let soon = Now { since_change: 1.0, ..settled(&slow) };
    let reviewed = review(&soon, asked(5.5));
    assert_eq!((reviewed.suggestion.unwrap().daily, reviewed.rails), (5.0, vec![Rail::TooSoon]));
}

#[test]
fn a_high_inr_holds_doses_and_brings_the_next_test_forward() {
    let at = |inr: f64| visits(&[(20.0, 2.4), (30.0, 2.2), (40.0, inr)]);
    let four = at(4.1);
    let reviewed = review(&settled(&four), asked(5.0));
    assert_eq!(reviewed.suggestion, Some(Suggestion { daily: 5.0, hold: 1, next_visit: 3.0 }));
    assert_eq!(reviewed.rails, [Rail::InrAboveFour, Rail::LateVisit]);
    let exactly_four = at(4.0);
    assert_eq!(review(&settled(&exactly_four), asked(5.0)).rails, []);
    let five = at(5.0);
    let reviewed = review(&settled(&five), asked(5.0));
    assert_eq!(reviewed.suggestion, Some(Suggestion { daily: 5.0, hold: 2, next_visit: 2.0 }));
    assert!(reviewed.rails.iter().any(|r| r.effect() == Effect::Refer), "{:?}", reviewed.rails);
}

#[test]
fn above_ten_or_with_bleeding_there_is_no_suggestion() {
    let high = visits(&[(30.0, 2.2), (40.0, 10.1)]);
    assert_eq!(review(&settled(&high), asked(2.0)), Reviewed { suggestion: None, rails: vec![Rail::InrAboveTen] });
    let fine = visits(&[(30.0, 2.2), (40.0, 2.5)]);
    let bleeding = Now { bleeding: true, ..settled(&fine) };
    assert_eq!(review(&bleeding, asked(5.0)), Reviewed { suggestion: None, rails: vec![Rail::Bleeding] });
}

#[test]
fn daily_doses_stay_below_ten_in_the_first_week_and_fifteen_later() {
    let early = visits(&[(0.0, 1.0), (3.0, 1.1)]);
    let now = Now { day: 3.0, visits: &early, daily: None, since_change: 3.0, range: Range::USUAL, bleeding: false };
    let reviewed = review(&now, Suggestion { daily: 11.5, hold: 0, next_visit: 2.0 });
    assert_eq!((reviewed.suggestion.unwrap().daily, reviewed.rails), (10.0, vec![Rail::FirstWeekMaximum]));
    let low = visits(&[(20.0, 2.4), (30.0, 2.2), (40.0, 1.2)]);
    let reviewed = review(&Now { daily: Some(14.0), ..settled(&low) }, asked(16.0));
    assert_eq!((reviewed.suggestion.unwrap().daily, reviewed.rails), (15.0, vec![Rail::DailyMaximum]));
}

#[test]
fn visits_are_close_until_two_inrs_were_in_range_and_in_the_first_month() {
    let one = visits(&[(10.0, 1.6), (20.0, 2.4)]);
    assert_eq!(longest_interval(&Now { day: 20.0, ..settled(&one) }), 3.0);
    let two = visits(&[(10.0, 2.1), (20.0, 2.4)]);
    assert_eq!(longest_interval(&Now { day: 20.0, ..settled(&two) }), 7.0);
    assert_eq!(longest_interval(&settled(&two)), 28.0);
}

#[test]
fn a_forecast_too_wide_and_an_inr_out_of_reason_are_not_acted_on() {
    assert_eq!(forecast(1.5, 3.5), None);
    assert_eq!(forecast(1.5, 3.6), Some(Rail::WideForecast));
    assert_eq!(forecast(f64::NAN, 3.6), Some(Rail::WideForecast));
    assert_eq!(observed(2.0, 1.5, 2.5), None);
    assert_eq!(observed(2.6, 1.5, 2.5), Some(Rail::UnexpectedInr));
}

#[test]
fn whatever_is_asked_the_answer_is_within_the_limits() {
    for inr in [0.8, 1.2, 1.49, 1.5, 2.0, 3.0, 3.5, 4.01, 4.99, 5.0, 9.0, 10.0] {
        for before in [1.0, 5.0, 12.0] {
            for daily in [0.0, 0.5, 4.9, 5.1, 14.9, 15.1, 40.0] {
                for day in [2.0, 9.0, 60.0] {
                    let seen = visits(&[(day - 2.0, inr - 0.2), (day, inr)]);
                    let now = Now {
                        day,
                        visits: &seen,
                        daily: Some(before),
                        since_change: 5.0,
                        range: Range::USUAL,
                        bleeding: false,
                    };
                    let got = review(&now, Suggestion { daily, hold: 0, next_visit: 60.0 }).suggestion.unwrap();
                    assert!((0.0..=HIGHEST_DAILY).contains(&got.daily), "{now:?} {daily}: {got:?}");
                    assert!(day >= FIRST_WEEK || got.daily <= HIGHEST_FIRST_WEEK, "{now:?} {daily}: {got:?}");
                    assert!(inr <= HOLD_INR || got.hold >= 1, "{now:?} {daily}: {got:?}");
                    assert!(inr <= Range::USUAL.high || got.daily <= before, "{now:?} {daily}: {got:?}");
                    assert!(got.next_visit <= 28.0);
                }
            }
        }
    }
}
