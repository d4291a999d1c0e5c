//! Plain floats and stock faer: candidates at full speed, and no promise.
//!
//! The last bits depend on the processor and on the number of threads, so nothing from here is printed or hashed: it is handed, as
//! data, to proofs that assume nothing of it ([`crate::certify`]).

pub mod eigen;
pub mod product;
pub mod solve;
