//! One patient's facts by name, from options, a table's row or a JSON record: one reading for all three.
//!
//! What cannot be is an error that says what is suspected; what is odd is a warning. Nothing is corrected.

use anyhow::{Result, anyhow, bail};
use pgx_rules::dosing::genotype::{StarAlleles, site, vkorc1};
use pgx_rules::dosing::iwpc::Race;
use pgx_rules::dosing::record::{Flag, Record};
use pgx_rules::dosing::ttr::{HIGHEST_INR, LOWEST_INR};
use pgx_rules::knowledge::schema::Knowledge;

use super::table::is_missing;

/// Names that are read, the first of each row being the one that is asked for.
pub const NAMES: [(&str, &str); 35] = [
    ("age", ""),
    ("sex", ""),
    ("height_cm", "height"),
    ("weight_kg", "weight"),
    ("race", ""),
    ("african_ancestry", ""),
    ("vkorc1", ""),
    ("cyp2c9", ""),
    ("rs9923231", ""),
    ("rs1799853", ""),
    ("rs1057910", ""),
    ("african_alleles_tested", ""),
    ("rs12777823", ""),
    ("cyp4f2_star3_count", "cyp4f2"),
    ("medication", ""),
    ("enzyme_inducer", "inducer"),
    ("amiodarone", ""),
    ("fluvastatin", ""),
    ("smoker", ""),
    ("dvt_pe", "thrombosis"),
    ("stroke", ""),
    ("diabetes", ""),
    ("liver_disease", ""),
    ("pregnant", "pregnancy"),
    ("mechanical_valve", ""),
    ("bleeding", ""),
    ("target_inr", ""),
    ("target_range", "range"),
    ("baseline_inr", ""),
    ("inr", ""),
    ("dose_2", ""),
    ("dose_3", ""),
    ("dose_4", ""),
    ("id", "patient"),
    ("bsa", ""),
];

/// Pounds in a kilogram.
const POUNDS: f64 = 2.204_62;
/// Centimetres in an inch.
const INCH: f64 = 2.54;
/// Highest dose of one day that is believed, mg, and highest that passes without a warning.
const DAILY: [f64; 2] = [25.0, 15.0];

/// A patient in the making.
#[derive(Default)]
pub struct Draft {
    record: Record,
    cyp2c9: Option<String>,
    vkorc1: Option<String>,
    rs9923231: Option<String>,
    rs1799853: Option<u8>,
    rs1057910: Option<u8>,
    warnings: Vec<String>,
}

/// A patient whose facts do not contradict each other.
#[derive(Clone, Debug)]
pub struct Patient {
    /// As in the input.
    pub id: String,
    /// The facts.
    pub record: Record,
    /// Oddities.
    pub warnings: Vec<String>,
    /// Cells of the input by their own names, for models that learnt from other columns.
    pub cells: Vec<(String, String)>,
}

/// The name that a column, field or option goes by here; `None` when it is none of ours.
pub fn known(name: &str) -> Option<&'static str> {
    let bare = name.trim().to_ascii_lowercase().replace(['-', ' '], "_");
    NAMES.iter().find(|(first, other)| *first == bare || (!other.is_empty() && *other == bare)).map(|(first, _)| *first)
}

impl Draft {
    /// Starts from what is known already, such as genotypes of calls.
    pub fn of(record: Record, warnings: Vec<String>) -> Self {
        Self { record, warnings, ..Self::default() }
    }

    /// Sets a fact by its name as [`known`] gives it. A missing value states nothing.
    ///
    /// # Errors
    /// When the value cannot be, with what is suspected.
    pub fn set(&mut self, knowledge: &Knowledge, name: &str, text: &str) -> Result<()> {
        let text = text.trim();
        if is_missing(text) {
            return Ok(());
        }
        if let Some(flag) = Flag::ALL.into_iter().find(|flag| flag.name() == name) {
            self.record.set(flag, Some(yes_or_no(text)?));
            return Ok(());
        }
        let record = &mut self.record;
        match name {
            "age" => record.age = Some(age(text)?),
            "sex" => record.sex = Some(sex(text)?.to_owned()),
            "height_cm" => record.height = Some(height(text)?),
            "weight_kg" => record.weight = Some(weight(text)?),
            "race" => record.race = Some(race(text)?),
            "african_ancestry" => record.african_ancestry = Some(yes_or_no(text)?),
            "vkorc1" => self.vkorc1 = Some(text.to_owned()),
            "rs9923231" => self.rs9923231 = Some(text.to_owned()),
            "cyp2c9" => self.cyp2c9 = Some(text.to_owned()),
            "rs1799853" => self.rs1799853 = Some(site(text, "rs1799853", 'C', 'T')?),
            "rs1057910" => self.rs1057910 = Some(site(text, "rs1057910", 'A', 'C')?),
            "african_alleles_tested" => record.genotypes.further_tested = Some(yes_or_no(text)?),
            "rs12777823" => record.genotypes.rs12777823 = Some(site(text, "rs12777823", 'G', 'A')?),
            "cyp4f2_star3_count" => record.genotypes.cyp4f2 = Some(copies(knowledge, text)?),
            "medication" => self.medication(text),
            "target_inr" => record.target_inr = Some(number(text, "target INR", 1.5, 4.5)?),
            "target_range" => record.range = Some(text.parse()?),
            "baseline_inr" => record.baseline_inr = Some(inr(text)?),
            "inr" => record.response.inr = Some(inr(text)?),
            "dose_2" => record.response.dose_2 = Some(daily(text, &mut self.warnings)?),
            "dose_3" => record.response.dose_3 = Some(daily(text, &mut self.warnings)?),
            "dose_4" => record.response.dose_4 = Some(daily(text, &mut self.warnings)?),
            _ => {}
        }
        Ok(())
    }

    /// Co-medication by name: a drug of the list is taken, the others that the equations know are not.
    fn medication(&mut self, text: &str) {
        let taken: Vec<String> = text.split([',', ';']).map(|name| name.trim().to_lowercase()).collect();
        let takes = |names: &[&str]| taken.iter().any(|drug| names.contains(&drug.as_str()));
        let inducers = ["carbamazepine", "phenytoin", "rifampin", "rifampicin"];
        for (flag, names) in [
            (Flag::EnzymeInducer, &inducers[..]),
            (Flag::Amiodarone, &["amiodarone"]),
            (Flag::Fluvastatin, &["fluvastatin"]),
        ] {
            if self.record.flag(flag).is_none() {
                self.record.set(flag, Some(takes(names)));
            }
        }
    }

    /// Settles the genotypes, and looks for contradictions.
    ///
    /// # Errors
    /// Names the facts that cannot both hold.
    pub fn finish(mut self, knowledge: &Knowledge, id: String) -> Result<Patient> {
        self.settle_vkorc1()?;
        self.settle_cyp2c9(knowledge)?;
        let record = &self.record;
        let is_male = record.sex.as_deref() == Some("male");
        if is_male && record.flag(Flag::Pregnant) == Some(true) {
            bail!("sex is male and pregnant is yes: which one holds?");
        }
        if let (Some(target), Some(range)) = (record.target_inr, record.range)
            && !range.contains(target)
        {
            bail!("the target INR {target} lies outside the range {range}: which one holds?");
        }
        match (record.race, record.african_ancestry) {
            (Some(Race::White | Race::Asian), Some(true)) => self.warnings.push(
                "race and African ancestry do not go together: the flow follows the stated ancestry, the equations the \
                 stated race"
                    .into(),
            ),
            (Some(Race::Black), Some(false)) => self.warnings.push(
                "race is Black, and African ancestry is stated to be none: the flow follows the stated ancestry, the \
                 equations the stated race"
                    .into(),
            ),
            _ => {}
        }
        self.suspect_pounds();
        let warnings = self.warnings;
        Ok(Patient { id, record: self.record, warnings, cells: Vec::new() })
    }

    fn settle_vkorc1(&mut self) -> Result<()> {
        for text in [self.vkorc1.take(), self.rs9923231.take()].into_iter().flatten() {
            let alleles = vkorc1(&text)?;
            match self.record.genotypes.vkorc1 {
                Some(before) if before != alleles => bail!(
                    "VKORC1 -1639 is given as '{text}' and, by another statement, with {before} A alleles: which one holds?"
                ),
                _ => self.record.genotypes.vkorc1 = Some(alleles),
            }
        }
        Ok(())
    }

    fn settle_cyp2c9(&mut self, knowledge: &Knowledge) -> Result<()> {
        if let Some(text) = self.cyp2c9.take() {
            let stated = StarAlleles::read(knowledge, &text)?;
            if let Some(called) = &self.record.genotypes.cyp2c9
                && called.name() != stated.name()
            {
                bail!("CYP2C9 is stated as {}, but called as {}: which one holds?", stated.name(), called.name());
            }
            self.record.genotypes.cyp2c9 = Some(stated);
        }
        match (&self.record.genotypes.cyp2c9, self.rs1799853, self.rs1057910) {
            (Some(alleles), t, c) => alleles.agrees_with_sites(t, c)?,
            (None, Some(t), Some(c)) => {
                if t + c > 2 {
                    bail!("rs1799853 has {t} T and rs1057910 has {c} C alleles: more than two copies");
                }
                self.record.genotypes.cyp2c9 = Some(StarAlleles::read(knowledge, &diplotype(t, c))?);
                self.record.genotypes.further_tested.get_or_insert(false);
                self.warnings.push("CYP2C9 is read from rs1799853 and rs1057910 alone".into());
            }
            (None, None, None) => {}
            (None, ..) => self
                .warnings
                .push("one of rs1799853 and rs1057910 alone does not give CYP2C9: both *2 and *3 must be known".into()),
        }
        Ok(())
    }

    /// Warns where a weight is odd for the height, and would not be if it were pounds.
    fn suspect_pounds(&mut self) {
        let (Some(height), Some(weight)) = (self.record.height, self.record.weight) else { return };
        let index = |kilograms: f64| kilograms / (height / 100.0).powi(2);
        if index(weight) > 45.0 && (16.0..=40.0).contains(&index(weight / POUNDS)) {
            self.warnings.push(format!(
                "{weight} kg at {height} cm is a body-mass index of {:.0}: is the weight in pounds? That would be {:.0} kg",
                index(weight),
                weight / POUNDS
            ));
        }
    }
}

/// Diplotype of counts of *2 and *3 on different copies.
fn diplotype(star2: u8, star3: u8) -> String {
    let mut alleles = vec!["*2"; usize::from(star2)];
    alleles.extend(vec!["*3"; usize::from(star3)]);
    while alleles.len() < 2 {
        alleles.insert(0, "*1");
    }
    alleles.join("/")
}

fn parse(text: &str, what: &str) -> Result<f64> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => bail!("{what} '{text}' is no number"),
    }
}

fn number(text: &str, what: &str, least: f64, most: f64) -> Result<f64> {
    let value = parse(text, what)?;
    if (least..=most).contains(&value) { Ok(value) } else { bail!("{what} {text} is not between {least} and {most}") }
}

fn age(text: &str) -> Result<f64> {
    let value = parse(text, "age")?;
    match value {
        0.0..=120.0 => Ok(value),
        _ if (120.0..=1440.0).contains(&value) => {
            bail!("age {text} is no age in years; is it in months, or a digit too many?")
        }
        _ => bail!("age {text} is no age in years; expected 0 to 120"),
    }
}

fn height(text: &str) -> Result<f64> {
    let value = parse(text, "height")?;
    match value {
        100.0..=250.0 => Ok(value),
        1.0..=2.5 => {
            bail!("height {text} is no height in centimetres; is it in metres? That would be {:.0} cm", value * 100.0)
        }
        4.0..=7.5 => bail!("height {text} is no height in centimetres; is it in feet?"),
        48.0..=90.0 => bail!(
            "height {text} is no adult's height in centimetres; is it in inches? That would be {:.0} cm",
            value * INCH
        ),
        _ => bail!("height {text} is no adult's height in centimetres; expected 100 to 250"),
    }
}

fn weight(text: &str) -> Result<f64> {
    let value = parse(text, "weight")?;
    match value {
        30.0..=300.0 => Ok(value),
        _ if value > 300.0 && value <= 660.0 => {
            bail!("weight {text} kg is not believed; is it in pounds? That would be {:.0} kg", value / POUNDS)
        }
        _ => bail!("weight {text} is no adult's weight in kilograms; expected 30 to 300"),
    }
}

fn inr(text: &str) -> Result<f64> {
    let value = parse(text, "INR")?;
    match (LOWEST_INR..=HIGHEST_INR).contains(&value) {
        true => Ok(value),
        false => Err(anyhow!(
            "INR {text} is outside {LOWEST_INR} to {HIGHEST_INR}: a slip of the pen, or another unit (seconds, percent)?"
        )),
    }
}

/// A dose of one day.
///
/// # Errors
/// When it is more than anybody takes in a day.
pub fn daily(text: &str, warnings: &mut Vec<String>) -> Result<f64> {
    let value = parse(text, "dose")?;
    let [most, usual] = DAILY;
    match value {
        _ if value < 0.0 => bail!("dose {text} is below 0"),
        _ if value > most => bail!("{text} mg is more than anybody takes in a day; is it the dose of a week?"),
        _ if value > usual => warnings.push(format!("{text} mg in a day is unusually much; is it the dose of a week?")),
        _ => {}
    }
    Ok(value)
}

fn sex(text: &str) -> Result<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "female" | "f" | "woman" => Ok("female"),
        "male" | "m" | "man" => Ok("male"),
        _ => bail!("'{text}' is no sex that is read here; expected female, male or unknown"),
    }
}

fn race(text: &str) -> Result<Race> {
    match text.to_ascii_lowercase().as_str() {
        "white" | "caucasian" => Ok(Race::White),
        "asian" => Ok(Race::Asian),
        "black" | "african american" | "black or african american" => Ok(Race::Black),
        "mixed" | "mixed or missing" | "mixed or withheld" => Ok(Race::Mixed),
        _ => bail!("'{text}' is none of the equations' groups; expected White, Asian, Black, mixed or unknown"),
    }
}

fn yes_or_no(text: &str) -> Result<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "yes" | "true" | "y" => Ok(true),
        "0" | "no" | "false" | "n" => Ok(false),
        _ => bail!("'{text}' is neither yes nor no"),
    }
}

/// Copies of CYP4F2*3: a number, or a diplotype of *1, *2, *3 (*4 and others that carry the change by `rxstrata call`).
fn copies(knowledge: &Knowledge, text: &str) -> Result<u8> {
    match text.parse::<u8>() {
        Ok(count @ 0..=2) => Ok(count),
        _ => Ok(pgx_rules::dosing::genotype::cyp4f2(knowledge, text)?),
    }
}

#[cfg(test)]
mod tests;
