//! Branch and bound: a statement about all points of a box, proved box by box.
//!
//! A box is bisected until each part is settled. Every part is a box of intervals with exact ends, so that the parts cover the
//! whole (`proofs/boxes.md`, lemma 1); what is said of a part is the business of the caller. The order is fixed: depth first,
//! the lower half before the upper, along the side that is widest in units of the caller. So the number of boxes and the tree
//! of splits are the same on every machine.

use super::interval::Interval;
use crate::error::{Error, Result};

/// What an enclosure says of a statement on one box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The statement holds at every point of the box.
    Holds,
    /// No point of the box is one that the statement speaks of.
    Outside,
    /// The statement fails at some point that it speaks of.
    Fails,
    /// The box is too large to tell.
    Unknown,
}

/// What branch and bound found.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The statement holds at every point of the whole box that it speaks of.
    Proved(Cover),
    /// It fails at some point of this box.
    Refuted(Vec<Interval>),
    /// More boxes were needed than allowed, or one that cannot be bisected in floats; the box at which it stopped.
    Undecided(Vec<Interval>),
}

/// A cover by settled boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The boxes on which the statement holds.
    pub holds: usize,
    /// The boxes of which it does not speak.
    pub outside: usize,
    /// The tree in preorder: a digit is the side that is bisected, `H` a box on which the statement holds, `O` one outside.
    pub tree: String,
}

impl Cover {
    /// The number of boxes.
    pub fn boxes(&self) -> usize {
        self.holds + self.outside
    }
}

/// A box with at most ten sides, the widths in which they are compared, and the most boxes that may be looked at.
#[derive(Clone, Debug)]
pub struct Search {
    whole: Vec<Interval>,
    units: Vec<f64>,
    most: usize,
}

impl Search {
    /// A search of the box `whole`, `units[i]` the width that counts as one along side `i`.
    ///
    /// # Errors
    /// When there are no sides or more than ten, a side is unbounded, or a unit is missing or not a positive number.
    pub fn new(whole: Vec<Interval>, units: Vec<f64>, most: usize) -> Result<Self> {
        if whole.is_empty() || whole.len() > 10 || whole.len() != units.len() {
            let found = format!("{} sides and {} units", whole.len(), units.len());
            return Err(Error::input(found, "one to ten sides and a unit for each"));
        }
        if let Some(i) = whole.iter().position(|side| !side.mag().is_finite()) {
            return Err(Error::input(whole[i], "a bounded side").at_field(format!("side {i}")));
        }
        if let Some(i) = units.iter().position(|u| !(*u > 0.0 && u.is_finite())) {
            return Err(Error::input(units[i], "a positive unit").at_field(format!("unit {i}")));
        }
        Ok(Search { whole, units, most })
    }

    /// Settles `statement` on the whole box (guarantee: valid, if each finding is).
    pub fn run(&self, statement: impl Fn(&[Interval]) -> Finding) -> Outcome {
        let mut cover = Cover { holds: 0, outside: 0, tree: String::new() };
        let mut waiting = vec![self.whole.clone()];
        while let Some(part) = waiting.pop() {
            if cover.tree.len() >= self.most {
                return Outcome::Undecided(part);
            }
            match statement(&part) {
                Finding::Holds => cover.settle('H'),
                Finding::Outside => cover.settle('O'),
                Finding::Fails => return Outcome::Refuted(part),
                Finding::Unknown => match self.halves(&part) {
                    Some((side, lower, upper)) => {
                        cover.tree.push((b'0' + side) as char);
                        waiting.extend([upper, lower]);
                    }
                    None => return Outcome::Undecided(part),
                },
            }
        }
        Outcome::Proved(cover)
    }

    /// The two halves along the widest side, the first of these if several are; `None` when the middle is no float inside.
    fn halves(&self, part: &[Interval]) -> Option<(u8, Vec<Interval>, Vec<Interval>)> {
        let width = |i: usize| (part[i].sup() - part[i].inf()) / self.units[i];
        let side = (1..part.len()).fold(0, |widest, i| if width(i) > width(widest) { i } else { widest });
        let (inf, sup) = (part[side].inf(), part[side].sup());
        let middle = part[side].mid();
        if !(inf < middle && middle < sup) {
            return None;
        }
        let half = |inf, sup| {
            let mut half = part.to_vec();
            half[side] = Interval::new(inf, sup)?;
            Some(half)
        };
        Some((side as u8, half(inf, middle)?, half(middle, sup)?))
    }
}

impl Cover {
    fn settle(&mut self, leaf: char) {
        self.tree.push(leaf);
        *(if leaf == 'H' { &mut self.holds } else { &mut self.outside }) += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Scalar;

    fn interval(inf: f64, sup: f64) -> Interval {
        Interval::new(inf, sup).unwrap()
    }

    fn square(side: f64, most: usize) -> Search {
        Search::new(vec![interval(-side, side), interval(-side, side)], vec![1.0, 1.0], most).unwrap()
    }

    /// `x^2 + y^2 - xy/2 + c > 0` on the disc of radius 1.
    fn form(c: f64) -> impl Fn(&[Interval]) -> Finding {
        move |part| {
            let norm = |x: Interval, y: Interval| x.sqr() + y.sqr();
            let value = |x: Interval, y: Interval| norm(x, y) - x * y * interval(0.5, 0.5) + interval(c, c);
            let middle = part.iter().map(|side| interval(side.mid(), side.mid())).collect::<Vec<_>>();
            match () {
                _ if norm(part[0], part[1]).inf() > 1.0 => Finding::Outside,
                _ if value(part[0], part[1]).inf() > 0.0 => Finding::Holds,
                _ if value(middle[0], middle[1]).sup() < 0.0 && norm(middle[0], middle[1]).sup() <= 1.0 => Finding::Fails,
                _ => Finding::Unknown,
            }
        }
    }

    /// The boxes of a tree, read from its text alone.
    fn leaves(tree: &str, whole: &[Interval]) -> Option<Vec<Vec<Interval>>> {
        let (mut waiting, mut found) = (vec![whole.to_vec()], Vec::new());
        for node in tree.chars() {
            let part = waiting.pop()?;
            match node.to_digit(10) {
                None => found.push(part),
                Some(side) => {
                    let (mut lower, mut upper) = (part.clone(), part);
                    let side = &mut (lower[side as usize], side as usize);
                    let middle = 0.5 * (side.0.inf() + side.0.sup());
                    lower[side.1] = interval(side.0.inf(), middle);
                    upper[side.1] = interval(middle, side.0.sup());
                    waiting.extend([upper, lower]);
                }
            }
        }
        waiting.is_empty().then_some(found)
    }

    #[test]
    fn a_statement_is_proved_refuted_or_left_open() {
        let Outcome::Proved(cover) = square(2.0, 10_000).run(form(0.01)) else { panic!("it holds") };
        assert!(cover.holds > 4 && cover.outside > 0);
        assert_eq!(cover.tree.len(), 2 * cover.boxes() - 1);
        assert!(matches!(square(2.0, 10_000).run(form(-0.01)), Outcome::Refuted(_)));
        // At the origin the form is zero: no box around it can be settled.
        assert!(matches!(square(2.0, 10_000).run(form(0.0)), Outcome::Undecided(_)));
        assert!(matches!(square(2.0, cover.tree.len() - 1).run(form(0.01)), Outcome::Undecided(_)));
    }

    #[test]
    fn the_tree_says_which_boxes_cover_the_whole() {
        let search = square(2.0, 10_000);
        let Outcome::Proved(cover) = search.run(form(0.01)) else { panic!("it holds") };
        let boxes = leaves(&cover.tree, &search.whole).unwrap();
        let area = boxes.iter().map(|b| b.iter().map(|s| s.sup() - s.inf()).product::<f64>()).sum::<f64>();
        assert_eq!((boxes.len(), area), (cover.boxes(), 16.0));
        assert!(boxes.iter().all(|part| [Finding::Holds, Finding::Outside].contains(&form(0.01)(part))));
        assert!(leaves(&cover.tree[1..], &search.whole).is_none_or(|boxes| boxes.len() < cover.boxes()));
    }

    #[test]
    fn the_unit_decides_which_side_is_split() {
        let search = Search::new(vec![interval(0.0, 1.0), interval(0.0, 1.0)], vec![1.0, 0.5], 100).unwrap();
        let thin = |part: &[Interval]| if part[1].sup() - part[1].inf() < 0.3 { Finding::Holds } else { Finding::Unknown };
        let Outcome::Proved(cover) = search.run(thin) else { panic!("it ends") };
        assert_eq!(cover.tree, "101HH1HH01HH1HH");
        assert_eq!(Interval::zero().wid_upper(), 0.0);
    }

    #[test]
    fn what_is_no_box_is_refused() {
        assert!(Search::new(vec![], vec![], 1).is_err());
        assert!(Search::new(vec![Interval::ENTIRE], vec![1.0], 1).is_err());
        assert!(Search::new(vec![interval(0.0, 1.0)], vec![0.0], 1).is_err());
        assert!(Search::new(vec![interval(0.0, 1.0)], vec![], 1).is_err());
        let point = Search::new(vec![interval(1.0, 1.0)], vec![1.0], 9).unwrap();
        assert!(matches!(point.run(|_| Finding::Unknown), Outcome::Undecided(_)));
    }
}
