//! Other programs: run to their end, with failures as one sentence.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{Failure, Result};

/// Runs a program with this terminal's input and output.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("`{}` ended with {status}", shown(command))))
}

/// Runs a program and returns what it wrote to its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(command, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    // Most programs complain on their error output, Yarn on the other.
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).trim_end().to_owned());
    Err(Failure::new(format!(
        "`{}` ended with {}\n{}",
        shown(command),
        output.status,
        said.join("\n")
    )))
}

/// Says what begins, does it, says how long it took.
pub(crate) fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("{what} …");
    let begin = Instant::now();
    let done = work()?;
    println!("{what}: done in {:.1} s", begin.elapsed().as_secs_f64());
    Ok(done)
}

/// Does two pieces of work at the same time; where both fail, the first failure is told.
pub(crate) fn side_by_side(
    first: impl FnOnce() -> Result<()> + Send,
    second: impl FnOnce() -> Result<()>,
) -> Result<()> {
    std::thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        let first = first
            .join()
            .unwrap_or_else(|_| Err(Failure::new("a task has panicked")));
        first.and(second)
    })
}

fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    let program = command.get_program().to_string_lossy();
    Failure::new(format!("cannot start `{program}`: {error}"))
}

fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
