//! What an interrupt (Ctrl-C) does.

use super::output::note;

/// The exit code of a process that was interrupted, as shells tell it.
const INTERRUPTED: i32 = 130;

/// From here on an interrupt says this and ends the process with 130. What is being written then is left as by a kill: whole, or not there.
pub fn on_interrupt(message: String) {
    let end = move || {
        note(&message);
        std::process::exit(INTERRUPTED);
    };
    // Where there can be no handler, the signal ends the process by itself, and a shell tells 130 as well.
    let _ = ctrlc::set_handler(end);
}
