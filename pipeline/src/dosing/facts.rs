//! Options that state facts about one patient; each is read like the column of the same name.

use clap::Args;

macro_rules! facts {
    ($($(#[$about:meta])* $field:ident = $name:literal, $value:literal;)*) => {
        /// Facts about one patient.
        #[derive(Debug, Args)]
        #[command(next_help_heading = "The patient")]
        pub struct Facts {
            $($(#[$about])* #[arg(long, value_name = $value)] $field: Option<String>,)*
        }

        impl Facts {
            /// Name of the column, of the option without dashes before it, and value of what is stated.
            pub fn stated(&self) -> Vec<(&'static str, &'static str, &str)> {
                [$(($name, stringify!($field), self.$field.as_deref()),)*]
                    .into_iter()
                    .filter_map(|(name, option, value)| Some((name, option, value?)))
                    .collect()
            }
        }
    };
}

facts! {
    /// Name shown in the outputs
    id = "id", "NAME";
    /// Years
    age = "age", "YEARS";
    /// female or male
    sex = "sex", "SEX";
    /// Centimetres
    height = "height_cm", "CM";
    /// Kilograms
    weight = "weight_kg", "KG";
    /// As the patient states it: White, Asian, Black, mixed
    race = "race", "RACE";
    /// Whether the patient identifies with African ancestry; without it and race both branches of the flow are shown
    african_ancestry = "african_ancestry", "yes|no";
    /// -1639: GG, AG or AA; or rs9923231: CC, CT or TT
    vkorc1 = "vkorc1", "GENOTYPE";
    /// Two alleles: *1/*3
    cyp2c9 = "cyp2c9", "DIPLOTYPE";
    /// Plus strand, C or T
    rs9923231 = "rs9923231", "C/T";
    /// Plus strand, C or T (*2)
    rs1799853 = "rs1799853", "C/T";
    /// Plus strand, A or C (*3)
    rs1057910 = "rs1057910", "A/C";
    /// Whether *5, *6, *8 and *11 were assayed
    african_alleles_tested = "african_alleles_tested", "yes|no";
    /// Plus strand, G or A
    rs12777823 = "rs12777823", "G/A";
    /// Copies of *3: 0, 1, 2, or a diplotype
    cyp4f2 = "cyp4f2_star3_count", "COPIES";
    /// Co-medication by generic name, or none: says of every drug that the equations know whether it is taken
    medication = "medication", "A,B";
    /// Carbamazepine, phenytoin or a rifamycin
    enzyme_inducer = "enzyme_inducer", "yes|no";
    /// Also when stopped within the last months
    amiodarone = "amiodarone", "yes|no";
    /// Taken now
    fluvastatin = "fluvastatin", "yes|no";
    /// Smokes now
    smoker = "smoker", "yes|no";
    /// Deep-vein thrombosis or pulmonary embolism as the reason to treat
    dvt_pe = "dvt_pe", "yes|no";
    /// Stroke, now or before
    stroke = "stroke", "yes|no";
    /// Diabetes mellitus
    diabetes = "diabetes", "yes|no";
    /// Makes the first dose small
    liver_disease = "liver_disease", "yes|no";
    /// No dose is given
    pregnant = "pregnant", "yes|no";
    /// Needs --target-range
    mechanical_valve = "mechanical_valve", "yes|no";
    /// Now: no dose is given
    bleeding = "bleeding", "yes|no";
    /// INR to reach
    target_inr = "target_inr", "INR";
    /// Range to hold, as 2.0-3.0
    target_range = "target_range", "LOW-HIGH";
    /// INR before the first dose
    baseline_inr = "baseline_inr", "INR";
    /// INR on the morning of day 4 or 5, for a revision
    inr = "inr", "INR";
    /// Dose two days before that INR
    dose_2 = "dose_2", "MG";
    /// Dose three days before
    dose_3 = "dose_3", "MG";
    /// Dose four days before (0 on day 4)
    dose_4 = "dose_4", "MG";
}
