//! How the cost of this crate's work grows: exponents of steps, runs, risks, fits, certificates and searches.
//!
//! ```text
//! cargo bench --bench scaling                       exponents in instructions and in seconds, beside their bounds
//! cargo bench --bench scaling -- --full step        larger sizes, of the sweeps `step.*` alone
//! cargo bench --bench scaling -- --criterion        the quick sizes by criterion, with its statistics
//! ```
//!
//! `.ci/bench BASE` compares with another commit; `src/_docs/speed.md` tells how long each takes and how to read it.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use bfc::approx::eigen::symmetric_eigen;
use bfc::certify::eigenvalue_tails;
use bfc::enclosure::Interval;
use bfc::enclosure::boxes::{Finding, Outcome, Search};
use bfc::error::{Error, Result};
use bfc::exact::Distribution;
use bfc::exact::family::{Family, Kind};
use bfc::growth::{Bounds, Sweep, Work};
use bfc::hierarchy::claims;
use bfc::hierarchy::experiment::{Automated, Cell, Family as Targets, Instance, Labels, Learner, Runs};
use bfc::hierarchy::learner::initial::initial_network;
use bfc::hierarchy::learner::{Automatic, Coupling, Descent, Kernel, KernelRidge, Samples, Stage, train};
use bfc::hierarchy::network::{Architecture, Skips};
use bfc::hierarchy::target::distribution::draw;
use bfc::hierarchy::target::random::{labels, scales};
use bfc::hierarchy::target::risk::relative_risk;
use bfc::matrix::Matrix;
use bfc::portable::rng::Stream;
use criterion::{BenchmarkId, Criterion};

const GAP: f64 = 0.1;

/// Steps of training in one work.
const STEPS: usize = 10;

/// Degrees that are known exactly are those that the claim `complexity.work` counts; for `step.k` it is the most. The sizes of `step.d` and
/// `step.N` begin where samples no longer fit a cache and a step fetches them ahead, which takes instructions of its own.
const SWEEPS: [Sweep; 11] = [
    Sweep {
        name: "step.d",
        about: "10 steps of joint training, lin L3 k2, N = 1024",
        size: "d",
        quick: &[256, 512, 1024, 2048],
        full: &[4096],
        exact: Some(1),
        bounds: Bounds { at_least: 0.9, at_most: 1.1 },
        prepare: |d| steps(d, 1024, 2),
    },
    Sweep {
        name: "step.N",
        about: "10 steps of joint training, lin L3 k2, d = 64",
        size: "N",
        quick: &[4096, 8192, 16384],
        full: &[32768, 65536],
        exact: Some(1),
        bounds: Bounds { at_least: 0.9, at_most: 1.1 },
        prepare: |n| steps(64, n, 2),
    },
    Sweep {
        name: "step.k",
        about: "10 steps of joint training, lin L3, d = 32, N = 512",
        size: "k",
        quick: &[2, 4, 8, 16],
        full: &[32],
        exact: Some(3),
        bounds: Bounds { at_least: 0.0, at_most: 3.1 },
        prepare: |k| steps(32, 512, k),
    },
    Sweep {
        name: "run.d",
        about: "3 joint runs to te <= d^-2, lin L3 k2, N = 60d, with their exact risk",
        size: "d",
        quick: &[8, 16, 32],
        full: &[64],
        exact: None,
        bounds: Bounds { at_least: 1.0, at_most: 3.0 },
        prepare: runs,
    },
    Sweep {
        name: "risk.d",
        about: "the exact risk of a network, lin L3 k2",
        size: "d",
        quick: &[64, 128, 256, 512],
        full: &[1024, 2048],
        exact: None,
        bounds: Bounds { at_least: 0.0, at_most: 1.1 },
        prepare: |d| risk(d, 2),
    },
    Sweep {
        name: "risk.k",
        about: "the exact risk of a network, lin L3, d = 32",
        size: "k",
        quick: &[2, 4, 6],
        full: &[8],
        exact: None,
        bounds: Bounds { at_least: 0.0, at_most: 4.0 },
        prepare: |k| risk(32, k),
    },
    Sweep {
        name: "ridge.N",
        about: "a kernel ridge fit, Gram matrix and factorisation, RBF, d = 16",
        size: "N",
        quick: &[128, 256, 512, 1024],
        full: &[2048],
        exact: Some(3),
        bounds: Bounds { at_least: 1.5, at_most: 3.1 },
        prepare: ridge,
    },
    Sweep {
        name: "certificate.M",
        about: "three eigenvalue tails to 10 digits, family perm, d = 16",
        size: "M",
        quick: &[100, 200, 400],
        full: &[800, 1600],
        exact: None,
        bounds: Bounds { at_least: 1.5, at_most: 3.1 },
        prepare: certificate,
    },
    Sweep {
        name: "eigen.M",
        about: "the eigendecomposition by faer that gives the candidate of certificate.M",
        size: "M",
        quick: &[100, 200, 400],
        full: &[800, 1600],
        exact: None,
        bounds: Bounds { at_least: 1.5, at_most: 3.1 },
        prepare: eigen,
    },
    Sweep {
        name: "gram.M",
        about: "the Gram matrix of the family perm, d = 16",
        size: "M",
        quick: &[100, 200, 400],
        full: &[800, 1600],
        exact: Some(2),
        bounds: Bounds { at_least: 1.8, at_most: 2.1 },
        prepare: gram,
    },
    Sweep {
        name: "boxes.n",
        about: "branch and bound on a cube, until x^2 + y^2 + z^2 is known to 12/n",
        size: "n",
        quick: &[8, 16, 32],
        full: &[64],
        exact: Some(3),
        bounds: Bounds { at_least: 2.5, at_most: 3.2 },
        prepare: boxes,
    },
];

fn steps(dimension: usize, samples: usize, width: usize) -> Result<Work> {
    let architecture = Architecture::new(dimension, &[width, width], &Skips::Lin)?;
    let scales = scales(GAP, architecture.depth());
    let x = draw(Distribution::Gaussian, dimension, samples, &mut Stream::new(1, "samples"));
    let y = labels(&initial_network(&architecture, &scales, 1.0, 2)?, &x);
    let samples = Samples::new(&x, y, architecture.reads_squares());
    let network = initial_network(&architecture, &scales, 0.3, 1)?;
    let stage = Stage::new(2, network.depth(), Coupling::Joint, STEPS);
    let descent = Descent { step: 0.005, tolerance: 0.0, ..Descent::default() };
    Ok(Box::new(move || {
        train(&mut black_box(network.clone()), &samples, stage, &descent, 1, &mut |_, _, _| ());
        Ok(())
    }))
}

/// Runs of three seeds; it is an error when one of them ends above the error asked for.
fn runs(d: usize) -> Result<Work> {
    let error = 1.0 / (d * d) as f64;
    // The loss on the samples is stopped at a quarter of it: the claim complexity.error-steps bounds te there by four times that.
    let descent = Descent { step: 0.01, momentum: 0.9, tolerance: error / 4.0, ..Descent::default() };
    let cell = |seed| {
        let instance = Instance {
            family: Targets::Rows,
            skips: Skips::Lin,
            widths: vec![2, 2],
            dimension: d,
            gap: GAP,
            distribution: Distribution::Gaussian,
            samples: 60 * d,
            labels: Labels::Exact,
            target_seed: seed,
            data_seed: seed,
        };
        Cell { instance, learner: Learner::Automatic(Automated::once(Automatic::default(), descent)), seed }
    };
    let cells = [1, 2, 3].map(cell);
    Ok(Box::new(move || {
        let runs = Runs::of(black_box(&cells), 1)?;
        cells.iter().try_for_each(|cell| match &runs.get(cell)?.relative_risk {
            Ok(te) if te.to_f64() <= error => Ok(()),
            found => Err(Error::input(format!("te {found:?}"), format!("at most {error}"))),
        })
    }))
}

fn risk(dimension: usize, width: usize) -> Result<Work> {
    let architecture = Architecture::new(dimension, &[width, width], &Skips::Lin)?;
    let scales = scales(GAP, architecture.depth());
    let (target, learner) = (initial_network(&architecture, &scales, 1.0, 2)?, initial_network(&architecture, &scales, 0.3, 1)?);
    Ok(Box::new(move || match relative_risk(black_box(&target), black_box(&learner), Distribution::Gaussian) {
        Ok(risk) => Ok(drop(black_box(risk))),
        Err(absent) => Err(Error::refused(format!("no exact risk: {absent}"))),
    }))
}

fn ridge(count: usize) -> Result<Work> {
    let mut stream = Stream::new(1, "samples");
    let x = draw(Distribution::Gaussian, 16, count, &mut stream);
    let y = Matrix::from_rows(1, count, stream.normals(count))?;
    Ok(Box::new(move || KernelRidge::new(Kernel::Rbf { rate: 1.0 }, black_box(&x)).fit(&y, 1e-3).map(|fit| drop(black_box(fit)))))
}

fn perm(count: usize) -> Family {
    Family { kind: Kind::Perm, dimension: 16, count, seed: 1 }
}

fn certificate(count: usize) -> Result<Work> {
    let (gram, ranks) = (perm(count).gram()?, [count / 4, count / 2, 3 * count / 4]);
    Ok(Box::new(move || eigenvalue_tails(black_box(&gram), &ranks, 10, 1).map(|tails| drop(black_box(tails)))))
}

fn eigen(count: usize) -> Result<Work> {
    let floats = perm(count).gram()?.entries().map(|&g| g as f64);
    Ok(Box::new(move || symmetric_eigen(black_box(&floats), 1).map(|eigen| drop(black_box(eigen)))))
}

fn gram(count: usize) -> Result<Work> {
    let family = perm(count);
    Ok(Box::new(move || black_box(&family).gram().map(|gram| drop(black_box(gram)))))
}

fn boxes(n: usize) -> Result<Work> {
    let side = Interval::new(-1.0, 1.0).ok_or_else(|| Error::refused("the ends of a side are in order"))?;
    let (search, width) = (Search::new(vec![side; 3], vec![1.0; 3], usize::MAX)?, 12.0 / n as f64);
    Ok(Box::new(move || {
        let settled = search.run(|part| {
            let squares = part[0].sqr() + part[1].sqr() + part[2].sqr();
            if squares.wid_upper() <= width { Finding::Holds } else { Finding::Unknown }
        });
        match black_box(settled) {
            Outcome::Proved(_) => Ok(()),
            other => Err(Error::refused(format!("not every part was settled: {other:?}"))),
        }
    }))
}

/// The quick sizes by criterion, a work an iteration.
fn criterion() -> ExitCode {
    let mut criterion = Criterion::default().sample_size(10).warm_up_time(Duration::from_millis(100));
    for sweep in SWEEPS {
        let mut group = criterion.benchmark_group(sweep.name);
        group.measurement_time(Duration::from_millis(500));
        for size in sweep.sizes(false) {
            let mut work = (sweep.prepare)(size).expect("the quick sizes can be made ready");
            group.bench_function(BenchmarkId::from_parameter(size), |b| b.iter(|| work().expect("the work can be done")));
        }
        group.finish();
    }
    criterion.final_summary();
    ExitCode::SUCCESS
}

fn main() -> ExitCode {
    match std::env::args().any(|word| word == "--criterion") {
        true => criterion(),
        false => bfc::cli::scaling(&claims::catalogue(), &SWEEPS),
    }
}
