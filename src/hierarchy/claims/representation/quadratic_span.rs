//! The fixed squares of a learner span all quadratic forms.

use std::borrow::Cow;

use crate::certify::smallest_singular_value;
use crate::claim::judging::{all_hold, all_judged, threshold};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value, Verdict};
use crate::error::Result;
use crate::exact::Dyadic;
use crate::exact::rank::rank;
use crate::hierarchy::claims::instances;
use crate::hierarchy::experiment::Training;
use crate::hierarchy::learner::initial::{quadratic_forms, spanning_rows};
use crate::matrix::Matrix;
use crate::portable::rng::Stream;

/// The fixed squares of a learner span all quadratic forms.
pub const QUADRATIC_SPAN: Claim<Training> = Claim {
    id: Cow::Borrowed("representation.quadratic-span"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "The k(k+1)/2 fixed squares (r.z)^2 that a learner of width k computes in layer 2 are linearly independent, \
        and so span all quadratic forms in k variables: for every R drawn for widths k = 1..5 under the seeds of the \
        profile.",
    ),
    method: "Row i of a square matrix holds the coefficients of (r_i.z)^2 in the monomials z_p z_q. The entries of R \
            are floats, hence dyadic rationals; the rank is computed exactly, and the smallest singular value is \
            certified to be above .01: a threshold that describes these draws; above zero is what independence \
            needs. That full rank means spanning, and that k(k+1)/2 is the least number, is formal.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &["quadratic_span_sharp", "squares_span_rank"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| span(c.profile, 1, |rows| rows),
    controls: &[Control {
        breaks: "The last row of R repeats the first (k = 2..5).",
        check: |c| span(c.profile, 2, with_repeated_row),
    }],
};

const LARGEST_WIDTH: usize = 5;
/// What the smallest singular value of every draw is above; of a draw without full rank it is certainly below.
const LEAST_SINGULAR_VALUE: &str = "0.01";

fn with_repeated_row(mut rows: Matrix<f64>) -> Matrix<f64> {
    let (first, last) = (rows.row(0).to_vec(), rows.rows() - 1);
    rows.row_mut(last).copy_from_slice(&first);
    rows
}

fn span(profile: Profile, least_width: usize, changed: fn(Matrix<f64>) -> Matrix<f64>) -> Result<Outcome> {
    let mut table = Table::new("the squares of each R", &["k", "k(k+1)/2", "seed", "rank", "smallest singular value"]);
    let (mut full, mut distances) = (Vec::new(), Vec::new());
    let limit = threshold(LEAST_SINGULAR_VALUE);
    for k in least_width..=LARGEST_WIDTH {
        for seed in instances::seeds(profile) {
            let rows = changed(spanning_rows(k, &mut Stream::new(seed, "learner rows"))?);
            let squares = quadratic_forms(&rows.try_map(|&r| Dyadic::try_from(r))?);
            let (needed, rank) = (k * (k + 1) / 2, rank(&squares));
            let singular = smallest_singular_value(&squares)?;
            let decimal = singular.as_ref().and_then(|s| s.to_decimal(6)).unwrap_or_else(|| "not certain".into());
            table.push([k.into(), needed.into(), seed.into(), rank.into(), Value::enclosed(decimal)]);
            full.push(rank == needed);
            distances.push(match &singular {
                Some(s) if *s.lower() > limit => Verdict::Verified,
                Some(s) if *s.upper() <= limit => Verdict::Refuted,
                _ => Verdict::Undecided,
            });
        }
    }
    let conditions = vec![
        all_hold("rank of the squares equals", "rank k(k+1)/2 for every R", &full),
        all_judged(
            "smallest singular value above",
            format!("the smallest singular value > {LEAST_SINGULAR_VALUE} for every R"),
            &distances,
        ),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}
