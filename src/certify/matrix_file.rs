//! A user's own matrix, from a file in any of the formats that are read, or from standard input.
//!
//! | format | told by |
//! |---|---|
//! | Matrix Market ([`matrix_market`]) | none of the others |
//! | NumPy `.npy` ([`npy`]) | its first bytes, `\x93NUMPY` |
//! | NumPy `.npz` with one array, stored or deflated | `PK` |
//! | any of them, compressed by gzip | `1f 8b` |
//!
//! A name tells nothing. Files are bounded before they are read, and so is what comes out of a compressed one; what begins as none of these,
//! nor as a certificate, is not read on.

use std::io::Read;
use std::path::Path;

use rawzip::{CompressionMethod, ZipArchive};

use crate::enclosure::big_product::{big_product_rows, work};
use crate::enclosure::big_residual::most_bits;
use crate::error::{Error, Result};
use crate::exact::big_gram::{AnyGram, BigGram, checked_size};
use crate::exact::given::{Given, Wanted};
use crate::exact::{matrix_market, npy};
use crate::file;
use crate::matrix::Matrix;

/// The largest file that is read, and the most that one unpacks to: twice what the largest matrix takes.
const LARGEST_FILE: u64 = 4 << 30;

/// The most multiplications of the inner products of features: some minutes.
const LARGEST_WORK: u128 = 1 << 43;

/// The bytes of a regular file, or of standard input for `-`.
///
/// # Errors
/// When it cannot be read, is no regular file, or is above 4 GiB.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    file::read_input(path, LARGEST_FILE, "a matrix or a certificate", begins)
}

/// Returns whether a matrix, a compressed file or a certificate begins so: nobody waits for four GiB of anything else.
fn begins(bytes: &[u8]) -> bool {
    let is_object = || bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    [npy::MAGIC, &b"%%"[..], GZIP, ZIP].iter().any(|magic| bytes.starts_with(magic)) || is_object()
}

/// How what gzip compressed begins.
const GZIP: &[u8] = &[0x1f, 0x8b];

/// How a zip archive of something begins.
const ZIP: &[u8] = &[b'P', b'K', 3, 4];

/// All that is unpacked, if it is not too much.
fn bounded(source: impl Read, what: &str) -> Result<Vec<u8>> {
    match file::read_if(source, LARGEST_FILE, begins) {
        Ok(bytes) if bytes.len() as u64 <= LARGEST_FILE => Ok(bytes),
        Ok(_) => Err(Error::input(format!("{what} above {} GiB", LARGEST_FILE >> 30), "a matrix")),
        Err(e) => Err(Error::refused(format!("cannot read {what}: {e}"))),
    }
}

/// The Gram matrix in a file, over the denominator 1; `symmetric_part` makes `(G + G')/2` of a square matrix `G`.
///
/// # Errors
/// With the file, and of Matrix Market the line: what cannot be read, is not square or, but for the symmetric part, not symmetric.
pub fn gram(path: &Path, symmetric_part: bool) -> Result<AnyGram> {
    let bytes = unpacked(read(path)?).map_err(|e| e.in_file(path))?;
    let gram = || {
        let given = parse(&bytes, Wanted::Square)?;
        match given.asymmetry()? {
            _ if symmetric_part => given.symmetric_part(),
            None => given.gram(),
            Some(asymmetry) => Err(at_line(Error::refused(asymmetry.message), &bytes, asymmetry.place)),
        }
    };
    gram().map_err(|e| e.in_file(path))
}

/// `X X'` for the matrix `X` in a file, whose rows are functions, over the denominator 1 (guarantee: exact).
///
/// # Errors
/// With the file, and of Matrix Market the line: what cannot be read; exponents of entries too far apart.
pub fn features_gram(path: &Path, threads: usize) -> Result<AnyGram> {
    let gram = || {
        let bytes = unpacked(read(path)?)?;
        let (x, scale) = parse(&bytes, Wanted::Features)?.integers()?;
        inner_products(&x, scale, threads)
    };
    gram().map_err(|e: Error| if e.file().is_some() { e } else { e.in_file(path) })
}

fn inner_products(x: &Matrix<dashu_int::IBig>, scale: u32, threads: usize) -> Result<AnyGram> {
    let (rows, bits) = (x.rows(), most_bits(x));
    checked_size(rows, 2 * bits + 64 - u64::from((x.cols() as u64).leading_zeros()))?;
    if work(x.cols(), bits, bits) / (x.cols() as u128).pow(2) * (rows as u128).pow(2) > LARGEST_WORK {
        return Err(Error::refused(format!("{rows} rows of {} entries of {bits} bits take too long to multiply", x.cols())));
    }
    let products = big_product_rows(x, &x.transposed(), threads, |_, row| row.to_vec())?;
    let entries = Matrix::from_rows(rows, rows, products.concat())?;
    BigGram::new(entries, 2 * scale, std::num::NonZeroU64::MIN).map(AnyGram::from)
}

/// The error with the line that gives the entry, where there are lines.
fn at_line(error: Error, bytes: &[u8], (i, j): (usize, usize)) -> Error {
    match matrix_market::line_of(bytes, i, j) {
        Ok(line) => error.at_line(line),
        Err(_) => error,
    }
}

fn parse(bytes: &[u8], wanted: Wanted) -> Result<Given> {
    match bytes.starts_with(npy::MAGIC) {
        true => npy::parse(bytes, wanted),
        false => matrix_market::parse(bytes, wanted),
    }
}

/// What a compressed file holds, and any other file as it is.
fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>> {
    if bytes.starts_with(GZIP) {
        return bounded(flate2::read::MultiGzDecoder::new(&bytes[..]), "what the gzip file holds");
    }
    if bytes.starts_with(ZIP) { only_array(&bytes) } else { Ok(bytes) }
}

/// The one array of an `.npz` file.
fn only_array(bytes: &[u8]) -> Result<Vec<u8>> {
    let broken = |e: rawzip::Error| Error::refused(format!("a broken .npz file: {e}"));
    let archive = ZipArchive::from_slice(bytes).map_err(broken)?;
    let (mut entries, mut found, mut names) = (archive.entries(), None, Vec::new());
    while let Some(entry) = entries.next_entry().map_err(broken)? {
        names.push(String::from_utf8_lossy(entry.file_path().as_ref()).into_owned());
        found = Some((entry.wayfinder(), entry.compression_method()));
    }
    let (Some((wayfinder, method)), [_]) = (found, &names[..]) else {
        let listed = names.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
        return Err(Error::input(format!("{} arrays ({listed})", names.len()), "an .npz file of one array"));
    };
    let entry = archive.get_entry(wayfinder).map_err(broken)?;
    let what = "what the .npz file holds";
    match method {
        CompressionMethod::Store => bounded(entry.verifying_reader(entry.data()), what),
        CompressionMethod::Deflate => bounded(entry.verifying_reader(flate2::bufread::DeflateDecoder::new(entry.data())), what),
        other => Err(Error::input(format!("the compression {other:?}"), "a stored or deflated array")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const INTEGERS: &[u8] = b"%%MatrixMarket matrix array integer symmetric\n2 2\n2\n1\n3\n";

    fn zipped(names: &[&str], method: CompressionMethod, data: &[u8]) -> Vec<u8> {
        let mut output = Vec::new();
        let mut archive = rawzip::ZipArchiveWriter::new(&mut output);
        for name in names {
            let (mut entry, config) = archive.new_file(name).compression_method(method).start().unwrap();
            let descriptor = match method {
                CompressionMethod::Deflate => {
                    let mut writer = config.wrap(flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default()));
                    writer.write_all(data).unwrap();
                    writer.finish().unwrap().1
                }
                _ => {
                    let mut writer = config.wrap(&mut entry);
                    writer.write_all(data).unwrap();
                    writer.finish().unwrap().1
                }
            };
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap();
        output
    }

    fn gzipped(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn packed_files_are_what_they_hold() {
        for packed in [
            gzipped(INTEGERS),
            zipped(&["a.npy"], CompressionMethod::Store, INTEGERS),
            zipped(&["a.npy"], CompressionMethod::Deflate, INTEGERS),
        ] {
            assert_eq!(unpacked(packed).unwrap(), INTEGERS);
        }
        assert_eq!(unpacked([gzipped(&INTEGERS[..9]), gzipped(&INTEGERS[9..])].concat()).unwrap(), INTEGERS);
        assert_eq!(unpacked(INTEGERS.to_vec()).unwrap(), INTEGERS);
    }

    /// A bomb: 64 MiB of zeros in 64 KiB, of which the first 4 KiB are unpacked.
    #[test]
    fn what_unpacks_to_no_matrix_is_not_unpacked() {
        let zeros = gzipped(&vec![0; 64 << 20]);
        assert!(zeros.len() < 1 << 17 && unpacked(zeros).unwrap().len() <= 1 << 12);
        assert!([&b"  \n {\"a\""[..], b"%%Matrix", b"\x93NUMPY", b"PK\x03\x04", b"\x1f\x8b"].into_iter().all(begins));
        assert!([&b""[..], b"  ", b"M", b"\x93NUM", b"\0{"].into_iter().all(|bytes| !begins(bytes)));
    }

    #[test]
    fn broken_and_crowded_archives_are_refused() {
        let crowded = zipped(&["a.npy", "b.npy"], CompressionMethod::Store, INTEGERS);
        assert!(unpacked(crowded).unwrap_err().to_string().contains("2 arrays (a.npy, b.npy)"));
        assert!(unpacked(zipped(&[], CompressionMethod::Store, b"")).is_ok(), "an empty archive does not start as one");
        let good = zipped(&["a.npy"], CompressionMethod::Deflate, INTEGERS);
        for at in 30..60 {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            assert!(unpacked(bad).map_or(true, |found| found == INTEGERS), "byte {at}");
        }
        assert!(unpacked(good[..good.len() / 2].to_vec()).is_err());
        let gz = gzipped(INTEGERS);
        assert!(unpacked(gz[..gz.len() - 5].to_vec()).is_err());
    }

    #[test]
    fn inner_products_are_exact() {
        let x = Matrix::from_rows(2, 3, [1, 2, 3, -4, 5, 6].map(dashu_int::IBig::from).to_vec()).unwrap();
        let AnyGram::Big(gram) = inner_products(&x, 1, 2).unwrap() else { panic!("a quarter is no integer") };
        assert_eq!((gram.scale(), gram.entries().as_slice()), (2, &[14, 24, 24, 77].map(dashu_int::IBig::from)[..]));
    }
}
