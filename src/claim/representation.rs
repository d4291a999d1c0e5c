//! Representation: what a composition of quadratic layers can express.

use super::{Claim, Condition, Evidence, Outcome, Profile, Table, instances};
use crate::error::Result;
use crate::exact::Dyadic;
use crate::exact::rank::rank;
use crate::experiment::Runs;
use crate::learner::initial::{quadratic_forms, spanning_rows};
use crate::matrix::Matrix;
use crate::portable::rng::Stream;

/// The fixed squares of a learner span all quadratic forms.
pub const QUADRATIC_SPAN: Claim = Claim {
    id: "representation.quadratic-span",
    sentence: "(a)",
    statement: "The k(k+1)/2 fixed squares (r.z)^2 that a learner of width k computes in its activations are linearly independent, and so \
                span all quadratic forms in k variables: for every R drawn for widths k = 1..5 under the seeds of the profile.",
    method: "Row i of a square matrix holds the coefficients of (r_i.z)^2 in the monomials z_p z_q. The entries of R are floats, hence \
             dyadic rationals; the rank is computed exactly.",
    control: "The last row of R repeats the first (k = 2..5).",
    evidence: &[Evidence::Exact],
    missing: "Enclosed: the certified smallest singular value; Formal: citation of the theorem",
    theorems: &[],
    cells: |_| Vec::new(),
    check: |profile, _: &Runs| span(profile, 1, |rows| rows),
    broken: |profile, _: &Runs| span(profile, 2, with_repeated_row),
};

const LARGEST_WIDTH: usize = 5;

fn with_repeated_row(mut rows: Matrix<f64>) -> Matrix<f64> {
    let (first, last) = (rows.row(0).to_vec(), rows.rows() - 1);
    rows.row_mut(last).copy_from_slice(&first);
    rows
}

fn span(profile: Profile, least_width: usize, changed: fn(Matrix<f64>) -> Matrix<f64>) -> Result<Outcome> {
    let mut table = Table::new("exact rank of the squares", &["k", "k(k+1)/2", "ranks by seed"]);
    let (mut full, mut all) = (0, 0);
    for k in least_width..=LARGEST_WIDTH {
        let mut ranks = Vec::new();
        for seed in instances::seeds(profile) {
            let rows = changed(spanning_rows(k, &mut Stream::new(seed, "learner rows"))?);
            let squares = quadratic_forms(&rows.try_map(|&r| Dyadic::try_from(r))?);
            ranks.push(rank(&squares));
        }
        let needed = k * (k + 1) / 2;
        full += ranks.iter().filter(|&&r| r == needed).count();
        all += ranks.len();
        let ranks: Vec<String> = ranks.iter().map(usize::to_string).collect();
        table.rows.push(vec![k.to_string(), needed.to_string(), ranks.join(" ")]);
    }
    let condition = Condition {
        requires: "rank k(k+1)/2 for every R".into(),
        found: format!("{full} of {all} of full rank"),
        verdict: (full == all).into(),
    };
    Ok(Outcome { conditions: vec![condition], tables: vec![table] })
}
