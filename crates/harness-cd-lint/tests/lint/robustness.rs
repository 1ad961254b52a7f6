//! Nothing public crashes, and no damage to a real file does.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use harness_cd_lint::lint;
use harness_cd_pipeline::{read_config_repo, render, runtime_inputs};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::support::{beside, example};

/// How often a property is tried: `HARNESS_CD_CASES`, or two thousand times.
pub(crate) fn cases() -> u32 {
    std::env::var("HARNESS_CD_CASES")
        .ok()
        .map_or(2000, |text| text.parse().expect("HARNESS_CD_CASES is a number"))
}

pub(crate) fn corpus() -> Vec<PathBuf> {
    let folders = beside("corpus").map(|corpus| fs::read_dir(corpus).unwrap());
    let folders = folders
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn nothing_public_crashes() {
    let files = corpus();
    for path in &files {
        let bytes = fs::read(path).unwrap();
        let file = path.file_name().unwrap().to_string_lossy();
        let findings = lint(&file, &bytes);
        let inputs = runtime_inputs(&file, &bytes);
        // What YAML refuses is refused by both, in the same words.
        let refused = findings.iter().any(|finding| finding.code.starts_with("HCD0"));
        assert_eq!(refused, !inputs.diagnostics.is_empty(), "{}", path.display());
    }
    assert!(files.is_empty() || files.len() > 40, "{}", files.len());
}

/// Real files: those of the example, what they render to, and the public ones.
pub(crate) fn real_files() -> Vec<String> {
    let files = example();
    let mut texts: Vec<String> = files
        .values()
        .map(|bytes| String::from_utf8(bytes.clone()).unwrap())
        .collect();
    let rendered = render(&read_config_repo(&files), &["payment-service".to_owned()]);
    texts.extend(rendered.into_files().files.into_values());
    texts.extend(corpus().iter().map(|path| fs::read_to_string(path).unwrap()));
    texts
}

/// A piece cut out of a text, and what is put in its place.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    at: Index,
    cut: usize,
    put: String,
}

pub(crate) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let piece = prop_oneof![
        "[ a:\\-\n\"|>#{}\\[\\]<+$é,?&*!%@`.0]{0,6}",
        Just("<+pipeline.stages.".to_owned()),
        Just("<+<+input>.default(".to_owned()),
        Just("{{SERVICE_NAME}}".to_owned()),
        Just("\n---\napiVersion: v1\n".to_owned()),
        Just("  inputYaml: |\n".to_owned()),
    ];
    let edit = (any::<Index>(), 0_usize..40, piece).prop_map(|(at, cut, put)| Edit { at, cut, put });
    prop::collection::vec(edit, 1..4)
}

pub(crate) fn edited(text: &str, edits: &[Edit]) -> String {
    edits.iter().fold(text.to_owned(), |mut text, edit| {
        let start = text.floor_char_boundary(edit.at.index(text.len() + 1));
        let end = text.floor_char_boundary((start + edit.cut).min(text.len()));
        text.replace_range(start..end.max(start), &edit.put);
        text
    })
}

#[test]
fn no_damage_to_a_real_file_crashes_anything() {
    let files = real_files();
    let config = ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        max_shrink_iters: 2000,
        ..ProptestConfig::default()
    };
    proptest!(config, |(file in any::<Index>(), edits in edits())| {
        let text = edited(&files[file.index(files.len())], &edits);
        let findings = lint("f.yaml", text.as_bytes());
        let lines = u32::try_from(text.lines().count() + 1).unwrap();
        for finding in findings.iter().chain(&runtime_inputs("f.yaml", text.as_bytes()).diagnostics) {
            let range = finding.range;
            prop_assert!(range.line >= 1 && range.column >= 1 && range.line <= lines, "{finding:?}");
            prop_assert!((range.line, range.column) <= (range.end_line, range.end_column), "{finding:?}");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_to_a_config_repo_crashes_anything(
        path in prop::sample::select(vec!["platform.yaml", "services.yaml", "templates/api-pipeline-template.yaml"]),
        edits in edits(),
    ) {
        let mut files = example();
        let text = edited(std::str::from_utf8(&files[path]).unwrap(), &edits);
        files.insert(path.to_owned(), text.into_bytes());
        let findings = harness_cd_lint::lint_config_repo(&files);
        prop_assert!(findings.iter().all(|finding| finding.range.line >= 1 && finding.range.column >= 1));
        // What is rendered is in no repository: whoever mends it needs the file that it comes from.
        let elsewhere = findings.iter().find(|finding| !files.contains_key(&finding.file));
        prop_assert!(elsewhere.is_none(), "{elsewhere:?}");
    }
}

#[test]
fn little_texts_get_an_answer() {
    for text in ["", "[]", "a", "services: 1", "services: [1, {}]", "\u{0}"] {
        assert!(lint("f", text.as_bytes()).len() < 100, "{text}");
    }
}

#[test]
fn a_file_as_large_as_may_be_gets_an_answer() {
    let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let variables = many(4_000, &|at| format!("    - {{name: v{at}, value: x}}\n"));
    let step = |at: usize| {
        format!(
            "            - step: {{identifier: s{at}, type: Wayt, x: <+pipeline.stages.t.a> <+execution.steps.u{at}.y> <+pipeline.variables.w{at}>}}\n"
        )
    };
    let values = "a,".repeat(100_000);
    let reference = |at: usize| format!("    - {{identifier: s{at}, serviceRef: <+pipeline.variables.v>}}\n");
    let nested = (0..300).fold(String::new(), |text, at| {
        format!(
            "{text}{}trigger:\n{}inputYaml: |\n",
            " ".repeat(4 * at),
            " ".repeat(4 * at + 2)
        )
    });
    for text in [
        format!(
            "pipeline:\n  variables:\n{variables}  stages:\n    - stage:\n        identifier: s\n        spec:\n          execution:\n            steps:\n{}",
            many(300, &step)
        ),
        format!(
            "pipeline:\n  stages: []\n  variables:\n    - {{name: v, value: '<+input>.allowedValues({values})'}}\n{}",
            many(4_000, &reference)
        ),
        nested,
    ] {
        assert!(text.len() < harness_cd_yaml::MAX_BYTES);
        let start = Instant::now();
        let findings = lint("f.yaml", text.as_bytes());
        // It is judged, not refused.
        assert!(findings.iter().any(|finding| finding.code.starts_with("HCD1")));
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    }
}
