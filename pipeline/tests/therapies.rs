//! `rxstrata therapies` and the import of its evidence, by the binary.
