//! Depth 5: one more step of the staircase.

use std::borrow::Cow;

use super::staircase::Stairs;
use crate::claim::{Claim, Control, Evidence};
use crate::hierarchy::claims::figures;
use crate::hierarchy::claims::instances::LIN_L5;
use crate::hierarchy::experiment::Training;

/// Depth 5: one more step of the staircase.
pub const STAIRCASE_5: Claim<Training> = Claim {
    id: Cow::Borrowed("backward.staircase-5"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "At depth 5 the staircase has one more step: f of layer 2 is of the order eps, eps^2, eps^3 after the phases \
         of layers 2, 3 and 4 (slopes over .2, .1, .05 in [.85, 1.2], [1.8, 2.15] and [2.7, 3.3] on every seed), and \
         after all layers te < 1e-9 at each of these eps.",
    ),
    method: "lin L5 k1 d24, joint training with heavy ball .99: layer 5 is a sixteenth power, of which samples see \
             little, and with .9 it converges too slowly on some seeds. f and te are exact functions of the trained \
             weights; slopes are enclosed. Beside them stands f where each stage has its optimum on the population \
             (dynamics.staircase): its slopes are about those of the runs, its constants are not, as samples see \
             little of the tails of high powers. The bands describe these runs; the final te was set in advance.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[figures::STAIRCASE_5],
    items: |_, profile| STAIRS.cells(profile),
    check: |c| STAIRS.check(c.profile, c.computed),
    controls: &[
        Control {
            breaks: "Layer 5 is never switched on; layers 2 to 4 go on training for as long.",
            check: |c| STAIRS.topless(c.profile, c.computed),
        },
        Control {
            breaks: "Layer 2 is frozen after its own phase (layerwise training), for the second and third step.",
            check: |c| STAIRS.frozen(c.profile, c.computed),
        },
        Control { breaks: "Layer 3 has trained along, for the first step.", check: |c| STAIRS.late(c.profile, c.computed) },
    ],
};

static STAIRS: Stairs = Stairs { recipe: &LIN_L5, bands: &[("0.85", "1.2"), ("1.8", "2.15"), ("2.7", "3.3")], reached: "1e-9" };
