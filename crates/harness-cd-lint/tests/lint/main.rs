//! Every rule finds its fault in an otherwise good file, and nothing crashes it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking, and says what it skips"
)]

mod by_hand;
mod config_repo;
mod document;
mod fix;
mod public;
mod real_use;
mod robustness;
mod rules;
#[path = "../../../harness-cd-pipeline/tests/support/mod.rs"]
mod support;
mod table;
mod verdicts;
mod vocabulary;

use harness_cd_lint::lint;
use harness_cd_pipeline::{read_config_repo, render};

/// The code and place of every finding, as `CODE /pointer`.
fn findings(text: &str) -> Vec<String> {
    lint("f.yaml", text.as_bytes())
        .iter()
        .map(|f| format!("{} {}", f.code, f.pointer))
        .collect()
}

/// The example's first pipeline, rendered.
fn rendered_pipeline() -> String {
    let repo = read_config_repo(&support::example());
    render(&repo, &[]).entities["pipelines/payment-service-cd.yaml"]
        .yaml
        .clone()
}
