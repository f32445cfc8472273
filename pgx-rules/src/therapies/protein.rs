//! Changes of a protein, as HGVS and the formats of the field write them.

use std::fmt;

/// A change of a protein. Positions are 1-based residues; residues are one-letter codes, `*` is a stop.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProteinChange {
    /// One residue for another, or for a stop.
    Substitution {
        /// Residue of the reference.
        reference: char,
        /// Where.
        position: u32,
        /// Residue in its place.
        alternate: char,
    },
    /// The frame moves from here on.
    Frameshift {
        /// First residue that changes, where it is written.
        reference: Option<char>,
        /// Where.
        position: u32,
    },
    /// Residues are lost.
    Deletion {
        /// First lost.
        first: u32,
        /// Last lost.
        last: u32,
    },
    /// Residues are gained.
    Insertion {
        /// The residue before them.
        after: u32,
        /// What is gained; empty when it is not said.
        inserted: String,
    },
    /// Residues are repeated.
    Duplication {
        /// First repeated.
        first: u32,
        /// Last repeated.
        last: u32,
        /// The residues at both ends, where they are written.
        ends: (Option<char>, Option<char>),
    },
    /// Residues are replaced by others, of another number.
    Replacement {
        /// First replaced.
        first: u32,
        /// Last replaced.
        last: u32,
        /// What takes their place.
        inserted: String,
    },
    /// The same protein.
    Synonymous {
        /// Where.
        position: u32,
    },
    /// The start is lost.
    StartLost,
}

const CODES: &[(&str, char)] = &[
    ("Ala", 'A'),
    ("Arg", 'R'),
    ("Asn", 'N'),
    ("Asp", 'D'),
    ("Cys", 'C'),
    ("Gln", 'Q'),
    ("Glu", 'E'),
    ("Gly", 'G'),
    ("His", 'H'),
    ("Ile", 'I'),
    ("Leu", 'L'),
    ("Lys", 'K'),
    ("Met", 'M'),
    ("Phe", 'F'),
    ("Pro", 'P'),
    ("Ser", 'S'),
    ("Thr", 'T'),
    ("Trp", 'W'),
    ("Tyr", 'Y'),
    ("Val", 'V'),
    ("Sec", 'U'),
    ("Ter", '*'),
];

const LETTERS: &str = "ACDEFGHIKLMNPQRSTUVWY*";

impl ProteinChange {
    /// Reads a change, with or without `p.`, in one-letter or three-letter codes; nothing when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.rsplit_once(':').map_or(text, |(_, change)| change).trim();
        let text = text.strip_prefix("p.").unwrap_or(text);
        let text = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(text);
        if !text.is_ascii() {
            return None;
        }
        let mut rest = Rest(text);
        let head = rest.residues();
        let first = rest.number()?;
        let (mut last, mut last_residue) = (first, None);
        if rest.take("_") {
            last_residue = rest.residue();
            last = rest.number()?;
        }
        if first == 0 || last < first {
            return None;
        }
        let written = Written { head, first, last, last_residue };
        written.operation(rest)
    }

    /// First and last residue that the change touches.
    pub fn span(&self) -> Option<(u32, u32)> {
        match *self {
            Self::Substitution { position, .. } | Self::Frameshift { position, .. } | Self::Synonymous { position } => {
                Some((position, position))
            }
            Self::Deletion { first, last }
            | Self::Duplication { first, last, .. }
            | Self::Replacement { first, last, .. } => Some((first, last)),
            Self::Insertion { after, .. } => Some((after, after.saturating_add(1))),
            Self::StartLost => Some((1, 1)),
        }
    }

    /// Whether both are the same change. A frameshift is the same by its first residue; an insertion that does not say
    /// what is gained is the same as any at its place; a repeat of one or two residues is the insertion that it is.
    pub fn is_same(&self, other: &Self) -> bool {
        let agree = |a: &Option<char>, b: &Option<char>| a.is_none() || b.is_none() || a == b;
        match (self, other) {
            (
                Self::Frameshift { reference, position },
                Self::Frameshift { reference: other, position: other_position },
            ) => position == other_position && agree(reference, other),
            (Self::Insertion { after, inserted }, Self::Insertion { after: other_after, inserted: other }) => {
                after == other_after && (inserted.is_empty() || other.is_empty() || inserted == other)
            }
            (Self::Duplication { first, last, .. }, Self::Duplication { first: other_first, last: other_last, .. }) => {
                first == other_first && last == other_last
            }
            (Self::Duplication { last, .. }, Self::Insertion { after, inserted })
            | (Self::Insertion { after, inserted }, Self::Duplication { last, .. }) => {
                let repeated = self.repeated().or_else(|| other.repeated());
                after == last && repeated.is_some_and(|r| r == *inserted)
            }
            _ => self == other,
        }
    }

    /// The residues of a repeat, if its ends say them all.
    fn repeated(&self) -> Option<String> {
        let Self::Duplication { first, last, ends } = self else { return None };
        match (last - first, ends) {
            (0, (Some(one), _)) => Some(one.to_string()),
            (1, (Some(one), Some(two))) => Some(format!("{one}{two}")),
            _ => None,
        }
    }
}

/// What stands before the operation.
struct Written {
    head: String,
    first: u32,
    last: u32,
    last_residue: Option<char>,
}

impl Written {
    fn operation(self, mut rest: Rest<'_>) -> Option<ProteinChange> {
        let Self { head, first, last, last_residue } = self;
        let one = head.chars().next();
        if rest.0 == "=" {
            return Some(ProteinChange::Synonymous { position: first });
        }
        if rest.0 == "?" && first == 1 {
            return Some(ProteinChange::StartLost);
        }
        if rest.keyword("fs") {
            return Some(ProteinChange::Frameshift { reference: one, position: first });
        }
        if rest.keyword("delins") {
            let inserted = rest.all_residues()?;
            return Some(ProteinChange::Replacement { first, last, inserted });
        }
        if rest.keyword("del") {
            rest.all_residues()?;
            let more = (head.chars().count() as u32).saturating_sub(1);
            return Some(ProteinChange::Deletion { first, last: last.max(first.saturating_add(more)) });
        }
        if rest.keyword("ins") {
            let inserted = rest.all_residues()?;
            return Some(ProteinChange::Insertion { after: first, inserted });
        }
        if rest.keyword("dup") {
            rest.all_residues()?;
            return Some(ProteinChange::Duplication { first, last, ends: (one, last_residue) });
        }
        let alternate = rest.residues();
        if rest.keyword("fs") && alternate.chars().count() == 1 {
            return Some(ProteinChange::Frameshift { reference: one, position: first });
        }
        if rest.take(">") {
            let inserted = rest.all_residues()?;
            return (!inserted.is_empty()).then_some(ProteinChange::Replacement { first, last, inserted });
        }
        if !rest.0.is_empty() || alternate.is_empty() {
            return None;
        }
        match (head.chars().count(), alternate.chars().count()) {
            (1, 1) if last == first => {
                let (reference, alternate) = (one?, alternate.chars().next()?);
                Some(if reference == alternate {
                    ProteinChange::Synonymous { position: first }
                } else if reference == 'M' && first == 1 {
                    ProteinChange::StartLost
                } else {
                    ProteinChange::Substitution { reference, position: first, alternate }
                })
            }
            (0, _) => None,
            (n, _) => {
                let last = last.max(first.saturating_add(n as u32 - 1));
                Some(ProteinChange::Replacement { first, last, inserted: alternate })
            }
        }
    }
}

/// What is left to read.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn take(&mut self, what: &str) -> bool {
        match self.0.strip_prefix(what) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// A word of the notation, in lower or upper case.
    fn keyword(&mut self, word: &str) -> bool {
        self.take(word) || self.take(&word.to_ascii_uppercase())
    }

    fn residue(&mut self) -> Option<char> {
        if let Some((code, letter)) = CODES.iter().find(|(code, _)| self.0.starts_with(code)) {
            self.take(code);
            return Some(*letter);
        }
        let letter = self.0.chars().next().filter(|c| LETTERS.contains(*c))?;
        self.0 = self.0.get(1..).unwrap_or_default();
        Some(letter)
    }

    /// Residues up to the next keyword in upper case, which could be read as residues too, or to anything else.
    fn residues(&mut self) -> String {
        let mut found = String::new();
        while !["FS", "DEL", "INS", "DUP"].iter().any(|word| self.0.starts_with(word))
            && let Some(residue) = self.residue()
        {
            found.push(residue);
        }
        found
    }

    /// Residues to the end; nothing when something else is there.
    fn all_residues(&mut self) -> Option<String> {
        let mut found = String::new();
        while let Some(residue) = self.residue() {
            found.push(residue);
        }
        self.0.is_empty().then_some(found)
    }

    fn number(&mut self) -> Option<u32> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.parse().ok()
    }
}

impl fmt::Display for ProteinChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Substitution { reference, position, alternate } => write!(f, "{reference}{position}{alternate}"),
            Self::Frameshift { reference, position } => match reference {
                Some(reference) => write!(f, "{reference}{position}fs"),
                None => write!(f, "{position}fs"),
            },
            Self::Deletion { first, last } => write!(f, "{first}_{last}del"),
            Self::Insertion { after, inserted } => write!(f, "{after}_{}ins{inserted}", after.saturating_add(1)),
            Self::Duplication { first, last, .. } => write!(f, "{first}_{last}dup"),
            Self::Replacement { first, last, inserted } => write!(f, "{first}_{last}delins{inserted}"),
            Self::Synonymous { position } => write!(f, "{position}="),
            Self::StartLost => f.write_str("M1?"),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        ProteinChange::parse(text).map_or_else(|| "none".to_owned(), |c| c.to_string())
    }

    #[test]
    fn every_way_of_writing_a_substitution_reads_the_same() {
        for text in ["V600E", "p.V600E", "p.Val600Glu", "p.(Val600Glu)", "NP_004324.2:p.Val600Glu"] {
            assert_eq!(shown(text), "V600E", "{text}");
        }
        assert_eq!(shown("R213*"), "R213*");
        assert_eq!(shown("p.Arg213Ter"), "R213*");
    }

    #[test]
    fn changes_of_several_residues_are_read() {
        for (text, expected) in [
            ("E746_A750del", "746_750del"),
            ("p.Glu746_Ala750del", "746_750del"),
            ("W557_K558DELWK", "557_558del"),
            ("D579DEL", "579_579del"),
            ("L747_P753delinsS", "747_753delinsS"),
            ("M774DELINSWLV", "774_774delinsWLV"),
            ("E746_T751>I", "746_751delinsI"),
            ("K558NP", "558_558delinsNP"),
            ("p.598_598E>EMV", "598_598delinsEMV"),
            ("A502_Y503insAY", "502_503insAY"),
            ("p.599_600insDFREYEY", "599_600insDFREYEY"),
            ("P780INS", "780_781ins"),
            ("Y772_A775DUP", "772_775dup"),
            ("W288FS", "W288fs"),
            ("p.WQ288fs", "W288fs"),
            ("p.W288Cfs*12", "W288fs"),
            ("E55RfsTer11", "E55fs"),
            ("R135FSX177", "R135fs"),
            ("p.L774L", "774="),
            ("p.Leu774=", "774="),
            ("M1?", "M1?"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_change_of_a_protein_is_not_read_as_one() {
        for text in ["", "V600", "p.", "p.?", "p.X847_splice", "p.-287fs", "MUTATION", "V600E extra", "600", "p.É600K"]
        {
            assert_eq!(shown(text), "none", "{text}");
        }
    }

    #[test]
    fn a_repeat_is_the_insertion_that_it_is() {
        let parse = |t| ProteinChange::parse(t).unwrap();
        assert!(parse("A502_Y503dup").is_same(&parse("Y503_F504insAY")));
        assert!(!parse("A502_Y503dup").is_same(&parse("Y503_F504insYA")));
        assert!(!parse("V600E").is_same(&parse("V600K")));
        assert!(parse("p.WQ288fs").is_same(&parse("W288FS")));
        assert!(!parse("L287fs").is_same(&parse("W288FS")));
    }
}
