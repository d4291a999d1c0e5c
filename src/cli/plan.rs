//! `bfc check --plan`: what would be computed, as a table or as files for the command `run`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::shard::Shard;
use crate::claim::{Claim, Evaluation, Key, Profile, Study};
use crate::error::{Error, Result};
use crate::file;
use crate::layout::aligned;

/// The distinct items of some claims, each with the ids of the claims that need it; and the claims that need none.
pub struct Plan<'a, S: Study> {
    rows: Vec<(S::Item, Vec<&'a str>)>,
    without: Vec<&'a str>,
    profile: Profile,
}

impl<'a, S: Study> Plan<'a, S> {
    /// Of these claims; of one shard of them, if one is given.
    pub fn new(claims: &'a [&'a Claim<S>], profile: Profile, shard: Option<Shard>) -> Self {
        let mut places: BTreeMap<Key, usize> = BTreeMap::new();
        let mut rows: Vec<(S::Item, Vec<&str>)> = Vec::new();
        for claim in claims.iter().filter(|claim| claim.is_checked_in(profile)) {
            for item in (claim.items)(claim, profile) {
                let at = *places.entry(S::key(&item)).or_insert(rows.len());
                if at == rows.len() {
                    rows.push((item, Vec::new()));
                }
                rows[at].1.push(&claim.id);
            }
        }
        let Shard { index, count } = shard.unwrap_or(Shard { index: 1, count: 1 });
        let all: Vec<S::Item> = rows.iter().map(|(item, _)| item.clone()).collect();
        let own: BTreeSet<Key> = crate::claim::shard::<S>(&all, index - 1, count).iter().map(S::key).collect();
        rows.retain(|(item, _)| own.contains(&S::key(item)));
        rows.iter_mut().for_each(|(_, ids)| ids.dedup());
        let work = Evaluation { claims, profile, jobs: 1, ledger: None };
        let without = work.claims_without_items().iter().skip(index - 1).step_by(count).map(|c| &*c.id).collect();
        Plan { rows, without, profile }
    }

    /// A row for each item, then the claims without items.
    pub fn table(&self) -> String {
        let head = ["run", "instance", "learner", "claims"].map(String::from).to_vec();
        let row = |(item, ids): &(S::Item, Vec<&str>)| {
            let [what, how] = S::row(item);
            vec![short::<S>(item), what, how, ids.join(" ")]
        };
        let lines: Vec<Vec<String>> = std::iter::once(head).chain(self.rows.iter().map(row)).collect();
        let text: String = aligned(&lines).iter().map(|line| format!("{line}\n")).collect();
        let (runs, without) = (self.rows.len(), self.without.len());
        let numbers = format!("runs: {runs}; claims without runs: {without}; profile {}", self.profile.name());
        format!("{text}\nclaims without runs: {}\n\n{numbers}\n", self.without.join(" "))
    }

    /// The file of each item, one after the other; or written to `directory`, each under the name of its run.
    ///
    /// # Errors
    /// When a file cannot be written, or there is none.
    pub fn files(&self, program: &str, directory: Option<&Path>) -> Result<String> {
        if self.rows.is_empty() {
            let profile = self.profile.name();
            let message = format!(
                "these claims, or this share of them, have no training runs in the profile {profile}; `list` shows all, and what takes long is in --profile full"
            );
            return Err(Error::refused(message));
        }
        let files: Vec<(String, String)> = self.rows.iter().map(|(item, ids)| file_of::<S>(program, item, ids)).collect();
        let Some(directory) = directory else {
            return Ok(files.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n"));
        };
        let set: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        file::write_set(directory, &set)?;
        Ok(format!("{} files in {}, each for `{program} run`\n", set.len(), directory.display()))
    }
}

/// The name of the file of an item, and its text; what cannot be expressed says so in a comment.
fn file_of<S: Study>(program: &str, item: &S::Item, ids: &[&str]) -> (String, String) {
    let [what, how] = S::row(item);
    let name = short::<S>(item);
    let head = format!("# run {name} of {}\n# {what}\n# {how}\n", ids.join(", "));
    let text = match S::configuration(item).as_ref().and_then(written) {
        Some(tables) => head + &tables,
        None => format!("{head}# not to be expressed as a file for `{program} run`\n"),
    };
    (name + ".toml", text)
}

/// Tables of values as TOML; `None` where a number is missing, as one that is not finite is in JSON.
fn written(tables: &Value) -> Option<String> {
    let table = |(name, entries): (&String, &Value)| {
        let lines = entries.as_object()?.iter().map(|(key, value)| Some(format!("{key} = {}\n", inline(value)?)));
        Some(format!("\n[{name}]\n{}", lines.collect::<Option<String>>()?))
    };
    tables.as_object()?.iter().map(table).collect()
}

/// A value on one line. Numbers, texts and lists are written as in JSON.
fn inline(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect::<Option<_>>()?;
            Some(format!("[{}]", items.join(", ")))
        }
        Value::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| Some(format!("{key} = {}", inline(value)?))).collect::<Option<_>>()?;
            Some(format!("{{ {} }}", entries.join(", ")))
        }
        plain => Some(plain.to_string()),
    }
}

/// The first digits of an item's key.
fn short<S: Study>(item: &S::Item) -> String {
    S::key(item).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
