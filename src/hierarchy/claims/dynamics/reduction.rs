//! dynamics.reduction.

use std::borrow::Cow;

use crate::claim::judging::all_hold;
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table};
use crate::error::Result;
use crate::hierarchy::dynamics::reduction::Plane;
use crate::hierarchy::experiment::Training;

/// Gradient descent in `R^d` is a polynomial map in a few numbers.
pub const REDUCTION: Claim<Training> = Claim {
    id: Cow::Borrowed("dynamics.reduction"),
    sentence: "(a), (b)",
    statement: Cow::Borrowed(
        "For chains of width 1 (lin), Gaussian inputs and a free bias, the gradient of the population loss Var(F - F*) \
         in K_2 lies in the plane of K_2 and the target's direction w, and its coordinates there, and the slopes in \
         k_3, ..., k_L, are polynomials in a = <K_2, w>, s = |K_2|^2 and the k_l in which d does not occur. So \
         gradient descent in R^d is the reduced map in (a, b, k_3, ..., k_L), b^2 = s - a^2. Checked as an identity of \
         polynomials for d = 2, ..., 6 and L = 2, ..., 5; proved for every d and L by hand.",
    ),
    method: "K_2 = A v + B v' with integer vectors v (the target's direction, not normalised) and v'. In every \
             coordinate of R^d the gradient is computed from the layers themselves and from joint moments of <v, x>, \
             <v', x> and x_c, as a polynomial in A, B, k_3, ..., k_L with exact coefficients, and compared with the \
             reduced map's. proofs/dynamics.md, lemma 1.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| reduction(c.profile, 1),
    controls: &[Control {
        breaks: "Inputs that are not isotropic: the first has standard deviation 2.",
        check: |c| reduction(c.profile, 2),
    }],
};

/// Vectors of small integers, none of them zero.
const DIRECTION: [i64; 6] = [2, -1, 3, 1, 1, -2];
const OTHER: [i64; 6] = [1, 1, -1, -2, 1, 3];
/// `t_l` and `alpha_l`.
const TARGET: [i64; 4] = [3, 2, 1, 1];
const SCALES: [i64; 4] = [1, 2, 3, 2];

/// The plane in `d` dimensions, for a target and a learner of this depth.
fn plane(d: usize, depth: usize, first_deviation: i64) -> Plane {
    Plane {
        target: TARGET[..depth - 1].to_vec(),
        scales: SCALES[..depth - 1].to_vec(),
        top: depth,
        direction: DIRECTION[..d].to_vec(),
        other: OTHER[..d].to_vec(),
        deviations: (0..d).map(|c| if c == 0 { first_deviation } else { 1 }).collect(),
    }
}

/// The integers of all planes; one in `d` dimensions or of depth `L` has the first of each.
fn integers() -> Table {
    let mut table = Table::new("integers", &["of", "values"]);
    let lists: [(&str, &[i64]); 4] =
        [("v", &DIRECTION), ("v'", &OTHER), ("t_2, ..., t_5 of the target", &TARGET), ("alpha_2, ..., alpha_5", &SCALES)];
    for (name, values) in lists {
        let text = values.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        table.push([name.to_string(), text]);
    }
    table
}

fn reduction(profile: Profile, first_deviation: i64) -> Result<Outcome> {
    let (depths, dimensions) = if profile.draws_conclusions() { (2..=5, 2..=6) } else { (2..=3, 2..=2) };
    let mut table = Table::new("gradients", &["L", "d", "components", "terms", "components that agree"]);
    let mut held = Vec::new();
    for (depth, d) in depths.flat_map(|depth| dimensions.clone().map(move |d| (depth, d))) {
        let plane = plane(d, depth, first_deviation);
        let (in_space, reduced) = (plane.gradient_in_space()?, plane.reduced_gradient()?);
        let agree: Vec<bool> = in_space.iter().zip(&reduced).map(|(a, b)| a == b).collect();
        let terms: usize = in_space.iter().map(|p| p.len()).sum();
        table.push([depth, d, agree.len(), terms, agree.iter().filter(|a| **a).count()]);
        held.extend(agree);
    }
    let requires = "every component of the gradient in R^d is that of the reduced map, coefficient by coefficient";
    let conditions = vec![all_hold("gradients agree", requires, &held)];
    Ok(Outcome { conditions, tables: vec![table, integers()] })
}
