//! What moved between stored outcomes and those that were found now, for people: verdicts first, then condition by condition and cell
//! by cell.
//!
//! Conditions are matched by their keys, tables by their titles, columns by their headings, and rows by the leading cells that tell them
//! apart; what has no partner of its name is matched in order.

mod lines;
mod pairs;
mod table;

use super::text::{control_title, render};
use super::{Condition, Outcome, Outcomes, Profile, Table, Verdict};
use lines::{alone, changed};
use pairs::pairs;

/// What moved from the outcomes `old` to the outcomes `new`; empty when nothing did. Relative differences are approximate.
pub fn difference(old: &Outcomes, new: &Outcomes, profile: Profile) -> String {
    let count = old.controls.len().max(new.controls.len());
    let title = |index: usize| control_title(index, count);
    let controls = (0..count).map(|i| part(&title(i), old.controls.get(i), new.controls.get(i), profile));
    let moved: String = std::iter::once(part("check", Some(&old.check), Some(&new.check), profile)).chain(controls).collect();
    match moved.is_empty() {
        false => standing(old, new, profile) + &moved,
        true if render(old, profile) == render(new, profile) => String::new(),
        true => standing(old, new, profile) + "only the order of conditions, tables or rows moved\n",
    }
}

/// Whether every condition still holds, on one line.
fn standing(old: &Outcomes, new: &Outcomes, profile: Profile) -> String {
    if !profile.draws_conclusions() {
        return format!("the profile {} judges no condition\n", profile.name());
    }
    let failing = new.check.conditions.iter().filter(|c| c.verdict != Verdict::Verified).count();
    let conditions = match failing {
        0 => "every condition of the check still holds".to_string(),
        _ => format!("{failing} of {} conditions of the check do not hold", new.check.conditions.len()),
    };
    let change = |before: Verdict, now: Verdict| format!("{before} -> {now}");
    let check = change(old.check.verdict(), new.check.verdict());
    format!("{conditions}: check {check}, control {}\n", change(old.control_verdict(), new.control_verdict()))
}

fn part(title: &str, old: Option<&Outcome>, new: Option<&Outcome>, profile: Profile) -> String {
    let (Some(old), Some(new)) = (old, new) else { return alone("", title, old.is_some()) };
    let moved = conditions(&old.conditions, &new.conditions, profile) + &tables(&old.tables, &new.tables);
    if moved.is_empty() { moved } else { format!("{title}\n{moved}") }
}

fn conditions(old: &[Condition], new: &[Condition], profile: Profile) -> String {
    let [old_keys, new_keys] = [old, new].map(|list| list.iter().map(|c| &c.key).collect::<Vec<_>>());
    let moved = pairs(&old_keys, &new_keys).into_iter().map(|pair| match pair {
        (Some(before), Some(now)) => condition(&old[before], &new[now], profile),
        (before, now) => named_alone("condition", before.map(|at| &old_keys[at][..]), now.map(|at| &new_keys[at][..])),
    });
    moved.collect()
}

fn tables(old: &[Table], new: &[Table]) -> String {
    let [old_titles, new_titles] = [old, new].map(|list| list.iter().map(Table::title).collect::<Vec<_>>());
    let moved = pairs(&old_titles, &new_titles).into_iter().map(|pair| match pair {
        (Some(before), Some(now)) => table::difference(&old[before], &new[now]),
        (before, now) => named_alone("table", before.map(|at| old_titles[at]), now.map(|at| new_titles[at])),
    });
    moved.collect()
}

fn named_alone(what: &str, old: Option<&str>, new: Option<&str>) -> String {
    old.or(new).map_or(String::new(), |name| alone("  ", &format!("{what} `{name}`"), old.is_some()))
}

fn condition(old: &Condition, new: &Condition, profile: Profile) -> String {
    let texts = [("key", &old.key, &new.key), ("requires", &old.requires, &new.requires), ("found", &old.found, &new.found)];
    let moved: String = texts.into_iter().map(|(what, old, new)| changed(what, old, new)).collect();
    let verdict = match profile.draws_conclusions() {
        false => String::new(),
        true if old.verdict == new.verdict => format!(": {} as before", new.verdict),
        true => format!(": {} -> {}", old.verdict, new.verdict),
    };
    match moved.is_empty() && (old.verdict == new.verdict || verdict.is_empty()) {
        true => String::new(),
        false => format!("  {}{verdict}\n{moved}", new.key),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Value;
    use super::*;
    use crate::claim::text::tests::outcomes;

    /// Of three runs: instance, seed, error, digest.
    fn runs(errors: [&str; 3], digest: u64) -> Table {
        let mut table = Table::new("runs", &["instance", "seed", "te", "digest"]);
        for (seed, te) in (1..).zip(errors) {
            let digest = format!("{:016x}", digest + seed);
            table.push([Value::text("lin L3"), Value::from(seed), Value::replayed(te), Value::text(digest)]);
        }
        table
    }

    fn with(table: Table) -> Outcomes {
        let mut outcomes = outcomes();
        outcomes.check.tables = vec![table];
        outcomes
    }

    #[test]
    fn nothing_moved() {
        assert_eq!(difference(&outcomes(), &outcomes(), Profile::Quick), "");
        assert_eq!(difference(&outcomes().without_verdicts(), &outcomes(), Profile::Tiny), "");
    }

    #[test]
    fn another_order_is_a_difference() {
        let mut new = outcomes();
        let mut table = Table::new("sums", &["n", "sum"]);
        table.push([Value::from(2), Value::exact("4")]);
        table.push([Value::from(1), Value::exact("1")]);
        new.check.tables = vec![table];
        assert!(
            difference(&outcomes(), &new, Profile::Quick).ends_with("\nonly the order of conditions, tables or rows moved\n")
        );
    }

    #[test]
    fn moved_cells_are_listed_and_moved_digests_counted() {
        let old = with(runs(["1.0e-3", "2.0e-3", "absent"], 7));
        let mut new = with(runs(["1.5e-3", "2.0e-3", "3.0e-3"], 9));
        new.check.conditions[0].found = "5".into();
        insta::assert_snapshot!(difference(&old, &new, Profile::Quick), @r"
        every condition of the check still holds: check Verified -> Verified, control Refuted -> Refuted
        check
          sum equals n^2: Verified as before
            found
              - 4
              + 5
          table `runs`
            row       column  stored  found   relative difference, about
            lin L3 1  te      1.0e-3  1.5e-3  +5.0e-1
            lin L3 3  te      absent  3.0e-3
            rows in which only the digest of a run moved: 1
        ");
    }

    #[test]
    fn a_condition_that_no_longer_holds_is_said_first() {
        let mut new = outcomes();
        new.check.conditions[0].verdict = Verdict::Refuted;
        new.check.tables[0].push([Value::from(3), Value::exact("1/3")]);
        new.controls.push(outcomes().check);
        insta::assert_snapshot!(difference(&outcomes(), &new, Profile::Quick), @r"
        1 of 1 conditions of the check do not hold: check Verified -> Refuted, control Refuted -> Verified
        check
          sum equals n^2: Verified -> Refuted
          table `sums`
            row 3: is new
        control 2: is new
        ");
    }

    #[test]
    fn other_columns_and_titles_are_named() {
        let mut table = Table::new("sums of n", &["n", "mean", "sum"]);
        table.push([Value::from(1), Value::exact("1"), Value::exact("1")]);
        table.push([Value::from(2), Value::exact("2"), Value::replayed("4")]);
        insta::assert_snapshot!(difference(&outcomes(), &with(table), Profile::Tiny), @r"
        the profile tiny judges no condition
        check
          table `sums of n`
            title
              - sums
              + sums of n
            columns
              - n (integer), sum (exact)
              + n (integer), mean (exact), sum (replayed)
        ");
    }
}
