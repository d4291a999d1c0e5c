//! Small arrays of intervals, and symmetric forms of degree 2 and 4 in four variables.

use crate::enclosure::Interval;
use crate::hierarchy::dynamics::numbers::{interval as n, sum};
use crate::scalar::Scalar;

/// The number of variables.
pub const INPUTS: usize = 4;
/// The number of coefficients of a symmetric form of degree 4.
const QUARTICS: usize = 35;

/// `R` rows of `C` numbers.
pub type Array<const R: usize, const C: usize> = [[Interval; C]; R];
/// A symmetric matrix: the quadratic form `x'Mx`.
pub type Form = Array<INPUTS, INPUTS>;

/// The array of `entry(i, j)`.
pub fn array<const R: usize, const C: usize>(entry: impl Fn(usize, usize) -> Interval) -> Array<R, C> {
    std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j)))
}

/// `AB`.
pub fn product<const R: usize, const M: usize, const C: usize>(a: &Array<R, M>, b: &Array<M, C>) -> Array<R, C> {
    array(|i, j| (1..M).fold(a[i][0] * b[0][j], |sum, m| sum + a[i][m] * b[m][j]))
}

/// `A'`.
pub fn transposed<const R: usize, const C: usize>(a: &Array<R, C>) -> Array<C, R> {
    array(|i, j| a[j][i])
}

/// `A + B`.
pub fn plus<const R: usize, const C: usize>(a: &Array<R, C>, b: &Array<R, C>) -> Array<R, C> {
    array(|i, j| a[i][j] + b[i][j])
}

/// `A - B`.
pub fn minus<const R: usize, const C: usize>(a: &Array<R, C>, b: &Array<R, C>) -> Array<R, C> {
    array(|i, j| a[i][j] - b[i][j])
}

/// `factor A`.
pub fn scaled<const R: usize, const C: usize>(a: &Array<R, C>, factor: Interval) -> Array<R, C> {
    array(|i, j| factor * a[i][j])
}

/// `sum_ij A_ij B_ij`.
pub fn inner<const R: usize, const C: usize>(a: &Array<R, C>, b: &Array<R, C>) -> Interval {
    sum(a.iter().flatten().zip(b.iter().flatten()).map(|(u, v)| *u * *v))
}

/// `sum_ij A_ij^2`.
pub fn square<const R: usize, const C: usize>(a: &Array<R, C>) -> Interval {
    sum(a.iter().flatten().map(|u| u.sqr()))
}

/// The Frobenius norm.
pub fn norm<const R: usize, const C: usize>(a: &Array<R, C>) -> Interval {
    root(square(a))
}

/// `sqrt(x)` of a number that is not negative, whatever its enclosure says (guarantee: valid).
pub fn root(x: Interval) -> Interval {
    let clipped = Interval::new(x.inf().max(0.0), x.sup().max(0.0));
    clipped.and_then(|x| x.sqrt()).unwrap_or(Interval::ENTIRE)
}

/// `tr A`.
pub fn trace<const R: usize>(a: &Array<R, R>) -> Interval {
    sum((0..R).map(|i| a[i][i]))
}

/// `A'BA` for a symmetric `B`.
pub fn pulled<const R: usize, const C: usize>(a: &Array<R, C>, b: &Array<R, R>) -> Array<C, C> {
    product(&transposed(a), &product(b, a))
}

/// A symmetric form `sum T_ijkl x_i x_j x_k x_l`: its coefficients with `i <= j <= k <= l`.
#[derive(Clone, Debug, PartialEq)]
pub struct Quartic([Interval; QUARTICS]);

/// The indices `i <= j <= k <= l` of each coefficient.
const INDICES: [[usize; 4]; QUARTICS] = indices();
/// The place of the coefficient of `(i, j, k, l)`, in any order.
const PLACES: [[[[usize; INPUTS]; INPUTS]; INPUTS]; INPUTS] = places();

const fn indices() -> [[usize; 4]; QUARTICS] {
    let mut found = [[0; 4]; QUARTICS];
    let (mut count, mut code) = (0, 0);
    while code < INPUTS * INPUTS * INPUTS * INPUTS {
        let i = digits(code);
        if i[0] <= i[1] && i[1] <= i[2] && i[2] <= i[3] {
            found[count] = i;
            count += 1;
        }
        code += 1;
    }
    found
}

/// The four digits of a number in base [`INPUTS`].
const fn digits(code: usize) -> [usize; 4] {
    [code / 64, code / 16 % 4, code / 4 % 4, code % 4]
}

/// Where the sorted indices stand: the one of as many zeros, ones, twos and threes.
const fn places() -> [[[[usize; INPUTS]; INPUTS]; INPUTS]; INPUTS] {
    let mut found = [[[[0; INPUTS]; INPUTS]; INPUTS]; INPUTS];
    let mut code = 0;
    while code < INPUTS * INPUTS * INPUTS * INPUTS {
        let [i, j, k, l] = digits(code);
        let mut place = 0;
        while place < QUARTICS {
            if weight(INDICES[place]) == weight([i, j, k, l]) {
                found[i][j][k][l] = place;
            }
            place += 1;
        }
        code += 1;
    }
    found
}

/// A number that tells multisets of four indices apart.
const fn weight(i: [usize; 4]) -> usize {
    let count = [1, 5, 25, 125];
    count[i[0]] + count[i[1]] + count[i[2]] + count[i[3]]
}

/// How many of the `i, j, k, l` have the coefficient at `place`.
fn multiplicity(place: usize) -> Interval {
    let same = |i: usize| INDICES[place].iter().filter(|j| **j == i).count() as i32;
    let ways: i32 = (0..INPUTS).map(|i| (1..=same(i)).product::<i32>()).product();
    n(24 / ways)
}

impl Quartic {
    /// The form that is zero.
    pub fn zero() -> Self {
        Quartic([Interval::zero(); QUARTICS])
    }

    /// `(x'Ax)(x'Bx)`.
    pub fn of_product(a: &Form, b: &Form) -> Self {
        let sixth = n(1) / n(6);
        let pair = |i: usize, j: usize, k: usize, l: usize| a[i][j] * b[k][l] + a[k][l] * b[i][j];
        Quartic(INDICES.map(|[i, j, k, l]| sixth * (pair(i, j, k, l) + pair(i, k, j, l) + pair(i, l, j, k))))
    }

    /// `(x'Ax)^2`.
    pub fn of_square(a: &Form) -> Self {
        let third = n(1) / n(3);
        Quartic(INDICES.map(|[i, j, k, l]| third * (a[i][j] * a[k][l] + a[i][k] * a[j][l] + a[i][l] * a[j][k])))
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        Quartic(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Self {
        Quartic(std::array::from_fn(|i| self.0[i] - other.0[i]))
    }

    /// `sum_ijkl T_ijkl^2`.
    pub fn square(&self) -> Interval {
        sum(self.entries().map(|v| v.sqr()))
    }

    /// The matrix `sum_kl T_ijkl A_kl`.
    pub fn contracted(&self, a: &Form) -> Form {
        let entry = |i: usize, j: usize| {
            let place = &PLACES[i][j];
            let twice = |k: usize| (0..k).map(move |l| n(2) * self.0[place[k][l]] * a[k][l]);
            sum((0..INPUTS).flat_map(|k| twice(k).chain([self.0[place[k][k]] * a[k][k]])))
        };
        let lower: Form = array(|i, j| if j <= i { entry(i, j) } else { Interval::zero() });
        array(|i, j| lower[i.max(j)][i.min(j)])
    }

    /// Coordinates whose squares add up to [`square`](Self::square).
    pub fn entries(&self) -> impl Iterator<Item = Interval> + '_ {
        self.0.iter().enumerate().map(|(place, v)| root(multiplicity(place)) * *v)
    }
}

/// The coordinates of a symmetric matrix whose squares add up to [`square`].
pub fn entries(a: &Form) -> impl Iterator<Item = Interval> + '_ {
    let off = move |i: usize| (0..i).map(move |j| root(n(2)) * a[i][j]);
    (0..INPUTS).flat_map(move |i| off(i).chain([a[i][i]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(seed: i32) -> Form {
        array(|i, j| n((3 * (i + j) as i32 + (i * j) as i32 * seed) % 7 - 3))
    }

    fn value(a: &Form, x: [i32; 4]) -> Interval {
        sum((0..4).flat_map(|i| (0..4).map(move |j| (i, j))).map(|(i, j)| n(x[i] * x[j]) * a[i][j]))
    }

    fn value_of(t: &Quartic, x: [i32; 4]) -> Interval {
        let outer: Form = array(|i, j| n(x[i] * x[j]));
        inner(&t.contracted(&outer), &outer)
    }

    fn is_close(u: Interval, v: Interval) -> bool {
        (u - v).mag() < 1e-9
    }

    #[test]
    fn quartics_are_products() {
        let (a, b) = (form(2), form(5));
        for x in [[1, 2, -1, 3], [0, 1, 1, -2], [4, 0, -3, 1]] {
            assert!(is_close(value_of(&Quartic::of_product(&a, &b), x), value(&a, x) * value(&b, x)));
            assert!(is_close(value_of(&Quartic::of_square(&a), x), value(&a, x).sqr()));
        }
    }

    #[test]
    fn norms_are_those_of_the_full_tensor() {
        let (a, b) = (form(2), form(5));
        let t = Quartic::of_product(&a, &b);
        let all = (0..4).flat_map(|i| (0..4).map(move |j| (i, j)));
        let full = sum(all.map(|(i, j)| {
            let unit: Form = array(|k, l| n(i32::from((k, l) == (i, j))));
            square(&t.contracted(&plus(&scaled(&unit, n(1) / n(2)), &scaled(&transposed(&unit), n(1) / n(2)))))
        }));
        assert!(is_close(t.square(), full));
        assert!(is_close(square(&a), sum(entries(&a).map(|v| v.sqr()))));
    }
}
