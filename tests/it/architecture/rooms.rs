//! The import table, as `src/_docs/architecture.md` has it.

/// A room, and what it may import besides layer 0 and itself.
#[derive(Debug)]
pub struct Room {
    /// Its path from the crate, such as `hierarchy::target`.
    pub name: String,
    /// Paths, each for all that lies below it; none when it may import everything.
    pub may_import: Option<Vec<String>>,
    /// Why no more.
    pub why: String,
}

/// The rooms of the page.
pub struct Rooms {
    /// Every room.
    pub all: Vec<Room>,
    /// The names that every room may import.
    pub layer_0: Vec<String>,
}

impl Rooms {
    /// The table of the page.
    pub fn read() -> Rooms {
        let page = include_str!("../../../src/_docs/architecture.md");
        let from_header = page.lines().skip_while(|line| !line.starts_with("| room | may import |"));
        let rows = from_header.skip(2).take_while(|line| line.starts_with('|'));
        let (mut all, mut layer_0) = (Vec::new(), Vec::new());
        for row in rows {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let [_, rooms, may_import, why, _] = cells[..] else { panic!("a row has three cells: {row}") };
            if may_import == "layer 0" {
                layer_0 = quoted(rooms);
            }
            let may_import = (may_import != "everything").then(|| quoted(may_import));
            all.extend(quoted(rooms).into_iter().map(|name| Room { name, may_import: may_import.clone(), why: why.into() }));
        }
        Rooms { all, layer_0 }
    }

    /// The room in which a path lies.
    pub fn of(&self, path: &[String]) -> Option<&Room> {
        self.all.iter().find(|room| path.starts_with(&room.name.split("::").map(String::from).collect::<Vec<_>>()))
    }

    /// Whether what lies in `room` may import `path`.
    pub fn allow(&self, room: &Room, path: &[String]) -> bool {
        let full = path.join("::");
        let below = |name: &String| full == *name || full.starts_with(&format!("{name}::"));
        below(&room.name) || self.layer_0.iter().any(below) || room.may_import.as_ref().is_none_or(|may| may.iter().any(below))
    }
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(String::from).collect()
}
