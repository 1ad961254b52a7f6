//! Properties of the simulator as its clients see it: requests and times go in, answers come out.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is a failed test"
)]

mod approvals;
mod client;
mod interrupts;

use proptest::prelude::ProptestConfig;

/// How many cases a property is tried with; `HARNESS_CD_CASES` asks for more.
fn config() -> ProptestConfig {
    let cases = std::env::var("HARNESS_CD_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(60),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
