//! Where things stand.

use std::path::{Path, PathBuf};

use crate::{Context, Failure, Result, process, tools};

/// The checkout. Asked of cargo at run time, so that a moved checkout works without a rebuild.
pub(crate) fn root() -> Result<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .and_then(|manifest| Some(Path::new(&manifest).parent()?.parent()?.to_owned()))
        .ok_or_else(|| Failure::new("start this through cargo: `cargo xtask …`"))
}

/// Tools of this checkout alone; git-ignored.
pub(crate) fn tools() -> Result<PathBuf> {
    Ok(root()?.join(".tools"))
}

/// The Yarn workspace.
pub(crate) fn plugin_js() -> Result<PathBuf> {
    Ok(root()?.join("plugin-js"))
}

/// The npm package round the built door.
pub(crate) fn wasm_package() -> Result<PathBuf> {
    Ok(root()?.join("plugin-js/plugins/harness-cd-wasm"))
}

/// What `cargo metadata` says, without the dependencies from outside the workspace.
pub(crate) fn metadata() -> Result<serde_json::Value> {
    let text = process::output(
        tools::command("cargo")?
            .args(["metadata", "--format-version", "1", "--no-deps"])
            .current_dir(root()?),
    )?;
    serde_json::from_str(&text).context("read the answer of `cargo metadata`")
}

/// Cargo's target folder, which an environment variable may have moved.
pub(crate) fn target() -> Result<PathBuf> {
    metadata()?
        .get("target_directory")
        .and_then(serde_json::Value::as_str)
        .map(PathBuf::from)
        .ok_or_else(|| Failure::new("`cargo metadata` does not name the target folder"))
}
