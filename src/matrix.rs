//! A dense row-major matrix: storage and shape, no arithmetic.

use crate::error::{Error, Result};

/// A dense `rows x cols` matrix, stored row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix<T> {
    rows: usize,
    cols: usize,
    entries: Vec<T>,
}

impl<T> Matrix<T> {
    /// The matrix with entry `entry(i, j)` at row `i`, column `j`.
    pub fn from_fn(rows: usize, cols: usize, mut entry: impl FnMut(usize, usize) -> T) -> Self {
        let mut entries = Vec::with_capacity(rows * cols);
        for i in 0..rows {
            entries.extend((0..cols).map(|j| entry(i, j)));
        }
        Matrix { rows, cols, entries }
    }

    /// The matrix whose rows follow one another in `entries`.
    ///
    /// # Errors
    /// When `entries` does not hold `rows * cols` values.
    pub fn from_rows(rows: usize, cols: usize, entries: Vec<T>) -> Result<Self> {
        match entries.len() == rows * cols {
            true => Ok(Matrix { rows, cols, entries }),
            false => Err(Error::input(format!("{} entries", entries.len()), format!("{rows} x {cols}"))),
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Row `i`.
    pub fn row(&self, i: usize) -> &[T] {
        &self.entries[i * self.cols..(i + 1) * self.cols]
    }

    /// Row `i`, to be changed.
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        &mut self.entries[i * self.cols..(i + 1) * self.cols]
    }

    /// All entries, row by row.
    pub fn as_slice(&self) -> &[T] {
        &self.entries
    }

    /// All entries, row by row, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.entries
    }

    /// The matrix of the images of the entries.
    pub fn map<U>(&self, image: impl FnMut(&T) -> U) -> Matrix<U> {
        Matrix { rows: self.rows, cols: self.cols, entries: self.entries.iter().map(image).collect() }
    }

    /// As [`map`](Self::map), stopping at the first error.
    ///
    /// # Errors
    /// The first error of `image`.
    pub fn try_map<U, E>(&self, image: impl FnMut(&T) -> std::result::Result<U, E>) -> std::result::Result<Matrix<U>, E> {
        let entries = self.entries.iter().map(image).collect::<std::result::Result<_, E>>()?;
        Ok(Matrix { rows: self.rows, cols: self.cols, entries })
    }
}

impl<T: Clone> Matrix<T> {
    /// The matrix with every entry equal to `value`.
    pub fn filled(rows: usize, cols: usize, value: T) -> Self {
        Matrix { rows, cols, entries: vec![value; rows * cols] }
    }

    /// The transpose.
    pub fn transposed(&self) -> Self {
        Matrix::from_fn(self.cols, self.rows, |i, j| self[(j, i)].clone())
    }
}

impl<T> std::ops::Index<(usize, usize)> for Matrix<T> {
    type Output = T;

    fn index(&self, (i, j): (usize, usize)) -> &T {
        &self.entries[i * self.cols + j]
    }
}

impl<T> std::ops::IndexMut<(usize, usize)> for Matrix<T> {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        &mut self.entries[i * self.cols + j]
    }
}
