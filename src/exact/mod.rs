//! Exact algebra: identities that hold to the last digit, or do not hold.
//!
//! No float is computed with here. A float may only enter, as the dyadic rational that its bits are, and leave, correctly rounded.
//! Everything else is integers ([`Dyadic`], [`Rational`]) and polynomials over them; [`moments`] and [`quadratic_form`] are the
//! probability: expectations under the three input [`Distribution`]s.
//!
//! | module | gives |
//! |---|---|
//! | [`dyadic`] | `m 2^e`, the ring in which trained weights live |
//! | [`dual`] | a number and its derivative |
//! | [`rational`], [`decimal`] | quotients, and their correctly rounded floats and decimals |
//! | [`polynomial`] | sparse polynomials in several variables, so that a network can be expanded |
//! | [`rank`] | the rank of a matrix, by fraction-free elimination |
//! | [`gram`], [`big_gram`] | symmetric matrices of integers over one denominator, of 64 bits or of any size |
//! | [`gram_facts`] | what they tell of their eigenvalues without a candidate |
//! | [`family`] | families of functions with exact Gram matrices |
//! | [`given`], [`matrix_market`], [`npy`], [`machine_number`] | a user's own matrix, as it is read |
//! | [`moments`] | `E[z^alpha]` of the features a network reads |
//! | [`quadratic_form`] | joint cumulants of quadratic polynomials in Gaussian variables |
//! | [`inputs`] | expectations, derivatives and substitution of polynomials in the inputs |
//! | [`hermite`], [`walsh`], [`parity`] | the orthogonal bases of the Gaussian and of the cube |
//! | [`cube_kernel`] | kernels on the cube, and the exact error of what they predict |
//! | [`harmonic`] | harmonic parts of forms, and their share of a variance |
//! | [`direction`], [`quartic`], [`rotated`] | polynomials of one linear form and quartic forms, split by harmonics; what `N` functions can do for all their rotations |
//! | [`flattening`], [`spectrum`] | singular values of symmetric tensors; tails of spectra with multiplicities |
//! | [`linear`], [`projection`] | products, systems, semidefiniteness, best approximation |
//! | [`count`], [`polynomial_in_d`] | binomials and dimensions; sequences that are polynomials in `d` |
//! | [`counted`] | a scalar that counts the operations made with it |

pub mod big_gram;
pub mod count;
pub mod counted;
pub mod cube_kernel;
pub mod decimal;
pub mod direction;
pub mod dual;
pub mod dyadic;
pub mod family;
pub mod flattening;
pub mod given;
pub mod gram;
pub mod gram_facts;
pub mod harmonic;
pub mod hermite;
pub mod inputs;
pub mod linear;
pub mod machine_number;
pub mod matrix_market;
pub mod moments;
pub mod npy;
pub mod parity;
pub mod polynomial;
pub mod polynomial_in_d;
pub mod projection;
pub mod quadratic_form;
pub mod quartic;
pub mod rank;
pub mod rational;
pub mod rotated;
pub mod spectrum;
pub mod walsh;

pub use dyadic::Dyadic;
pub use moments::Distribution;
pub use polynomial::Polynomial;
pub use rational::Rational;
