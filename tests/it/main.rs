//! The tests of the library and of the command from outside, one program: the library is linked once.

mod another_paper;
mod architecture;
mod boxes;
mod certificate_files;
mod certificates;
mod checkers;
mod claims;
mod cli;
mod common;
mod exact_claims;
mod goldens;
mod headline;
mod hostile;
mod network;
mod properties;
mod real_matrices;
mod replay;
mod report;
mod resume;
mod risk;
mod run_files;
mod scripts;
mod streams;
