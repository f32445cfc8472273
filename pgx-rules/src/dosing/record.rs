//! One patient as dose models read it. Everything is optional: what is absent is named, never assumed.

use serde::{Serialize, Serializer};

use super::genotype::StarAlleles;
use super::iwpc::Race;
use super::rails::Situation;
use super::ttr::Range;

/// A fact that is yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Carbamazepine, phenytoin or rifampin.
    EnzymeInducer,
    /// Amiodarone.
    Amiodarone,
    /// Fluvastatin.
    Fluvastatin,
    /// Smoker.
    Smoker,
    /// Deep-vein thrombosis or pulmonary embolism as the indication.
    DvtPe,
    /// Stroke.
    Stroke,
    /// Diabetes.
    Diabetes,
    /// Liver disease.
    LiverDisease,
    /// Pregnancy.
    Pregnant,
    /// Mechanical heart valve.
    MechanicalValve,
    /// Bleeding now.
    Bleeding,
}

impl Flag {
    /// Every flag.
    pub const ALL: [Self; 11] = [
        Self::EnzymeInducer,
        Self::Amiodarone,
        Self::Fluvastatin,
        Self::Smoker,
        Self::DvtPe,
        Self::Stroke,
        Self::Diabetes,
        Self::LiverDisease,
        Self::Pregnant,
        Self::MechanicalValve,
        Self::Bleeding,
    ];

    /// Name of the column or field.
    pub fn name(self) -> &'static str {
        match self {
            Self::EnzymeInducer => "enzyme_inducer",
            Self::Amiodarone => "amiodarone",
            Self::Fluvastatin => "fluvastatin",
            Self::Smoker => "smoker",
            Self::DvtPe => "dvt_pe",
            Self::Stroke => "stroke",
            Self::Diabetes => "diabetes",
            Self::LiverDisease => "liver_disease",
            Self::Pregnant => "pregnant",
            Self::MechanicalValve => "mechanical_valve",
            Self::Bleeding => "bleeding",
        }
    }
}

/// Formula of the body surface area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BsaFormula {
    /// √(cm · kg / 3600): Mosteller, N Engl J Med 1987;317:1098.
    #[default]
    Mosteller,
    /// 0.007184 · kg^0.425 · cm^0.725: Du Bois & Du Bois, Arch Intern Med 1916;17:863.
    DuBois,
}

impl BsaFormula {
    /// Square metres.
    pub fn area(self, height: f64, weight: f64) -> f64 {
        match self {
            Self::Mosteller => (height * weight / 3600.0).sqrt(),
            Self::DuBois => 0.007_184 * weight.powf(0.425) * height.powf(0.725),
        }
    }

    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mosteller => "Mosteller",
            Self::DuBois => "Du Bois",
        }
    }
}

/// The genotypes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Genotypes {
    /// VKORC1 -1639A alleles, 0 to 2.
    pub vkorc1: Option<u8>,
    /// CYP2C9, when at least *2 and *3 are known.
    pub cyp2c9: Option<StarAlleles>,
    /// Whether CYP2C9 *5, *6, *8 and *11 were assayed.
    pub further_tested: Option<bool>,
    /// rs12777823 A alleles, 0 to 2.
    pub rs12777823: Option<u8>,
    /// Copies that carry the change of CYP4F2*3, 0 to 2.
    pub cyp4f2: Option<u8>,
}

/// What was measured and given before a revision on day 4 or 5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Response {
    /// That morning's INR.
    pub inr: Option<f64>,
    /// mg taken 2 days before.
    pub dose_2: Option<f64>,
    /// mg taken 3 days before.
    pub dose_3: Option<f64>,
    /// mg taken 4 days before; 0 on day 4.
    pub dose_4: Option<f64>,
}

/// One patient.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Record {
    /// Years.
    pub age: Option<f64>,
    /// `female` or `male`; no model here uses it.
    pub sex: Option<String>,
    /// Centimetres.
    pub height: Option<f64>,
    /// Kilograms.
    pub weight: Option<f64>,
    /// As stated by the patient, in the groups of the equations.
    pub race: Option<Race>,
    /// Self-identified African ancestry.
    pub african_ancestry: Option<bool>,
    /// Genotypes.
    pub genotypes: Genotypes,
    /// Facts that are yes or no, in the order of [`Flag::ALL`]; by their names where they are written.
    #[serde(serialize_with = "by_name")]
    pub flags: [Option<bool>; Flag::ALL.len()],
    /// Therapeutic range.
    pub range: Option<Range>,
    /// Target INR where no range is stated.
    pub target_inr: Option<f64>,
    /// INR before the first dose.
    pub baseline_inr: Option<f64>,
    /// For a revision.
    pub response: Response,
    /// How body surface area is computed.
    pub bsa: BsaFormula,
}

fn by_name<S: Serializer>(flags: &[Option<bool>; Flag::ALL.len()], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(Flag::ALL.into_iter().map(Flag::name).zip(flags))
}

impl Record {
    /// A fact that is yes or no.
    pub fn flag(&self, flag: Flag) -> Option<bool> {
        self.flags.get(flag as usize).copied().flatten()
    }

    /// States a fact.
    pub fn set(&mut self, flag: Flag, value: Option<bool>) {
        if let Some(slot) = self.flags.get_mut(flag as usize) {
            *slot = value;
        }
    }

    /// Target INR: as stated, else the middle of the range.
    pub fn target(&self) -> Option<f64> {
        self.target_inr.or_else(|| self.range.map(Range::target))
    }

    /// The range to hold: as stated, else half a unit to either side of the target.
    pub fn therapeutic_range(&self) -> Option<Range> {
        self.range.or_else(|| self.target_inr.map(|target| Range { low: target - 0.5, high: target + 0.5 }))
    }

    /// Body surface area, m².
    pub fn body_surface(&self) -> Option<f64> {
        Some(self.bsa.area(self.height?, self.weight?))
    }

    /// African ancestry as stated, else what the stated race says; `None` for mixed or no statement.
    pub fn african(&self) -> Option<bool> {
        self.african_ancestry.or(match self.race {
            Some(Race::Black) => Some(true),
            Some(Race::White | Race::Asian) => Some(false),
            Some(Race::Mixed) | None => None,
        })
    }

    /// What the rails look at. `highly_sensitive` comes from the label's table.
    pub fn situation(&self, highly_sensitive: Option<bool>) -> Situation {
        Situation {
            age: self.age,
            weight: self.weight,
            liver_disease: self.flag(Flag::LiverDisease),
            highly_sensitive,
            pregnant: self.flag(Flag::Pregnant),
            mechanical_valve: self.flag(Flag::MechanicalValve),
            bleeding: self.flag(Flag::Bleeding),
            // a target alone does not say the range of a valve
            range: match self.flag(Flag::MechanicalValve) {
                Some(true) => self.range,
                _ => self.therapeutic_range(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn body_surface_by_both_formulas() {
        // 180 cm, 80 kg: √4 = 2; Du Bois 1.996
        assert_eq!(BsaFormula::Mosteller.area(180.0, 80.0), 2.0);
        assert!((BsaFormula::DuBois.area(180.0, 80.0) - 1.9964).abs() < 1e-4);
    }

    #[test]
    fn flags_keep_their_places() {
        let mut record = Record::default();
        for (i, flag) in Flag::ALL.into_iter().enumerate() {
            assert_eq!(flag as usize, i);
            assert_eq!(record.flag(flag), None);
            record.set(flag, Some(i % 2 == 0));
            assert_eq!(record.flag(flag), Some(i % 2 == 0));
        }
    }

    #[test]
    fn a_valve_needs_its_range_and_ancestry_is_not_guessed_from_mixed() {
        let mut record = Record { target_inr: Some(2.5), ..Record::default() };
        assert!(record.situation(None).range.is_some());
        record.set(Flag::MechanicalValve, Some(true));
        assert_eq!(record.situation(None).range, None);
        record.race = Some(Race::Mixed);
        assert_eq!(record.african(), None);
        record.race = None;
        for stated in [true, false] {
            record.african_ancestry = Some(stated);
            assert_eq!(record.african(), Some(stated));
        }
    }
}
