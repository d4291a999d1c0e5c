//! What a certificate costs beside the eigendecomposition that finds its candidate, stage by stage.
//!
//! `tails` is the whole: candidate, residual, independence, decimals. It should stay within three times `eigen` at M = 1000, and
//! within five times at M = 2000. `gram` comes before both.

use bfc::approx::eigen::symmetric_eigen;
use bfc::certify::{eigenvalue_tails, first_candidate};
use bfc::exact::family::{Family, Kind};

mod timing;

const DIGITS: usize = 10;
const REPETITIONS: usize = 10;

fn main() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    for count in [100, 200, 500, 1000, 2000] {
        let family = Family { kind: Kind::Perm, dimension: 16, count, seed: 1 };
        let gram = family.gram().expect("the family exists");
        let floats = gram.entries().map(|&g| g as f64);
        let candidate = first_candidate(&gram, threads).expect("the iteration converges");
        let ranks = [count / 4, count / 2, 3 * count / 4];
        let name = |stage: &str| format!("{stage}, M = {count}");
        timing::report(&name("gram"), REPETITIONS, || family.gram());
        timing::report(&name("eigen"), REPETITIONS, || symmetric_eigen(&floats, threads));
        timing::report(&name("candidate"), REPETITIONS, || first_candidate(&gram, threads));
        timing::report(&name("residual"), REPETITIONS, || candidate.residual_squared_upper(&gram, threads));
        timing::report(&name("independence"), REPETITIONS, || candidate.smallest_singular_value_lower(threads));
        timing::report(&name("tails"), REPETITIONS, || eigenvalue_tails(&gram, &ranks, DIGITS, threads));
    }
}
