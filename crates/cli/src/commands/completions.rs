//! `seaproof completions` and `seaproof man`: what a shell and `man` want to know.

use std::fs;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use clap_complete::env::Shells;

use crate::completion;
use crate::context::{Context, cannot};
use crate::error::{Error, Kind, Result};
use crate::output::count;

#[derive(Debug, Parser)]
#[command(
    after_help = "Examples: source <(seaproof completions bash)\n          seaproof completions fish > ~/.config/fish/completions/seaproof.fish"
)]
pub struct Completions {
    /// For which shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    Elvish,
    Powershell,
}

#[derive(Debug, Parser)]
#[command(
    after_help = "Examples: seaproof man | man -l -\n          seaproof man ~/.local/share/man/man1"
)]
pub struct Man {
    /// A folder to write a page for every command into; without it the main page is printed
    dir: Option<PathBuf>,
}

pub fn completions(ctx: &mut Context, args: &Completions) -> Result<()> {
    let name = match args.shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
        Shell::Elvish => "elvish",
        Shell::Powershell => "powershell",
    };
    let shells = Shells::builtins();
    let shell = shells
        .completer(name)
        .ok_or_else(|| Error::usage(format!("there is no completion for {name}")))?;
    let mut script = Vec::new();
    shell
        .write_registration("COMPLETE", "seaproof", "seaproof", "seaproof", &mut script)
        .map_err(|e| Error::storage("the script", &e))?;
    ctx.out.text(&String::from_utf8_lossy(&script))
}

pub fn man(ctx: &mut Context, args: &Man) -> Result<()> {
    let command = completion::command();
    let Some(dir) = &args.dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command)
            .render(&mut page)
            .map_err(|e| Error::storage("the page", &e))?;
        return ctx.out.text(&String::from_utf8_lossy(&page));
    };
    fs::create_dir_all(dir).map_err(|e| cannot("create", dir, &e))?;
    clap_mangen::generate_to(command, dir).map_err(|e| cannot("write", dir, &e))?;
    let pages = fs::read_dir(dir)
        .map_err(|e| cannot("read", dir, &e))?
        .flatten()
        .filter(|found| found.file_name().to_string_lossy().starts_with("seaproof"))
        .count();
    if pages == 0 {
        return Err(Error::new(Kind::Storage, "no page was written"));
    }
    ctx.out.line(format_args!(
        "{} in {}",
        count(pages as u64, "page", "pages"),
        dir.display()
    ))
}
