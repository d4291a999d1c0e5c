//! Kernel ridge regression on the samples of an instance.

use serde_json::{Map, Value};

use super::alternative::ALTERNATIVE_TEST_SAMPLES;
use super::config::{Cell, Instance, Labels, Ridge};
use super::learn::{Learn, one_for_all};
use super::run::{Run, Trace, digest_of};
use crate::canonical::Canonical;
use crate::error::{Error, Result};
use crate::hierarchy::learner::kernel::kernel_ridge::KernelFit;
use crate::hierarchy::learner::{KernelRidge, Samples, test_error};
use crate::matrix::Matrix;

impl Learn for Ridge {
    fn encode(&self, c: Canonical) -> Canonical {
        self.kernel.encode(c.text("ridge")).float(self.ridge)
    }

    fn keys(&self, _: &Instance) -> Map<String, Value> {
        self.keys_of()
    }

    fn describe(&self) -> String {
        format!("kernel ridge, {}, ridge {:e}", self.kernel.name(), self.ridge)
    }

    fn runs(&self, cells: &[&Cell], _: Option<Trace<'_>>) -> Result<Vec<Run>> {
        one_for_all(cells, |cell| self.run(cell))
    }
}

impl Ridge {
    /// The run of `cell`, whose learner this is: no stages, and a test error on 4000 inputs of the stream `alternative test samples`.
    ///
    /// Where the factorisation meets a pivot that is not positive there is no predictor and no test error, and the run says so.
    fn run(&self, cell: &Cell) -> Result<Run> {
        if cell.instance.labels == Labels::Sign {
            return Err(Error::refused("kernel ridge regression is tested on the sizes of labels, and signs tell none"));
        }
        let target = cell.instance.target()?;
        let fit = self.fit(&cell.instance.draw_samples(&target)?)?;
        let test = cell.instance.small_test(&target, ALTERNATIVE_TEST_SAMPLES);
        let (reason, predicted) = match fit {
            Ok(fit) => ("only a test error is known of a kernel predictor".into(), Some(fit.predict(test.x())?)),
            Err(reason) => (reason, None),
        };
        Ok(Run {
            phases: Vec::new(),
            relative_risk: Err(reason),
            target_variance: None,
            test_error: predicted.as_ref().map(|values| test_error(values.as_slice(), &test)),
            scores: Vec::new(),
            learner: None,
            trace: Vec::new(),
            choice: String::new(),
            digest: digest_of(cell, &learnt(predicted.as_ref())),
        })
    }

    /// The predictor, or why there is none.
    fn fit(&self, samples: &Samples) -> Result<std::result::Result<KernelFit, String>> {
        let labels = Matrix::from_rows(1, samples.len(), samples.labels().to_vec())?;
        Ok(KernelRidge::new(self.kernel, samples.x()).fit(&labels, self.ridge).map_err(|e| e.to_string()))
    }
}

/// The predictor is known by its values at the test inputs.
fn learnt(predicted: Option<&Matrix<f64>>) -> Canonical {
    let values = predicted.map_or(&[][..], Matrix::as_slice);
    values.iter().fold(Canonical::of("predictor").integer(values.len() as u64), |c, &v| c.float(v))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Distribution;
    use crate::hierarchy::experiment::{Family, Learner};
    use crate::hierarchy::learner::Kernel;
    use crate::hierarchy::network::Skips;

    fn cell(labels: Labels, ridge: f64) -> Cell {
        let instance = Instance {
            family: Family::Rows,
            skips: Skips::Lin,
            widths: vec![1, 1],
            dimension: 2,
            gap: 0.3,
            distribution: Distribution::Gaussian,
            samples: 20,
            labels,
            target_seed: 1,
            data_seed: 1,
        };
        let kernel = Kernel::Polynomial { offset: 3.0, degree: 4 };
        Cell { instance, learner: Learner::Ridge(Ridge { kernel, ridge }), seed: 1 }
    }

    fn run(cell: &Cell) -> Result<Run> {
        let Learner::Ridge(ridge) = &cell.learner else { return Err(Error::refused("another learner")) };
        ridge.run(cell)
    }

    /// 20 samples determine the 15 coefficients of a polynomial of degree 4 in two variables.
    #[test]
    fn a_target_in_reach_is_learnt() {
        let found = run(&cell(Labels::Exact, 1e-12)).unwrap();
        assert!(found.test_error.unwrap() < 1e-12 && found.relative_risk.is_err());
        assert!(run(&cell(Labels::Exact, 1.0)).unwrap().test_error.unwrap() > 1e-3);
    }

    /// A Gram matrix of rank 15 less its mean diagonal has a negative pivot.
    #[test]
    fn a_failed_pivot_leaves_no_test_error() {
        let found = run(&cell(Labels::Exact, -1.0)).unwrap();
        assert_eq!(found.test_error, None);
        assert!(found.relative_risk.unwrap_err().contains("not positive definite"));
    }

    #[test]
    fn signs_are_refused_and_ridges_identify_a_run() {
        assert!(run(&cell(Labels::Sign, 1e-12)).is_err());
        assert_ne!(cell(Labels::Exact, 1e-12).key(), cell(Labels::Exact, 1e-11).key());
    }
}
