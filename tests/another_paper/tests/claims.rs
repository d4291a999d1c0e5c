//! What `check` says, as a test: every claim Verified, every control Refuted, every golden equal, every condition refuted by a control.

use bfc::cli::{self, Exit};

#[test]
fn the_claims_are_verified_and_equal_to_their_goldens() {
    for profile in ["tiny", "quick"] {
        let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");
        let answer = cli::answer(&another_paper::catalogue(), &[], &["check", "--profile", profile, "--golden", golden]);
        let answer = answer.expect("the goldens can be read");
        assert_eq!(answer.exit, Exit::Success, "{}", answer.text);
        assert!(!answer.text.contains("no control refutes"), "{}", answer.text);
    }
}
