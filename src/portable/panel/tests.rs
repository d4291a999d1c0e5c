//! Panels against plain loops.

use pulp::{Simd, WithSimd};

use super::*;
use crate::matrix::Matrix;
use crate::portable::product::View;
use crate::portable::reduce::{LANES, sum};
use crate::portable::rng::Stream;

/// Runs the operation with vectors of each width, and with each instruction set of this machine.
fn on_each_instruction_set(mut run: impl FnMut(&mut dyn FnMut(Operation<'_>))) {
    run(&mut |operation| pulp::Scalar::new().vectorize(operation));
    run(&mut |operation| pulp::Scalar128b.vectorize(operation));
    run(&mut |operation| pulp::Scalar256b.vectorize(operation));
    run(&mut |operation| pulp::Scalar512b.vectorize(operation));
    run(&mut |operation| pulp::Arch::new().dispatch(operation));
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = pulp::x86::V3::try_new() {
        run(&mut |operation| Simd::vectorize(simd, operation));
    }
}

enum Operation<'a> {
    Weigh(&'a mut [Row], View<'a>, &'a [Row], Start, usize),
    Add(&'a mut PanelSums, &'a Panels, &'a Panels, &'a Panels, usize),
    One(&'a mut Linked<1, 1>),
    Two(&'a mut Linked<2, 3>),
}

impl WithSimd for Operation<'_> {
    type Output = ();

    fn with_simd<S: Simd>(self, simd: S) {
        match self {
            Operation::Weigh(out, a, b, start, samples) => weigh(simd, out, a, b, start, samples),
            Operation::Add(sums, left, right, e, samples) => {
                for p in 0..e.entries.len() {
                    let ((upper, lower), present) = (left.panel(p).split_at(left.rows / 2), (samples - p * PANEL).min(PANEL));
                    let soon = right.panel((p + 1) % e.entries.len());
                    sums.add(simd, left.rows / 2, (lower, right.panel(p), &e.panel(p)[0]), present, &[]);
                    sums.add(simd, 0, (upper, right.panel(p), &e.panel(p)[0]), present, soon);
                }
            }
            Operation::One(linked) => linked.run(simd),
            Operation::Two(linked) => linked.run(simd),
        }
    }
}

fn random(rows: usize, cols: usize, stream: &mut Stream) -> Matrix<f64> {
    Matrix::from_fn(rows, cols, |_, _| stream.normal())
}

/// Sizes on both sides of every tile edge.
const SIZES: [usize; 9] = [1, 2, 3, 4, 5, 7, 8, 9, 13];

#[test]
fn weighing_equals_the_plain_loop_bit_for_bit() {
    let mut stream = Stream::new(1, "panel test");
    for (rows, inner) in SIZES.iter().flat_map(|&m| SIZES.map(|k| (m, k))) {
        let (a, b, start) =
            (random(rows, inner, &mut stream), random(inner, PANEL, &mut stream), random(rows, PANEL, &mut stream));
        for from in [Start::Zero, Start::Here] {
            let first = |i, n| if from == Start::Here { start[(i, n)] } else { 0.0 };
            let entry = |i, n| (0..inner).fold(first(i, n), |sum, k| sum + a[(i, k)] * b[(k, n)]);
            let (transposed, b) = (a.transposed(), Panels::from(&b));
            for view in [View::from(&a), View::from(&transposed).transposed()] {
                for samples in [1usize, 21, 40, PANEL] {
                    on_each_instruction_set(|run| {
                        let mut out = Panels::from(&start);
                        run(Operation::Weigh(out.panel_mut(0), view, b.panel(0), from, samples));
                        let same = |i: usize, n: usize| out.panel(0)[i].0[n].to_bits() == entry(i, n).to_bits();
                        let all = (0..rows).all(|i| (0..samples.next_multiple_of(LANES)).all(|n| same(i, n)));
                        assert!(all, "{rows} x {inner}, {samples} samples, {from:?}");
                    });
                }
            }
        }
    }
}

#[test]
fn sums_equal_the_sum_over_all_samples_bit_for_bit() {
    let mut stream = Stream::new(2, "panel test");
    for (rows, cols) in SIZES.iter().flat_map(|&m| SIZES.map(|k| (m, k))) {
        for samples in [1usize, 7, 127, 128, 129, 300] {
            // Left rows may hold anything beyond the last sample.
            let left = random(rows, samples.next_multiple_of(PANEL), &mut stream);
            let [right, e] = [cols, 1].map(|r| random(r, samples, &mut stream));
            on_each_instruction_set(|run| {
                let mut sums = PanelSums::zeros(rows, cols);
                run(Operation::Add(&mut sums, &(&left).into(), &(&right).into(), &(&e).into(), samples));
                for (i, r) in (0..rows).flat_map(|i| (0..cols).map(move |r| (i, r))) {
                    let h = |n: usize| left[(i, n)] * right[(r, n)];
                    let plain: Vec<f64> = (0..samples).map(h).collect();
                    let weighted: Vec<f64> = (0..samples).map(|n| e[(0, n)] * h(n)).collect();
                    let (found, expected) = (sums.at(i, r), (sum(&weighted), sum(&plain)));
                    let bits = |(a, b): (f64, f64)| (a.to_bits(), b.to_bits());
                    assert_eq!(bits(found), bits(expected), "{rows} x {cols}, {samples} samples");
                }
            });
        }
    }
}

#[test]
fn rows_are_summed_in_the_order_of_sums() {
    let values = Stream::new(3, "panel test").normals(300);
    let panels = Panels::from_fn(1, 300, |_, n| values[n]);
    struct Total<'a>(&'a Panels);
    impl WithSimd for Total<'_> {
        type Output = f64;
        fn with_simd<S: Simd>(self, simd: S) -> f64 {
            let mut total = RowSum::default();
            self.0.entries.iter().for_each(|row| total.add(simd, row));
            total.total()
        }
    }
    assert_eq!(pulp::Arch::new().dispatch(Total(&panels)).to_bits(), sum(&values).to_bits());
    assert_eq!(pulp::Scalar::new().vectorize(Total(&panels)).to_bits(), sum(&values).to_bits());
}

/// A link on some samples, and what comes of it.
#[derive(Clone)]
struct Linked<const K: usize, const M: usize> {
    link: Link<K, M>,
    start: Start,
    samples: usize,
    /// `s`, `u` of the layer above, and `e`.
    given: [Panels; 3],
    /// `S` of the layer above, and `u` of the layer below.
    made: [Panels; 2],
    sums: PanelSums,
}

/// The scale of the layer below.
const SCALE: f64 = 0.3;

impl<const K: usize, const M: usize> Linked<K, M> {
    fn run<S: Simd>(&mut self, simd: S) {
        let ([s, u, e], [above, below]) = (&self.given, &mut self.made);
        for p in 0..e.entries.len() {
            let present = (self.samples - p * PANEL).min(PANEL);
            self.link.ascend(simd, above.panel_mut(p), s.panel(p), self.start, present);
            let down = Down { slopes: below.panel_mut(p), scale: SCALE };
            let rows = (u.panel(p), s.panel(p), &e.panel(p)[0]);
            self.link.descend(simd, &mut self.sums, rows, Some(down), present);
        }
    }
}

/// `start + sum_i factors_i values_i`, `i` ascending.
fn dot(start: f64, terms: impl Iterator<Item = (f64, f64)>) -> f64 {
    terms.fold(start, |sum, (factor, value)| sum + factor * value)
}

fn links_equal_plain_loops<const K: usize, const M: usize>(operation: fn(&mut Linked<K, M>) -> Operation<'_>) {
    let mut stream = Stream::new(4, "panel test");
    for (samples, start) in [1usize, 7, 127, 128, 129, 300].into_iter().flat_map(|n| [(n, Start::Zero), (n, Start::Here)]) {
        let (span, weights) = (random(M, K, &mut stream), random(K, M, &mut stream));
        // What another panel left in the rows above is gone from the last group of eight, as sums read it whole.
        let (whole, all) = (samples.next_multiple_of(LANES), samples.next_multiple_of(PANEL));
        let [u, first] = [K, K].map(|rows| random(rows, all, &mut stream));
        let [s, e] = [K, 1].map(|rows| random(rows, samples, &mut stream));
        let [s, e] = [s, e].map(|m| Matrix::from_fn(m.rows(), all, |i, n| if n < samples { m[(i, n)] } else { 0.0 }));
        let fresh = Linked {
            link: Link::new(&span, &weights).expect("shapes that fit"),
            start,
            samples,
            given: [(&s).into(), (&u).into(), (&e).into()],
            made: [(&first).into(), Panels::zeros(K, samples)],
            sums: PanelSums::zeros(K, M),
        };
        let z = Matrix::from_fn(M, all, |m, n| dot(0.0, (0..K).map(|k| (span[(m, k)], s[(k, n)]))));
        let begun = |a, n| if start == Start::Here { first[(a, n)] } else { 0.0 };
        let above = |a, n| dot(begun(a, n), (0..M).map(|m| (weights[(a, m)], z[(m, n)] * z[(m, n)])));
        let back = |m, n| dot(0.0, (0..K).map(|a| (weights[(a, m)], u[(a, n)]))) * (z[(m, n)] + z[(m, n)]);
        let below = |k, n| dot(SCALE * s[(k, n)], (0..M).map(|m| (span[(m, k)], back(m, n))));
        on_each_instruction_set(|run| {
            let mut linked = fresh.clone();
            run(operation(&mut linked));
            let at = |panels: &Panels, i: usize, n: usize| panels.panel(n / PANEL)[i].0[n % PANEL].to_bits();
            for (k, n) in (0..K).flat_map(|k| (0..whole).map(move |n| (k, n))) {
                assert_eq!(at(&linked.made[0], k, n), above(k, n).to_bits(), "above {k}, sample {n} of {samples}");
                assert_eq!(at(&linked.made[1], k, n), below(k, n).to_bits(), "below {k}, sample {n} of {samples}");
            }
            for (a, m) in (0..K).flat_map(|a| (0..M).map(move |m| (a, m))) {
                let h = |n: usize| u[(a, n)] * (z[(m, n)] * z[(m, n)]);
                let plain: Vec<f64> = (0..samples).map(h).collect();
                let weighted: Vec<f64> = (0..samples).map(|n| e[(0, n)] * h(n)).collect();
                let (found, expected) = (linked.sums.at(a, m), (sum(&weighted), sum(&plain)));
                let bits = |(a, b): (f64, f64)| (a.to_bits(), b.to_bits());
                assert_eq!(bits(found), bits(expected), "sums {a}, {m} of {samples} samples");
            }
        });
    }
}

#[test]
fn links_of_one_unit_equal_plain_loops_bit_for_bit() {
    links_equal_plain_loops::<1, 1>(|linked| Operation::One(linked));
}

#[test]
fn links_of_two_units_equal_plain_loops_bit_for_bit() {
    links_equal_plain_loops::<2, 3>(|linked| Operation::Two(linked));
}

#[test]
fn a_link_is_refused_matrices_of_other_shapes() {
    let shapes = |(m, k): (usize, usize), (a, n): (usize, usize)| {
        Link::<2, 3>::new(&Matrix::filled(m, k, 1.0), &Matrix::filled(a, n, 1.0)).is_some()
    };
    assert!(shapes((3, 2), (2, 3)));
    assert!(![((3, 3), (2, 3)), ((2, 2), (2, 3)), ((3, 2), (1, 3)), ((3, 2), (2, 2))].iter().any(|&(r, a)| shapes(r, a)));
}
