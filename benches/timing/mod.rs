//! Seconds, as the least and the median of several calls.

use std::hint::black_box;
use std::time::Instant;

/// Calls `work` once to warm up, then `repetitions` times, and prints the least and the median of their seconds.
pub fn report<R>(name: &str, repetitions: usize, mut work: impl FnMut() -> R) {
    black_box(work());
    let mut seconds: Vec<f64> = (0..repetitions.max(1)).map(|_| once(&mut work)).collect();
    seconds.sort_by(f64::total_cmp);
    println!("{name:40} least {:.6} s, median {:.6} s of {}", seconds[0], seconds[seconds.len() / 2], seconds.len());
}

/// Seconds of one call.
fn once<R>(work: impl FnOnce() -> R) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64()
}
