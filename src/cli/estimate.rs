//! What is said of work before it is begun: how long it takes and with how much memory, or that it takes too long.

use super::output::{duration_in_words, note};
use crate::error::{Error, Result};

/// How much time is allowed.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Limit {
    /// Refuse what would take more than S seconds, by an estimate from the number of operations
    #[arg(long, value_name = "S")]
    pub max_seconds: Option<u64>,
}

/// From here on an estimate is told.
const LONG: f64 = 10.0;

impl Limit {
    /// Announces work that takes about so many seconds and bytes of memory, if the seconds are many.
    ///
    /// # Errors
    /// When it would take longer than is allowed.
    pub fn announce(&self, seconds: f64, bytes: u128) -> Result<()> {
        let about = format!(
            "about {} by the number of operations, and {} MiB of memory",
            duration_in_words(seconds),
            bytes.div_ceil(1 << 20)
        );
        match self.max_seconds {
            Some(most) if seconds > most as f64 => Err(Error::input(about, format!("at most {most} s (--max-seconds)"))),
            _ if seconds >= LONG => {
                note(format_args!("this takes {about}; --max-seconds refuses what takes too long"));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
