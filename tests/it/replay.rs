//! Runs replay: the same bits on any number of threads, in any company, and the ones a different seed gives are different.

use bfc::claim::Profile;
use bfc::hierarchy::claims::instances::{GAP, LIN_K2_D16, LIN_L4, LINSKIP_K1_D32, QUAD01_K1_D16};
use bfc::hierarchy::experiment::{Automated, Cell, Family, Labels, Learner, Online, Ridge, Runs, Staged, run_traced};
use bfc::hierarchy::learner::{Automatic, Descent, Kernel, Kind, Loss};
use bfc::hierarchy::network::Activation;

fn automated(most_steps: usize, staged: &Staged) -> Automated {
    Automated::once(Automatic { most_steps, ..Automatic::default() }, staged.descent)
}

/// One run of every way to train and to label, beside those of all kinds.
fn others() -> Vec<Cell> {
    let cell = LIN_K2_D16.run(Profile::Tiny, Kind::Joint, GAP, 1);
    let Learner::Staged(staged) = &cell.learner else { panic!("a recipe trains in stages") };
    let mut others = vec![cell.clone(); 7];
    others[6].learner = Learner::Ridge(Ridge { kernel: Kernel::Rbf { rate: 0.1 }, ridge: 1e-6 });
    others[5].instance.family = Family::Generic;
    others[0].learner = Learner::Online(Online(staged.clone()));
    others[1].learner = Learner::Automatic(automated(90, staged));
    others[2].instance.labels = Labels::Noisy(0.1);
    others[3].instance.labels = Labels::Sign;
    let (truncated, logistic) = (Activation::Truncated(1.0), Loss::Logistic(3.0));
    let descent = Descent { activation: truncated, loss: logistic, ..staged.descent };
    others[4].instance.labels = Labels::Sign;
    others[4].learner = Learner::Staged(Staged { descent, ..staged.clone() });
    others
}

fn cells() -> Vec<Cell> {
    let recipes = [&LIN_K2_D16, &LINSKIP_K1_D32, &QUAD01_K1_D16, &LIN_L4];
    let runs = recipes.iter().flat_map(|r| Kind::ALL.map(|kind| (r, kind)));
    runs.flat_map(|(r, kind)| [1, 2].map(|seed| r.run(Profile::Tiny, kind, GAP, seed))).chain(others()).collect()
}

fn digests(cells: &[Cell], jobs: usize) -> Vec<String> {
    let runs = Runs::of(cells, jobs).expect("possible instances");
    cells.iter().map(|cell| runs.get(cell).expect("a computed run").digest.clone()).collect()
}

#[test]
fn runs_do_not_depend_on_the_number_of_threads() {
    let cells = cells();
    let expected = digests(&cells, 1);
    for jobs in [2, 4, 100] {
        assert_eq!(digests(&cells, jobs), expected, "{jobs} jobs");
    }
}

#[test]
fn a_run_does_not_depend_on_its_company() {
    let cells = cells();
    let together = digests(&cells, 2);
    for (cell, expected) in cells.iter().zip(together) {
        assert_eq!(digests(std::slice::from_ref(cell), 1), std::slice::from_ref(&expected));
        assert_eq!(run_traced(cell, 5, &|_| ()).expect("a possible instance").digest, expected, "a trace changes nothing");
    }
}

#[test]
fn a_cell_is_identified_by_everything_in_it() {
    let cell = LIN_K2_D16.run(Profile::Tiny, Kind::Joint, GAP, 1);
    let mut others = vec![cell.clone(); 15];
    others[0].seed += 1;
    others[1].instance.data_seed += 1;
    others[2].instance.target_seed += 1;
    others[3].instance.gap = GAP.next_up();
    others[4].instance.samples += 1;
    others[5].instance.labels = Labels::Noisy(0.1);
    others[6].instance.labels = Labels::Sign;
    let Learner::Staged(staged) = &cell.learner else { panic!("a recipe trains in stages") };
    let changes: [fn(&mut Staged); 5] = [
        |s| s.descent.momentum = 0.5,
        |s| s.stages[1].steps += 1,
        |s| s.descent.step = 0.011,
        |s| s.descent.activation = Activation::Truncated(0.1),
        |s| s.widths = Some(vec![2, 3]),
    ];
    for (other, change) in others[7..12].iter_mut().zip(changes) {
        let mut changed = staged.clone();
        change(&mut changed);
        other.learner = Learner::Staged(changed);
    }
    others[12].learner = Learner::Online(Online(staged.clone()));
    others[13].learner = Learner::Automatic(automated(20, staged));
    others[14].instance.family = Family::Generic;
    let (expected, all) = (digests(std::slice::from_ref(&cell), 1), digests(&others, 1));
    for (other, digest) in others.iter().zip(all) {
        assert_ne!(other.canonical().digest(), cell.canonical().digest());
        assert_ne!([digest], expected[..]);
    }
}
