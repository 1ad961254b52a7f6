//! A config repository of 1,000 services: the same bytes on repeat, without a finding.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says what it skips"
)]

mod support;

use std::collections::BTreeMap;

use harness_cd_pipeline::{read_config_repo, render};
use support::large_config_repo::large_config_repo;
use support::validate;

#[test]
fn a_thousand_services_render_to_the_same_bytes_each_time() {
    let files = large_config_repo();
    let repo = read_config_repo(&files);
    assert_eq!(repo.diagnostics, []);
    let rendered = render(&repo, &[]).into_files();
    assert_eq!((&rendered.diagnostics[..], &rendered.left_out[..]), (&[][..], &[][..]));
    // Per service a pipeline, a trigger, a service and three input sets; 3 environments, 9 infrastructures,
    // 9 + 2 connectors, two files for each of 9 delegates, 1 policy and its set.
    assert_eq!(rendered.files.len(), 1000 * 6 + 3 + 9 + 11 + 18 + 2);
    assert_eq!(rendered, render(&read_config_repo(&files), &[]).into_files());
    validate(&sample(&rendered.files));
}

/// A few of each folder, all over it: names begin with the archetype.
fn sample(files: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut folders: BTreeMap<&str, Vec<(&String, &String)>> = BTreeMap::new();
    for (path, text) in files {
        folders
            .entry(path.split('/').next().unwrap())
            .or_default()
            .push((path, text));
    }
    let chosen = folders.into_values().flat_map(|files| {
        let apart = files.len().div_ceil(6);
        files.into_iter().step_by(apart)
    });
    chosen.map(|(path, text)| (path.clone(), text.clone())).collect()
}
