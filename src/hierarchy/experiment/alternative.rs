//! Runs of the learners that joint training is compared with.

use serde_json::{Map, Value};

use super::config::{Cell, Compared, Instance};
use super::learn::{Learn, one_for_all};
use super::run::{Run, Trace, digest_of};
use crate::canonical::Canonical;
use crate::error::Result;
use crate::hierarchy::learner::Samples;
use crate::hierarchy::network::Network;
use crate::matrix::Matrix;
use crate::portable::product::{View, add_product};

/// Samples on which an alternative is tuned and judged.
pub const ALTERNATIVE_TEST_SAMPLES: usize = 4000;

impl Learn for Compared {
    fn encode(&self, c: Canonical) -> Canonical {
        Compared::encode(self, c)
    }

    fn keys(&self, _: &Instance) -> Map<String, Value> {
        self.keys_of()
    }

    fn describe(&self) -> String {
        self.name()
    }

    fn runs(&self, cells: &[&Cell], _: Option<Trace<'_>>) -> Result<Vec<Run>> {
        one_for_all(cells, |cell| run(cell, self))
    }
}

/// The learner tuned on its test sample: the same inputs and labels for training as every learner of the instance.
fn run(cell: &Cell, compared: &Compared) -> Result<Run> {
    let target = cell.instance.target()?;
    let mut train = cell.instance.draw_samples(&target)?;
    let mut test = cell.instance.small_test(&target, ALTERNATIVE_TEST_SAMPLES);
    if compared.handed_layer_2 {
        (train, test) = (handed_layer_2(&target, &train), handed_layer_2(&target, &test));
    }
    let tuned = compared.alternative.tuned(&train, &test, cell.seed)?;
    Ok(Run {
        phases: Vec::new(),
        relative_risk: Err("of this learner only a test error is known".into()),
        target_variance: None,
        test_error: Some(tuned.error),
        scores: Vec::new(),
        learner: None,
        trace: Vec::new(),
        digest: digest_of(cell, &Canonical::of("tuned").float(tuned.error).text(&tuned.choice)),
        choice: tuned.choice,
    })
}

/// The samples with the target's own `S_2 = W_2 x` in the place of the inputs.
fn handed_layer_2(target: &Network<f64>, samples: &Samples) -> Samples {
    let rows = &target.layer(2).weights[0];
    let mut features = Matrix::filled(rows.rows(), samples.len(), 0.0);
    add_product(features.as_mut_slice(), View::from(rows), samples.x().as_slice(), samples.len());
    Samples::new(&features, samples.labels().to_vec(), false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Distribution;
    use crate::hierarchy::experiment::{Family, Labels, Learner};
    use crate::hierarchy::learner::Alternative;
    use crate::hierarchy::network::Skips;

    /// `z^2` and `z^4` in one direction of twelve: from 60 samples a kernel of degree 4 learns it in one variable, not in twelve.
    #[test]
    fn who_is_handed_layer_2_sees_it() {
        let error = |handed_layer_2| {
            let instance = Instance {
                family: Family::Rows,
                skips: Skips::Lin,
                widths: vec![1, 1],
                dimension: 12,
                gap: 0.3,
                distribution: Distribution::Gaussian,
                samples: 60,
                labels: Labels::Exact,
                target_seed: 1,
                data_seed: 1,
            };
            let compared = Compared { alternative: Alternative::Polynomial4, handed_layer_2 };
            run(&Cell { instance, learner: Learner::Alternative(compared), seed: 1 }, &compared).unwrap().test_error.unwrap()
        };
        assert!(error(true) < 1e-12 && error(false) > 0.1, "{:e} handed, {:e} not", error(true), error(false));
    }
}
