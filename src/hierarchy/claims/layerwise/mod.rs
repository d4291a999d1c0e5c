//! Why training layer by layer stops.

use crate::exact::Rational;
use crate::hierarchy::claims::instances::{LIN_K2_D16, LINSKIP_K1_D32, QUAD01_K1_D16, Recipe};

pub(super) mod local_loss;
pub(super) mod refit;
pub(super) mod stuck;
pub(super) mod weighted;
pub(super) mod wider_top;

/// An instance of depth 3 for each way in which layers read the inputs.
static ONE_PER_INDEX_SET: [&Recipe; 3] = [&LIN_K2_D16, &LINSKIP_K1_D32, &QUAD01_K1_D16];

/// te/eps^2, with eps the decimal .1 of the claim's text.
fn over_gap_squared(te: &Option<Rational>) -> Option<Rational> {
    Some(te.as_ref()? * &Rational::from(100))
}
