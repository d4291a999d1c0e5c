//! `features.cube`: the cube of a traceless quadratic form shows its diagonal, the square does not.

use std::borrow::Cow;

use bfc::claim::judging::all_hold;
use bfc::claim::{Checking, Claim, Control, Evidence, Outcome, Profile, Table, Value};
use bfc::error::Result;
use bfc::exact::hermite::hermite;
use bfc::exact::inputs::{expectation, gaussian, power, variables};
use bfc::exact::{Dyadic, Polynomial, Rational};
use bfc::scalar::Scalar;

use super::single_index::SingleIndex;

/// `E[p^3 (x_i^2 - 1)] = (12 d + 48) a_i`.
pub const CLAIM: Claim<SingleIndex> = Claim {
    id: Cow::Borrowed("features.cube"),
    sentence: "(2311.13774)",
    statement: Cow::Borrowed(
        "Let p = x'Ax for A = diag(a), each a_i = 1 or -1, tr A = 0, and standard normal x in R^d. Then E[p^3 (x_i^2 - 1)] = (12 d + 48) a_i for \
         every i: the part of p^3 of degree 2 is a multiple of p.",
    ),
    method: "p^3 (x_i^2 - 1) is expanded into monomials of x, for every i and alternating signs a_i, and integrated by the moments of x; nothing \
             is rounded.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |checking| correlations(checking, 3),
    controls: &[Control {
        breaks: "p^2 in the place of p^3: the correlation is 8 for every i, whatever the sign.",
        check: |checking| correlations(checking, 2),
    }],
};

fn dimensions(profile: Profile) -> &'static [usize] {
    match profile {
        Profile::Tiny => &[2, 4],
        Profile::Quick => &[2, 4, 8, 12, 16],
        Profile::Full => &[2, 4, 8, 12, 16, 24, 32],
    }
}

/// `E[p^n (x_i^2 - 1)]` for all `i`, beside `(12 d + 48) a_i`.
fn correlations(checking: &Checking<'_, SingleIndex>, n: u32) -> Result<Outcome> {
    let (plus, minus) = (format!("E[p^{n} (x_i^2 - 1)], a_i = 1"), format!("E[p^{n} (x_i^2 - 1)], a_i = -1"));
    let mut table = Table::new("correlation with He_2(x_i)", &["d", &plus, &minus, "12 d + 48"]);
    let mut conditions = Vec::new();
    for &d in dimensions(checking.profile) {
        let signs: Vec<i64> = (0..d).map(|i| if i % 2 == 0 { 1 } else { -1 }).collect();
        let p: Polynomial = variables(d).iter().zip(&signs).map(|(x, &a)| x.squared().weighted(&Dyadic::from(a))).sum();
        let power = power(&p, n);
        let found: Vec<Dyadic> = (0..d).map(|i| expectation(&(&power * hermite(2, i)), gaussian)).collect();
        let slope = 12 * d as i64 + 48;
        let equal: Vec<bool> = found.iter().zip(&signs).map(|(found, &a)| *found == Dyadic::from(slope * a)).collect();
        let requires = format!("d = {d}: E[p^{n} (x_i^2 - 1)] = (12 d + 48) a_i for every i");
        conditions.push(all_hold("correlation equals (12 d + 48) a_i", requires, &equal));
        table.push([Value::from(d), exact(&found[0]), exact(&found[1]), Value::from(slope)]);
    }
    Ok(Outcome { conditions, tables: vec![table] })
}

/// A cell with an exact number.
fn exact(number: &Dyadic) -> Value {
    Value::exact(Rational::from(number).to_string())
}
