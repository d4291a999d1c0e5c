//! `hermite.norm`: the squared norms of the Hermite polynomials, with a control that refutes them.

use std::borrow::Cow;

use bfc::claim::judging::all_hold;
use bfc::claim::{Checking, Claim, Control, Evidence, Outcome, Profile, Table, Value};
use bfc::error::Result;
use bfc::exact::Rational;
use bfc::exact::count::factorial;
use bfc::exact::hermite::hermite;
use bfc::exact::inputs::{Moment, expectation, gaussian, power, sign};
use bfc::exact::linear::integer;

/// `E[He_n(x)^2] = n!` for a standard normal `x`.
pub const CLAIM: Claim<()> = Claim {
    id: Cow::Borrowed("hermite.norm"),
    sentence: "(a)",
    statement: Cow::Borrowed("For a standard normal x and every n in the table, E[He_n(x)^2] = n!."),
    method: "He_n is expanded into powers of x, its square is integrated by the moments of x, and nothing is rounded.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |checking| squared_norms(checking, gaussian),
    controls: &[Control {
        breaks: "A uniform sign in the place of the normal x.",
        check: |checking| squared_norms(checking, sign),
    }],
};

/// The largest degree: a profile says how much is computed.
fn largest_degree(profile: Profile) -> u32 {
    match profile {
        Profile::Tiny => 3,
        Profile::Quick => 8,
        Profile::Full => 16,
    }
}

/// The same check for the claim and for its control; they differ in the law of `x`.
fn squared_norms(checking: &Checking<'_, ()>, law: Moment) -> Result<Outcome> {
    let mut table = Table::new("squared norms", &["n", "E[He_n(x)^2]", "n!"]);
    let mut equal = Vec::new();
    for n in 1..=largest_degree(checking.profile) {
        let (norm, factorial) = (Rational::from(&expectation(&power(&hermite(n, 0), 2), law)), factorial(n.into()));
        equal.push(norm == integer(&factorial));
        table.push([Value::from(n), Value::exact(norm.to_string()), Value::from(factorial)]);
    }
    let condition = all_hold("squared norm equals n!", "E[He_n(x)^2] = n! for every n in the table", &equal);
    Ok(Outcome { conditions: vec![condition], tables: vec![table] })
}
