//! What clap makes of the command line: completions for shells, and manual pages.

use std::path::Path;

use clap_complete::Shell;
use clap_mangen::Man;

use super::answer::Answer;
use super::exit::Exit;
use crate::error::{Error, Result};
use crate::file;

/// A script that completes the command in a shell.
pub fn completions(mut command: clap::Command, shell: Shell) -> Answer {
    let name = command.get_name().to_string();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    Answer { text: String::from_utf8_lossy(&script).into_owned(), exit: Exit::Success }
}

/// The manual page of the command; or, written into a directory, its page and one for each of its commands.
///
/// # Errors
/// When a page cannot be written.
pub fn pages(mut command: clap::Command, directory: Option<&Path>) -> Result<Answer> {
    command.build();
    let Some(directory) = directory else { return Ok(Answer { text: page(&command)?.1, exit: Exit::Success }) };
    let commands = command.get_subcommands().filter(|sub| sub.get_name() != "help");
    let pages = std::iter::once(&command).chain(commands).map(page).collect::<Result<Vec<_>>>()?;
    let files: Vec<(&str, &str)> = pages.iter().map(|(name, page)| (name.as_str(), page.as_str())).collect();
    file::write_set(directory, &files)?;
    let names = files.iter().map(|(name, _)| format!("{}\n", directory.join(name).display()));
    Ok(Answer { text: names.collect(), exit: Exit::Success })
}

/// The name of the file, and the page.
fn page(command: &clap::Command) -> Result<(String, String)> {
    let man = Man::new(command.clone());
    let (name, mut page) = (man.get_filename(), Vec::new());
    man.render(&mut page).map_err(|e| Error::io("write", Path::new(&name), &e))?;
    Ok((name, String::from_utf8_lossy(&page).into_owned()))
}
