//! `bfc certify`: eigenvalue tails of a user's own matrix, with a proof to keep.

use std::fs::{self, File};
use std::io::Read;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::json;

use super::{Answer, Exit, output};
use crate::certify::certificate::{Certificate, Source};
use crate::certify::{CertifiedTails, LARGEST_DIGITS, Tail, eigenvalue_tails};
use crate::error::{Error, Result};
use crate::exact::Rational;
use crate::exact::family::{Family, Kind};
use crate::exact::gram::Gram;
use crate::exact::matrix_market;
use crate::report::table::aligned;

/// The largest file that is read: twice what the largest matrix takes.
const LARGEST_FILE: u64 = 4 << 30;

/// What to certify, or to check.
#[derive(Debug, clap::Subcommand)]
pub enum CertifyCommand {
    /// The mean squared error that no N-dimensional linear method can beat: (1/M) sum_{i>N} lambda_i / D, correctly rounded
    ///
    /// For any symmetric G this number is certified. That no method can beat it holds when G / D is a matrix of inner products, which
    /// takes a positive semidefinite G; this is not checked, but a tail below zero, which shows that it is not so, is warned of.
    Tail(TailArguments),
    /// Prove a certificate anew, in exact arithmetic (0 accepted, 1 refused, 2 unreadable)
    Check(CheckArguments),
}

/// A matrix, ranks, and how to print.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("matrix").required(true).args(["gram", "family"])))]
pub struct TailArguments {
    /// A symmetric integer matrix in the Matrix Market format
    #[arg(long, value_name = "FILE.mtx")]
    gram: Option<PathBuf>,
    /// A family of functions in the place of a file
    #[arg(long, value_parser = ["perm", "pm3", "boolplus"], requires = "dimension", requires = "count")]
    family: Option<String>,
    /// The dimension of the family's input
    #[arg(long, value_name = "d", requires = "family")]
    dimension: Option<usize>,
    /// The number of functions of the family
    #[arg(long, value_name = "M", requires = "family")]
    count: Option<usize>,
    /// The seed of the family [default: 1]
    #[arg(long, value_name = "s", requires = "family")]
    seed: Option<u64>,
    /// What every entry of the file is divided by [default: 1]; a family has a denominator of its own
    #[arg(long, value_name = "D", conflicts_with = "family")]
    denominator: Option<NonZeroU64>,
    /// The numbers N of dimensions, from 0 to the order M
    #[arg(long, value_name = "N[,N..]", required = true, value_delimiter = ',')]
    rank: Vec<usize>,
    /// Digits after the point
    #[arg(long, value_name = "K", default_value_t = 10, value_parser = clap::value_parser!(u16).range(0..=LARGEST_DIGITS as i64))]
    digits: u16,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: CertifyFormat,
    /// Write a certificate
    #[arg(long, value_name = "CERT.json")]
    emit: Option<PathBuf>,
    /// Threads, from 1 to 256 [default: one a processor]
    #[arg(long, value_name = "N", value_parser = super::jobs)]
    threads: Option<NonZeroUsize>,
}

/// A certificate, and the matrix it should be of.
#[derive(Debug, clap::Args)]
pub struct CheckArguments {
    /// The certificate
    #[arg(value_name = "CERT.json")]
    certificate: PathBuf,
    /// The matrix it should be of; without it, the one that the certificate states
    #[arg(long, value_name = "FILE.mtx")]
    gram: Option<PathBuf>,
    /// Threads, from 1 to 256 [default: one a processor]
    #[arg(long, value_name = "N", value_parser = super::jobs)]
    threads: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum CertifyFormat {
    Text,
    Json,
}

/// Runs `bfc certify ...`.
///
/// # Errors
/// For input that is not accepted and files that cannot be read or written.
pub fn command(command: &CertifyCommand) -> Result<Answer> {
    let start = Instant::now();
    let answer = match command {
        CertifyCommand::Tail(arguments) => output::with_spinner("certifying", || tail(arguments)),
        CertifyCommand::Check(arguments) => output::with_spinner("checking", || check(arguments)),
    };
    output::duration("certified", start);
    answer
}

fn threads(asked: Option<NonZeroUsize>) -> usize {
    asked.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
}

fn tail(arguments: &TailArguments) -> Result<Answer> {
    let (family, gram) = arguments.matrix()?;
    let digits = usize::from(arguments.digits);
    let proof = eigenvalue_tails(&gram, &arguments.rank, digits, threads(arguments.threads))?;
    let exit = if proof.tails.iter().all(|t| t.decimal.is_some()) { Exit::Success } else { Exit::Undecided };
    if let (Some(file), Exit::Success) = (&arguments.emit, exit) {
        let source = family.as_ref().map_or_else(|| Source::from(&gram), Source::from);
        write(file, &Certificate::new(source, &gram, digits, &proof)?.to_json())?;
    }
    proof.tails.iter().filter(|tail| is_negative(tail)).for_each(|tail| output::note(negative(tail.rank)));
    let text = match arguments.format {
        CertifyFormat::Json => tails_json(&proof, digits),
        CertifyFormat::Text => tails_text(&gram, &proof, digits),
    };
    Ok(Answer { text, exit })
}

/// Whether the tail is proved to be below zero.
fn is_negative(tail: &Tail) -> bool {
    tail.enclosure.as_ref().is_some_and(|range| *range.upper() < Rational::from(0))
}

fn negative(rank: usize) -> String {
    format!(
        "warning: the tail at rank {rank} is below zero: G is not positive semidefinite, and the tail is no mean squared error"
    )
}

impl TailArguments {
    /// The matrix, and the family that it is of.
    fn matrix(&self) -> Result<(Option<Family>, Gram)> {
        let family = self.family()?;
        let gram = match (&self.gram, &family) {
            (Some(file), _) => read_matrix(file)?,
            (None, Some(family)) => family.gram()?,
            (None, None) => return Err(Error::refused("give --gram or --family")),
        };
        let denominator = self.denominator.unwrap_or(gram.denominator());
        Ok((family, gram.over(denominator)))
    }

    fn family(&self) -> Result<Option<Family>> {
        let (Some(name), Some(dimension), Some(count)) = (&self.family, self.dimension, self.count) else { return Ok(None) };
        let kind: Kind = name.parse()?;
        Ok(Some(Family { kind, dimension, count, seed: self.seed.unwrap_or(1) }))
    }
}

fn tails_json(proof: &CertifiedTails, digits: usize) -> String {
    let entry = |tail: &Tail| match tail.undecided(digits) {
        None => json!({ "rank": tail.rank, "tail": tail.decimal }),
        Some(cause) => json!({ "rank": tail.rank, "tail": null, "undecided": cause }),
    };
    format!("{}\n", json!({ "tails": proof.tails.iter().map(entry).collect::<Vec<_>>() }))
}

fn tails_text(gram: &Gram, proof: &CertifiedTails, digits: usize) -> String {
    let cell = |tail: &Tail| match tail.undecided(digits) {
        None => tail.decimal.clone().unwrap_or_default(),
        Some(cause) => format!("Undecided: {cause}"),
    };
    let head = vec!["rank".to_string(), "(1/M) sum_{i>rank} lambda_i / D".to_string()];
    let rows = proof.tails.iter().map(|tail| vec![tail.rank.to_string(), cell(tail)]);
    let lines: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    let table: String = aligned(&lines).iter().map(|line| format!("{line}\n")).collect();
    format!("M = {}, D = {}\n\n{table}", gram.order(), gram.denominator())
}

fn check(arguments: &CheckArguments) -> Result<Answer> {
    let file = &arguments.certificate;
    let certificate = Certificate::parse(&read(file)?).map_err(|e| e.in_file(file))?;
    let given = arguments.gram.as_deref().map(read_matrix).transpose()?;
    Ok(match certificate.refusal(given.as_ref(), threads(arguments.threads)) {
        None => Answer { text: format!("accepted\n{}", certificate.statement()), exit: Exit::Success },
        Some(reason) => Answer { text: format!("refused: {reason}\n"), exit: Exit::Failure },
    })
}

fn read_matrix(file: &Path) -> Result<Gram> {
    matrix_market::parse(&read(file)?, NonZeroU64::MIN).map_err(|e| e.in_file(file))
}

fn read(file: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    let opened = File::open(file).and_then(|f| f.take(LARGEST_FILE + 1).read_to_end(&mut bytes));
    let length = opened.map_err(|e| Error::io("read", file, &e))?;
    if length as u64 > LARGEST_FILE {
        return Err(Error::input("a file above 4 GiB", "a matrix or a certificate").in_file(file));
    }
    String::from_utf8(bytes).map_err(|e| {
        let line = e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        Error::input("bytes that are no text", "UTF-8").in_file(file).at_line(line)
    })
}

/// Writes beside the file first, so that an interruption leaves no half file.
fn write(file: &Path, text: &str) -> Result<()> {
    let name = file.file_name().ok_or_else(|| Error::input(file.display(), "the name of a file"))?;
    let staged = file.with_file_name(format!(".{}.new", name.to_string_lossy()));
    let written = fs::write(&staged, text).and_then(|()| fs::rename(&staged, file));
    written.map_err(|e| {
        let _ = fs::remove_file(&staged);
        Error::io("write", file, &e)
    })
}
