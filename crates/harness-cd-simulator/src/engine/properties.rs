//! What holds for every pipeline, however its run goes and whatever happens to it.

mod deeds;
mod examples;
mod lanes;
mod order;
mod pipelines;
mod play;
mod purity;
mod scenarios;
mod seen;
mod story;
mod strategies;
mod waits;

use proptest::prelude::ProptestConfig;

pub(crate) use play::Play;
pub(crate) use story::story;

/// How many cases a property is tried with; `HARNESS_CD_CASES` asks for more.
pub(crate) fn config() -> ProptestConfig {
    let cases = std::env::var("HARNESS_CD_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(60),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
