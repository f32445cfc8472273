//! Gathering of what an equation needs from a record: parts of the sum, what is missing, what stands in for an unknown.

use crate::dosing::iwpc::Race;
use crate::dosing::record::{Flag, Record};

/// A part of a sum: a term of the table and what it is multiplied with.
pub(super) struct Part {
    pub(super) term: String,
    pub(super) value: f64,
}

/// What was gathered.
pub(super) struct Gathered<'r> {
    pub(super) record: &'r Record,
    pub(super) parts: Vec<Part>,
    pub(super) inputs: Vec<(String, String)>,
    pub(super) missing: Vec<String>,
    /// Those missing that are yes or no.
    pub(super) missing_flags: Vec<Flag>,
    pub(super) unknown_terms: Vec<String>,
    pub(super) outside: Vec<String>,
    pub(super) no_dose: Option<String>,
}

impl<'r> Gathered<'r> {
    pub(super) fn new(record: &'r Record) -> Self {
        Self {
            record,
            parts: vec![Part { term: "intercept".into(), value: 1.0 }],
            inputs: Vec::new(),
            missing: Vec::new(),
            missing_flags: Vec::new(),
            unknown_terms: Vec::new(),
            outside: Vec::new(),
            no_dose: None,
        }
    }

    pub(super) fn part(&mut self, term: &str, value: f64) {
        self.parts.push(Part { term: term.to_owned(), value });
    }

    pub(super) fn input(&mut self, name: &str, value: String) {
        self.inputs.push((name.to_owned(), value));
    }

    /// A number, read by the equation in its own way.
    pub(super) fn number(&mut self, term: &str, name: &str, unit: &str, value: Option<f64>, read: fn(f64) -> f64) {
        match value {
            Some(value) => {
                let shown = (value * 1000.0).round() / 1000.0;
                self.input(name, format!("{shown} {unit}").trim_end().to_owned());
                self.part(term, read(value));
            }
            None => self.missing.push(name.to_owned()),
        }
    }

    /// Body surface area, with its formula.
    pub(super) fn body_surface(&mut self) {
        let name = format!("body surface area ({})", self.record.bsa.name());
        self.number("bsa", &name, "m²", self.record.body_surface(), |v| v);
        if self.missing.pop_if(|m| *m == name).is_some() {
            let record = self.record;
            self.missing.extend(record.height.is_none().then(|| "height".into()));
            self.missing.extend(record.weight.is_none().then(|| "weight".into()));
        }
    }

    /// A fact that is yes or no.
    pub(super) fn flag(&mut self, term: &str, flag: Flag) {
        match self.record.flag(flag) {
            Some(value) => {
                self.input(flag.name(), yes_or_no(value));
                self.part(term, f64::from(u8::from(value)));
            }
            None => {
                self.missing.push(flag.name().to_owned());
                self.missing_flags.push(flag);
            }
        }
    }

    /// A fact that is yes or no, where the published model counts an unknown as no.
    pub(super) fn flag_or_no(&mut self, term: &str, flag: Flag) {
        match self.record.flag(flag) {
            Some(value) => {
                self.input(flag.name(), yes_or_no(value));
                self.part(term, f64::from(u8::from(value)));
            }
            None => {
                self.input(flag.name(), "unknown".into());
                self.unknown_terms.push(format!("{} is not known: the published model counts that as no", flag.name()));
            }
        }
    }

    /// The term for African Americans, of equations that know no other group.
    pub(super) fn african_american(&mut self) {
        let value = match (self.record.race, self.record.african_ancestry) {
            (Some(Race::Black), _) => true,
            (Some(Race::White | Race::Asian), _) => false,
            (Some(Race::Mixed) | None, Some(stated)) => stated,
            (Some(Race::Mixed), None) => {
                self.unknown_terms.push("race is mixed or withheld: counted as not African American".into());
                false
            }
            (None, None) => {
                self.missing.push("race".into());
                return;
            }
        };
        self.input("African American", yes_or_no(value));
        self.part("african_american", f64::from(u8::from(value)));
    }

    /// Counts of VKORC1 A, CYP2C9*2 and CYP2C9*3, of equations without a term for an unknown genotype.
    pub(super) fn allele_counts(&mut self) {
        match self.record.genotypes.vkorc1 {
            Some(alleles) => {
                self.input("VKORC1 -1639", vkorc1(alleles).into());
                self.part("VKORC1 A", f64::from(alleles));
            }
            None => self.missing.push("VKORC1 -1639".into()),
        }
        match &self.record.genotypes.cyp2c9 {
            Some(found) => {
                self.input("CYP2C9", found.name());
                self.part("CYP2C9 *2", f64::from(found.star2));
                self.part("CYP2C9 *3", f64::from(found.star3));
            }
            None => self.missing.push("CYP2C9".into()),
        }
    }
}

pub(super) fn yes_or_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

/// Genotype by the number of A alleles.
pub(super) fn vkorc1(alleles: u8) -> &'static str {
    match alleles {
        0 => "GG",
        1 => "AG",
        _ => "AA",
    }
}
