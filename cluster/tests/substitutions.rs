//! The table of all substitutions with their channels.
#![allow(clippy::unwrap_used)]

mod common;

use cluster::substitution::{channel, channel_name};

#[test]
fn every_substitution_folds_to_the_published_channel() {
    let Some(table) = common::table("sbs96_channels.tsv") else { return };
    let mut rows = 0;
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let context: [u8; 3] = cells[0].as_bytes().try_into().unwrap();
        let found = channel(context, cells[1].as_bytes()[0]).map(channel_name);
        assert_eq!(found.as_deref(), Some(cells[2]), "{line}");
        rows += 1;
    }
    assert_eq!(rows, 192, "all substitutions of all contexts");
}
