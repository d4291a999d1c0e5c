//! `exponent.tail-2`, `-3`, `-4`: a family of claims over the degree `k` of a Hermite polynomial along an unknown direction.

use std::borrow::Cow;
use std::num::NonZeroU64;

use bfc::certify::{Tail, eigenvalue_tails};
use bfc::claim::judging::{all_hold, threshold};
use bfc::claim::{Checking, Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value, Verdict};
use bfc::error::{Error, Result};
use bfc::exact::count::{factorial, monomials};
use bfc::exact::gram::Gram;
use bfc::exact::hermite::hermite;
use bfc::exact::inputs::{expectation, gaussian, substitute};
use bfc::exact::linear::integer;
use bfc::exact::{Dyadic, Polynomial, Rational};

use super::directions::{self, Direction};
use super::single_index::SingleIndex;

/// The claims of the family, one for each `k`.
pub fn family() -> Vec<Claim<SingleIndex>> {
    (2..=4).map(claim).collect()
}

fn claim(k: i64) -> Claim<SingleIndex> {
    Claim {
        id: Cow::Owned(format!("exponent.tail-{k}")),
        sentence: "(2305.10633)",
        statement: Cow::Owned(format!(
            "For unit vectors w, v and standard normal x, E[He_{k}(w.x) He_{k}(v.x)] = {k}! (w.v)^{k}. Draw the target from the functions \
             He_{k}(w.x)/sqrt({k}!) along 200 rational directions w in R^d, for the d in the table. Whatever d functions were fixed before, the best \
             linear combination of them misses more than half of the target's variance on average."
        )),
        method: "The identity is checked on polynomials, for all pairs of the first directions of the smallest family. It makes the Gram matrix G_wv = \
                 (4 w.v)^k an integer matrix over 4^k. The least mean error of N fixed functions over M targets is (1/M) sum_{i>N} lambda_i(G/4^k); \
                 at N = d it is enclosed, and printed correctly rounded. The directions have four entries 1/2 or -1/2; they are drawn without \
                 repetition.",
        evidence: &[Evidence::Exact, Evidence::Enclosed],
        missing: "",
        theorems: &[],
        full_only: false,
        parameters: vec![("k", k)],
        figures: &[],
        items: |_, _| Vec::new(),
        check: |checking| {
            let k = degree(checking)?;
            Ok(joined(inner_products(checking.profile, k, &Dyadic::from(1))?, tails(checking.profile, k)?))
        },
        controls: &[
            Control {
                breaks: "Vectors of length 2 in the identity.",
                check: |checking| inner_products(checking.profile, degree(checking)?, &Dyadic::from(2)),
            },
            Control {
                breaks: "k = 1: linear functions, which d fixed functions span.",
                check: |checking| tails(checking.profile, 1),
            },
        ],
    }
}

fn degree(checking: &Checking<'_, SingleIndex>) -> Result<u32> {
    u32::try_from(checking.parameter("k")?).map_err(|_| Error::refused("a degree is not negative"))
}

fn joined(mut first: Outcome, second: Outcome) -> Outcome {
    first.conditions.extend(second.conditions);
    first.tables.extend(second.tables);
    first
}

/// Directions of the identity, and of a family; dimensions of the families.
fn sizes(profile: Profile) -> (usize, usize, &'static [usize]) {
    match profile {
        Profile::Tiny => (4, 24, &[8]),
        Profile::Quick => (12, 200, &[8, 16, 32]),
        Profile::Full => (12, 200, &[8, 12, 16, 24, 32]),
    }
}

/// The seed of the directions.
const SEED: u64 = 1;

/// `E[He_k(w.x) He_k(v.x)] = k! (w.v)^k` for vectors of this length along the first directions.
fn inner_products(profile: Profile, k: u32, length: &Dyadic) -> Result<Outcome> {
    let (count, _, dimensions) = sizes(profile);
    let directions = directions::draw(count, dimensions[0], SEED);
    let functions: Vec<Polynomial> = directions.iter().map(|w| substitute(&hermite(k, 0), &[w.linear_form(length)])).collect();
    let pairs = (0..count).flat_map(|i| (0..=i).map(move |j| (i, j)));
    let holds = |(i, j): (usize, usize)| {
        let inner = Dyadic::from(directions[i].inner_product_by_4(&directions[j])).shifted(-2) * length * length;
        let expected = integer(&factorial(k.into())) * Rational::from(&inner.power(k));
        Rational::from(&expectation(&(&functions[i] * &functions[j]), gaussian)) == expected
    };
    let requires = format!("E[He_{k}(w.x) He_{k}(v.x)] = {k}! (w.v)^{k} for every pair of {count} directions");
    let condition = all_hold("inner product equals k! (w.v)^k", requires, &pairs.map(holds).collect::<Vec<_>>());
    Ok(Outcome { conditions: vec![condition], tables: Vec::new() })
}

/// Digits after the point.
const DIGITS: usize = 10;

/// The error that `d` fixed functions are claimed to exceed.
const LEAST_ERROR: &str = "0.5";

fn tails(profile: Profile, k: u32) -> Result<Outcome> {
    let (_, count, dimensions) = sizes(profile);
    let columns = ["k", "d", "M", "C(d+k-1, k)", "(1/M) sum_{i>d} lambda_i"];
    let mut table = Table::new("the least mean error of d fixed functions", &columns);
    let mut conditions = Vec::new();
    for &d in dimensions {
        let gram = gram(&directions::draw(count, d, SEED), k)?;
        let certified = eigenvalue_tails(&gram, &[d], DIGITS, 1)?;
        let tail = certified.tails.first().ok_or_else(|| Error::refused("no tail for the one rank"))?;
        let printed = tail.decimal.as_deref().unwrap_or("undecided");
        let requires = format!("d = {d}: the least mean error of d fixed functions is above {LEAST_ERROR}");
        conditions.push(Condition::new("least mean error above", requires, printed, above(tail, &threshold(LEAST_ERROR))));
        table.push([
            Value::from(k),
            Value::from(d),
            Value::from(gram.order()),
            Value::from(monomials(d as u64, k.into())),
            Value::enclosed(printed),
        ]);
    }
    Ok(Outcome { conditions, tables: vec![table] })
}

/// `(4 w.v)^k` over `4^k`.
fn gram(directions: &[Direction], k: u32) -> Result<Gram> {
    let denominator = NonZeroU64::new(4u64.pow(k)).expect("a power of 4 is not zero");
    Gram::from_lower(directions.len(), denominator, |i, j| directions[i].inner_product_by_4(&directions[j]).pow(k))
}

/// Undecided when the enclosure straddles the bound, or proves nothing.
fn above(tail: &Tail, bound: &Rational) -> Verdict {
    match &tail.enclosure {
        Some(range) if range.lower() > bound => Verdict::Verified,
        Some(range) if range.upper() <= bound => Verdict::Refuted,
        _ => Verdict::Undecided,
    }
}
