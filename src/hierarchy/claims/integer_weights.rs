//! The integer weights of exact claims, as a table, so that what is checked can be checked again.

use crate::claim::{Table, Value};
use crate::exact::{Dyadic, Rational};
use crate::hierarchy::network::Network;
use crate::matrix::Matrix;

/// A row for each block of each network: what the network is, the layer, which features the block reads, and its rows.
pub fn integer_weights(names: [&str; 2], networks: &[([Value; 2], Network<Dyadic>)]) -> Table {
    let mut table = Table::new("weights", &[names[0], names[1], "layer", "reads", "rows"]);
    for (name, network) in networks {
        for l in 2..=network.depth() {
            for (j, block) in network.architecture().index_set(l).iter().zip(&network.layer(l).weights) {
                table.push(name.iter().cloned().chain([l.into(), format!("f_{j}").into(), rows(block).into()]));
            }
        }
    }
    table
}

/// The rows of a matrix, each in brackets.
fn rows(matrix: &Matrix<Dyadic>) -> String {
    let number = |entry: &Dyadic| Rational::from(entry).to_string();
    let row = |i: usize| format!("[{}]", matrix.row(i).iter().map(number).collect::<Vec<_>>().join(", "));
    (0..matrix.rows()).map(row).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::network::Skips;
    use crate::hierarchy::target::expand::integer_network;

    #[test]
    fn every_block_has_its_row() {
        let network = integer_network(3, 3, 2, &Skips::LinSkip).unwrap();
        let table = integer_weights(["index sets", "d"], &[(["linskip".into(), 3.into()], network)]);
        let rows: Vec<&str> = table.rows().iter().map(|row| row[4].as_str()).collect();
        assert_eq!(rows, ["[1, 3, -1] [-1, 3, 1]", "[2, -2, 1] [1, -2, 2]", "[-2, 1] [3, 1]"]);
    }
}
