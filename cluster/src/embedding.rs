//! Patients on a plane, for people to look at. Nothing is concluded from these places.

mod tsne;

pub use tsne::{Settings, tsne};
