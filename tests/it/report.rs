//! The report on this repository's goldens: whole, from nowhere else, the same from either source; and opened in a browser, where one is.

use std::fs;
use std::path::Path;

use bfc::claim::text::parse;
use bfc::claim::{Curve, Points, Table};
use bfc::golden::Text;
use bfc::hierarchy::claims::catalogue;

use crate::common::Place;
use crate::common::python::python;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");

/// How many goldens a profile has.
fn stored(profile: &str) -> usize {
    let names = fs::read_dir(Path::new(GOLDEN).join(profile)).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().ends_with(".txt")).count()
}

/// The page of a profile, written into a place of its own.
fn page(profile: &str) -> (Place, String) {
    let place = Place::new("report");
    place.bfc(&format!("report --golden {GOLDEN} --profile {profile} --out page.html")).says(0, &["page.html"]);
    let text = place.read("page.html");
    (place, text)
}

#[test]
fn a_page_has_every_claim_and_is_self_contained() {
    let (_, text) = page("full");
    assert!(text.len() < 2 << 20, "{} bytes", text.len());
    let count = catalogue().claims.len();
    for claim in catalogue().claims {
        assert!(text.contains(&format!("<h3 id=\"{}\">", claim.id)), "{}", claim.id);
    }
    // The name of a language is no address that anybody asks for.
    let text = text.replace(" xmlns=\"http://www.w3.org/2000/svg\"", "");
    for part in ["<script", " style=", "http:", "https:", "@import", "url(", "src=", "absent\">", GOLDEN] {
        assert!(!text.contains(part), "{part}");
    }
    let verified = format!("{count} claims, profile full: {} Verified", stored("full"));
    assert!(
        text.contains(&verified) && text.contains("Every control is Refuted, as it must be."),
        "the first page counts verdicts"
    );
    assert!(!text.contains("do not bear it out"));
}

#[test]
fn every_link_has_a_place_and_every_place_one_name() {
    let (_, text) = page("full");
    let ids: Vec<&str> = text.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(ids.len(), distinct.len(), "an id stands twice");
    for target in text.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(distinct.binary_search(&target).is_ok(), "{target}");
    }
}

/// Every curve of every figure finds numbers in the goldens of `full`.
#[test]
fn every_figure_has_something_to_draw() {
    let catalogue = catalogue();
    let own = catalogue.claims.iter().flat_map(|claim| claim.figures.iter().map(|figure| (&*claim.id, figure)));
    let figures = own.chain(catalogue.story.figures.iter().map(|figure| ("", figure)));
    let mut count = 0;
    for (id, figure) in figures {
        for curve in figure.curves {
            let claim = if curve.claim.is_empty() { id } else { curve.claim };
            let path = Path::new(GOLDEN).join("full").join(format!("{claim}.txt"));
            let text = Text::split(&fs::read_to_string(&path).unwrap()).unwrap();
            let found = parse(&text.numbers).unwrap().check;
            let table = found.tables.iter().find(|table| table.title().starts_with(curve.table));
            let table = table.unwrap_or_else(|| panic!("{claim} has no table `{}`", curve.table));
            assert!(has_numbers(table, curve), "{claim}: {curve:?}");
            count += 1;
        }
    }
    assert!(count > 20);
}

fn has_numbers(table: &Table, curve: &Curve) -> bool {
    let rows = || {
        (0..table.rows().len()).filter(|&row| {
            curve.only.is_none_or(|(column, text)| table.position(column).is_some_and(|at| table.rows()[row][at] == text))
        })
    };
    let number = |row: usize, column: &str| table.value(row, table.position(column)?)?.approximate();
    let drawn = |column: &str| rows().filter(|&row| number(row, column).is_some()).count() > 0;
    match curve.points {
        Points::Columns(x, y) => drawn(x) && drawn(y),
        Points::Across(columns) => columns.iter().all(|(_, column)| drawn(column)),
        Points::Named(names, y) => table.position(names).is_some() && drawn(y),
    }
}

#[test]
fn goldens_that_were_edited_are_refused() {
    let place = Place::new("report-edited");
    fs::create_dir_all(place.0.join("golden/tiny")).unwrap();
    for entry in fs::read_dir(Path::new(GOLDEN).join("tiny")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, place.0.join("golden/tiny").join(path.file_name().unwrap())).unwrap();
    }
    place.bfc("report").says(0, &["report.html"]);
    assert!(place.read("report.html").contains(&format!("profile tiny: {} not judged", stored("tiny"))));
    let name = "golden/tiny/forward.closed-form.txt";
    let text = place.read(name);
    place.write(name, &text.replacen("found     ", "found     1", 1));
    place.bfc("report --out other.html").says(1, &[name, "not those that were sealed"]);
    place.write(name, &text.replacen("statement", "sentence", 1));
    place.bfc("report").says(0, &["report.html"]);
    assert!(place.read("report.html").contains("its words are others"));
    fs::remove_file(place.0.join("golden/tiny/MANIFEST.json")).unwrap();
    place.bfc("report").says(1, &["no goldens of any profile"]);
    assert_eq!(place.names("."), ["golden", "report.html"]);
}

#[test]
fn what_a_check_printed_makes_the_same_tables() {
    let place = Place::new("report-from");
    let check = place.bfc(&format!("check kernel.attained dynamics.staircase --profile tiny --format json --golden {GOLDEN}"));
    // How the goldens compare is another test.
    assert!(check.code < 2, "{}", check.err);
    place.write("check.json", &check.out);
    place.bfc("report --from check.json --dir site --map map.json").says(0, &["site/index.html", "site/style.css", "map.json"]);
    assert_eq!(place.names("."), ["check.json", "map.json", "site"]);
    place.bfc("report --from check.json --dir site").says(0, &[]);
    std::fs::create_dir(place.0.join("mine")).unwrap();
    for name in ["mine/style.css", "mine/index.html"] {
        place.write(name, "mine");
        place.bfc("report --from check.json --dir mine").says(2, &[name, "found a file that no report wrote"]);
    }
    assert_eq!((place.names("mine").len(), place.read("mine/style.css")), (2, "mine".into()));
    std::fs::remove_dir_all(place.0.join("mine")).unwrap();
    let text = place.read("site/index.html");
    assert!(text.contains("the JSON of a check") && text.contains("href=\"style.css\"") && !text.contains("<style>"));
    let count = catalogue().claims.len();
    assert!(text.contains(&format!("{count} claims, profile tiny: {} without a stored result, 2 not judged.", count - 2)));
    place.bfc(&format!("report --golden {GOLDEN} --profile tiny --out goldens.html")).says(0, &[]);
    let tables = |text: &str| {
        let claim = text.split("<h3 id=\"dynamics.staircase\">").nth(1).and_then(|rest| rest.split("</article>").next());
        claim.map(|claim| claim.matches("<table").count())
    };
    assert_eq!(tables(&text), tables(&place.read("goldens.html")));
    place.write("check.json", &check.out.replacen("kernel.attained", "kernel.other", 1));
    place.bfc("report --from check.json").says(2, &["check.json: found the claim kernel.other"]);
}

/// The pictures of the page and those in files are the same; the one that README shows is among them.
#[test]
fn pictures_are_those_of_the_page() {
    let (place, text) = page("full");
    place.bfc(&format!("report --golden {GOLDEN} --profile full --pictures pictures")).says(0, &["pictures/story-1.svg"]);
    assert_eq!(place.names("."), ["page.html", "pictures"]);
    let names = place.names("pictures");
    assert_eq!(names.len(), text.matches("<svg ").count());
    for name in &names {
        assert!(text.contains(&place.read(&format!("pictures/{name}"))), "{name}");
    }
    let shown = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/_docs/samples.svg");
    let told = "to write it anew: bfc report --pictures DIR, and copy DIR/separation.samples-1.svg to src/_docs/samples.svg";
    assert_eq!(fs::read_to_string(shown).unwrap(), place.read("pictures/separation.samples-1.svg"), "{told}");
}

#[test]
fn the_map_leads_from_claims_to_theorems_and_digests() {
    let place = Place::new("report-map");
    place.bfc(&format!("report --golden {GOLDEN} --profile full --map map.json")).says(0, &["map.json"]);
    assert_eq!(place.names("."), ["map.json"]);
    let map: serde_json::Value = serde_json::from_str(&place.read("map.json")).unwrap();
    let manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(Path::new(GOLDEN).join("full/MANIFEST.json")).unwrap()).unwrap();
    assert_eq!(map["root"], manifest["root"]);
    let claims = map["claims"].as_array().unwrap();
    assert_eq!(claims.len(), catalogue().claims.len());
    let sealed = claims.iter().filter(|claim| !claim["golden"].is_null());
    assert_eq!(sealed.clone().count(), manifest["files"].as_object().unwrap().len());
    for claim in sealed {
        let file = claim["golden"]["file"].as_str().unwrap();
        let sealed = &manifest["files"][file.strip_prefix("full/").unwrap()];
        assert_eq!(claim["golden"]["digest"]["numbers"], sealed["numbers"], "{file}");
        for note in claim["notes"].as_array().unwrap() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(note.as_str().unwrap());
            assert!(path.is_file(), "{}", path.display());
        }
    }
    let every_dimension = claims.iter().find(|claim| claim["id"] == "dynamics.every-dimension").unwrap();
    assert_eq!(every_dimension["notes"], serde_json::json!(["proofs/every-dimension.md"]));
}

/// At the width of a phone and of a desk, light and dark: nothing clipped, no message on the console, contrast enough.
#[test]
fn a_browser_shows_it_whole() {
    let (place, _) = page("full");
    let Some(answer) = python(&place.0, "tests/report_in_browser.py", &["page.html"]) else { return };
    answer.says(0, &[]);
    eprint!("{}", answer.out);
}
