//! Which words may stand where; who may import whom is read from the page.

/// Crates that only some files (or rooms, with a slash at the end) may name.
pub const CRATES: &[(&[&str], &[&str], &str)] = &[
    (&["faer", "faer_traits"], &["approx/", "portable/det.rs", "portable/factor.rs"], "plain faer may change bits"),
    (&["rayon"], &["approx/"], "sums over threads may change bits"),
    (&["blake3"], &["canonical.rs"], "one encoding, one hash"),
    (
        &["clap", "clap_complete", "clap_mangen", "ctrlc", "indicatif", "console", "anstream"],
        &["cli/"],
        "only the command speaks to people",
    ),
    (&["anstyle"], &["report/"], "a colour of a terminal"),
    (&["maud"], &["report/page/"], "one page is HTML"),
    (&["toml"], &["hierarchy/run/", "cli/new/"], "the file of an experiment and the manifest of a crate are TOML"),
];

/// Macros that print.
pub const PRINTING: &[&str] = &["println", "print", "eprintln", "eprint", "dbg"];
pub const PRINTING_IN: &[&str] = &["cli/", "main.rs"];

/// Types that only some rooms may use.
pub const WORDS: &[(&[&str], &[&str], &str)] = &[
    (&["HashMap", "HashSet"], &["cli/"], "the order of a hash map is not reproducible; use BTreeMap"),
    (&["Instant", "SystemTime"], &["cli/"], "a clock near an output"),
];

/// Standard functions that are not correctly rounded, or fuse.
pub const TRANSCENDENTAL: &[&str] = &[
    "exp", "exp2", "ln", "log", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sin_cos", "sinh", "cosh", "tanh", "powf",
    "powi", "log10", "log2", "cbrt", "exp_m1", "ln_1p", "hypot", "mul_add",
];
pub const TRANSCENDENTAL_IN: &[&str] = &["approx/", "cli/", "report/"];

/// Where `exact` turns a float into exact numbers or back: the file, and the function or the trait.
pub const FLOATS_IN_EXACT: &[(&str, &str)] = &[
    ("exact/dyadic.rs", "TryFrom"),
    ("exact/machine_number.rs", "TryFrom"),
    ("exact/rational.rs", "TryFrom"),
    ("exact/rational.rs", "to_f64"),
];
