//! When a loss no longer gains.

/// Watches a loss and tells when it has not gained enough for too long.
#[derive(Clone, Copy, Debug)]
pub(in crate::hierarchy::learner) struct Patience {
    gain: f64,
    steps: usize,
    best: f64,
    since: usize,
}

impl Patience {
    /// From step `now` on: a loss gains when it falls below `gain` times the best so far, and may fail to for `steps` steps.
    pub(in crate::hierarchy::learner) fn new(gain: f64, steps: usize, now: usize) -> Self {
        Patience { gain, steps, best: f64::INFINITY, since: now }
    }

    /// Whether the loss, seen at step `now`, has stalled.
    pub(in crate::hierarchy::learner) fn stalled(&mut self, loss: f64, now: usize) -> bool {
        if loss < self.gain * self.best {
            (self.best, self.since) = (loss, now);
        }
        now - self.since > self.steps
    }

    /// Starts afresh from this loss, after something was done about the stall.
    pub(in crate::hierarchy::learner) fn restart(&mut self, loss: f64, now: usize) {
        (self.best, self.since) = (loss, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_gains_do_not_count() {
        let mut patience = Patience::new(0.5, 2, 0);
        let losses = [1.0, 0.6, 0.49, 0.3, 0.25, 0.25, 0.25];
        let stalled: Vec<bool> = (0..).zip(losses).map(|(step, loss)| patience.stalled(loss, step)).collect();
        // .49 beats half of 1 at step 2, and nothing beats half of .49 in the two steps that are granted, nor in the third.
        assert_eq!(stalled, [false, false, false, false, false, true, true]);
        patience.restart(0.25, 6);
        assert!(!patience.stalled(0.25, 8) && patience.stalled(0.25, 9));
    }
}
