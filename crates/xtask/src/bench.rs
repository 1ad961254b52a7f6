//! `bench`: history shaping by the door and by TypeScript, side by side in one Node process; then the door's size.

use crate::{Result, process, setup, size, tools, wasm, workspace};

/// Measures; takes a minute or two.
pub(crate) fn run() -> Result<()> {
    setup::wasm_tools()?;
    setup::javascript()?;
    wasm::build()?;
    process::run(
        tools::node()?
            .args(["--no-warnings", "history.mjs"])
            .current_dir(workspace::root()?.join("tests/bench")),
    )?;
    println!();
    size::print()
}
