#![allow(clippy::unwrap_used)]

use std::io::Write;

use super::*;
use pgx_rules::therapies::tumour::Consequence;
use variants::model::Assembly;

const HEADER: &str = "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tEnd_position\tVariant_Classification\t\
                      Reference_Allele\tTumor_Seq_Allele1\tTumor_Seq_Allele2\tTumor_Sample_Barcode\tHGVSp_Short\tt_ref_count\tt_alt_count";
const V600E: &str = "BRAF\t37\tchr7\t140453136\t140453136\tMissense_Mutation\tA\tA\tT\tS1\tp.V600E\t30\t10";

fn read(text: &[u8]) -> Result<Vec<MafRow>> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text).unwrap();
    Maf::open(file.path())?.collect()
}

fn refused(text: &str) -> String {
    format!("{:#}", read(text.as_bytes()).unwrap_err())
}

#[test]
fn a_row_gives_gene_effect_change_place_and_share() {
    let rows = read(format!("#version 2.4\n\n{HEADER}\n{V600E}\n").as_bytes()).unwrap();
    let [row] = rows.as_slice() else { unreachable!("{rows:?}") };
    assert_eq!((row.line, row.sample.as_str(), row.variant.gene.as_str()), (4, "S1", "BRAF"));
    assert_eq!(row.variant.consequence, Consequence::Missense);
    assert_eq!(row.variant.protein.as_deref(), Some("p.V600E"));
    assert_eq!(row.allele_fraction, Some(0.25));
    let place = row.variant.place.as_ref().unwrap();
    assert_eq!((place.assembly, place.contig.as_str(), place.start), (Some(Assembly::Grch37), "7", 140_453_136));
    assert_eq!((place.reference.as_str(), place.alternate.as_str()), ("A", "T"));
}

#[test]
fn a_compressed_file_with_windows_line_ends_reads_the_same() {
    let plain = format!("{HEADER}\n{V600E}\n");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(plain.replace('\n', "\r\n").as_bytes()).unwrap();
    assert_eq!(read(&packed.finish().unwrap()).unwrap(), read(plain.as_bytes()).unwrap());
}

#[test]
fn a_percentage_is_read_as_a_share() {
    let text =
        "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\ti_TumorVAF_WU\nFLT3\tIn_Frame_Ins\tS\t45.66\n";
    let share = read(text.as_bytes()).unwrap()[0].allele_fraction.unwrap();
    assert!((share - 0.4566).abs() < 1e-12);
}

#[test]
fn an_insertion_has_no_reference_bases() {
    let row = V600E.replace("\tA\tA\tT\t", "\t-\t-\tGGT\t").replace("140453136\tMissense", "140453137\tMissense");
    let rows = read(format!("{HEADER}\n{row}\n").as_bytes()).unwrap();
    let place = rows[0].variant.place.as_ref().unwrap();
    assert_eq!((place.start, place.end, place.reference.as_str()), (140_453_136, 140_453_137, ""));
    assert_eq!(place.alternate, "GGT");
}

#[test]
fn a_missing_column_is_named_with_those_that_are_there() {
    let said = refused("Gene\tTumor_Sample_Barcode\nBRAF\tS\n");
    assert!(said.contains("'Hugo_Symbol'") && said.contains("Gene, Tumor_Sample_Barcode"), "{said}");
}

#[test]
fn a_malformed_row_is_named_by_its_line() {
    for (broken, word) in [
        (V600E.replace("140453136\t140453136", "abc\t140453136"), "'abc' is not a whole number"),
        (V600E.replace("\tS1\t", "\t\t"), "Tumor_Sample_Barcode is empty"),
        (format!("{V600E}\textra"), "14 cells, but the header has 13 columns"),
        (V600E.replace("\t37\t", "\tmm10\t"), "mm10"),
        (V600E.replace("\t140453136\tMissense", "\t7\tMissense"), "lies before"),
        ("BRAF\t37".to_owned(), "cut off"),
    ] {
        let said = refused(&format!("{HEADER}\n{V600E}\n{broken}\n"));
        assert!(said.contains("line 3") && said.contains(word), "{said}");
    }
}

#[test]
fn an_empty_file_is_refused() {
    assert!(refused("").contains("no header"));
    assert!(refused("#version 2.4\n").contains("no header"));
}

#[test]
fn a_position_in_the_notation_of_r_is_a_whole_number_and_a_fraction_is_not() {
    let r = V600E.replacen("140453136\t140453136", "1.4e+08\t1.4e+08", 1);
    let rows = read(format!("{HEADER}\n{r}\n").as_bytes()).unwrap();
    assert_eq!(rows[0].variant.place.as_ref().unwrap().start, 140_000_000);
    let error = refused(&format!("{HEADER}\n{}\n", V600E.replacen("140453136", "140453136.5", 1)));
    assert!(error.contains("line 2: Start_Position '140453136.5' is not a whole number"), "{error}");
}
