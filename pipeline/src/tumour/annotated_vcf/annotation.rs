//! The annotation of one record: VEP's and SnpEff's fields, one effect a gene.

use pgx_rules::therapies::tumour::{Consequence, SmallVariant};

/// Fields of SnpEff's `ANN`, by the specification of variant annotations in VCF (version 1.0).
const ANN: &[&str] = &[
    "Allele",
    "Consequence",
    "IMPACT",
    "SYMBOL",
    "Gene",
    "Feature_type",
    "Feature",
    "BIOTYPE",
    "EXON",
    "HGVSc",
    "HGVSp",
];

/// Where the fields of an annotation are.
#[derive(Clone, Debug)]
pub struct Layout {
    key: &'static str,
    fields: Vec<String>,
}

impl Layout {
    /// From the header line of `CSQ` or `ANN`.
    pub fn of_header(line: &str) -> Option<Self> {
        if line.starts_with("##INFO=<ID=CSQ,") {
            let (_, format) = line.split_once("Format: ")?;
            let format = format.split(['"', '>']).next()?;
            return Some(Self { key: "CSQ=", fields: format.split('|').map(|f| f.trim().to_owned()).collect() });
        }
        line.starts_with("##INFO=<ID=ANN,")
            .then(|| Self { key: "ANN=", fields: ANN.iter().map(|f| (*f).to_owned()).collect() })
    }

    /// The effect of one allele on each gene: of several transcripts the one that the annotator picked, then the canonical
    /// one, then that with the worst effect.
    pub fn effects(&self, info: &str, reference: &str, alternates: &[&str], index: usize) -> Vec<SmallVariant> {
        let Some(text) = info.split(';').find_map(|f| f.strip_prefix(self.key)) else { return Vec::new() };
        let mut best: Vec<(Rank, SmallVariant)> = Vec::new();
        for entry in text.split(',') {
            let entry = Entry { fields: &self.fields, cells: entry.split('|').collect() };
            if entry.get("SYMBOL").is_empty() || !entry.is_of(reference, alternates, index) {
                continue;
            }
            let (rank, effect) = (entry.rank(), entry.effect());
            match best.iter_mut().find(|(_, known)| known.gene == effect.gene) {
                Some(known) if rank < known.0 => *known = (rank, effect),
                Some(_) => {}
                None => best.push((rank, effect)),
            }
        }
        best.into_iter().map(|(_, effect)| effect).collect()
    }
}

/// What makes one transcript better than another: smaller is better.
type Rank = (bool, bool, bool, Consequence);

struct Entry<'a> {
    fields: &'a [String],
    cells: Vec<&'a str>,
}

impl Entry<'_> {
    fn get(&self, name: &str) -> &str {
        let column = self.fields.iter().position(|f| f == name);
        column.and_then(|c| self.cells.get(c)).map_or("", |c| c.trim())
    }

    /// Whether the entry speaks of an allele: by its number, or as VEP (first common base cut off) or SnpEff write it.
    fn is_of(&self, reference: &str, alternates: &[&str], index: usize) -> bool {
        if let Ok(number) = self.get("ALLELE_NUM").parse::<usize>() {
            return number == index + 1;
        }
        if alternates.len() == 1 {
            return true;
        }
        let Some(alternate) = alternates.get(index) else { return false };
        let first = reference.get(..1).unwrap_or_default();
        let is_cut =
            alternates.iter().any(|a| a.len() != reference.len()) && alternates.iter().all(|a| a.starts_with(first));
        let cut = if is_cut { alternate.get(1..).unwrap_or_default() } else { alternate };
        let allele = self.get("Allele");
        allele == *alternate || allele == if cut.is_empty() { "-" } else { cut }
    }

    fn rank(&self) -> Rank {
        let is_canonical = self.get("CANONICAL") == "YES";
        let has_mane = !self.get("MANE_SELECT").is_empty();
        (self.get("PICK") != "1", !is_canonical, !has_mane, Consequence::of_terms(self.get("Consequence")))
    }

    fn effect(&self) -> SmallVariant {
        let text = |name: &str| Some(self.get(name).to_owned()).filter(|t| !t.is_empty());
        let change =
            |name: &str| text(name).map(|t| t.rsplit_once(':').map_or(t.as_str(), |(_, c)| c).replace("%3D", "="));
        SmallVariant {
            gene: self.get("SYMBOL").to_owned(),
            consequence: Consequence::of_terms(self.get("Consequence")),
            protein: change("HGVSp"),
            coding: change("HGVSc"),
            transcript: text("Feature"),
            exon: self.get("EXON").split('/').next().and_then(|n| n.parse().ok()),
            place: None,
        }
    }
}
