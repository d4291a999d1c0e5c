//! What a command answers.

use super::exit::Exit;

/// What a command has to say on standard output, and how it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// For standard output.
    pub text: String,
    /// How the process ends.
    pub exit: Exit,
}
