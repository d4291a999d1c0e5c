//! Runs of claims as files for `bfc run`, and the example files.

use std::path::Path;

use bfc::claim::{Profile, Study};
use bfc::hierarchy::claims::catalogue;
use bfc::hierarchy::experiment::Training;
use bfc::hierarchy::run::RunFile;

/// Each run of every claim, as a file, is read as the same run: the same settings, so the same digest.
#[test]
fn every_run_of_every_claim_is_expressed_as_a_file() {
    let catalogue = catalogue();
    let mut count = 0;
    for profile in [Profile::Tiny, Profile::Quick, Profile::Full] {
        for claim in &catalogue.claims {
            for cell in (claim.items)(claim, profile) {
                let tables = Training::configuration(&cell).expect("a run has tables");
                let text = toml::to_string(&tables).expect("tables are TOML");
                let read = RunFile::parse(Path::new("x.toml"), &text).unwrap_or_else(|e| panic!("{}: {e}\n{text}", claim.id));
                assert_eq!(read.cell, cell, "{}\n{text}", claim.id);
                assert_eq!(read.configuration(), tables, "{}", claim.id);
                count += 1;
            }
        }
    }
    assert!(count > 2000, "{count} runs are not all");
}
