//! The kernels of this room, run on fixed inputs, against the bits they gave when they were written.

use pulp::{Simd, WithSimd};

use super::cholesky::Cholesky;
use super::factor::{cholesky, orthonormal_columns, singular_values, symmetric_eigen};
use super::panel::{Down, Link, PANEL, PanelSums, Panels, Row, Start, add_squares, weigh};
use super::platform::PlatformCheck;
use super::product::{View, add_integer_product, add_product_on};
use super::reduce::{inner_products, sum};
use super::rng::Stream;
use super::short::{Factor, Left, Right, add_first_columns as add_short_product};
use super::{elementary, vectorized};
use crate::canonical::Canonical;
use crate::error::Result;
use crate::matrix::Matrix;

/// A kernel: what it is called, what it computes, and the first digits of the digest of its results.
struct Kernel {
    name: &'static str,
    run: fn() -> Result<Canonical>,
    expected: &'static str,
}

const KERNELS: [Kernel; 13] = [
    Kernel { name: "normal numbers", run: normals, expected: "2e01be7f594c9233" },
    Kernel { name: "elementary functions", run: elementary_functions, expected: "0872cdaf00c7de1f" },
    Kernel { name: "sums", run: sums, expected: "cbe6600d55865d9a" },
    Kernel { name: "inner products", run: inner, expected: "81945b0ea33f6115" },
    Kernel { name: "products", run: products, expected: "3247c16313cb17c1" },
    Kernel { name: "products of integers", run: integer_products, expected: "a5efa9af86320bfc" },
    Kernel { name: "training panels", run: panels, expected: "419a784d67690545" },
    Kernel { name: "linked layers", run: links, expected: "3d58ae0e8fe38b47" },
    Kernel { name: "QR factorisation", run: qr, expected: "dc69e96596b72685" },
    Kernel { name: "singular values", run: svd, expected: "5cfcb5bac397633d" },
    Kernel { name: "symmetric eigenvectors", run: eigen, expected: "8c27cda9d719d8b2" },
    Kernel { name: "Cholesky factorisation", run: llt, expected: "e3621b7de67dad19" },
    Kernel { name: "blocked Cholesky and solve", run: blocked_cholesky, expected: "ceca84c2d3377336" },
];

/// Runs every kernel and compares its digest with the stored one.
pub fn replay_kernels() -> Vec<PlatformCheck> {
    KERNELS.iter().map(replay).collect()
}

fn replay(kernel: &Kernel) -> PlatformCheck {
    let found = (kernel.run)().map_or_else(|e| e.to_string(), |results| results.hex()[..16].to_owned());
    let holds = found == kernel.expected;
    let found = if holds { format!("digest {found}") } else { format!("digest {found}, expected {}", kernel.expected) };
    PlatformCheck { name: kernel.name, found, holds }
}

/// Sizes on both sides of vector, tile and block edges.
const SIZES: [usize; 5] = [1, 7, 16, 33, 65];

fn random(rows: usize, cols: usize, name: &str) -> Matrix<f64> {
    let mut stream = Stream::new(1, name);
    Matrix::from_fn(rows, cols, |_, _| stream.normal())
}

fn at_each_size(name: &str, result: impl Fn(Canonical, usize) -> Result<Canonical>) -> Result<Canonical> {
    SIZES.iter().try_fold(Canonical::of(name), |c, &n| result(c, n))
}

fn normals() -> Result<Canonical> {
    let mut stream = Stream::new(1, "kernels");
    let uniforms: Vec<f64> = (0..500).map(|_| stream.uniform() * stream.sign()).collect();
    Ok(Canonical::of("normals").floats(&uniforms).floats(&stream.normals(1000)))
}

fn elementary_functions() -> Result<Canonical> {
    let at = |f: fn(f64) -> f64| (1..500).map(|i| f(f64::from(i) * 0.37)).collect::<Vec<_>>();
    // Where the two ways to a function differ, neither is the one of elsewhere.
    let both_ways = |one: fn(f64) -> f64, each: fn(&mut [f64])| {
        let (values, mut many) = (at(one), at(|x| x));
        each(&mut many);
        if many == values { values } else { Vec::new() }
    };
    let logarithms = both_ways(elementary::ln, elementary::ln_each);
    let exponentials = both_ways(elementary::exp, elementary::exp_each);
    let angles: Vec<f64> = (0..=500).map(|i| elementary::acos(f64::from(i) / 250.0 - 1.0)).collect();
    Ok(Canonical::of("elementary").floats(&logarithms).floats(&exponentials).floats(&angles))
}

fn sums() -> Result<Canonical> {
    at_each_size("sums", |c, n| {
        let values = random(n, 3, "sums");
        Ok(c.float(vectorized(
            #[inline(always)]
            || sum(values.as_slice()),
        )))
    })
}

fn inner() -> Result<Canonical> {
    at_each_size("inner products", |c, n| {
        let mut products = Matrix::filled(3, 9, 0.0);
        inner_products(&mut products, &random(3, 5 * n, "left"), &random(9, 5 * n, "right"));
        Ok(c.matrix(&products))
    })
}

fn products() -> Result<Canonical> {
    at_each_size("products", |c, n| {
        let (a, b, mut start) = (random(n, 300, "a"), random(300, n + 2, "b"), random(n, n + 2, "c"));
        add_product_on(2, start.as_mut_slice(), View::from(&a), b.as_slice(), n + 2);
        Ok(c.matrix(&start))
    })
}

fn integer_products() -> Result<Canonical> {
    at_each_size("products of integers", |c, n| {
        let entry = |i: usize, j: usize| ((i * 7919 + j * 104_729) % 2001) as i64 - 1000;
        let (a, b) = (Matrix::from_fn(n, 301, entry), Matrix::from_fn(301, n + 2, |i, j| entry(j, i)));
        let (mut short, mut long) = (vec![0; n * (n + 2)], vec![0.0; n * (n + 2)]);
        add_short_product(&mut short, &Left::of(&a), 0, &Right::of(&b), n + 2);
        let [a, b] = [a, b].map(|m| m.map(|&x| (x << 12) as f64));
        add_integer_product(&mut long, View::from(&a), b.as_slice(), n + 2);
        Ok(short.into_iter().fold(c.floats(&long), |c, x| c.float(x.into())))
    })
}

/// What a step of training does with its inputs, on numbers of samples on both sides of the edge of a panel.
struct Panelled<'a> {
    a: &'a Matrix<f64>,
    inputs: &'a Panels,
    residuals: &'a Panels,
    samples: usize,
}

impl WithSimd for Panelled<'_> {
    type Output = Canonical;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Canonical {
        let (rows, cols) = (self.a.rows(), self.a.cols());
        let (mut sums, mut squares) = (PanelSums::zeros(rows, cols), PanelSums::zeros(rows, rows));
        let (mut values, mut heads) = (vec![Row::ZERO; rows], Vec::new());
        for p in 0..self.samples.div_ceil(PANEL) {
            let present = (self.samples - p * PANEL).min(PANEL);
            weigh(simd, &mut values, self.a.into(), self.inputs.panel(p), Start::Zero, present);
            let mut head = Row::ZERO;
            add_squares(simd, &mut head, 0.3, &values);
            heads.extend_from_slice(&head.0);
            sums.add(simd, 0, (&values, self.inputs.panel(p), &self.residuals.panel(p)[0]), present, &[]);
            // With rows that were made, where the panel before has left others.
            squares.add(simd, 0, (&values, &values, &self.residuals.panel(p)[0]), present, &[]);
        }
        let c = Canonical::of("panels").floats(&heads[..self.samples]);
        [(sums, cols), (squares, rows)].iter().fold(c, |c, (sums, cols)| {
            (0..rows * cols).fold(c, |c, n| {
                let (weighted, plain) = sums.at(n / cols, n % cols);
                c.float(weighted).float(plain)
            })
        })
    }
}

fn panels() -> Result<Canonical> {
    [(1, 1, 127), (2, 9, 128), (3, 32, 129), (13, 7, 300)].iter().try_fold(
        Canonical::of("panels"),
        |c, &(rows, cols, samples)| {
            let (a, x, e) = (random(rows, cols, "a"), random(cols, samples, "inputs"), random(1, samples, "residuals"));
            let panelled = Panelled { a: &a, inputs: &(&x).into(), residuals: &(&e).into(), samples };
            Ok(c.text(&pulp::Arch::new().dispatch(panelled).hex()))
        },
    )
}

/// Two linked layers of as many units, with their slopes, on two panels of which the second is not full.
struct Linking<'a, const K: usize, const M: usize> {
    link: Link<K, M>,
    /// `s`.
    below: &'a Panels,
    residuals: &'a Panels,
    samples: usize,
}

impl<const K: usize, const M: usize> WithSimd for Linking<'_, K, M> {
    type Output = Canonical;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Canonical {
        let (mut sums, mut above, mut below) = (PanelSums::zeros(K, M), [Row::ZERO; K], [Row::ZERO; K]);
        let mut c = Canonical::of("links");
        for p in 0..self.samples.div_ceil(PANEL) {
            let present = (self.samples - p * PANEL).min(PANEL);
            self.link.ascend(simd, &mut above, self.below.panel(p), Start::Zero, present);
            let down = Down { slopes: &mut below, scale: 0.3 };
            // Down again on what was made, where the panel before has left other samples.
            self.link.descend(simd, &mut sums, (&above, &above, &self.residuals.panel(p)[0]), Some(down), present);
            c = above.iter().chain(&below).fold(c, |c, row| c.floats(&row.0[..present]));
        }
        (0..K * M).fold(c, |c, n| {
            let (weighted, plain) = sums.at(n / M, n % M);
            c.float(weighted).float(plain)
        })
    }
}

fn linked<const K: usize, const M: usize>(c: Canonical) -> Canonical {
    const SAMPLES: usize = 129;
    let link = Link::<K, M>::new(&random(M, K, "span"), &random(K, M, "weights"));
    let link = link.expect("R with M rows for K units, and A with K rows for M squares");
    let [s, e] = [(K, "sums"), (1, "residuals")].map(|(rows, name)| (&random(rows, SAMPLES, name)).into());
    c.text(&pulp::Arch::new().dispatch(Linking { link, below: &s, residuals: &e, samples: SAMPLES }).hex())
}

fn links() -> Result<Canonical> {
    Ok(linked::<2, 3>(linked::<1, 1>(Canonical::of("links"))))
}

fn qr() -> Result<Canonical> {
    at_each_size("qr", |c, n| Ok(c.matrix(&orthonormal_columns(&random(n + 3, n, "qr")))))
}

fn svd() -> Result<Canonical> {
    at_each_size("svd", |c, n| Ok(c.floats(&singular_values(&random(n, n, "svd"))?)))
}

/// `A A' + I`.
fn definite(n: usize) -> Matrix<f64> {
    let a = random(n, n, "definite");
    let mut gram = Matrix::from_fn(n, n, |i, j| f64::from(i == j));
    add_product_on(1, gram.as_mut_slice(), View::from(&a), a.transposed().as_slice(), n);
    gram
}

fn eigen() -> Result<Canonical> {
    at_each_size("eigen", |c, n| {
        let (values, vectors) = symmetric_eigen(&definite(n))?;
        Ok(c.floats(&values).matrix(&vectors))
    })
}

fn llt() -> Result<Canonical> {
    at_each_size("cholesky", |c, n| Ok(c.matrix(&cholesky(&definite(n))?)))
}

fn blocked_cholesky() -> Result<Canonical> {
    at_each_size("blocked cholesky", |c, n| {
        let factor = Cholesky::shifted(&definite(2 * n), 0.5)?;
        let solved = factor.solve(&random(2 * n, 3, "right sides"))?;
        Ok(c.matrix(&factor.lower()).matrix(&solved))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_that_gives_other_bits_is_named() {
        let moved =
            Kernel { name: "sums", run: || Ok(Canonical::of("sums").float(1.0f64.next_up())), expected: KERNELS[2].expected };
        let check = replay(&moved);
        assert!(!check.holds && check.found.contains("expected"), "{}", check.found);
        assert!(replay(&KERNELS[2]).holds);
    }
}
