//! Virtual patients: genotypes by ancestry in Hardy-Weinberg proportions, covariates by ancestry, and their own variates.

use super::keyed::{Keyed, Purpose};
use crate::dosing::genotype::StarAlleles;
use crate::dosing::iwpc::Race;
use crate::dosing::record::{Flag, Genotypes, Record};
use crate::dosing::ttr::Range;
use crate::dosing::twin::{CannotModel, Numbers};
use crate::knowledge::schema::Knowledge;

/// Name of the table.
pub(crate) const TABLE: &str = "virtual_patients";
/// Alleles that are drawn; what is left is *1.
const ALLELES: [&str; 10] = ["*2", "*3", "*5", "*6", "*8", "*9", "*11", "*12", "*13", "*14"];
/// Youngest and oldest patient, years.
const AGES: (f64, f64) = (20.0, 95.0);
/// Lightest and heaviest patient, kg.
const WEIGHTS: (f64, f64) = (38.0, 180.0);

/// A group by ancestry.
#[derive(Clone, Debug)]
pub struct Group {
    /// 1000 Genomes Project's name.
    pub name: &'static str,
    /// As the dose equations group it.
    pub race: Race,
    /// Name of the race in the tables.
    pub(super) key: &'static str,
    pub(super) alleles: Vec<(String, f64)>,
    vkorc1_a: f64,
    pub(super) cyp4f2_t: f64,
    pub(super) rs12777823_a: f64,
    covariates: Covariates,
}

#[derive(Clone, Debug)]
struct Covariates {
    male: f64,
    age: (f64, f64),
    /// Mean and spread of height, median weight, slope and spread of log weight; for men and for women.
    size: [[f64; 5]; 2],
    amiodarone: f64,
    inducer: f64,
}

/// Groups, in the order of the tables.
const GROUPS: [(&str, Race, &str); 5] = [
    ("AFR", Race::Black, "black"),
    ("AMR", Race::Mixed, "mixed"),
    ("EAS", Race::Asian, "asian"),
    ("EUR", Race::White, "white"),
    ("SAS", Race::Asian, "asian"),
];

/// Names of the groups.
pub const GROUP_NAMES: [&str; 5] = ["AFR", "AMR", "EAS", "EUR", "SAS"];

/// A virtual patient. What policies may see is in the record; the rest is the truth's.
#[derive(Clone, Debug)]
pub struct VirtualPatient {
    /// Number in the cohort: the key of all random numbers.
    pub number: u64,
    /// Place of the group in [`GROUP_NAMES`].
    pub group: usize,
    /// What is known of the patient.
    pub record: Record,
    /// rs12777823 A alleles, which no policy sees.
    pub rs12777823: u8,
    /// CYP4F2 433M alleles, which no policy sees.
    pub cyp4f2: u8,
}

/// Reads the groups.
///
/// # Errors
/// When the table lacks a number.
pub fn groups(knowledge: &Knowledge) -> Result<Vec<Group>, CannotModel> {
    let numbers = Numbers::of(knowledge, TABLE)?;
    GROUPS.iter().map(|&(name, race, key)| group(&numbers, name, race, key)).collect()
}

fn group(numbers: &Numbers<'_>, name: &'static str, race: Race, key: &'static str) -> Result<Group, CannotModel> {
    let count = |what: &str| numbers.get(&format!("alleles_{name}"), what);
    let chromosomes = count("chromosomes")?;
    let alleles = ALLELES.iter().map(|a| Ok(((*a).to_owned(), count(a)? / chromosomes))).collect::<Result<_, _>>()?;
    let fact = |what: &str| numbers.get(&format!("covariates_{key}"), what);
    let size = |sex: &str| -> Result<[f64; 5], CannotModel> {
        Ok([
            fact(&format!("{sex}_height_mean"))?,
            fact(&format!("{sex}_height_sd"))?,
            fact(&format!("{sex}_weight_median"))?,
            fact(&format!("{sex}_log_weight_per_cm"))?,
            fact(&format!("{sex}_log_weight_sd"))?,
        ])
    };
    Ok(Group {
        name,
        race,
        key,
        alleles,
        vkorc1_a: count("vkorc1_a")? / chromosomes,
        cyp4f2_t: count("cyp4f2_t")? / chromosomes,
        rs12777823_a: if race == Race::Black { numbers.get("rs12777823", "frequency")? } else { 0.0 },
        covariates: Covariates {
            male: fact("male")?,
            age: (fact("age_mean")?, fact("age_sd")?),
            size: [size("male")?, size("female")?],
            amiodarone: fact("amiodarone")?,
            inducer: fact("inducer")?,
        },
    })
}

/// Patient `number` of a cohort, whose groups take turns.
pub fn draw(groups: &[Group], keyed: &Keyed, number: u64) -> Option<VirtualPatient> {
    let place = usize::try_from(number).ok()?.checked_rem(groups.len())?;
    let group = groups.get(place)?;
    let gene = |index: u64| keyed.uniform(number, Purpose::Genotype, index);
    let copies = |from: u64, frequency: f64| u8::from(gene(from) < frequency) + u8::from(gene(from + 1) < frequency);
    let mut record = covariates(group, keyed, number);
    record.genotypes = Genotypes {
        vkorc1: Some(copies(2, group.vkorc1_a)),
        cyp2c9: Some(stars([group.allele(gene(0)), group.allele(gene(1))])),
        further_tested: Some(true),
        rs12777823: None,
        cyp4f2: None,
    };
    Some(VirtualPatient {
        number,
        group: place,
        record,
        rs12777823: copies(6, group.rs12777823_a),
        cyp4f2: copies(4, group.cyp4f2_t),
    })
}

fn covariates(group: &Group, keyed: &Keyed, number: u64) -> Record {
    let uniform = |index: u64| keyed.uniform(number, Purpose::Covariates, index);
    let normal = |index: u64| keyed.normal(number, Purpose::Covariates, index);
    let facts = &group.covariates;
    let is_male = uniform(0) < facts.male;
    let [height_mean, height_sd, weight_median, per_cm, weight_sd] = facts.size[usize::from(!is_male)];
    let height = height_mean + height_sd * normal(2);
    let weight = weight_median * (per_cm * (height - height_mean) + weight_sd * normal(3)).exp();
    let mut record = Record {
        age: Some((facts.age.0 + facts.age.1 * normal(1)).round().clamp(AGES.0, AGES.1)),
        sex: Some(if is_male { "male" } else { "female" }.to_owned()),
        height: Some(height.round()),
        weight: Some(weight.round().clamp(WEIGHTS.0, WEIGHTS.1)),
        race: Some(group.race),
        african_ancestry: Some(group.race == Race::Black),
        range: Some(Range::USUAL),
        target_inr: Some(Range::USUAL.target()),
        ..Record::default()
    };
    for flag in Flag::ALL {
        record.set(flag, Some(false));
    }
    record.set(Flag::Amiodarone, Some(uniform(4) < facts.amiodarone));
    record.set(Flag::EnzymeInducer, Some(uniform(5) < facts.inducer));
    record
}

impl Group {
    /// The allele at a place of the cumulated frequencies.
    fn allele(&self, at: f64) -> String {
        let mut sum = 0.0;
        for (allele, frequency) in &self.alleles {
            sum += frequency;
            if at < sum {
                return allele.clone();
            }
        }
        "*1".to_owned()
    }
}

/// Star alleles of two alleles from [`ALLELES`].
pub(super) fn stars(alleles: [String; 2]) -> StarAlleles {
    let count = |name: &str| alleles.iter().filter(|a| *a == name).count() as u8;
    let further = alleles.iter().filter(|a| ["*5", "*6", "*8", "*11"].contains(&a.as_str())).cloned().collect();
    StarAlleles { star2: count("*2"), star3: count("*3"), further, alleles }
}
