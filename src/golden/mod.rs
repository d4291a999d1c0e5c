//! Goldens: the stored texts of the claims, sealed by a manifest, replaced all at once.
//!
//! A [`Store`] is one directory, such as `golden/quick`: one readable [`Text`] a claim, and [`MANIFEST.json`](manifest::FILE) with a
//! digest of the prose and one of the numbers of each, and a root digest over all that it says. This room compares bytes and has no opinion: a name
//! and a text come in, a [`Status`] comes out.

pub mod difference;
mod journal;
pub mod manifest;
pub mod status;
pub mod store;
pub mod text;

pub use difference::difference;
pub use journal::{Recovery, Waiting};
pub use manifest::{Manifest, Seal};
pub use status::{Halves, Status};
pub use store::{Scope, Store, Stored, Written};
pub use text::Text;
