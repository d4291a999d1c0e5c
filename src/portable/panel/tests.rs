//! Panels against plain loops.

use super::*;
use crate::portable::reduce::sum;
use crate::portable::rng::Stream;

/// Runs the operation with each instruction set of this machine.
fn on_each_instruction_set(mut run: impl FnMut(&mut dyn FnMut(Operation<'_>))) {
    run(&mut |operation| pulp::Scalar::new().vectorize(operation));
    run(&mut |operation| pulp::Arch::new().dispatch(operation));
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = pulp::x86::V3::try_new() {
        run(&mut |operation| Simd::vectorize(simd, operation));
    }
}

enum Operation<'a> {
    Weigh(&'a mut [Row], View<'a>, &'a [Row], Start),
    Add(&'a mut PanelSums, &'a Panels, &'a Panels, &'a Panels),
}

impl WithSimd for Operation<'_> {
    type Output = ();

    fn with_simd<S: Simd>(self, simd: S) {
        match self {
            Operation::Weigh(out, a, b, start) => weigh(simd, out, a, b, start),
            Operation::Add(sums, left, right, e) => {
                for p in 0..e.entries.len() {
                    let (upper, lower) = left.panel(p).split_at(left.rows / 2);
                    sums.add(simd, left.rows / 2, lower, right.panel(p), &e.panel(p)[0], &[]);
                    sums.add(simd, 0, upper, right.panel(p), &e.panel(p)[0], right.panel((p + 1) % e.entries.len()));
                }
            }
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
                on_each_instruction_set(|run| {
                    let mut out = Panels::from(&start);
                    run(Operation::Weigh(out.panel_mut(0), view, b.panel(0), from));
                    let same = |i: usize, n: usize| out.panel(0)[i].0[n].to_bits() == entry(i, n).to_bits();
                    assert!((0..rows).all(|i| (0..PANEL).all(|n| same(i, n))), "{rows} x {inner}, {from:?}");
                });
            }
        }
    }
}

#[test]
fn sums_equal_the_sum_over_all_samples_bit_for_bit() {
    let mut stream = Stream::new(2, "panel test");
    for (rows, cols) in SIZES.iter().flat_map(|&m| SIZES.map(|k| (m, k))) {
        for samples in [1, 7, 127, 128, 129, 300] {
            let [left, right, e] = [rows, cols, 1].map(|r| random(r, samples, &mut stream));
            on_each_instruction_set(|run| {
                let mut sums = PanelSums::zeros(rows, cols);
                run(Operation::Add(&mut sums, &(&left).into(), &(&right).into(), &(&e).into()));
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
