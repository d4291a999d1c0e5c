//! The one byte encoding that is hashed, and the one hash.
//!
//! Integers and floats are little-endian by definition, whatever the machine; a float is its IEEE bits; text and lists carry
//! their length. So equal digests mean equal content, on every machine.

use crate::matrix::Matrix;

/// Appends values to a byte string in the canonical encoding.
#[derive(Clone, Debug, Default)]
pub struct Canonical {
    bytes: Vec<u8>,
}

impl Canonical {
    /// An empty encoding that starts with the name of what is encoded, so that different things never share bytes.
    pub fn of(name: &str) -> Self {
        Canonical::default().text(name)
    }

    /// Appends a length-prefixed UTF-8 string.
    pub fn text(mut self, text: &str) -> Self {
        self = self.integer(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
        self
    }

    /// Appends a 64-bit unsigned integer.
    pub fn integer(mut self, value: u64) -> Self {
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Appends the IEEE bits of a float.
    pub fn float(self, value: f64) -> Self {
        self.integer(value.to_bits())
    }

    /// Appends a length-prefixed list of floats.
    pub fn floats(self, values: &[f64]) -> Self {
        values.iter().fold(self.integer(values.len() as u64), |c, &v| c.float(v))
    }

    /// Appends a matrix: its shape, then its entries row by row.
    pub fn matrix(self, matrix: &Matrix<f64>) -> Self {
        self.integer(matrix.rows() as u64).integer(matrix.cols() as u64).floats(matrix.as_slice())
    }

    /// The encoded bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// BLAKE3 of the encoded bytes.
    pub fn digest(&self) -> [u8; 32] {
        *blake3::hash(&self.bytes).as_bytes()
    }

    /// [`digest`](Self::digest) in lower-case hexadecimal.
    pub fn hex(&self) -> String {
        blake3::hash(&self.bytes).to_hex().to_string()
    }
}

/// BLAKE3 of bytes as they are, in lower-case hexadecimal: what `b3sum` prints of a file.
pub fn bytes_hex(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}
