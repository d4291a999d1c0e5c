//! The readers that `tests/it/hostile.rs` tests too.

#[path = "../../it/common/readers.rs"]
pub mod readers;
