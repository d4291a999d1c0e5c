//! `bfc run`: a user's own experiment.

use std::path::Path;
use std::time::Instant;

use super::{Answer, Exit, evaluate, output};
use crate::error::Result;
use crate::hierarchy::run::Prepared;

/// Runs the experiment of `file` and writes what came of it to `out`.
pub fn command(file: &Path, out: Option<&Path>) -> Result<Answer> {
    let experiment = Prepared::read(file, out)?;
    evaluate::require_platform()?;
    let start = Instant::now();
    let ran = output::with_spinner("training", || experiment.run());
    output::duration("ran", start);
    Ok(Answer { text: ran?, exit: Exit::Success })
}
