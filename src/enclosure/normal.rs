//! The standard normal distribution beyond a bound, enclosed.

use super::interval::Interval;
use crate::scalar::Scalar;

/// `pi` between neighbouring floats (guarantee: tightest).
const PI: (u64, u64) = (0x4009_21fb_5444_2d18, 0x4009_21fb_5444_2d19);

/// Terms of the exponential series for an argument in `[-1, 0]`; the remainder is below `1e-21`.
const TERMS: i32 = 22;

/// Partial quotients of the continued fraction.
const QUOTIENTS: i32 = 200;

/// `E[z^n; z > b]` for `z ~ N(0, 1)`, by the parity of `n`.
///
/// Guarantee: valid (`proofs/rounding.md`, lemmas 5 and 6).
#[derive(Clone, Copy, Debug)]
pub struct Tail {
    bound: Interval,
    density: Interval,
    probability: Interval,
}

impl Tail {
    /// Beyond `bound`; `None` unless it lies in `[1, 30]`.
    pub fn beyond(bound: Interval) -> Option<Self> {
        if bound.inf() < 1.0 || bound.sup() > 30.0 {
            return None;
        }
        let whole = number(2.0) * Interval::new(f64::from_bits(PI.0), f64::from_bits(PI.1))?;
        let density = exponential(-(bound.sqr() / number(2.0)))? / whole.sqrt()?;
        Some(Tail { bound, density, probability: density * mills(bound) })
    }

    /// `P(z > b)`.
    pub fn probability(&self) -> Interval {
        self.probability
    }

    /// `E[z^n; z > b] = b^(n-1) phi(b) + (n-1) E[z^(n-2); z > b]`, for even `n`.
    pub fn moment(&self, n: u32) -> Interval {
        let step = |(power, sum): (Interval, Interval), i: u32| {
            // power = b^(i-1)
            (power * self.bound.sqr(), power * self.density + number(f64::from(i - 1)) * sum)
        };
        (2..=n).step_by(2).fold((self.bound, self.probability), step).1
    }
}

/// `e^x` for `x` in `[-1000, 0]`; `None` elsewhere (guarantee: valid). Halved until the series applies, then squared as often.
fn exponential(x: Interval) -> Option<Interval> {
    if x.inf() < -1000.0 || x.sup() > 0.0 {
        return None;
    }
    // -1000 / 2^10 is above -1.
    let halvings = (0..=10).find(|&n| x.inf() >= -f64::from(1 << n))?;
    let t = x / number(f64::from(1 << halvings));
    let horner = |sum: Interval, i: i32| Interval::one() + t / number(f64::from(i)) * sum;
    let sum = (1..TERMS).rev().fold(Interval::one(), horner);
    // The series alternates for t < 0: what is left out is at most the first term left out.
    let rest = (1..=TERMS).fold(Interval::one(), |term, i| term * t / number(f64::from(i))).mag();
    let enclosed = sum + Interval::new(-rest, rest)?;
    Some((0..halvings).fold(enclosed, |y, _| y.sqr()))
}

/// `P(z > b) / phi(b) = 1/(b + 1/(b + 2/(b + 3/(b + ...))))`: between two convergents that follow one another.
fn mills(b: Interval) -> Interval {
    let convergent = |quotients: i32| {
        let inner = (1..=quotients).rev().fold(b, |rest, i| b + number(f64::from(i)) / rest);
        Interval::one() / inner
    };
    convergent(QUOTIENTS).hull(convergent(QUOTIENTS + 1))
}

/// A number of the code, as an interval.
fn number(value: f64) -> Interval {
    Interval::try_from(value).unwrap_or(Interval::ENTIRE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enclosure::logarithm::ln;

    fn at(bound: f64) -> Tail {
        Tail::beyond(number(bound)).unwrap()
    }

    /// Values of the complementary normal distribution, from tables with ten digits.
    #[test]
    fn probabilities_are_those_of_tables() {
        for (bound, low, high) in [
            (1.0, 0.158_655_253_9, 0.158_655_254_0),
            (2.0, 0.022_750_131_94, 0.022_750_131_95),
            (3.0, 0.001_349_898_031, 0.001_349_898_032),
            (5.0, 2.866_515_718e-7, 2.866_515_719e-7),
            (10.0, 7.619_853_024e-24, 7.619_853_025e-24),
        ] {
            let p = at(bound).probability();
            assert!(low < p.inf() && p.sup() < high, "{bound}: {p}");
            assert!(p.wid_upper() < 1e-11 * p.mag(), "{bound}: {p}");
        }
    }

    /// The logarithm is enclosed by other means.
    #[test]
    fn the_exponential_inverts_the_logarithm() {
        for x in [-1e-3, -0.5, -1.0, -7.25, -40.0, -700.0] {
            let back = ln(exponential(number(x)).unwrap()).unwrap();
            assert!(back.contains(x) && back.wid_upper() < 1e-12 * (1.0 + x.abs()), "{x}: {back}");
        }
        assert!(exponential(number(0.1)).is_none() && exponential(number(-1001.0)).is_none());
        assert!(exponential(number(0.0)).unwrap().contains(1.0));
    }

    /// `d/db E[z^n; z > b] = -b^n phi(b)`, so over a short stretch the moment falls by between the least and the largest of these.
    #[test]
    fn moments_fall_at_the_rate_of_the_density() {
        let step = 1.0 / 64.0;
        for (bound, n) in [(1.0, 0), (1.5, 2), (2.5, 4), (3.0, 8), (6.0, 8)] {
            let (here, there) = (at(bound), at(bound + step));
            let fall = (here.moment(n) - there.moment(n)) / number(step);
            let rate = |t: &Tail| (0..n).fold(t.density, |r, _| r * t.bound);
            // t^n phi(t) is monotone from sqrt(n) on and before it.
            let between = rate(&here).hull(rate(&there));
            assert!(between.inf() <= fall.sup() && fall.inf() <= between.sup(), "{bound} {n}: {fall} {between}");
        }
    }

    #[test]
    fn bounds_without_an_answer() {
        assert!(Tail::beyond(number(0.5)).is_none() && Tail::beyond(number(31.0)).is_none());
    }
}
