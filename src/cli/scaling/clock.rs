//! Seconds of a work, by the clock of this machine.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::time::Instant;

use crate::cli::answer::Answer;
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::error::{Error, Result};
use crate::growth::{Sweep, Work};

/// A work is repeated until it has taken so many seconds altogether, and at least so often.
const SECONDS: f64 = 0.2;
const TIMES: usize = 3;

/// The least seconds of several runs of one work.
///
/// # Errors
/// When the work cannot be made ready, or fails.
pub fn least_seconds(sweep: &Sweep, size: usize) -> Result<f64> {
    let mut work = (sweep.prepare)(size)?;
    let (mut least, mut sum, mut times) = (f64::INFINITY, 0.0, 0);
    while times < TIMES || sum < SECONDS {
        let seconds = seconds(&mut work)?;
        (least, sum, times) = (least.min(seconds), sum + seconds, times + 1);
    }
    Ok(least)
}

fn seconds(work: &mut Work) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64())
}

/// Answers each request `SWEEP SIZE` with the seconds of one run of that work, until the requests end.
///
/// # Errors
/// For a request that is none; when the work cannot be made ready, or fails.
pub fn serve(sweeps: &[&Sweep]) -> Result<Answer> {
    let mut ready: BTreeMap<String, Work> = BTreeMap::new();
    for request in std::io::stdin().lock().lines().map_while(std::result::Result::ok) {
        if !ready.contains_key(&request) {
            ready.insert(request.clone(), prepared(sweeps, &request)?);
        }
        let work = ready.get_mut(&request).expect("it was put there");
        output::print(&format!("{:.9}\n", seconds(work)?))?;
    }
    Ok(Answer { text: String::new(), exit: Exit::Success })
}

fn prepared(sweeps: &[&Sweep], request: &str) -> Result<Work> {
    let refused = || Error::input(request, "the name of a sweep and a size");
    let (name, size) = request.split_once(' ').ok_or_else(refused)?;
    let sweep = sweeps.iter().find(|sweep| sweep.name == name).ok_or_else(refused)?;
    (sweep.prepare)(size.parse().map_err(|_| refused())?)
}
