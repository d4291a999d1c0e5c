//! Depth 4: the error of layer 2 falls in two steps, then to the end.

use std::borrow::Cow;

use super::staircase::Stairs;
use crate::claim::{Claim, Control, Evidence};
use crate::hierarchy::claims::figures;
use crate::hierarchy::claims::instances::LIN_L4;
use crate::hierarchy::experiment::Training;

/// Depth 4: the error of layer 2 falls by about a factor of the gap with every layer that is switched on.
pub const STAIRCASE_4: Claim<Training> = Claim {
    id: Cow::Borrowed("backward.staircase-4"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "At depth 4 the error f of layer 2 falls in a staircase: after the phase of layer 2 it is of the order eps, \
         after the phase of layers 2 and 3 of the order eps^2 (slopes of ln f against ln eps over .2, .1, .05 in [.85, \
         1.2] and [1.8, 2.15] on every seed), and after all layers te < 1e-15 at each of these eps.",
    ),
    method: "lin L4 k1 d32, joint training. f and te are exact functions of the trained weights; slopes are enclosed. \
             Beside them stands f where each stage has its optimum on the population (dynamics.staircase): its slopes \
             are about those of the runs, its constants are not, as samples see little of the tails of high powers. \
             The bands describe these runs; the final te was set in advance.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[figures::STAIRCASE_4],
    items: |_, profile| STAIRS.cells(profile),
    check: |c| STAIRS.check(c.profile, c.computed),
    controls: &[
        Control {
            breaks: "Layer 4 is never switched on; layers 2 to 3 go on training for as long.",
            check: |c| STAIRS.topless(c.profile, c.computed),
        },
        Control {
            breaks: "Layer 2 is frozen after its own phase (layerwise training), for the second step.",
            check: |c| STAIRS.frozen(c.profile, c.computed),
        },
        Control { breaks: "Layer 3 has trained along, for the first step.", check: |c| STAIRS.late(c.profile, c.computed) },
    ],
};

static STAIRS: Stairs = Stairs { recipe: &LIN_L4, bands: &[("0.85", "1.2"), ("1.8", "2.15")], reached: "1e-15" };
