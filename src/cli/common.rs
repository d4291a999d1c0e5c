//! Arguments that commands share.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::ValueEnum;

use crate::claim::{Ledger, Profile, Sources};
use crate::error::Result;
use crate::file;

/// How much is run, where the goldens are, and on how many threads.
#[derive(Clone, Debug, clap::Args)]
pub struct Common {
    /// How much to run
    #[arg(long, value_enum, default_value = "quick")]
    pub profile: ProfileName,
    /// The directory of the goldens
    #[arg(long, value_name = "DIR", default_value = "golden")]
    pub golden: PathBuf,
    /// Threads, from 1 to 256 [default: one a processor]
    #[arg(long, alias = "threads", value_name = "N", value_parser = jobs)]
    pub jobs: Option<NonZeroUsize>,
    /// Keep finished runs here and use those that are here [default for full: a directory in target/, until it is finished]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// A profile, as it is typed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ProfileName {
    /// Every claim in miniature: compares bytes, draws no conclusion
    Tiny,
    /// The claims that fit in about half a minute; the others are shown as `full only`
    Quick,
    /// Every claim, with more seeds and sizes
    Full,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Tiny => Profile::Tiny,
            ProfileName::Quick => Profile::Quick,
            ProfileName::Full => Profile::Full,
        }
    }
}

impl Common {
    /// Where finished work is kept while the program `name` runs this command, and whether it stays there afterwards. Nowhere for short
    /// profiles, unless `needed`.
    ///
    /// # Errors
    /// When it would be kept in the root of the file system or in a home directory.
    pub fn ledger(&self, name: &str, sources: &Sources, needed: bool) -> Result<Option<(Ledger, bool)>> {
        let profile = self.profile();
        let resumed = || PathBuf::from(format!("target/{name}/{}", profile.name()));
        self.out.as_deref().map_or(Ok(()), file::check_output)?;
        Ok(match &self.out {
            Some(directory) => Some((Ledger::new(directory, sources), true)),
            None => (needed || profile == Profile::Full).then(|| (Ledger::new(resumed(), sources), false)),
        })
    }

    /// How much is run.
    pub fn profile(&self) -> Profile {
        self.profile.into()
    }

    /// Threads.
    pub fn jobs(&self) -> usize {
        threads(self.jobs)
    }
}

/// As many threads as are asked for, or one a processor.
pub fn threads(jobs: Option<NonZeroUsize>) -> usize {
    jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
}

/// A number of threads that is asked for.
pub fn jobs(text: &str) -> std::result::Result<NonZeroUsize, String> {
    let number = text.parse().ok().filter(|n: &NonZeroUsize| n.get() <= 256);
    number.ok_or_else(|| "expected a number of threads from 1 to 256".to_string())
}
