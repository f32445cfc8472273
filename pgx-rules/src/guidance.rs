//! From phenotypes to guidance: structured actions and the sentences rendered from them.

pub mod action;
