//! What the virtual patients really are: three simulators, each calibrated to the cohort's stable doses.

use super::keyed::{Keyed, Purpose};
use super::population::{Group, TABLE, VirtualPatient};
use crate::dosing::record::Flag;
use crate::dosing::twin::calibration::Calibration;
use crate::dosing::twin::{CannotModel, Deviation, Mechanism, Numbers, Parameters, Person, TwinModel, model};
use crate::knowledge::schema::Knowledge;

/// Names of the simulators: the policies' own, another model, and the own model with much else wrong.
pub const SIMULATORS: [&str; 3] = ["hamberg2010", "hamberg2007", "misspecified"];
/// Weight at which weight has no effect, kg.
const WEIGHT_CENTER: f64 = 75.0;
/// Days of a week.
const WEEK: usize = 7;

/// A way to make true patients.
pub struct Simulator {
    /// Its name.
    pub name: &'static str,
    model: Box<dyn TwinModel>,
    calibration: Calibration,
    offsets: Offsets,
    split: [f64; 2],
    baseline_sd: f64,
    variation: Variation,
    groups: Vec<Group>,
    /// Spreads of log clearance and log EC50 in place of the calibrated ones.
    spreads: Option<[f64; 2]>,
    /// Mean log factor of what the cohort did not see, by group: taken out, since the offsets hold it already.
    unseen: Vec<f64>,
}

/// Numbers of the table that belong to one model.
struct Offsets {
    table: indexmap::IndexMap<String, f64>,
}

/// Further variability.
enum Variation {
    /// None: the published structure.
    None,
    /// Spreads of the logarithms of volume, peripheral volume, and the two transit times.
    Published([f64; 4]),
    /// Much else is wrong.
    Misspecified(Misspecified),
}

struct Misspecified {
    transit_range: f64,
    cyp4f2: f64,
    rs12777823: f64,
    volume: f64,
    drift: (f64, f64),
    persistence: f64,
    interaction_share: f64,
    interaction: f64,
    interaction_days: usize,
}

/// One true patient.
#[derive(Clone, Debug)]
pub struct Truth {
    /// Parameters on day 0.
    pub parameters: Parameters,
    /// Log factors on clearance and EC50 by day; empty where nothing changes.
    pub change: Vec<Deviation>,
    /// mg/day that hold an INR of 2.5 on day 0; `None` where none does.
    pub stable_dose: Option<f64>,
}

impl Simulator {
    /// The simulator of a name.
    ///
    /// # Errors
    /// When there is none, or a table lacks a number.
    pub fn of(knowledge: &Knowledge, groups: &[Group], name: &str) -> Result<Self, CannotModel> {
        let numbers = Numbers::of(knowledge, TABLE)?;
        let &name = SIMULATORS.iter().find(|s| **s == name).ok_or_else(|| CannotModel::NoModel(name.to_owned()))?;
        let is_wrong = name == "misspecified";
        let base = if is_wrong { "hamberg2010" } else { name };
        let [clearance, ec50] = [numbers.get("split", "clearance")?, numbers.get("split", "ec50")?];
        let mut simulator = Self {
            name,
            model: model(knowledge, base)?,
            calibration: Calibration::of(knowledge)?,
            offsets: Offsets { table: numbers.group(&format!("offset_{base}"))?.clone() },
            // The misspecified patients vary as much, but the other way round.
            split: if is_wrong { [ec50, clearance] } else { [clearance, ec50] },
            baseline_sd: numbers.get(if is_wrong { "misspecified" } else { "life" }, "baseline_sd")?,
            variation: variation(knowledge, &numbers, name)?,
            groups: groups.to_vec(),
            spreads: None,
            unseen: Vec::new(),
        };
        simulator.unseen = groups.iter().map(|g| simulator.mean_unseen(g)).collect::<Result<_, _>>()?;
        Ok(simulator)
    }

    /// With other spreads of log clearance and log EC50 between patients.
    #[must_use]
    pub fn with_spreads(self, spreads: [f64; 2]) -> Self {
        Self { spreads: Some(spreads), ..self }
    }

    /// The model that true patients follow.
    pub fn model(&self) -> &dyn TwinModel {
        self.model.as_ref()
    }

    /// The equations of a true patient on a day.
    pub fn mechanism(&self, truth: &Truth, day: usize) -> Mechanism {
        let change = truth.change.get(day).copied().unwrap_or_default();
        self.model.mechanism(&truth.parameters.deviate(change))
    }

    /// The truth about a patient over so many days.
    ///
    /// # Errors
    /// When the model lacks a parameter for it.
    pub fn truth(&self, keyed: &Keyed, patient: &VirtualPatient, days: usize) -> Result<Truth, CannotModel> {
        let own = |index: u64| keyed.normal(patient.number, Purpose::Person, index);
        let (Some(stars), Some(group)) = (&patient.record.genotypes.cyp2c9, self.groups.get(patient.group)) else {
            return Err(CannotModel::Missing("CYP2C9"));
        };
        let alleles = stars.alleles.clone().map(|a| self.calibration.stand_in(&a).unwrap_or(a));
        let baseline = (1.0 + self.baseline_sd * own(0)).clamp(0.8, 1.35);
        let vkorc1 = patient.record.genotypes.vkorc1;
        let person = Person::new(Some(alleles.clone()), vkorc1, patient.record.age, baseline);
        let mut parameters = self.model.parameters(&person)?;
        let spread = self.offsets.get(&format!("spread_{}", group.key))?;
        let offset = self.offset(patient, group, &alleles)? - self.unseen.get(patient.group).copied().unwrap_or(0.0);
        let [clearance, ec50] = self.spreads.unwrap_or_else(|| self.split.map(|part| part * spread));
        let mut by = Deviation { clearance: clearance * own(1), ec50: offset + ec50 * own(2) };
        let mut change = Vec::new();
        match &self.variation {
            Variation::None => {}
            Variation::Published([volume, peripheral, first, second]) => {
                parameters.volume *= (volume * own(3)).exp();
                parameters.peripheral_volume *= (peripheral * own(4)).exp();
                parameters.mean_transit[0] *= (first * own(5)).exp();
                parameters.mean_transit[1] *= (second * own(6)).exp();
            }
            Variation::Misspecified(wrong) => {
                by.clearance += wrong.rs12777823 * f64::from(u8::from(patient.rs12777823 > 0));
                by.ec50 += wrong.cyp4f2 * f64::from(patient.cyp4f2);
                parameters.volume *= (wrong.volume * own(3)).exp();
                for (place, mean) in (0..).zip(&mut parameters.mean_transit) {
                    let at = keyed.uniform(patient.number, Purpose::Person, 100 + place);
                    *mean *= 1.0 + wrong.transit_range * (2.0 * at - 1.0);
                }
                change = wrong.change(keyed, patient.number, days);
            }
        }
        let parameters = parameters.deviate(by);
        let stable_dose = self.model.mechanism(&parameters).maintenance(&parameters, 2.5);
        Ok(Truth { parameters, change, stable_dose })
    }

    /// How far the cohort's patients with these facts lie from the model, on the log dose.
    fn offset(&self, patient: &VirtualPatient, group: &Group, alleles: &[String; 2]) -> Result<f64, CannotModel> {
        let record = &patient.record;
        let weight = record.weight.map_or(0.0, |w| (w / WEIGHT_CENTER).ln());
        let mut offset = self.offsets.get(group.key)? + self.offsets.get("log_weight")? * weight;
        for (flag, name) in [(Flag::Amiodarone, "amiodarone"), (Flag::EnzymeInducer, "inducer")] {
            if record.flag(flag) == Some(true) {
                offset += self.offsets.get(name)?;
            }
        }
        offset += match record.genotypes.vkorc1 {
            Some(1) => self.offsets.get("AG")?,
            Some(2) => self.offsets.get("AA")?,
            _ => 0.0,
        };
        Ok(offset + self.offsets.of_diplotype(alleles))
    }

    /// Mean log factor, in a group, of what the cohort's genotypes did not show.
    fn mean_unseen(&self, group: &Group) -> Result<f64, CannotModel> {
        let rest: f64 = 1.0 - group.alleles.iter().map(|(_, f)| f).sum::<f64>();
        let one = ("*1".to_owned(), rest);
        let all: Vec<&(String, f64)> = group.alleles.iter().chain([&one]).collect();
        let effect = |alleles: [String; 2]| -> Result<f64, CannotModel> {
            let person = Person::new(Some(alleles.clone()), Some(0), Some(65.0), 1.0);
            Ok(self.model.parameters(&person)?.clearance.ln() + self.offsets.of_diplotype(&alleles))
        };
        let seen = |allele: &str| if ["*2", "*3"].contains(&allele) { allele.to_owned() } else { "*1".to_owned() };
        let mut mean = 0.0;
        for (a, f) in &all {
            for (b, g) in &all {
                let truly = [a, b].map(|x| self.calibration.stand_in(x).unwrap_or_else(|| x.to_string()));
                mean += f * g * (effect(truly)? - effect([seen(a), seen(b)])?);
            }
        }
        if let Variation::Misspecified(wrong) = &self.variation {
            mean += wrong.cyp4f2 * 2.0 * group.cyp4f2_t;
            mean += wrong.rs12777823 * (1.0 - (1.0 - group.rs12777823_a).powi(2));
        }
        Ok(mean)
    }
}

impl Offsets {
    fn get(&self, name: &str) -> Result<f64, CannotModel> {
        let missing = || CannotModel::NoCoefficient { table: TABLE.to_owned(), name: name.to_owned() };
        self.table.get(name).copied().ok_or_else(missing)
    }

    /// 0 for *1/*1.
    fn of_diplotype(&self, [a, b]: &[String; 2]) -> f64 {
        let found = self.table.get(&format!("{a}/{b}")).or_else(|| self.table.get(&format!("{b}/{a}")));
        found.copied().unwrap_or(0.0)
    }
}

fn variation(knowledge: &Knowledge, numbers: &Numbers<'_>, name: &str) -> Result<Variation, CannotModel> {
    match name {
        "hamberg2007" => {
            let published = Numbers::of(knowledge, name)?;
            let spread = |what: &str| -> Result<f64, CannotModel> {
                let share = published.get("published_variability", what)? / 100.0;
                Ok((1.0 + share * share).ln().sqrt())
            };
            Ok(Variation::Published([
                spread("volume")?,
                spread("peripheral_volume")?,
                spread("mean_transit_1")?,
                spread("mean_transit_2")?,
            ]))
        }
        "misspecified" => {
            let get = |what: &str| numbers.get("misspecified", what);
            Ok(Variation::Misspecified(Misspecified {
                transit_range: get("transit_range")?,
                cyp4f2: get("cyp4f2_log_ec50")?,
                rs12777823: numbers.get("rs12777823", "log_clearance")?,
                volume: get("volume_sd")?,
                drift: (get("drift_week_low")?, get("drift_week_high")?),
                persistence: get("drift_persistence")?,
                interaction_share: get("interaction_share")?,
                interaction: get("interaction_log_clearance")?,
                interaction_days: get("interaction_days")?.max(0.0) as usize,
            }))
        }
        _ => Ok(Variation::None),
    }
}

impl Misspecified {
    /// Drift of EC50, autoregressive from week to week and linear between, and two courses of an interacting drug in some.
    fn change(&self, keyed: &Keyed, patient: u64, days: usize) -> Vec<Deviation> {
        let (low, high) = self.drift;
        let step = low + (high - low) * keyed.uniform(patient, Purpose::Drift, 0);
        let mut weeks = vec![0.0];
        for week in 1..=days / WEEK + 1 {
            let before = weeks.last().copied().unwrap_or(0.0);
            weeks.push(self.persistence * before + step * keyed.normal(patient, Purpose::Drift, week as u64));
        }
        let uniform = |index: u64| keyed.uniform(patient, Purpose::Interaction, index);
        let is_disturbed = uniform(0) < self.interaction_share;
        let starts =
            [1, 2].map(|half| ((f64::from(half) - 0.8 + 0.5 * uniform(half as u64)) * days as f64 / 2.0) as usize);
        (0..=days)
            .map(|day| {
                let (week, part) = (day / WEEK, (day % WEEK) as f64 / WEEK as f64);
                let at = |w: usize| weeks.get(w).copied().unwrap_or(0.0);
                let on = is_disturbed && starts.iter().any(|s| (*s..*s + self.interaction_days).contains(&day));
                Deviation {
                    clearance: if on { self.interaction } else { 0.0 },
                    ec50: at(week) * (1.0 - part) + at(week + 1) * part,
                }
            })
            .collect()
    }
}
