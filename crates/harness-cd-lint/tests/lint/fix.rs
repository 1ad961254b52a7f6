//! What has one safe mending is mended, and nothing else of a file is touched.

use std::collections::BTreeMap;

use harness_cd_lint::{LintSettings, Mended, fix_config_repo, lint_config_repo};
use harness_cd_model::Diagnostic;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::rendered_pipeline;
use crate::robustness::{edited, edits, real_files};
use crate::support::{example, replaced};

fn fix(text: &str) -> Mended {
    LintSettings::default().fix("f.yaml", text.as_bytes(), &[])
}

fn codes(findings: &[Diagnostic]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// The example's first pipeline with some of it replaced.
#[track_caller]
fn broken(replaced: &[(&str, &str)]) -> String {
    replaced.iter().fold(rendered_pipeline(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

const NAME: &str = "name: \"payment-service-cd\"";
const CANARY_DELETE: &str = "              - step:
                  type: K8sCanaryDelete
                  name: Canary Delete on Rollback
                  identifier: rollback_canary_delete
                  timeout: 10m
                  spec: {}
";

#[test]
fn a_value_that_yaml_reads_otherwise_gets_quotes() {
    for (from, to, expected) in [
        (NAME, "name: 1.10 # ours", "name: \"1.10\" # ours"),
        ("name: Deploy int-stable", "name: true", "name: \"true\""),
        (
            "allowStageExecutions: false",
            "allowStageExecutions: 'false'",
            "allowStageExecutions: false",
        ),
    ] {
        let text = broken(&[(from, to)]);
        let mended = fix(&text);
        assert_eq!(codes(&mended.mended), ["HCD1022"], "{to}");
        assert_eq!(mended.remaining, [], "{to}");
        assert_eq!(mended.text, Some(text.replacen(to, expected, 1)));
    }
}

#[test]
fn an_identifier_loses_its_dashes_where_nothing_names_it() {
    let (from, to) = (
        "identifier: rolling_deploy\n",
        "identifier: 'rolling-deploy' # as before\n",
    );
    let text = broken(&[(from, to), (from, to)]);
    let mended = fix(&text);
    assert_eq!(codes(&mended.mended), ["HCD1003", "HCD1003"]);
    assert_eq!(mended.text, Some(text.replace("'rolling-deploy'", "'rolling_deploy'")));

    let step = (
        "timeout: 10m",
        "description: <+execution.steps.rolling-deploy.output>\n                  timeout: 10m",
    );
    let named = broken(&[(from, to), step]);
    assert!(codes(&fix(&named).remaining).contains(&"HCD1003"));
    assert_eq!(fix(&named).text, None);
    // Another file may name it as well.
    let other = "inputSet: {pipeline: {stages: [{stage: {steps: [{step: {identifier: rolling-deploy}}]}}]}}";
    let beside = |other: &str| LintSettings::default().fix("f.yaml", text.as_bytes(), &[other]).text;
    assert_eq!(beside(other), None);
    assert_eq!(beside("- rolling-deploy: {"), None);
    // A step of its own that is called the same is another.
    assert!(beside(&text).is_some());
    assert!(beside("pipeline: {identifier: rolling-deploy-all}").is_some());
}

#[test]
fn a_canary_is_deleted_before_anything_is_rolled_back() {
    let text = broken(&[(CANARY_DELETE, "")]);
    let key = "            rollbackSteps: # what comes first goes last\n              # the old version\n";
    let at = text.rfind("            rollbackSteps:\n").unwrap();
    let text = format!("{}{key}{}", &text[..at], &text[at + 27..]);
    let mended = fix(&text);
    assert_eq!(codes(&mended.mended), ["HCD1015"]);
    assert_eq!(mended.remaining, []);
    let step = CANARY_DELETE.replace("                  type: K8sCanaryDelete\n", "");
    let step = step.replace(
        "rollback_canary_delete\n",
        "rollback_canary_delete\n                  type: K8sCanaryDelete\n",
    );
    let after = at + key.find('\n').unwrap() + 1;
    assert_eq!(mended.text, Some(format!("{}{step}{}", &text[..after], &text[after..])));
}

#[test]
fn a_step_without_settings_gets_an_empty_spec() {
    let text = broken(&[(
        "                  timeout: 10m\n                  spec: {}\n",
        "                  timeout: 10m\n",
    )]);
    let mended = fix(&text);
    assert_eq!(codes(&mended.mended), ["HCD1021"]);
    assert_eq!(mended.remaining, []);
    assert!(
        mended
            .text
            .unwrap()
            .contains("type: K8sCanaryDelete\n                  spec: {}\n")
    );
    // A step that needs settings has no certain ones.
    let shell = "pipeline: {name: p, identifier: p, stages: [{stage: {name: s, identifier: s, type: Custom, spec: {execution: {steps: [\n{step: {name: w, identifier: w,\ntype: Wait,\ntimeout: 10m}}]}}}}]}";
    assert_eq!(fix(shell).text, None);
}

#[test]
fn what_has_no_certain_mending_is_left() {
    for text in [
        broken(&[("type: StageRollback", "type: StageRolback")]),
        broken(&[("tag: <+pipeline.variables.imageTag>", "tag: latest")]),
        // What the pipeline is called by stands in other files as well.
        broken(&[("\"payment_service_cd\"", "payment-service-cd")]),
        // This is the name of something that stands elsewhere.
        broken(&[("environmentRef: int_stable", "environmentRef: int-stable")]),
        "pipeline: {name: 7".to_owned(),
        "pipeline: {name: 7}\n---\npipeline: {name: 7}\n".to_owned(),
        String::new(),
    ] {
        let mended = fix(&text);
        assert_eq!((mended.text, mended.mended), (None, Vec::new()), "{text}");
        assert_eq!(
            mended.remaining,
            harness_cd_lint::lint("f.yaml", text.as_bytes()),
            "{text}"
        );
    }
    let graded = LintSettings::read("lint.yaml", b"rules: {HCD1022: {severity: off, reason: ours}}").0;
    let text = broken(&[(NAME, "name: 7")]);
    assert_eq!(graded.fix("f.yaml", text.as_bytes(), &[]).text, None);
}

#[test]
fn line_ends_and_the_byte_order_mark_stay() {
    let text = broken(&[(CANARY_DELETE, ""), (NAME, "name: 7")]).replace('\n', "\r\n");
    let mended = fix(&format!("\u{feff}{text}")).text.unwrap();
    assert!(mended.starts_with('\u{feff}') && mended.contains("type: K8sCanaryDelete\r\n"));
    assert_eq!(mended.matches('\n').count(), mended.matches("\r\n").count());
}

const TEMPLATE: &str = "templates/api-pipeline-template.yaml";

/// In a config repository the platform is mended first; what is found once it can be read is mended then.
#[test]
fn a_config_repository_is_mended_as_a_whole() {
    let good = example();
    assert_eq!(lint_config_repo(&good), []);
    let files = replaced(
        good.clone(),
        "platform.yaml",
        "description: A long-running service behind traffic.",
        "description: 7 # of them",
    );
    let files = replaced(files, "services.yaml", "image: project/payment-service", "image: 24");
    let files = replaced(files, TEMPLATE, "name: Deploy", "name: 7 # Deploy");
    let mended = fix_config_repo(&files);
    assert_eq!(codes(&mended.mended), ["HCD0022", "HCD0022", "HCD1022"]);
    let changed: Vec<&str> = mended.texts.keys().map(String::as_str).collect();
    assert_eq!(changed, ["platform.yaml", "services.yaml", TEMPLATE]);
    for (file, from, to) in [
        ("platform.yaml", "description: 7 # of", "description: \"7\" # of"),
        ("services.yaml", "image: 24", "image: \"24\""),
        (TEMPLATE, "name: 7 # Deploy", "name: \"7\" # Deploy"),
    ] {
        let before = std::str::from_utf8(&files[file]).unwrap();
        assert_eq!(mended.texts[file], before.replacen(from, to, 1), "{file}");
    }
    let now = mended.texts.into_iter().map(|(file, text)| (file, text.into_bytes()));
    assert_eq!(
        lint_config_repo(&files.into_iter().chain(now).collect()),
        mended.remaining
    );
    // Nothing is to be mended in what is good, and what a person has to decide is left to them.
    assert_eq!(fix_config_repo(&good).texts, BTreeMap::new());
    // So is a name that makes no identifier, with quotes as without.
    for to in ["taem: payments-team", "team: 24"] {
        let wrong = replaced(good.clone(), "services.yaml", "team: payments-team", to);
        let left = fix_config_repo(&wrong);
        assert_eq!((left.texts, left.mended), (BTreeMap::new(), Vec::new()));
        assert_eq!(left.remaining, lint_config_repo(&wrong));
    }
}

/// What is said of a text, wherever it stands.
fn counted(findings: &[Diagnostic]) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        let message = finding.message.replace(|c: char| c.is_ascii_digit(), "");
        *counts.entry((finding.code.clone(), message)).or_default() += 1;
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mending_adds_no_finding_and_leaves_nothing_to_mend(file in any::<Index>(), edits in edits()) {
        let files = real_files();
        let text = edited(&files[file.index(files.len())], &edits)
            .replace("spec: {}\n", "\n")
            .replace("type: K8sCanaryDelete", "type: K8sDryRun")
            .replace("identifier: rolling_", "identifier: rolling-")
            .replace("name: Deploy", "name: 7 # Deploy");
        let before = harness_cd_lint::lint("f.yaml", text.as_bytes());
        let mended = fix(&text);
        prop_assert_eq!(mended.mended.len() + mended.remaining.len() <= before.len(), true);
        let counts = counted(&before);
        for (what, count) in counted(&mended.remaining) {
            prop_assert!(counts.get(&what).is_some_and(|before| count <= *before), "{:?}", what);
        }
        if let Some(now) = mended.text {
            prop_assert_eq!(harness_cd_lint::lint("f.yaml", now.as_bytes()), mended.remaining);
            prop_assert_eq!(fix(&now).text, None);
        }
    }
}

/// `RULES.md` marks them.
#[test]
fn the_table_says_which_rules_can_be_mended() {
    let rules = harness_cd_lint::lint_rules().iter();
    let mendable: Vec<&str> = (rules.filter(|rule| rule.can_be_mended()))
        .map(|rule| rule.code.id)
        .collect();
    assert_eq!(mendable, ["HCD0022", "HCD1003", "HCD1015", "HCD1021", "HCD1022"]);
    let page = include_str!("../../RULES.md");
    for code in mendable {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| {code} |")))
            .unwrap();
        assert!(row.ends_with("(*fix*) |"), "{row}");
    }
}
