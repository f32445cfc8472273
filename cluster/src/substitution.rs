//! Single-base substitutions by their neighbours: the 96 channels in which mutational processes leave their traces
//! (Alexandrov et al. 2013, doi 10.1038/nature12477). A change is written from the strand on which the reference base is
//! a pyrimidine, since which strand was hit first cannot be told.

/// Number of channels: six substitutions × four bases before × four after.
pub const CHANNELS: usize = 96;

/// Substitutions from a pyrimidine, in the order in which they are always shown.
pub const SUBSTITUTIONS: [&str; 6] = ["C>A", "C>G", "C>T", "T>A", "T>C", "T>G"];

const BASES: [u8; 4] = *b"ACGT";

/// The place of a substitution in [`SUBSTITUTIONS`], from the strand of its pyrimidine; none where a base is not one of
/// A, C, G, T, or nothing changes. Letters may be of either case.
pub fn substitution(reference: u8, alternate: u8) -> Option<usize> {
    let (reference, alternate) = (reference.to_ascii_uppercase(), alternate.to_ascii_uppercase());
    if matches!(reference, b'A' | b'G') {
        return substitution(complement(reference)?, complement(alternate)?);
    }
    SUBSTITUTIONS.iter().position(|s| s.as_bytes() == [reference, b'>', alternate])
}

/// The channel of a substitution, 0 to 95, by the reference base with one base on either side; substitutions first, then
/// the base before, then the base after. None where a base is not one of A, C, G, T, or nothing changes.
pub fn channel(context: [u8; 3], alternate: u8) -> Option<usize> {
    let [before, reference, after] = context.map(|b| b.to_ascii_uppercase());
    let change = substitution(reference, alternate)?;
    let (before, after) =
        if matches!(reference, b'A' | b'G') { (complement(after)?, complement(before)?) } else { (before, after) };
    let place = |base: u8| BASES.iter().position(|b| *b == base);
    Some(16 * change + 4 * place(before)? + place(after)?)
}

/// The name of a channel, such as `A[C>T]G`; empty beyond the last.
pub fn channel_name(channel: usize) -> String {
    let Some(change) = SUBSTITUTIONS.get(channel / 16) else { return String::new() };
    let base = |place: usize| char::from(BASES[place % 4]);
    format!("{}[{change}]{}", base(channel / 4), base(channel))
}

/// The base on the other strand.
pub fn complement(base: u8) -> Option<u8> {
    match base.to_ascii_uppercase() {
        b'A' => Some(b'T'),
        b'C' => Some(b'G'),
        b'G' => Some(b'C'),
        b'T' => Some(b'A'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_strands_give_one_channel_and_every_channel_has_its_name() {
        let named = |context: &[u8; 3], alternate| channel(*context, alternate).map(channel_name);
        assert_eq!(named(b"TGA", b'A').as_deref(), Some("T[C>T]A"));
        assert_eq!(named(b"tca", b't').as_deref(), Some("T[C>T]A"));
        assert_eq!(channel(*b"ACA", b'C'), None, "nothing changes");
        assert_eq!(channel(*b"NCA", b'T'), None);
        assert_eq!(substitution(b'A', b'-'), None);
        let names: std::collections::BTreeSet<String> = (0..CHANNELS).map(channel_name).collect();
        assert_eq!((names.len(), channel_name(CHANNELS)), (CHANNELS, String::new()));
    }
}
