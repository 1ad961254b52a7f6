//! Runs the built binary and reads folders.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up ends here")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The example config repo.
pub(crate) fn config_repo() -> PathBuf {
    workspace().join("examples/config-repo")
}

/// A call of the binary on the example config repo, without anything of the caller's environment about Harness.
pub(crate) fn harness_cd() -> Call {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harness-cd"));
    for name in ["HARNESS_API_KEY", "HARNESS_ACCOUNT", "HARNESS_BASE_URL"] {
        command.env_remove(name);
    }
    Call {
        command,
        repo: config_repo(),
    }
}

pub(crate) struct Call {
    command: Command,
    repo: PathBuf,
}

pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Call {
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn current_dir(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub(crate) fn repo(mut self, repo: &Path) -> Self {
        self.repo = repo.to_owned();
        self
    }

    pub(crate) fn run(mut self) -> Run {
        let output = self.command.arg("--config-repo").arg(&self.repo).output().unwrap();
        Run {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Every file below a folder, by its relative path.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(folder, folder, &mut files);
    files
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

/// A copy of the example config repo that a test may spoil.
pub(crate) fn copy_of_config_repo() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for (name, bytes) in tree(&config_repo()) {
        let path = copy.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    copy
}

/// One execution with one Deployment stage.
pub(crate) const SAVED_PAGE: &str = r#"{"status":"SUCCESS","data":{"totalElements":1,"content":[{
  "pipelineIdentifier":"payment_service_cd","planExecutionId":"x1","name":"payment-service-cd","status":"Success",
  "orgIdentifier":"default","projectIdentifier":"platform","runSequence":7,"startTs":1000,"endTs":99000,
  "startingNodeId":"n1","layoutNodeMap":{"n1":{"nodeType":"Deployment","nodeGroup":"STAGE","nodeIdentifier":"deploy_prod",
    "name":"Deploy prod","nodeUuid":"n1","status":"Success","startTs":2000,"endTs":62000,
    "edgeLayoutList":{"currentNodeChildren":[],"nextIds":[]},
    "moduleInfo":{"cd":{"__recast":"x","serviceInfo":{"identifier":"payment_service","displayName":"payment-service",
      "artifacts":{"primary":{"imagePath":"project/payment-service","tag":"v2.3.1"}}},
      "infraExecutionSummary":{"identifier":"prod","name":"prod","type":"Production",
        "infrastructureIdentifier":"prod_euw1_k8s","infrastructureName":"prod-euw1"}}}}}}]}}"#;
