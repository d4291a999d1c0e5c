//! `bfc check --shard` and `bfc merge`: one check on several machines.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Instant;

use super::answer::Answer;
use super::exit::Exit;
use super::output::with_progress;
use super::{goldens, output};
use crate::claim::{Catalogue, Evaluation, Ledger, Share, Study};
use crate::error::Result;
use crate::file;

/// Share `index` of `count`, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `count`.
    pub index: usize,
    /// At least 1.
    pub count: usize,
}

/// The most shards that are accepted.
const MOST: usize = 10_000;

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match numbers {
            Some((index, count)) if (1..=count).contains(&index) && count <= MOST => Ok(Shard { index, count }),
            _ => Err(format!("expected I/N with I from 1 to N and N at most {MOST}, such as 1/2")),
        }
    }
}

/// Does one share of the work, into the ledger in `directory`.
pub fn share<S: Study>(work: &Evaluation<'_, S>, shard: Shard, directory: &Path) -> Result<Answer> {
    let start = Instant::now();
    let share = |progress: crate::claim::Progress<'_>| work.share(shard.index - 1, shard.count, progress);
    let done = with_progress("done", share);
    work.ledger.into_iter().for_each(goldens::note_invalid);
    let Share { items, claims } = done?;
    output::duration("finished", start);
    let text = format!(
        "shard {}/{} of profile {}: {} of {} runs and {} of {} claims without runs, in {}\n",
        shard.index,
        shard.count,
        work.profile.name(),
        items.0,
        items.1,
        claims.0,
        claims.1,
        directory.display()
    );
    Ok(Answer { text, exit: Exit::Success })
}

/// Joins the ledgers of several shards.
pub fn merge<S: Study>(catalogue: &Catalogue<S>, shards: &[PathBuf], out: &Path) -> Result<Answer> {
    file::check_output(out)?;
    let shards = nested(shards)?;
    let parts: Vec<Ledger> = shards.iter().map(|directory| Ledger::new(directory, &catalogue.sources)).collect();
    let counts = Ledger::new(out, &catalogue.sources).join(&parts)?;
    let lines = shards.iter().zip(counts).map(|(directory, items)| format!("{}: {items} items\n", directory.display()));
    let mut text: String = lines.collect();
    let (program, out) = (catalogue.name, out.display());
    text += &format!("joined in {out}; compare with the goldens: {program} check --profile P --out {out}\n");
    Ok(Answer { text, exit: Exit::Success })
}

/// The directories; in the place of one that holds no finished share, those in it that do: a CI puts every artefact into a folder of its own.
fn nested(directories: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for directory in directories {
        let mut within = Vec::new();
        if !Ledger::has_share(directory)? {
            for path in file::entries(directory)?.into_iter().filter(|path| path.is_dir()) {
                within.extend(Ledger::has_share(&path)?.then_some(path));
            }
        }
        // Where nothing is found, the directory itself is named in the error.
        found.extend(if within.is_empty() { vec![directory.clone()] } else { within });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_one_of_some() {
        assert_eq!("2/3".parse(), Ok(Shard { index: 2, count: 3 }));
        for bad in ["0/2", "3/2", "1", "1/0", "a/b", "1/2/3", "", "1/99999999"] {
            assert!(bad.parse::<Shard>().is_err(), "{bad}");
        }
    }
}
