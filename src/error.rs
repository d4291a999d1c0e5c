//! The one public error: something could not be checked, and where.
//!
//! A verdict is not an error. `Refuted` and `Undecided` are answers; an [`Error`] says that no answer could be given, and carries
//! the witness: the file, the line, the field, what was found there and what was expected.

use std::fmt;
use std::path::{Path, PathBuf};

/// Result with the crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of thing went wrong; the command maps it to an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument, a name or a value is not one the toolkit accepts.
    Input,
    /// A file or directory could not be read or written.
    Io,
    /// A stored golden is missing, edited or truncated.
    Golden,
    /// The machine breaks an assumption that the printed numbers rest on.
    Platform,
}

/// Why something could not be checked.
///
/// The message reads `FILE:LINE: FIELD: MESSAGE`, each part only where it is known.
#[derive(Clone, Debug)]
pub struct Error(Box<Witness>);

#[derive(Clone, Debug)]
struct Witness {
    kind: ErrorKind,
    message: String,
    file: Option<PathBuf>,
    line: Option<usize>,
    field: Option<String>,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Witness { kind, message: message.into(), file: None, line: None, field: None }))
    }

    /// A value that is not accepted: what was found, and what was expected.
    pub fn input(found: impl fmt::Display, expected: impl fmt::Display) -> Self {
        Error::new(ErrorKind::Input, format!("found {found}, expected {expected}"))
    }

    /// A value that is not accepted, told in a whole sentence.
    pub fn refused(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Input, message)
    }

    /// A failed file operation: `cannot ACTION: CAUSE`.
    pub fn io(action: &str, path: &Path, cause: &std::io::Error) -> Self {
        Error::new(ErrorKind::Io, format!("cannot {action}: {cause}")).in_file(path)
    }

    /// A stored golden that cannot be trusted.
    pub fn golden(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Golden, message)
    }

    /// A platform assumption that does not hold here.
    pub fn platform(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Platform, message)
    }

    /// Says more: the message, a semicolon, and `more`.
    pub fn and(mut self, more: impl fmt::Display) -> Self {
        self.0.message += &format!("; {more}");
        self
    }

    /// Names the file.
    pub fn in_file(mut self, file: &Path) -> Self {
        self.0.file = Some(file.to_path_buf());
        self
    }

    /// Names the line, counted from one.
    pub fn at_line(mut self, line: usize) -> Self {
        self.0.line = Some(line);
        self
    }

    /// Names the field, such as `target.width`.
    pub fn at_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The file concerned, if one is.
    pub fn file(&self) -> Option<&Path> {
        self.0.file.as_deref()
    }

    /// The line concerned, counted from one.
    pub fn line(&self) -> Option<usize> {
        self.0.line
    }

    /// The field concerned, such as `target.width`.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let w = &self.0;
        match (&w.file, w.line) {
            (Some(file), Some(line)) => write!(f, "{}:{line}: ", file.display())?,
            (Some(file), None) => write!(f, "{}: ", file.display())?,
            (None, Some(line)) => write!(f, "line {line}: ")?,
            (None, None) => {}
        }
        if let Some(field) = &w.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&w.message)
    }
}

impl std::error::Error for Error {}
