//! The kernel side of the comparison with joint training, against a script in Python that shares no formula with it.

use std::path::Path;

use bfc::exact::rotated::Rotated;
use bfc::exact::{Distribution, Rational};
use bfc::hierarchy::network::{Architecture, Skips};
use bfc::hierarchy::target::random::random_target;
use bfc::hierarchy::target::rotated::rotated_chain;

use crate::common::python::python;

/// What the script prints, and its exit code; `None` on a machine without Python 3.
fn headline(arguments: &[&str]) -> Option<(i32, String)> {
    python(Path::new("."), "proofs/certificates/headline.py", arguments).map(|answer| (answer.code, answer.out))
}

/// All rotations of the target of seed 1.
fn class(depth: usize, d: usize, gap: f64) -> Rotated {
    let architecture = Architecture::new(d, &vec![1; depth - 1], &Skips::Lin).unwrap();
    rotated_chain(&random_target(&architecture, gap, Distribution::Gaussian, 1).unwrap()).unwrap()
}

/// The number after `label`.
fn number_after(text: &str, label: &str) -> Rational {
    let rest = text.split(label).nth(1).unwrap_or_else(|| panic!("{label:?} is printed in {text:?}"));
    let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || ".E-".contains(*c)).collect();
    number.parse().unwrap()
}

/// The weights of a seed differ from heads of equal size in their last bits, and no digit printed depends on these.
#[test]
fn python_finds_the_same_shares_and_tails() {
    for (depth, d, gap, n) in [(3, 256, "1", "15360"), (3, 64, "0.3", "1920"), (4, 32, "0.3", "3840"), (5, 24, "0.6", "2880")] {
        let Some((code, printed)) = headline(&[&depth.to_string(), &d.to_string(), gap, n]) else { return };
        let class = class(depth, d, gap.parse().unwrap());
        let rounded = |value: &Rational| value.to_decimal(4).parse::<Rational>().unwrap();
        let top = class.top();
        assert_eq!(code, 0);
        assert_eq!(number_after(&printed, &format!("share of H_{} ", top.degree)), rounded(&top.share));
        assert_eq!(number_after(&printed, &format!("dim H_{} ", top.degree)), top.dimension.to_string().parse().unwrap());
        assert_eq!(number_after(&printed, "least mean error "), rounded(&class.least_mean_error(&n.parse().unwrap())));
    }
}

#[test]
fn the_script_holds_and_refuses_what_is_no_instance() {
    let Some((code, printed)) = headline(&[]) else { return };
    assert!(code == 0 && printed.contains("the headline holds"), "{printed}");
    for arguments in [&["3", "256"][..], &["2", "16", "1", "10"], &["3", "16", "-1", "10"], &["3", "x", "1", "10"]] {
        assert_eq!(headline(arguments).map(|(code, _)| code), Some(2), "{arguments:?}");
    }
}
