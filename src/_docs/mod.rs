//! Pages of documentation, compiled with the crate.

#[doc = include_str!("architecture.md")]
pub mod architecture {}

#[doc = include_str!("certificate.md")]
pub mod certificate {}

#[doc = include_str!("certify.md")]
pub mod certify {}

#[doc = include_str!("check.md")]
pub mod check {}

#[doc = include_str!("ci.md")]
pub mod ci {}

#[doc = include_str!("conformance.md")]
pub mod conformance {}

#[doc = include_str!("json.md")]
pub mod json {}

#[doc = include_str!("matrix-market.md")]
pub mod matrix_market {}

#[doc = include_str!("report.md")]
pub mod report {}

#[doc = include_str!("run.md")]
pub mod run {}

#[doc = include_str!("scope.md")]
pub mod scope {}

#[doc = include_str!("speed.md")]
pub mod speed {}

#[doc = include_str!("streams.md")]
pub mod streams {}

#[doc = include_str!("own-claims.md")]
pub mod own_claims {}
