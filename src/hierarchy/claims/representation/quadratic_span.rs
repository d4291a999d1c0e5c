//! The fixed squares of a learner span all quadratic forms.

use std::borrow::Cow;

use crate::certify::smallest_singular_value;
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value, Verdict};
use crate::error::Result;
use crate::exact::rank::rank;
use crate::exact::{Dyadic, Rational};
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
        "The k(k+1)/2 fixed squares (r.z)^2 that a learner of width k computes in layer 2 are linearly independent, and so span all \
                quadratic forms in k variables: for every R drawn for widths k = 1..5 under the seeds of the profile.",
    ),
    method: "Row i of a square matrix holds the coefficients of (r_i.z)^2 in the monomials z_p z_q. The entries of R are floats, hence \
             dyadic rationals; the rank is computed exactly, and the smallest singular value is certified to be above zero. That full \
             rank means spanning, and that k(k+1)/2 is the least number, is formal.",
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

fn with_repeated_row(mut rows: Matrix<f64>) -> Matrix<f64> {
    let (first, last) = (rows.row(0).to_vec(), rows.rows() - 1);
    rows.row_mut(last).copy_from_slice(&first);
    rows
}

fn span(profile: Profile, least_width: usize, changed: fn(Matrix<f64>) -> Matrix<f64>) -> Result<Outcome> {
    let mut table = Table::new("the squares of each R", &["k", "k(k+1)/2", "seed", "rank", "smallest singular value"]);
    let (mut full, mut positive, mut all) = (0, 0, 0);
    for k in least_width..=LARGEST_WIDTH {
        for seed in instances::seeds(profile) {
            let rows = changed(spanning_rows(k, &mut Stream::new(seed, "learner rows"))?);
            let squares = quadratic_forms(&rows.try_map(|&r| Dyadic::try_from(r))?);
            let (needed, rank) = (k * (k + 1) / 2, rank(&squares));
            let singular = smallest_singular_value(&squares)?;
            let decimal = singular.as_ref().and_then(|s| s.to_decimal(6)).unwrap_or_else(|| "not certain".into());
            table.push([k.into(), needed.into(), seed.into(), rank.into(), Value::enclosed(decimal)]);
            full += usize::from(rank == needed);
            positive += usize::from(singular.is_some_and(|s| *s.lower() > Rational::from(0)));
            all += 1;
        }
    }
    let condition = |key: &str, requires: &str, right: usize, otherwise: Verdict| {
        Condition::new(key, requires, format!("{right} of {all}"), if right == all { Verdict::Verified } else { otherwise })
    };
    let conditions = vec![
        condition("rank of the squares equals", "rank k(k+1)/2 for every R", full, Verdict::Refuted),
        condition(
            "smallest singular value above",
            "the smallest singular value is certainly above zero for every R",
            positive,
            Verdict::Undecided,
        ),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}
