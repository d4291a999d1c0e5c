//! Goldens: the stored texts of the claims, sealed by a manifest, replaced all at once.
//!
//! A [`Store`] is one directory, such as `golden/quick`: one readable text a claim, and [`MANIFEST.json`](manifest::FILE) with the
//! digest of each and a root digest over all. This room compares bytes and has no opinion: a name and a text come in, a
//! [`Status`] comes out.

pub mod difference;
mod journal;
pub mod manifest;
pub mod status;
pub mod store;

pub use difference::difference;
pub use journal::Recovery;
pub use manifest::Manifest;
pub use status::Status;
pub use store::{Scope, Store, Stored, Written};
