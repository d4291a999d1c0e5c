//! `bfc certify`: eigenvalue tails of a user's own matrix, with a proof to keep.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::estimate::Limit;
use super::exit::Exit;
use super::output;
use crate::certify::certificate::{Certificate, Source};
use crate::certify::perturbed::PerturbedTail;
use crate::certify::tails::any_eigenvalue_tails;
use crate::certify::{CertifiedTails, LARGEST_DIGITS, Tail, cost, matrix_file};
use crate::error::{Error, Result};
use crate::exact::Rational;
use crate::exact::big_gram::AnyGram;
use crate::exact::family::{Family, Kind};
use crate::file;
use crate::layout::aligned;

/// What to certify, or to check.
#[derive(Debug, clap::Subcommand)]
pub enum CertifyCommand {
    /// The mean squared error that no N-dimensional linear method can beat: (1/M) sum_{i>N} lambda_i / D, correctly rounded
    ///
    /// For any symmetric G this number is certified. That no method can beat it holds when G / D is a matrix of inner products, which
    /// takes a positive semidefinite G; where G is proved not to be one, there is a warning.
    Tail(TailArguments),
    /// Prove a certificate anew, in exact arithmetic (0 accepted, 1 refused, 2 unreadable)
    Check(CheckArguments),
}

/// A matrix, ranks, and how to print.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("matrix").required(true).args(["gram", "features", "family"])))]
pub struct TailArguments {
    /// A symmetric matrix G: Matrix Market (integer, unsigned-integer or real) or NumPy (.npy, .npz), also by gzip; - for standard input
    ///
    /// Floats are taken as the dyadic numbers they are, without an error; a decimal text is the double next to it.
    #[arg(long, value_name = "FILE")]
    gram: Option<PathBuf>,
    /// A matrix X in the place of G, a row for each function; G = X X', without an error
    #[arg(long, value_name = "FILE")]
    features: Option<PathBuf>,
    /// Take (G + G')/2, without an error, of a matrix that is not symmetric in its last bits
    #[arg(long, requires = "gram")]
    symmetric_part: bool,
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
    /// Enclose the tails of every symmetric matrix whose entries are within R of the given ones: lower and upper, rounded outwards
    #[arg(long, value_name = "R", value_parser = radius, conflicts_with = "emit", allow_negative_numbers = true)]
    radius: Option<Rational>,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: CertifyFormat,
    /// Write a certificate
    #[arg(long, value_name = "CERT.json")]
    emit: Option<PathBuf>,
    #[command(flatten)]
    limit: Limit,
    /// Threads, from 1 to 256 [default: one a processor]
    #[arg(long, alias = "threads", value_name = "N", value_parser = super::common::jobs)]
    jobs: Option<NonZeroUsize>,
}

/// A certificate, and the matrix it should be of.
#[derive(Debug, clap::Args)]
pub struct CheckArguments {
    /// The certificate
    #[arg(value_name = "CERT.json")]
    certificate: PathBuf,
    /// The matrix it should be of, in any format that `tail` reads; without it, the one that the certificate states
    #[arg(long, value_name = "FILE")]
    gram: Option<PathBuf>,
    #[command(flatten)]
    limit: Limit,
    /// Threads, from 1 to 256 [default: one a processor]
    #[arg(long, alias = "threads", value_name = "N", value_parser = super::common::jobs)]
    jobs: Option<NonZeroUsize>,
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
        CertifyCommand::Tail(arguments) => output::with_spinner("certifying", |_| tail(arguments)),
        CertifyCommand::Check(arguments) => output::with_spinner("checking", |_| check(arguments)),
    };
    output::duration("certified", start);
    answer
}

fn threads(asked: Option<NonZeroUsize>) -> usize {
    asked.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
}

fn radius(text: &str) -> std::result::Result<Rational, String> {
    match text.parse::<Rational>() {
        Ok(radius) if !radius.is_negative() => Ok(radius),
        _ => Err("expected a number of zero or more, such as 0.5 or 1e-9".into()),
    }
}

fn tail(arguments: &TailArguments) -> Result<Answer> {
    if let Some(path) = &arguments.emit {
        let inputs: Vec<&Path> = arguments.gram.iter().chain(&arguments.features).map(PathBuf::as_path).collect();
        file::check_result(path, &inputs)?;
    }
    let (family, gram) = arguments.matrix()?;
    arguments.limit.announce(cost::seconds(&gram), cost::bytes(gram.order()))?;
    let digits = usize::from(arguments.digits);
    let proof = any_eigenvalue_tails(&gram, &arguments.rank, digits, threads(arguments.jobs))?;
    let rows = match &arguments.radius {
        None => proof.tails.iter().map(|tail| Row::of(tail, digits)).collect(),
        Some(radius) => {
            let around = |tail| PerturbedTail::around(tail, &gram, radius).map(|found| Row::of_perturbed(&found, digits));
            proof.tails.iter().map(around).collect::<Result<Vec<Row>>>()?
        }
    };
    let exit = if rows.iter().all(|row| row.undecided.is_none()) { Exit::Success } else { Exit::Undecided };
    if let (Some(path), Exit::Success) = (&arguments.emit, exit) {
        emit(path, family.as_ref(), &gram, digits, &proof)?;
    }
    if proof.is_indefinite {
        output::note(
            "warning: G is not positive semidefinite (v'Gv is below zero for some v), so its tails are no mean squared errors",
        );
    }
    let text = match arguments.format {
        CertifyFormat::Json => format!("{}\n", json!({ "tails": rows.iter().map(Row::json).collect::<Vec<_>>() })),
        CertifyFormat::Text => text(&gram, &rows),
    };
    Ok(Answer { text, exit })
}

impl TailArguments {
    /// The matrix, and the family that it is of.
    fn matrix(&self) -> Result<(Option<Family>, AnyGram)> {
        let family = self.family()?;
        let gram = match (&self.gram, &self.features, &family) {
            (Some(file), _, _) => matrix_file::gram(file, self.symmetric_part)?,
            (_, Some(file), _) => matrix_file::features_gram(file, threads(self.jobs))?,
            (_, _, Some(family)) => AnyGram::Small(family.gram()?),
            (None, None, None) => return Err(Error::refused("give --gram, --features or --family")),
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

/// What is printed of one rank.
struct Row {
    rank: usize,
    decimal: Option<String>,
    exact: Option<String>,
    /// The lower and the upper end, where a radius was asked for.
    ends: Option<[String; 2]>,
    undecided: Option<String>,
}

impl Row {
    fn of(tail: &Tail, digits: usize) -> Self {
        let exact = tail.exact().map(Rational::to_string);
        Row { rank: tail.rank, decimal: tail.decimal.clone(), exact, ends: None, undecided: tail.undecided(digits) }
    }

    fn of_perturbed(found: &PerturbedTail, digits: usize) -> Self {
        let ends = found.ends(digits);
        let undecided = ends.is_none().then(|| "the approximate eigenvectors were not shown to be independent".to_string());
        Row { rank: found.rank, decimal: found.decimal(digits), exact: None, ends, undecided }
    }

    fn json(&self) -> Value {
        let mut entry = Map::new();
        entry.insert("rank".into(), json!(self.rank));
        entry.insert("tail".into(), json!(self.decimal));
        let [lower, upper] = self.ends.clone().map_or([None, None], |ends| ends.map(Some));
        let more = [("exact", &self.exact), ("lower", &lower), ("upper", &upper), ("undecided", &self.undecided)];
        entry.extend(more.into_iter().filter_map(|(name, value)| Some((name.to_string(), json!(value.as_ref()?)))));
        Value::Object(entry)
    }

    fn cells(&self) -> Vec<String> {
        let decimal = self.decimal.clone().unwrap_or_else(|| "-".into());
        match (&self.undecided, &self.ends) {
            (Some(cause), _) => vec![self.rank.to_string(), format!("Undecided: {cause}")],
            (None, Some([lower, upper])) => vec![self.rank.to_string(), decimal, lower.clone(), upper.clone()],
            (None, None) => vec![self.rank.to_string(), decimal],
        }
    }
}

fn text(gram: &AnyGram, rows: &[Row]) -> String {
    let more: &[&str] = if rows.iter().any(|row| row.ends.is_some()) { &["lower", "upper"] } else { &[] };
    let head = ["rank", "(1/M) sum_{i>rank} lambda_i / D"].iter().chain(more).map(|word| word.to_string()).collect();
    let lines: Vec<Vec<String>> = std::iter::once(head).chain(rows.iter().map(Row::cells)).collect();
    let table: String = aligned(&lines).iter().map(|line| format!("{line}\n")).collect();
    format!("M = {}, D = {}\n\n{table}", gram.order(), gram.denominator())
}

fn emit(path: &Path, family: Option<&Family>, gram: &AnyGram, digits: usize, proof: &CertifiedTails) -> Result<()> {
    let source = family.map_or_else(|| Source::from(gram), Source::from);
    file::write(path, &Certificate::new(source, gram.denominator(), digits, proof)?.to_json())
}

fn check(arguments: &CheckArguments) -> Result<Answer> {
    let path = &arguments.certificate;
    let certificate = Certificate::parse(&file::text(matrix_file::read(path)?, path)?).map_err(|e| e.in_file(path))?;
    arguments.limit.announce(certificate.seconds(), cost::bytes(certificate.order()))?;
    let given = arguments.gram.as_deref().map(|file| matrix_file::gram(file, false)).transpose()?;
    Ok(match certificate.refusal(given.as_ref(), threads(arguments.jobs)) {
        None => Answer { text: format!("accepted\n{}", certificate.statement()), exit: Exit::Success },
        Some(reason) => Answer { text: format!("refused: {reason}\n"), exit: Exit::Failure },
    })
}
