//! Covariates of real people, resampled as whole persons in place of the summaries that ship.

use super::keyed::{Keyed, Purpose};
use crate::dosing::iwpc::Race;
use crate::dosing::record::{Flag, Record};

/// One person's covariates.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// As stated.
    pub race: Race,
    /// Years.
    pub age: f64,
    /// Centimetres.
    pub height: f64,
    /// Kilograms.
    pub weight: f64,
    /// `female` or `male`, where stated.
    pub sex: Option<String>,
    /// Amiodarone is taken.
    pub amiodarone: bool,
    /// An enzyme inducer is taken.
    pub inducer: bool,
}

/// People to draw from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Covariates {
    people: Vec<Person>,
}

impl Covariates {
    /// People to draw from; `None` when a race of the trial's groups has none.
    pub fn of(people: Vec<Person>) -> Option<Self> {
        let all = [Race::White, Race::Asian, Race::Black, Race::Mixed];
        all.iter().all(|race| people.iter().any(|p| p.race == *race)).then_some(Self { people })
    }

    /// Gives a virtual patient the covariates of one of its race.
    pub(super) fn give(&self, record: &mut Record, keyed: &Keyed, number: u64) {
        let of_race: Vec<&Person> = self.people.iter().filter(|p| Some(p.race) == record.race).collect();
        let place = keyed.uniform(number, Purpose::Covariates, 0) * of_race.len() as f64;
        let Some(person) = of_race.get(place as usize) else { return };
        record.age = Some(person.age);
        record.height = Some(person.height);
        record.weight = Some(person.weight);
        record.sex.clone_from(&person.sex);
        record.set(Flag::Amiodarone, Some(person.amiodarone));
        record.set(Flag::EnzymeInducer, Some(person.inducer));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::dosing::trial::keyed::Cohort;

    fn person(race: Race, weight: f64) -> Person {
        Person { race, age: 60.0, height: 170.0, weight, sex: None, amiodarone: weight > 100.0, inducer: false }
    }

    #[test]
    fn whole_persons_of_the_patients_race_are_drawn() {
        let races = [Race::White, Race::Asian, Race::Black];
        assert_eq!(Covariates::of(races.map(|r| person(r, 70.0)).to_vec()), None);
        let mut people = races.map(|r| person(r, 70.0)).to_vec();
        people.extend([person(Race::Mixed, 60.0), person(Race::Mixed, 110.0)]);
        let covariates = Covariates::of(people).unwrap();
        let keyed = Keyed::new(1, Cohort::Test);
        let mut heavy = 0;
        for number in 0..200 {
            let mut record = Record { race: Some(Race::Mixed), ..Record::default() };
            covariates.give(&mut record, &keyed, number);
            assert_eq!(record.flag(Flag::Amiodarone), Some(record.weight == Some(110.0)));
            heavy += u32::from(record.weight == Some(110.0));
        }
        assert!((60..140).contains(&heavy), "{heavy} of 200");
    }
}
