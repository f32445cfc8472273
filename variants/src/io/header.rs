//! The header of a VCF, also the one inside a BCF.

use super::call::Problem;

/// A contig line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contig {
    /// Name as records write it.
    pub name: String,
    /// Length, bases.
    pub length: Option<u64>,
    /// The `assembly` tag.
    pub assembly: Option<String>,
}

/// What is needed of a header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Contig lines in order.
    pub contigs: Vec<Contig>,
    /// `##reference` and `##assembly` lines.
    pub references: Vec<String>,
    /// Sample names in the order of columns.
    pub samples: Vec<String>,
    /// `Number` of FORMAT `AD`; `None` when it is not declared.
    pub allele_depth_number: Option<String>,
    /// Whether reference blocks are to be expected: INFO `END`, `<NON_REF>`, `<*>` or a block line is declared.
    pub declares_blocks: bool,
    /// FILTER, INFO and FORMAT identifiers by their number in a BCF.
    pub strings: Vec<Option<String>>,
    /// Contigs by their number in a BCF: index into `contigs`.
    pub contig_numbers: Vec<Option<usize>>,
}

/// Identifiers to numbers as BCF 2.2 defines it: `PASS` is 0, then in order of appearance unless `IDX` says otherwise.
const MOST_NUMBERS: usize = 1 << 20;

/// Reads a header: all lines up to and with `#CHROM`.
///
/// # Errors
/// When a line is not UTF-8, a structured line cannot be read, the `#CHROM` line is missing or incomplete, or two
/// samples share a name.
pub fn parse_header(bytes: &[u8]) -> Result<Header, Problem> {
    let mut header = Header { strings: vec![Some("PASS".to_owned())], ..Header::default() };
    for (i, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = std::str::from_utf8(line).map_err(|e| {
            let remedy = "convert the file, for example with iconv -t utf-8";
            Problem(format!("header line {}: byte {} is not UTF-8; {remedy}", i + 1, e.valid_up_to() + 1))
        })?;
        if let Some(meta) = line.strip_prefix("##") {
            read_meta(meta, &mut header).map_err(|p| Problem(format!("header line {}: {p}", i + 1)))?;
        } else if line.starts_with("#CHROM") {
            header.samples = sample_names(line).map_err(|p| Problem(format!("header line {}: {p}", i + 1)))?;
            return Ok(header);
        } else if !line.is_empty() {
            break;
        }
    }
    Err(Problem::new("there is no #CHROM line; a VCF starts with ## lines and one #CHROM line"))
}

fn sample_names(line: &str) -> Result<Vec<String>, Problem> {
    const FIXED: [&str; 8] = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"];
    let cells: Vec<&str> = line.split('\t').collect();
    if !cells.starts_with(&FIXED) {
        return Err(Problem(format!("expected the tab-separated columns {}", FIXED.join(" "))));
    }
    let names: Vec<String> = cells.iter().skip(9).map(|n| (*n).to_owned()).collect();
    let mut seen = rustc_hash::FxHashSet::default();
    match names.iter().find(|n| !seen.insert(n.as_str())) {
        Some(twice) => {
            Err(Problem(format!("sample '{twice}' is named twice; rename one, for example with bcftools reheader")))
        }
        None => Ok(names),
    }
}

fn read_meta(meta: &str, header: &mut Header) -> Result<(), Problem> {
    let Some((key, value)) = meta.split_once('=') else { return Ok(()) };
    let structured = value.starts_with('<');
    match key {
        "contig" if structured => read_contig(value, header)?,
        "reference" | "assembly" => header.references.push(value.to_owned()),
        "FILTER" | "INFO" | "FORMAT" if structured => {
            let fields = parse_fields(value)?;
            let Some(id) = field(&fields, "ID") else { return Ok(()) };
            if key == "FORMAT" && id == "AD" {
                header.allele_depth_number = field(&fields, "Number").map(str::to_owned);
            }
            header.declares_blocks |= key == "INFO" && id == "END";
            let number = number_of(&fields)?;
            let known = header.strings.iter().position(|s| s.as_deref() == Some(id));
            if number.is_some() || known.is_none() {
                place_at(&mut header.strings, number, id.to_owned());
            }
        }
        "ALT" => header.declares_blocks |= value.contains("ID=NON_REF") || value.contains("ID=*"),
        _ => header.declares_blocks |= key.starts_with("GVCFBlock"),
    }
    Ok(())
}

fn read_contig(value: &str, header: &mut Header) -> Result<(), Problem> {
    let fields = parse_fields(value)?;
    let Some(name) = field(&fields, "ID") else { return Err(Problem::new("a contig line has no ID")) };
    let contig = Contig {
        name: name.to_owned(),
        length: field(&fields, "length").and_then(|l| l.parse().ok()),
        assembly: field(&fields, "assembly").map(str::to_owned),
    };
    place_at(&mut header.contig_numbers, number_of(&fields)?, header.contigs.len());
    header.contigs.push(contig);
    Ok(())
}

fn place_at<T: Clone>(table: &mut Vec<Option<T>>, number: Option<usize>, entry: T) {
    let number = number.unwrap_or(table.len());
    if number >= table.len() {
        table.resize(number + 1, None);
    }
    if let Some(place) = table.get_mut(number) {
        *place = Some(entry);
    }
}

fn number_of(fields: &[(&str, String)]) -> Result<Option<usize>, Problem> {
    match field(fields, "IDX") {
        None => Ok(None),
        Some(text) => match text.parse() {
            Ok(number) if number < MOST_NUMBERS => Ok(Some(number)),
            _ => Err(Problem(format!("IDX '{text}' is not a number below {MOST_NUMBERS}"))),
        },
    }
}

fn field<'a>(fields: &'a [(&str, String)], key: &str) -> Option<&'a str> {
    fields.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_str())
}

/// The fields of `<ID=DP,Description="Depth, total">`; quotes and backslashes are taken off.
fn parse_fields(value: &str) -> Result<Vec<(&str, String)>, Problem> {
    let unclosed = || Problem(format!("'{}' does not end with >", super::vcf::lossy(value.as_bytes())));
    let body = value.strip_prefix('<').and_then(|v| v.trim_end().strip_suffix('>')).ok_or_else(unclosed)?;
    let mut fields = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let Some((key, after)) = rest.split_once('=') else { break };
        let (text, used) = match after.strip_prefix('"') {
            Some(quoted) => {
                unquote(quoted).map(|(t, n)| (t, n + 1)).unwrap_or_else(|| (quoted.to_owned(), after.len()))
            }
            None => after
                .find(',')
                .map_or((after.to_owned(), after.len()), |n| (after.get(..n).unwrap_or_default().to_owned(), n)),
        };
        fields.push((key.trim_start_matches(','), text));
        rest = after.get(used..).unwrap_or_default();
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    Ok(fields)
}

/// Text up to the closing quote, and how many bytes that took with the quote.
fn unquote(text: &str) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut letters = text.char_indices();
    while let Some((i, letter)) = letters.next() {
        match letter {
            '"' => return Some((out, i + 1)),
            '\\' => out.extend(letters.next().map(|(_, c)| c)),
            _ => out.push(letter),
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";

    #[test]
    fn contigs_samples_and_numbers_are_read() {
        let text = format!(
            "##fileformat=VCFv4.2\n##FILTER=<ID=q10,Description=\"a \\\"quote\\\", and a comma\">\n\
             ##contig=<ID=chr1,length=248956422,assembly=GRCh38,species=\"Homo sapiens\">\n\
             ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"x\",IDX=7>\n##reference=hg38\n{COLUMNS}\tA\tB\n"
        );
        let header = parse_header(text.as_bytes()).expect("a header");
        assert_eq!(header.samples, ["A", "B"]);
        assert_eq!(header.contigs[0].length, Some(248_956_422));
        assert_eq!(header.contigs[0].assembly.as_deref(), Some("GRCh38"));
        assert_eq!(header.references, ["hg38"]);
        assert_eq!(header.strings[0].as_deref(), Some("PASS"));
        assert_eq!(header.strings[1].as_deref(), Some("q10"));
        assert_eq!(header.strings[7].as_deref(), Some("GT"));
        assert!(!header.declares_blocks);
    }

    #[test]
    fn what_is_not_a_header_is_refused_with_its_line() {
        for (text, words) in [
            ("chr1\t1\n".to_owned(), "#CHROM"),
            (String::new(), "#CHROM"),
            ("##fileformat=VCFv4.2\n#CHROM POS\n".to_owned(), "line 2"),
            (format!("{COLUMNS}\tA\tA\n"), "'A' is named twice"),
            (format!("##contig=<ID=chr1\n{COLUMNS}\tA\n"), "line 1"),
        ] {
            let problem = parse_header(text.as_bytes()).expect_err("no header");
            assert!(problem.to_string().contains(words), "{text:?}: {problem}");
        }
        let problem = parse_header(b"##source=\xff\n").expect_err("not UTF-8");
        assert!(problem.to_string().contains("line 1: byte 10 is not UTF-8"), "{problem}");
    }
}
