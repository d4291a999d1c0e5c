//! A study of squares: what is computed, in which order, and what a ledger keeps of it.

#![cfg(test)]

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use super::*;
use crate::claim::{Condition, Control, Sources, Verdict};

/// The numbers below a limit, and their squares; ten numbers that follow one another are computed together.
struct Squares;

/// The numbers that were squared on behalf of a ledger test, in any order.
static SQUARED: Mutex<Vec<u64>> = Mutex::new(Vec::new());

impl Study for Squares {
    type Item = u64;
    type Found = u64;

    fn key(item: &u64) -> Key {
        Canonical::of("square").integer(*item).digest()
    }

    fn group(item: &u64) -> (Key, u128) {
        (Canonical::of("ten").integer(item / 10).digest(), 1)
    }

    fn row(item: &u64) -> [String; 2] {
        [item.to_string(), "squared".into()]
    }

    fn compute(group: &[&u64]) -> Result<Vec<u64>> {
        SQUARED.lock().unwrap().extend(group.iter().filter(|n| ***n >= 1000).copied());
        Ok(group.iter().map(|&&n| n * n).collect())
    }
}

fn sum_is(c: &Checking<'_, Squares>, expected: i64) -> Result<Outcome> {
    let sum = (c.claim.items)(c.claim, c.profile).iter().map(|n| c.get(n).copied()).sum::<Result<u64>>()?;
    let condition = Condition::new("sum", format!("{expected}"), format!("{sum}"), sum == expected as u64);
    Ok(Outcome { conditions: vec![condition], tables: Vec::new() })
}

const CLAIM: Claim<Squares> = Claim {
    id: std::borrow::Cow::Borrowed("squares.sum"),
    sentence: "",
    statement: std::borrow::Cow::Borrowed(""),
    method: "",
    evidence: &[],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |claim, _| {
        (claim.parameter("first").unwrap_or(1) as u64..).take(claim.parameter("count").unwrap_or(0) as usize).collect()
    },
    check: |c| sum_is(c, c.parameter("sum")?),
    controls: &[Control { breaks: "The sum.", check: |c| sum_is(c, c.parameter("sum")? + 1) }],
};

fn claim(id: &'static str, first: i64, count: i64, sum: i64) -> Claim<Squares> {
    Claim { id: id.into(), parameters: vec![("first", first), ("count", count), ("sum", sum)], ..CLAIM }
}

fn verdicts(evaluation: &Evaluation<'_, Squares>) -> Vec<Option<Vec<Verdict>>> {
    let each = |outcomes: Result<Outcomes>| {
        let Outcomes { check, controls } = outcomes.unwrap();
        [check].iter().chain(&controls).map(Outcome::verdict).collect()
    };
    evaluation.outcomes(&|_| ()).unwrap().into_iter().map(|outcomes| outcomes.map(each)).collect()
}

#[test]
fn each_claim_has_its_own_outcomes_whatever_else_is_computed() {
    let (one, two, none) = (claim("a.one", 1, 3, 14), claim("a.two", 9, 3, 302), claim("a.none", 1, 0, 0));
    let long = Claim { full_only: true, ..claim("a.long", 1, 1, 1) };
    let claims = [&two, &long, &none, &one];
    let right = || Some(vec![Verdict::Verified, Verdict::Refuted]);
    for jobs in [1, 3] {
        let evaluation = Evaluation { claims: &claims, profile: Profile::Quick, jobs, ledger: None };
        assert_eq!(verdicts(&evaluation), [right(), None, right(), right()]);
        assert_eq!(verdicts(&Evaluation { profile: Profile::Full, ..evaluation }), [right(), right(), right(), right()]);
    }
}

/// A place for a ledger inside a plain file, where no directory can be.
#[test]
fn what_cannot_be_kept_is_not_begun() {
    let place = place("file");
    fs::write(&place, "").unwrap();
    let ledger = Ledger::new(place.join("ledger"), &Sources::own());
    let two = claim("a.two", 2000, 2, 8_004_001);
    let work = Evaluation { claims: &[&two], profile: Profile::Quick, jobs: 1, ledger: Some(&ledger) };
    assert!(work.outcomes(&|_| ()).unwrap_err().to_string().contains("create the directory"));
    assert!(Computed::<Squares>::kept(&[2000, 2001], 1, Some(&ledger), &|_| ()).is_err());
    assert!(
        !SQUARED.lock().unwrap().iter().any(|n| *n >= 2000),
        "pages are seen to be unwritable before the work for them is done"
    );
    fs::remove_file(&place).unwrap();
}

#[test]
fn progress_counts_items_parts_and_operations() {
    // 1, 2, 3 are one group of three operations, 25 is one of its own; three parts of claims besides.
    let (items, alone) = ([1, 2, 3, 25], [25]);
    let tally = Tally::begin::<Squares>(&items, &gather::<Squares>(&alone), 3);
    assert_eq!(tally.told(), Finished { done: 3, total: 7, share: 0.75 });
    assert_eq!(tally.add(1, 1), Finished { done: 4, total: 7, share: 1.0 });
    let told = Mutex::new(Vec::new());
    let one = claim("a.one", 1, 3, 14);
    let work = Evaluation { claims: &[&one], profile: Profile::Quick, jobs: 1, ledger: None };
    work.outcomes(&|finished| told.lock().unwrap().push(finished)).unwrap();
    let told = told.into_inner().unwrap();
    // Three items, the check and the control.
    let (first, last) = (told[0], told[told.len() - 1]);
    assert_eq!([first, last].map(|f| (f.done, f.total, f.share)), [(0, 5, 0.0), (5, 5, 1.0)]);
}

#[test]
fn results_are_counted_once_each() {
    let computed = Computed::<Squares>::of(&[3, 4, 3, 25], 2).unwrap();
    assert_eq!((computed.count(), *computed.get(&25).unwrap()), (3, 625));
    let begun = Computed::<Squares>::begin(&[3, 4], None);
    assert_eq!((begun.count(), format!("{begun:?}").as_str()), (0, "Computed(0 of 2)"));
    begun.compute(&gather::<Squares>([&4])[0], None).unwrap();
    assert_eq!((begun.count(), format!("{begun:?}").as_str()), (1, "Computed(1 of 2)"));
}

/// A study that says nothing of groups computes each item alone.
#[test]
fn items_are_alone_unless_a_study_says_otherwise() {
    struct Alone;
    impl Study for Alone {
        type Item = u64;
        type Found = usize;

        fn key(item: &u64) -> Key {
            Canonical::of("alone").integer(*item).digest()
        }

        fn row(item: &u64) -> [String; 2] {
            [item.to_string(), String::new()]
        }

        fn compute(group: &[&u64]) -> Result<Vec<usize>> {
            Ok(vec![group.len(); group.len()])
        }
    }
    let items = [5, 6, 7, 5];
    let computed = Computed::<Alone>::of(&items, 1).unwrap();
    assert!(items.iter().all(|item| *computed.get(item).unwrap() == 1));
    assert_eq!(gather::<Alone>(&items).iter().map(|group| group.work).collect::<Vec<_>>(), [1; 3]);
    assert_eq!(<() as Study>::compute(&[]).unwrap().len(), 0);
}

#[test]
fn a_parameter_has_its_name() {
    let claim = claim("a.one", 1, 3, 14);
    assert_eq!((claim.parameter("count").unwrap(), claim.parameter("sum").unwrap()), (3, 14));
    assert!(claim.parameter("sums").unwrap_err().to_string().contains("a.one has no parameter `sums`"));
}

fn place(name: &str) -> PathBuf {
    let place = std::env::temp_dir().join(format!("bfc-evaluation-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&place);
    place
}

#[test]
fn what_a_ledger_holds_is_not_computed_again() {
    let place = place("kept");
    let ledger = Ledger::new(&place, &Sources::own());
    // 1000, 1001 in one group; and a claim without items, whose two parts are kept.
    let (two, none) = (claim("a.two", 1000, 2, 2_002_001), claim("a.none", 1, 0, 0));
    let claims = [&two, &none];
    let work = Evaluation { claims: &claims, profile: Profile::Quick, jobs: 1, ledger: Some(&ledger) };
    let right = || Some(vec![Verdict::Verified, Verdict::Refuted]);
    for _ in 0..2 {
        assert_eq!(verdicts(&work), [right(), right()]);
        let mut squared = SQUARED.lock().unwrap().clone();
        squared.sort_unstable();
        assert_eq!(squared, [1000, 1001]);
    }
    // Two items and two parts are stored; one of every sixteen is computed again.
    assert_eq!(work.recompute_sample().unwrap(), (4, 1));
    work.forget().unwrap();
    assert!(!place.exists());
}

#[test]
fn shares_are_all_of_the_work() {
    let (one, two) = (place("share-1"), place("share-2"));
    let (low, high, none) = (claim("a.low", 1, 3, 14), claim("a.high", 20, 2, 841), claim("a.none", 1, 0, 0));
    let claims = [&low, &high, &none];
    let ledgers = [&one, &two].map(|place| Ledger::new(place, &Sources::own()));
    let shares: Vec<Share> = (0..2)
        .map(|index| {
            let work = Evaluation { claims: &claims, profile: Profile::Quick, jobs: 1, ledger: Some(&ledgers[index]) };
            work.share(index, 2, &|_| ()).unwrap()
        })
        .collect();
    // The group of three items is dealt first; the claim without items to the first share.
    assert_eq!(shares, [Share { items: (3, 5), claims: (1, 1) }, Share { items: (2, 5), claims: (0, 1) }]);
    let all = Ledger::new(place("shares"), &Sources::own());
    assert_eq!(all.join(&ledgers).unwrap(), [5, 2]);
    let joined = Evaluation { claims: &claims, profile: Profile::Quick, jobs: 1, ledger: Some(&all) };
    assert_eq!(joined.recompute_sample().unwrap().0, 7);
    for place in [&one, &two, all.directory()] {
        fs::remove_dir_all(place).unwrap();
    }
}
