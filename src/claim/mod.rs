//! Claims: what is asserted, how it is checked, and how it could fail. This room knows no paper.
//!
//! A [`Claim`] states a finite proposition, checks it, and ships controls: the same check on broken premises, which must come out
//! [`Refuted`](Verdict::Refuted). A [`Catalogue`] holds the claims of one paper; a [`Study`] is the work that its claims share, so that
//! each run is computed once. [`Evaluation`] computes and judges them.
//!
//! | file | what lives there |
//! |---|---|
//! | `verdict` | [`Verdict`], [`Evidence`], [`Profile`] |
//! | `outcome` | [`Condition`], [`Table`], [`Outcome`], [`Outcomes`] |
//! | `value` | [`Value`], [`Kind`]: the cells of tables |
//! | [`judging`], [`exponent`] | from values to conditions and cells |
//! | `catalogue` | [`Claim`], [`Control`], [`Checking`], [`Catalogue`], [`Description`], [`Term`] |
//! | `figure`, `story` | [`Figure`], [`Story`]: pictures and first page of a report, as data |
//! | `study` | [`Study`], [`Computed`], [`Weights`] |
//! | `evaluation` | [`Evaluation`]: one queue of items and claims |
//! | `text` | the text of a golden, written and read |
//! | `difference` | [`difference()`]: what moved between two outcomes |
//! | `ledger`, `sources` | finished work, and the sources that it is valid for |

mod catalogue;
mod difference;
mod evaluation;
pub mod exponent;
mod figure;
pub mod judging;
pub mod ledger;
mod outcome;
mod sources;
mod story;
mod study;
pub mod text;
mod value;
mod verdict;

pub use catalogue::{Catalogue, Checking, Claim, Control, Description, Source, Term};
pub use difference::difference;
pub use evaluation::{Evaluation, Share, Watch, require_platform};
pub use figure::{Axis, Curve, Figure, Points, Scale};
pub use ledger::Ledger;
pub use outcome::{Column, Condition, Outcome, Outcomes, Table};
pub use sources::Sources;
pub use story::{Finding, Story};
pub use study::{Computed, Finished, Key, Progress, Study, Weights, shard};
pub use value::{Kind, Value};
pub use verdict::{Evidence, Profile, Verdict};
