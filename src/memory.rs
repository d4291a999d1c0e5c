//! Memory that is not to be had: asked for beforehand, or missed in the middle of the work.
//!
//! By itself a program aborts where an allocation fails. With [`Allocator`] it ends as it does on input that it cannot take: a line on
//! standard error and exit code 2. Files are the old ones or the new ones then, as after a kill ([`file`](crate::file)).

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{self, Write};
use std::time::Duration;

use crate::error::{Error, Result};

/// Checks that so many bytes can be had, before they are asked for piece by piece. They are given back, so this says nothing of what
/// other processes take meanwhile.
///
/// # Errors
/// When they cannot.
pub fn check(bytes: u128) -> Result<()> {
    let mut probe: Vec<u8> = Vec::new();
    let fits = usize::try_from(bytes).is_ok_and(|bytes| allowed_to_fail(|| probe.try_reserve_exact(bytes).is_ok()));
    std::hint::black_box(&mut probe);
    match fits {
        true => Ok(()),
        false => Err(Error::refused(format!("about {} MiB of memory are needed, and are not to be had", bytes >> 20))),
    }
}

/// The system's allocator; where it fails, the process ends with exit code 2. For `#[global_allocator]` of a program: a library leaves the
/// choice to the program.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allocator;

/// That of `cli::Exit::Unusable`: unfit input, or an unfit machine.
const EXIT_CODE: i32 = 2;

thread_local! {
    /// Whether an allocation of this thread that fails is the caller's affair.
    static MAY_FAIL: Cell<bool> = const { Cell::new(false) };
}

fn allowed_to_fail<T>(ask: impl FnOnce() -> T) -> T {
    MAY_FAIL.set(true);
    let answer = ask();
    MAY_FAIL.set(false);
    answer
}

#[allow(unsafe_code)]
// SAFETY: every call goes to the system's allocator as it came, and its answer comes back; where there is none, nothing comes back.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the conditions of this function, which are those of the one called; so below.
        had(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        had(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        had(unsafe { System.realloc(pointer, layout, size) }, size)
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// The pointer, if it is one.
fn had(pointer: *mut u8, size: usize) -> *mut u8 {
    // While a thread is destroyed it has no such flag.
    if pointer.is_null() && !MAY_FAIL.try_with(Cell::get).unwrap_or(true) {
        end(size);
    }
    pointer
}

/// Ends the process, by the first thread that comes here; nothing is allocated on the way, or it may fail. If it takes too long, the
/// others return and abort.
#[cold]
fn end(size: usize) {
    static ENDING: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    MAY_FAIL.set(true);
    if ENDING.swap(true, std::sync::atomic::Ordering::Relaxed) {
        std::thread::sleep(Duration::from_secs(5));
        return;
    }
    let _ = writeln!(io::stderr(), "error: {size} bytes of memory are needed, and are not to be had");
    std::process::exit(EXIT_CODE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_to_be_had_is_told() {
        check(1 << 20).unwrap();
        for bytes in [1 << 62, u128::MAX] {
            let error = check(bytes).unwrap_err().to_string();
            assert!(error.ends_with("MiB of memory are needed, and are not to be had"), "{error}");
        }
        assert!(!MAY_FAIL.get());
    }
}
