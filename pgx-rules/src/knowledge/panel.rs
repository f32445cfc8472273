//! The panel of sites that a set of genes asks about, on one assembly.

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;
use variants::model::{Allele, Assembly, Genotype, Observation, Panel, PanelError, Position, Site};

use super::schema::{Gene, GeneSite};

/// A panel, and where each gene's sites lie in it.
#[derive(Clone, Debug)]
pub struct GenePanel {
    /// The sites of all genes, each place once.
    pub panel: Arc<Panel>,
    /// For each gene in the order given: for each of its sites the index into the panel; `None` when the gene has no
    /// position on this assembly.
    pub sites: Vec<Vec<Option<usize>>>,
}

/// Sites that do not fit together.
#[derive(Debug, Error)]
pub enum GenePanelError {
    /// Two genes give one place different reference alleles, or a place is zero.
    #[error(
        "{gene} {contig}:{position}: reference allele {reference} contradicts another gene's, or the position is zero"
    )]
    Contradiction {
        /// The gene.
        gene: String,
        /// Its contig.
        contig: String,
        /// 1-based position.
        position: u32,
        /// Its reference allele there.
        reference: String,
    },
    /// The panel refuses a site.
    #[error(transparent)]
    Panel(#[from] PanelError),
}

/// Builds the panel of some genes.
///
/// On GRCh37, where the reference base of a site differs from GRCh38, the GRCh38 base becomes an alternate, so that
/// observations can be read back in terms of the definition ([`in_terms_of_definition`]).
///
/// # Errors
/// When two genes contradict each other about a place.
pub fn panel(genes: &[&Gene], assembly: Assembly) -> Result<GenePanel, GenePanelError> {
    let mut places: BTreeMap<(String, u32), Site> = BTreeMap::new();
    for gene in genes {
        for site in &gene.sites {
            let Some((position, reference)) = placed(site, assembly) else { continue };
            let contradiction = || GenePanelError::Contradiction {
                gene: gene.symbol.clone(),
                contig: gene.contig.clone(),
                position,
                reference: reference.to_owned(),
            };
            let at = Position::new(position).ok_or_else(contradiction)?;
            let entry = places.entry((gene.contig.clone(), position)).or_insert_with(|| Site {
                contig: gene.contig.clone(),
                position: at,
                reference: reference.to_owned(),
                alternates: Vec::new(),
                rsid: site.rsid.clone(),
                synonyms: Vec::new(),
            });
            if entry.reference != reference {
                return Err(contradiction());
            }
            for bases in std::iter::once(&site.reference).chain(&site.alternates) {
                if *bases != entry.reference && !entry.alternates.contains(bases) {
                    entry.alternates.push(bases.clone());
                }
            }
        }
    }
    let panel = Panel::new(assembly, places.into_values().collect())?;
    let sites = genes.iter().map(|g| indices(g, &panel)).collect();
    Ok(GenePanel { panel: Arc::new(panel), sites })
}

fn placed(site: &GeneSite, assembly: Assembly) -> Option<(u32, &str)> {
    match assembly {
        Assembly::Grch38 => Some((site.position, &site.reference)),
        Assembly::Grch37 => site.grch37.as_ref().map(|p| (p.position, p.reference.as_str())),
    }
}

fn indices(gene: &Gene, panel: &Panel) -> Vec<Option<usize>> {
    gene.sites
        .iter()
        .map(|s| placed(s, panel.assembly()).and_then(|(p, _)| panel.find(&gene.contig, Position::new(p)?)))
        .collect()
}

/// Re-expresses an observation of a panel site in the alleles of a gene's own site: index 0 is the definition's reference
/// (GRCh38), alternates are those of [`GeneSite::alternates`].
pub fn in_terms_of_definition(observation: &Observation, panel_site: &Site, site: &GeneSite) -> Observation {
    let translate = |allele: &Allele| -> Allele {
        let Some(bases) = panel_site.bases(allele) else { return Allele::Missing };
        if bases == site.reference {
            return Allele::Reference;
        }
        match site.alternates.iter().position(|a| a == bases).and_then(|i| u8::try_from(i).ok()) {
            Some(i) => Allele::Alternate(i),
            None => Allele::Other(bases.to_owned()),
        }
    };
    let genotype = observation.genotype.as_ref().map(|g| Genotype {
        alleles: g.alleles.iter().map(translate).collect(),
        phased: g.phased,
        phase_set: g.phase_set,
    });
    Observation { state: observation.state, genotype, discrepancies: observation.discrepancies.clone() }
}
