//! Where the exact population quantities end, and why.

use std::fmt;

/// The largest number of terms that the expansion of a network may have.
pub const MAX_TERMS: usize = 1500;
/// The largest number of products that the moments of one risk may cost.
pub const MAX_PRODUCTS: usize = 500_000;
/// The largest number of input parts that one network of depth up to 3 may have.
pub const MAX_VARIABLES: usize = 32;
/// The largest number of quadratic forms in two networks of depth up to 3: one for each head and one for each unit of layer 3.
pub const MAX_FORMS: usize = 22;

/// Why an exact value is not given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Absent {
    /// A weight is NaN or infinite.
    NotFinite,
    /// The two networks read inputs of different dimensions.
    Dimensions(usize, usize),
    /// The expansion would have more than [`MAX_TERMS`] terms.
    Terms(usize),
    /// A network has more than [`MAX_VARIABLES`] input parts, or both more than [`MAX_FORMS`] quadratic forms.
    Forms {
        /// The input parts of one network.
        variables: usize,
        /// The quadratic forms of both.
        forms: usize,
    },
    /// The moments would cost more than [`MAX_PRODUCTS`] products.
    Products,
    /// The target is constant: nothing can be measured relative to it.
    ConstantTarget,
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Absent::NotFinite => write!(f, "a weight is not finite"),
            Absent::Dimensions(a, b) => write!(f, "the target reads {a} inputs and the learner {b}"),
            Absent::Terms(n) => write!(f, "the expansion may have {n} terms; the exact risk takes up to {MAX_TERMS}"),
            Absent::Forms { variables, forms } => {
                let limits = format!("the exact risk takes up to {MAX_VARIABLES} and {MAX_FORMS}");
                write!(f, "layer 2 gives {variables} variables in one network and {forms} quadratic forms in both; {limits}")
            }
            Absent::Products => write!(f, "the exact moments take more than {MAX_PRODUCTS} products"),
            Absent::ConstantTarget => write!(f, "the target is constant"),
        }
    }
}

impl std::error::Error for Absent {}
