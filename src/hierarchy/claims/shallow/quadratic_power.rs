//! Powers of quadratic forms are hard for ridge functions.

use std::borrow::Cow;

use dashu_int::IBig;

use super::rank_one;
use crate::claim::judging::{all_hold, all_slopes_within, enclosed};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::count::factorial;
use crate::exact::flattening::{is_spectrum_of, of_quadratic_power};
use crate::exact::harmonic::Signature;
use crate::exact::inputs::{gaussian, power, variance};
use crate::exact::linear::integer;
use crate::exact::spectrum::{Spectrum, energy, least_rank};
use crate::exact::{Polynomial, Rational};
use crate::hierarchy::claims::counting::{dimensions, fitted_exponent};
use crate::hierarchy::experiment::Training;
use crate::scalar::Scalar;

/// Powers of quadratic forms are hard for ridge functions.
pub const QUADRATIC_POWER: Claim<Training> = Claim {
    id: Cow::Borrowed("shallow.quadratic-power"),
    sentence: "(c), (d)",
    statement: Cow::Borrowed(
        "The width m that a two-layer network with any square-integrable activations needs, on Gaussian inputs, for \
        relative error 1/4 on (x'Ax)^2 (depth 3) and for relative error 1/100 on (x'Ax)^4 (depth 4), A diagonal with \
        half its entries 1 and half -1, is at least the number in the table, above 1 at every d = 8, ..., 1024; the \
        numbers grow with fitted exponents in [1.9, 2.1] and [3.8, 4.2]. The number of singular values is C(d+1, 2) \
        and C(d+3, 4), polynomials of degree 2 and 4 in d.",
    ),
    method: "The flattening of (x'Ax)^k has singular values theta_j with multiplicities dim H_(k-2j): verified by \
            exact ranks at (k, d) = (2, 4), (2, 6), (4, 4). The variance is exact. The least m with (2k)! sum_(i > \
            m) sigma_i^2 <= error Var is counted exactly; the slope of ln m over d = 64, ..., 1024 is enclosed; its \
            bands are 5 % around the limits 2 and 4, and describe the numbers found. Lemma 2 (P5), \
            proofs/shallow.md.",
    evidence: &[Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &["eckart_young_lower", "ridge_certificate"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| quadratic_power(c.profile, balanced),
    controls: &[
        Control {
            breaks: "A of rank one: <w, x>^(2k) needs a width of at most 1.",
            check: |c| quadratic_power(c.profile, of_rank_one),
        },
        Control {
            breaks: "The flattening of (x'Ax)^k is taken to have the singular value theta_0 alone.",
            check: |c| {
                quadratic_power(c.profile, |k, d| {
                    let powers = balanced(k, d);
                    Powers { spectrum: powers.spectrum[..1].to_vec(), ..powers }
                })
            },
        },
    ],
};

/// The power of a quadratic form: what its floor depends on.
struct Powers {
    form: Polynomial,
    spectrum: Spectrum,
    variance: Rational,
}

/// `(x'Ax)^k` for the balanced signature; the form itself only in few dimensions, where it is expanded.
fn balanced(k: u32, d: usize) -> Powers {
    let form = if d <= LARGEST_EXPANDED { power(&Signature::Balanced.form(d), k) } else { Polynomial::zero() };
    let variance = Signature::Balanced.variance(k, d).expect("the dimensions here are even");
    Powers { form, spectrum: of_quadratic_power(u64::from(k), d as u64), variance }
}

/// `<w, x>^(2k)`.
fn of_rank_one(k: u32, _: usize) -> Powers {
    let form = power(&Polynomial::variable(0), 2 * k);
    Powers { variance: Rational::from(&variance(&form, gaussian)), spectrum: rank_one(), form }
}

const LARGEST_EXPANDED: usize = 6;

fn quadratic_power(profile: Profile, powers: fn(u32, usize) -> Powers) -> Result<Outcome> {
    let mut table = Table::new("width needed", &["f", "error", "d", "singular values", "share of the top chaos", "m"]);
    let mut exponents = Table::new("fitted exponents, d >= 64", &["f", "exponent"]);
    let mut conditions = Vec::new();
    for (k, name, error, band) in [(2u32, "(x'Ax)^2", (1, 4), ("1.9", "2.1")), (4, "(x'Ax)^4", (1, 100), ("3.8", "4.2"))] {
        let error = Rational::new(error.0, error.1).expect("the denominators above are not zero");
        let scale = integer(&factorial(2 * u64::from(k)));
        let mut needed = Vec::new();
        for &d in [8].iter().chain(dimensions(profile)) {
            let f = powers(k, d as usize);
            let allowed = (&error * &f.variance).over(&scale).expect("a factorial is not zero");
            let share = (&scale * &energy(&f.spectrum)).over(&f.variance).expect("no target here is constant");
            let count = f.spectrum.iter().fold(IBig::ZERO, |sum, (_, n)| sum + n);
            let m = least_rank(&f.spectrum, &allowed);
            let [error, share] = [error.to_string(), share.to_decimal(4)].map(Value::exact);
            table.push([name.into(), error, d.into(), count.into(), share, Value::from(&m)]);
            needed.push((d, m));
        }
        let wide: Vec<bool> = needed.iter().map(|(_, m)| *m > IBig::ONE).collect();
        conditions.push(all_hold("width needed above", format!("{name}: a width above 1 is needed at every d"), &wide));
        let exponent = fitted_exponent(&needed);
        exponents.push([name.into(), enclosed(&exponent)]);
        conditions.push(
            all_slopes_within(&format!("{name}: the fitted exponent of the width"), "", &[exponent], band)
                .keyed("fitted exponent of the width within"),
        );
        let small: &[usize] = if k == 2 { &[4, 6] } else { &[4] };
        let verified = |&d: &usize| is_spectrum_of(&powers(k, d).spectrum, &powers(k, d).form, d);
        conditions.push(all_hold(
            "singular values equal",
            format!("{name}: the singular values are those of the flattening"),
            &small.iter().map(verified).collect::<Vec<_>>(),
        ));
    }
    Ok(Outcome { conditions, tables: vec![table, exponents] })
}
