//! What a certificate costs beside the eigendecomposition that finds its candidate, stage by stage.
//!
//! `tails` is the whole: candidate, residual, independence, decimals. It should stay within 1.5 times `eigen` at M = 1000 and at M = 2000. `gram` comes before both.

use std::hint::black_box;

use bfc::approx::eigen::symmetric_eigen;
use bfc::certify::{eigenvalue_tails, first_candidate};
use bfc::exact::family::{Family, Kind};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

const DIGITS: usize = 10;

fn stages(c: &mut Criterion) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    for count in [100, 200, 500, 1000, 2000] {
        let family = Family { kind: Kind::Perm, dimension: 16, count, seed: 1 };
        let gram = family.gram().expect("the family exists");
        let floats = gram.entries().map(|&g| g as f64);
        let candidate = first_candidate(&gram, threads).expect("the iteration converges");
        let ranks = [count / 4, count / 2, 3 * count / 4];
        let mut group = c.benchmark_group("certificate");
        group.sample_size(10);
        group.bench_function(BenchmarkId::new("gram", count), |b| b.iter(|| black_box(&family).gram()));
        group.bench_function(BenchmarkId::new("eigen", count), |b| b.iter(|| symmetric_eigen(black_box(&floats), threads)));
        group.bench_function(BenchmarkId::new("candidate", count), |b| b.iter(|| first_candidate(black_box(&gram), threads)));
        group
            .bench_function(BenchmarkId::new("residual", count), |b| b.iter(|| candidate.residual_squared_upper(&gram, threads)));
        group.bench_function(BenchmarkId::new("independence", count), |b| {
            b.iter(|| black_box(&candidate).smallest_singular_value_lower(threads));
        });
        group.bench_function(BenchmarkId::new("tails", count), |b| {
            b.iter(|| eigenvalue_tails(black_box(&gram), &ranks, DIGITS, threads));
        });
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
