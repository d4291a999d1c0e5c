//! Lines that say what moved.

/// What only one side has.
pub fn alone(indent: &str, what: &str, stored: bool) -> String {
    format!("{indent}{what}: {}\n", if stored { "is stored, and was not found now" } else { "is new" })
}

/// A line of text that became another; empty when it did not.
pub fn changed(what: &str, old: &str, new: &str) -> String {
    if old == new { String::new() } else { format!("    {what}\n      - {old}\n      + {new}\n") }
}
