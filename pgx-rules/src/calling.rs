//! From observations to a call: the rule that a gene names in `gene.toml`, one file a rule.

use variants::model::{Observation, Observations};

use crate::call::{CallSource, GeneCall};
use crate::knowledge::schema::{Gene, SiteRole};

/// Biological sex as stated by the user; never inferred silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Two X chromosomes.
    Female,
    /// One X chromosome.
    Male,
}

/// Choices of the user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallOptions {
    /// Keep every diplotype that fits, not only the best.
    pub all_matches: bool,
    /// Report combinations of alleles on one strand and partial alleles where no named allele fits.
    pub combinations: bool,
    /// Call genes of the rule `small-variants-only` (CYP2D6), whose structural alleles cannot be seen.
    pub small_variants_only: bool,
}

/// The calls of one gene over all samples of an input: each distinct pattern of genotypes is called once.
#[derive(Clone, Debug, PartialEq)]
pub struct CohortCalls {
    /// Distinct calls, in order of first appearance.
    pub distinct: Vec<GeneCall>,
    /// Index into `distinct`, one a sample.
    pub of_sample: Vec<u32>,
}

/// Calls one gene of one sample, phenotypes included. `observations` has one entry a site of [`Gene::sites`], in terms of
/// the definition (see [`crate::knowledge::panel::in_terms_of_definition`]).
pub fn call(gene: &Gene, observations: &[Observation], _sex: Option<Sex>, _options: CallOptions) -> GeneCall {
    let defining = |i: &usize| gene.sites.get(*i).is_some_and(|s| s.role == SiteRole::Defining);
    GeneCall {
        gene: gene.symbol.clone(),
        source: CallSource::Matcher,
        rule: gene.calling.clone(),
        candidates: Vec::new(),
        phased: false,
        effectively_phased: false,
        missing: (0..observations.len()).filter(defining).collect(),
        not_excluded: Vec::new(),
        sites: Vec::new(),
        warnings: Vec::new(),
    }
}

/// Calls one gene of every sample. `panel_sites` is the gene's row of [`crate::knowledge::panel::GenePanel::sites`];
/// `sexes` has one entry a sample.
pub fn call_cohort(
    gene: &Gene,
    panel_sites: &[Option<usize>],
    observations: &Observations,
    sexes: &[Option<Sex>],
    options: CallOptions,
) -> CohortCalls {
    let missing: Vec<Observation> = panel_sites.iter().map(|_| Observation::missing()).collect();
    let one = call(gene, &missing, sexes.first().copied().flatten(), options);
    CohortCalls { distinct: vec![one], of_sample: vec![0; observations.samples.len()] }
}
