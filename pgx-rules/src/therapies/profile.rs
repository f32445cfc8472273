//! What a tumour must show for evidence to hold: one variant, or several joined by AND, OR and NOT.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Expressions nested deeper than this are refused.
const DEPTH: usize = 16;
/// While reading: parentheses that group nothing are no level of the expression, but cost stack.
const READING: usize = 4 * DEPTH;

/// An expression over variants, by their identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Profile {
    /// One variant.
    Variant(u32),
    /// All of these.
    All(Vec<Profile>),
    /// At least one of these.
    Any(Vec<Profile>),
    /// Not this.
    Not(Box<Profile>),
}

impl Profile {
    /// Reads an expression; `find` gives the identifier of a leaf.
    ///
    /// # Errors
    /// With the leaf that is not known, or what is wrong with the expression.
    pub fn parse(text: &str, find: &dyn Fn(&str) -> Option<u32>) -> Result<Self, String> {
        let tokens = tokens(text);
        let mut parser = Parser { tokens: &tokens, find };
        let profile = parser.any(0)?;
        match parser.tokens {
            // what is accepted has to be read again once it is written
            [] if profile.depth() > DEPTH => Err(TOO_DEEP.to_owned()),
            [] => Ok(profile),
            [next, ..] => Err(format!("'{text}': unexpected {next:?}")),
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::Variant(_) => 0,
            Self::All(parts) | Self::Any(parts) => 1 + parts.iter().map(Self::depth).max().unwrap_or(0),
            Self::Not(part) => 1 + part.depth(),
        }
    }

    /// Every variant named in it.
    pub fn variants(&self) -> Vec<u32> {
        match self {
            Self::Variant(id) => vec![*id],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::variants).collect(),
            Self::Not(part) => part.variants(),
        }
    }
}

const TOO_DEEP: &str = "nested too deeply";

#[derive(Clone, Debug, PartialEq)]
enum Token {
    And,
    Or,
    Not,
    Open,
    Close,
    Leaf(String),
}

/// Parentheses group only where they are not part of a name: `S183L (c.548C>T)` is one leaf.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for word in text.split_whitespace() {
        let mut word = word;
        while !word.starts_with("(c.")
            && let Some(rest) = word.strip_prefix('(')
        {
            tokens.push(Token::Open);
            word = rest;
        }
        let opened = word.matches('(').count();
        let mut closed = word.matches(')').count();
        let mut closing = 0;
        while closed > opened
            && let Some(rest) = word.strip_suffix(')')
        {
            word = rest;
            closed -= 1;
            closing += 1;
        }
        match (word, tokens.last_mut()) {
            ("", _) => {}
            ("AND", _) => tokens.push(Token::And),
            ("OR", _) => tokens.push(Token::Or),
            ("NOT", _) => tokens.push(Token::Not),
            (_, Some(Token::Leaf(leaf))) => {
                leaf.push(' ');
                leaf.push_str(word);
            }
            _ => tokens.push(Token::Leaf(word.to_owned())),
        }
        tokens.extend(std::iter::repeat_n(Token::Close, closing));
    }
    tokens
}

struct Parser<'a> {
    tokens: &'a [Token],
    find: &'a dyn Fn(&str) -> Option<u32>,
}

impl Parser<'_> {
    fn any(&mut self, depth: usize) -> Result<Profile, String> {
        self.joined(&Token::Or, depth, Self::all, Profile::Any)
    }

    fn all(&mut self, depth: usize) -> Result<Profile, String> {
        self.joined(&Token::And, depth, Self::one, Profile::All)
    }

    fn joined(
        &mut self,
        by: &Token,
        depth: usize,
        part: fn(&mut Self, usize) -> Result<Profile, String>,
        join: fn(Vec<Profile>) -> Profile,
    ) -> Result<Profile, String> {
        let first = part(self, depth)?;
        let mut parts = vec![first];
        while self.take(by) {
            parts.push(part(self, depth)?);
        }
        match (parts.len(), parts.pop()) {
            (1, Some(only)) => Ok(only),
            (_, last) => {
                parts.extend(last);
                Ok(join(parts))
            }
        }
    }

    fn one(&mut self, depth: usize) -> Result<Profile, String> {
        if depth > READING {
            return Err(TOO_DEEP.to_owned());
        }
        let Some((next, rest)) = self.tokens.split_first() else { return Err("it ends too early".to_owned()) };
        self.tokens = rest;
        match next {
            Token::Not => Ok(Profile::Not(Box::new(self.one(depth + 1)?))),
            Token::Open => {
                let inner = self.any(depth + 1)?;
                if self.take(&Token::Close) { Ok(inner) } else { Err("a parenthesis is not closed".to_owned()) }
            }
            Token::Leaf(leaf) => {
                (self.find)(leaf).map(Profile::Variant).ok_or_else(|| format!("no variant is called '{leaf}'"))
            }
            other => Err(format!("unexpected {other:?}")),
        }
    }

    fn take(&mut self, token: &Token) -> bool {
        let Some(rest) = self.tokens.split_first().filter(|(t, _)| *t == token).map(|(_, rest)| rest) else {
            return false;
        };
        self.tokens = rest;
        true
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, parts: &[Profile], by: &str| {
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    write!(f, " {by} ")?;
                }
                match part {
                    Self::All(_) | Self::Any(_) => write!(f, "( {part} )")?,
                    _ => write!(f, "{part}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::Variant(id) => write!(f, "{id}"),
            Self::All(parts) => list(f, parts, "AND"),
            Self::Any(parts) => list(f, parts, "OR"),
            Self::Not(part) => match part.as_ref() {
                Self::All(_) | Self::Any(_) => write!(f, "NOT ( {part} )"),
                _ => write!(f, "NOT {part}"),
            },
        }
    }
}

/// As text, as in the files.
impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text, &|leaf| leaf.parse().ok()).map_err(D::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn find(leaf: &str) -> Option<u32> {
        ["BRAF V600E", "BRAF Amplification", "VHL S183L (c.548C>T)"].iter().position(|l| *l == leaf).map(|i| i as u32)
    }

    fn shown(text: &str) -> String {
        Profile::parse(text, &find).map_or_else(|e| e, |p| p.to_string())
    }

    #[test]
    fn names_and_their_joints_are_told_apart() {
        assert_eq!(shown("BRAF V600E"), "0");
        assert_eq!(shown("BRAF V600E AND BRAF Amplification"), "0 AND 1");
        assert_eq!(shown("VHL S183L (c.548C>T) AND NOT BRAF V600E"), "2 AND NOT 0");
        assert_eq!(shown("( BRAF V600E OR BRAF Amplification ) AND VHL S183L (c.548C>T)"), "( 0 OR 1 ) AND 2");
        assert_eq!(shown("(BRAF V600E OR BRAF Amplification) AND BRAF V600E"), "( 0 OR 1 ) AND 0");
    }

    #[test]
    fn an_expression_written_reads_back() {
        for text in ["0", "0 AND 1", "( 0 OR 1 ) AND NOT 2", "0 OR ( 1 AND 2 )", "NOT ( 0 AND 1 )"] {
            assert_eq!(Profile::parse(text, &|l| l.parse().ok()).unwrap().to_string(), text);
        }
    }

    #[test]
    fn the_deepest_expression_that_is_accepted_reads_back() {
        let find = |leaf: &str| leaf.parse().ok();
        let nested = |levels: usize| format!("{}1{}", "( 2 OR 3 AND ".repeat(levels), " )".repeat(levels));
        let deepest = Profile::parse(&nested(8), &find).unwrap();
        assert_eq!(Profile::parse(&deepest.to_string(), &find).unwrap(), deepest);
        assert!(Profile::parse(&nested(9), &find).unwrap_err().contains("deeply"));
        assert_eq!(Profile::parse(&format!("{}1{}", "( ".repeat(40), " )".repeat(40)), &find), Ok(Profile::Variant(1)));
    }

    #[test]
    fn a_broken_expression_says_what_is_wrong() {
        assert!(shown("KRAS G12C").contains("no variant is called 'KRAS G12C'"));
        assert!(shown("").contains("too early"));
        assert!(shown("BRAF V600E AND").contains("too early"));
        assert!(shown("( BRAF V600E").contains("not closed"));
        assert!(shown(&"( ".repeat(100)).contains("deeply"));
    }
}
