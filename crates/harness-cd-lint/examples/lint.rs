//! Lints files: `cargo run --example lint -- FILE…`.
#![allow(clippy::print_stdout, reason = "printing is the example's purpose")]

use std::{env, fs, io};

use harness_cd_lint::lint;

fn main() -> io::Result<()> {
    for path in env::args().skip(1) {
        for f in lint(&path, &fs::read(&path)?) {
            println!(
                "{path}:{}:{} {} {} [{}]",
                f.range.line, f.range.column, f.code, f.message, f.pointer
            );
        }
    }
    Ok(())
}
