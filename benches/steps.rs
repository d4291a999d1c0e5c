//! Seconds of training steps, on request: `benches/peers/steps.py` asks, and asks other programs for the same steps in turn.
//!
//! Each line of the input is a request, each line of the output its answer in seconds:
//!
//! ```text
//! train CASE STEPS     the steps, with all layers on from the start and no early stop
//! read BYTES TIMES     reads an array of that size that often, from one end to the other
//! multiply-add COUNT   as many multiplications, each followed by an addition, on registers alone
//! ```

use std::hint::black_box;
use std::io::{BufRead, Write};
use std::time::Instant;

use bfc::error::{Error, Result};
use bfc::hierarchy::learner::initial::initial_network;
use bfc::hierarchy::learner::{Coupling, Descent, Samples, Stage, train};
use bfc::hierarchy::network::{Activation, Architecture, Network, Skips};
use bfc::hierarchy::target::random::{labels, scales};
use bfc::matrix::Matrix;
use bfc::portable::rng::Stream;
use pulp::{Arch, Simd, WithSimd};

/// A shape of network, and the number of samples.
struct Case {
    name: &'static str,
    skips: Skips,
    widths: &'static [usize],
    dimension: usize,
    samples: usize,
    activation: Activation,
}

const CASES: [Case; 4] = [
    Case { name: "k1-d32", skips: Skips::Lin, widths: &[1, 1, 1], dimension: 32, samples: 1920, activation: Activation::Square },
    Case { name: "k2-d32", skips: Skips::Lin, widths: &[2, 2], dimension: 32, samples: 3840, activation: Activation::Square },
    Case { name: "k2-d128", skips: Skips::Lin, widths: &[2, 2], dimension: 128, samples: 15360, activation: Activation::Square },
    Case { name: "k12-d24", skips: Skips::LinSkip, widths: &[12, 2], dimension: 24, samples: 777, activation: Activation::Forms },
];

/// A case made ready: the samples, and the network before the first step.
struct Prepared {
    samples: Samples,
    network: Network<f64>,
    descent: Descent,
}

impl Case {
    fn prepare(&self) -> Result<Prepared> {
        let architecture = Architecture::new(self.dimension, self.widths, &self.skips)?;
        let scales = scales(0.1, architecture.depth());
        let mut stream = Stream::new(1, "samples");
        let x = Matrix::from_fn(self.dimension, self.samples, |_, _| stream.normal());
        let y = labels(&initial_network(&architecture, &scales, 1.0, 2)?, &x);
        Ok(Prepared {
            samples: Samples::new(&x, y, architecture.reads_squares()),
            network: initial_network(&architecture, &scales, 0.3, 1)?,
            descent: Descent { step: 0.005, tolerance: 0.0, activation: self.activation, ..Descent::default() },
        })
    }
}

impl Prepared {
    /// Seconds of so many steps.
    fn train(&self, steps: usize) -> f64 {
        let mut network = self.network.clone();
        let stage = Stage::new(2, network.depth(), Coupling::Joint, steps);
        timed(|| train(&mut network, &self.samples, stage, &self.descent, 1, &mut |_, _, _| ()))
    }
}

/// Adds up an array in many sums at once.
struct Read<'a>(&'a [f64]);

impl WithSimd for Read<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let mut sums = [simd.splat_f64s(0.0); 8];
        for group in S::as_simd_f64s(self.0).0.chunks_exact(8) {
            sums.iter_mut().zip(group).for_each(|(sum, &x)| *sum = simd.add_f64s(*sum, x));
        }
        sums.into_iter().map(|sum| simd.reduce_sum_f64s(sum)).sum()
    }
}

/// `s <- s + s x`, in many sums at once.
struct MultiplyAdd(u64);

impl WithSimd for MultiplyAdd {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let mut sums = [simd.splat_f64s(black_box(1.0)); 12];
        let x = simd.splat_f64s(black_box(1e-18));
        for _ in 0..self.0 / (12 * S::F64_LANES as u64) {
            sums.iter_mut().for_each(|sum| *sum = simd.add_f64s(*sum, simd.mul_f64s(*sum, x)));
        }
        sums.into_iter().map(|sum| simd.reduce_sum_f64s(sum)).sum()
    }
}

/// Seconds of one call.
fn timed<R>(work: impl FnOnce() -> R) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64()
}

fn read(bytes: usize, times: usize) -> f64 {
    let array = vec![1.0; bytes / 8];
    timed(|| (0..times).map(|_| Arch::new().dispatch(Read(black_box(&array)))).sum::<f64>())
}

fn answer(request: &str, cases: &[(&'static str, Prepared)]) -> Result<f64> {
    let number = |word: &str| word.parse().map_err(|_| Error::input(word, "a number"));
    match request.split_whitespace().collect::<Vec<_>>()[..] {
        ["train", case, steps] => {
            let found = cases.iter().find(|(name, _)| *name == case);
            let (_, prepared) = found.ok_or_else(|| Error::input(case, "the name of a case"))?;
            Ok(prepared.train(number(steps)?))
        }
        ["read", bytes, times] => Ok(read(number(bytes)?, number(times)?)),
        ["multiply-add", count] => {
            let count = number(count)? as u64;
            Ok(timed(|| Arch::new().dispatch(MultiplyAdd(count))))
        }
        _ => Err(Error::input(request, "train CASE STEPS, read BYTES TIMES or multiply-add COUNT")),
    }
}

fn main() -> Result<()> {
    let cases = CASES.iter().map(|case| Ok((case.name, case.prepare()?))).collect::<Result<Vec<_>>>()?;
    for request in std::io::stdin().lock().lines().map_while(std::result::Result::ok) {
        println!("{:.9}", answer(&request, &cases)?);
        std::io::stdout().flush().ok();
    }
    Ok(())
}
