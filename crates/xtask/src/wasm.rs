//! `wasm`: the door, built for Node and for the browser.

use std::fs;
use std::path::PathBuf;

use crate::stamp::Stamp;
use crate::{Context, Failure, Result, process, tools, workspace};

/// One build of the door.
pub(crate) struct Build {
    /// The folder in the npm package.
    pub(crate) folder: &'static str,
    /// Cargo's profile of what is shipped.
    profile: &'static str,
    features: &'static [&'static str],
    /// How many bytes it may have, compressed by brotli.
    pub(crate) brotli_budget: usize,
}

/// Everything at full speed for Node; the pure part, small, for the browser.
pub(crate) const BUILDS: [Build; 2] = [
    Build {
        folder: "node",
        profile: "wasm-node",
        features: &["--features", "node"],
        // Read once from disk, and never sent; this tells when more creeps in. The client, the checks and history
        // are 150 KB of it, reading YAML and the config repo 75, rendering with its words of Harness's language as much.
        // Input sets, chosen stages and what a run asks for are 30, each a chain of calls of its own to Harness; what the
        // catalog may reach, the pipelines of a tag and the search for lost runs are 20; what Harness has to choose from,
        // what was chosen asks for in turn, builds of artifacts and structures of any members are 40. Runs of Harness 3.0,
        // with typed inputs and a call of their own, are 2; that what was chosen is in Harness's lists, and what came with
        // regions, registries and credentials as a company has them, are 30; names that exist already, windows over
        // midnight with the zones that there are, and what guards an environment, another 15; where a slip of YAML stands,
        // what was declared though it is broken, and other layouts of a config repo are 8. What deployments tell
        // together, the matrix, metrics, the timeline and releases, and reading kept rows for it, are 62. The record of
        // what ran, its state and what becomes of a turn are 25. More ways to deploy, and platforms of which a part is
        // broken, are 20. What deployments are sought by, and metrics of several projects, are 4; infrastructure of any
        // type and freezes of every year are 10; a config repo of several projects and organizations is 14; which of its
        // clusters are one, which of its runs go on to other environments, and where a slip leads to, are 15; the commits
        // of versions are 4; what a run was asked to do is 11; registries of places, the time once more before a swap, and
        // what is nearly right in a config repo are 20. What is slow there is worse than what is large.
        brotli_budget: 675_000,
    },
    Build {
        folder: "web",
        profile: "wasm-web",
        features: &[],
        // Structures of any members, which an input set may answer, and what an input is chosen from and asked for by are
        // 8 of it.
        brotli_budget: 64_000,
    },
];

/// The binary of a build, below its folder.
pub(crate) const BINARY: &str = "harness_cd_wasm_bg.wasm";
/// What it exports, as wasm-bindgen declares it.
pub(crate) const DECLARATIONS: &str = "harness_cd_wasm.d.ts";
const GLUE: &str = "harness_cd_wasm.js";
const FACTORY: &str = "glue.cjs";

const INPUTS: [&str; 16] = [
    "Cargo.lock",
    "Cargo.toml",
    "rust-toolchain.toml",
    "crates/harness-cd-model",
    "crates/harness-cd-yaml",
    "crates/harness-cd-template",
    "crates/harness-cd-pipeline",
    "crates/harness-cd-lint",
    "crates/harness-cd-deploy",
    "crates/harness-cd-history",
    "crates/harness-cd-record",
    "crates/harness-cd-links",
    "crates/harness-cd-client",
    "crates/harness-cd",
    "crates/harness-cd-wasm",
    "crates/xtask/src/wasm.rs",
];

/// Cargo's profile of both builds while somebody works on the core.
const QUICK_PROFILE: &str = "wasm-dev";

/// Builds what is shipped, when it changed.
pub(crate) fn build() -> Result<()> {
    let stamps = Stamps::read()?;
    if stamps.shipped.is_fresh() && is_built()? {
        println!("WebAssembly: already built");
        return Ok(());
    }
    stamps.forget()?;
    for build in &BUILDS {
        process::timed(&format!("Building WebAssembly ({})", build.folder), || {
            pack(build, build.profile)?.replace().map(|_| ())
        })?;
    }
    stamps.shipped.store()
}

/// Both builds, compiled in seconds, for trying alone.
pub(crate) struct Quick {
    pub(crate) node: Packed,
    pub(crate) web: Packed,
    stamp: Stamp,
}

impl Quick {
    /// Records that both are in the package.
    pub(crate) fn store(&self) -> Result<()> {
        self.stamp.store()
    }
}

/// Compiles in seconds what changed; `None` where the package holds a build of these sources, whichever it is.
pub(crate) fn pack_quickly() -> Result<Option<Quick>> {
    let stamps = Stamps::read()?;
    if (stamps.shipped.is_fresh() || stamps.quick.is_fresh()) && is_built()? {
        return Ok(None);
    }
    let [node, web] = &BUILDS;
    let (node, web) = (pack(node, QUICK_PROFILE)?, pack(web, QUICK_PROFILE)?);
    stamps.forget()?;
    Ok(Some(Quick {
        node,
        web,
        stamp: stamps.quick,
    }))
}

/// Which sources the package was built from, and how: one of the two at most, so that nobody takes a quick build for
/// what is shipped.
struct Stamps {
    shipped: Stamp,
    quick: Stamp,
}

impl Stamps {
    fn read() -> Result<Self> {
        let root = workspace::root()?;
        let inputs = INPUTS.map(|input| root.join(input));
        Ok(Self {
            shipped: Stamp::of("wasm", &inputs)?,
            quick: Stamp::of("wasm-dev", &inputs)?,
        })
    }

    /// Before the first file is replaced: a build may end halfway.
    fn forget(&self) -> Result<()> {
        self.shipped.forget()?;
        self.quick.forget()
    }
}

fn is_built() -> Result<bool> {
    let package = workspace::wasm_package()?;
    Ok(BUILDS.iter().all(|build| {
        let folder = package.join(build.folder);
        [BINARY, FACTORY, DECLARATIONS]
            .iter()
            .all(|file| folder.join(file).is_file())
    }))
}

/// Runs wasm-pack and takes of its output what the package needs: the binary, and the glue as a factory.
///
/// The target is `no-modules` because its glue is one function without module state. The facade calls it again for a
/// new instance after a trap; the glue of the other targets holds its one instance in a module, which neither a
/// bundler nor Jest loads a second time.
fn pack(build: &Build, profile: &str) -> Result<Packed> {
    let output = workspace::target()?.join("wasm-pack").join(profile).join(build.folder);
    process::run(
        tools::command("wasm-pack")?
            .args(["--quiet", "build", "--mode", "no-install", "--no-opt", "--no-pack"])
            .args(["--target", "no-modules", "--profile", profile, "--out-dir"])
            .arg(&output)
            .arg("crates/harness-cd-wasm")
            .args(build.features)
            .current_dir(workspace::root()?),
    )?;
    let read = |name: &str| fs::read(output.join(name)).context(&format!("read {name}, which wasm-bindgen wrote"));
    let glue = String::from_utf8(read(GLUE)?).context("read the glue that wasm-bindgen wrote")?;
    Ok(Packed {
        folder: workspace::wasm_package()?.join(build.folder),
        files: [
            (BINARY, read(BINARY)?),
            (DECLARATIONS, read(DECLARATIONS)?),
            (FACTORY, factory(&glue)?.into_bytes()),
        ],
    })
}

/// What a build puts into the package. The glue is the last: it is what Backstage's development server watches, and the
/// binary has to be there before.
pub(crate) struct Packed {
    folder: PathBuf,
    files: [(&'static str, Vec<u8>); 3],
}

impl Packed {
    /// Puts it into the package; `false` where the package holds the very same.
    pub(crate) fn replace(&self) -> Result<bool> {
        let is_held =
            |(name, bytes): &(&str, Vec<u8>)| fs::read(self.folder.join(name)).is_ok_and(|held| held == *bytes);
        if self.files.iter().all(is_held) {
            return Ok(false);
        }
        fs::create_dir_all(&self.folder).context(&format!("create {}", self.folder.display()))?;
        for (name, bytes) in &self.files {
            fs::write(self.folder.join(name), bytes).context(&format!("write {name}"))?;
        }
        Ok(true)
    }
}

/// Wraps the glue into a function. `queueMicrotask` is a parameter, so that the facade sees a trap in a continuation
/// of an asynchronous call, which would end the process otherwise.
fn factory(glue: &str) -> Result<String> {
    if !glue.contains("wasm_bindgen = (function") {
        return Err(Failure::new(
            "wasm-bindgen writes its glue in another shape than this task knows",
        ));
    }
    Ok(format!(
        "// Generated by `cargo xtask wasm`; do not edit.\nmodule.exports = function createGlue(queueMicrotask) {{\n{glue}\nreturn wasm_bindgen;\n}};\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_touched_only_by_another_build() {
        let folder = tempfile::tempdir().unwrap();
        let packed = |binary: &[u8]| Packed {
            folder: folder.path().join("node"),
            files: [
                (BINARY, binary.to_owned()),
                (DECLARATIONS, b"types".to_vec()),
                (FACTORY, b"glue".to_vec()),
            ],
        };
        assert!(packed(b"1").replace().unwrap());
        assert!(!packed(b"1").replace().unwrap());
        assert!(packed(b"2").replace().unwrap());
        assert_eq!(fs::read(folder.path().join("node").join(BINARY)).unwrap(), b"2");
    }
}
