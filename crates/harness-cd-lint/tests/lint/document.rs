//! The design document's own YAML: each of its faults that stands in a block is reported at its line.

use std::fs;

use harness_cd_lint::lint;

use crate::support::beside;

/// The first YAML block of the document below a heading, blank lines in place of everything above it, so that its
/// lines are those of the document.
fn block(heading: &str, nth: usize) -> Option<String> {
    let document = fs::read_to_string(beside(".")?.join("design-document.md")).ok()?;
    let from = document.find(heading).unwrap();
    let fences = document[from..].match_indices("```yaml\n");
    let start = from + fences.map(|(at, fence)| at + fence.len()).nth(nth).unwrap();
    let length = document[start..].find("```").unwrap();
    let above = "\n".repeat(document[..start].matches('\n').count());
    Some(above + &document[start..start + length])
}

/// Line, code and the beginning of the message of every finding.
fn rows(text: &str) -> Vec<String> {
    lint("design-document.md", text.as_bytes())
        .iter()
        .map(|found| format!("{} {} {}", found.range.line, found.code, found.message))
        .collect()
}

#[track_caller]
fn holds(rows: &[String], expected: &[&str]) {
    let matches = rows.len() == expected.len() && rows.iter().zip(expected).all(|(row, start)| row.starts_with(start));
    assert!(matches, "{rows:#?}");
}

#[test]
fn the_pipeline_template_has_these_faults() {
    let Some(text) = block("### Complete Pipeline Template", 0) else {
        return;
    };
    holds(
        &rows(&text),
        &[
            "79 HCD1003 `sample-service_cd`",
            "98 HCD1006 the tag `latest` moves",
            "122 HCD1004 the name contains `<`",
            "129 HCD1039 the condition is always true",
            "138 HCD1005 `serviceRef` refers to nothing",
            "139 HCD1020 a service definition inside a pipeline has no effect",
            "173 HCD1043 the manifests are read from a branch when the steps run,",
            "187 HCD1005 `targetEnvironment` may be `int-stable` here,",
            "192 HCD1005 `targetEnvironment` may be `int-stable` here,",
            "197 HCD1005 `targetEnvironment` may be `int-stable` here,",
            "203 HCD1047 the release name is the same everywhere",
            "206 HCD1020 an infrastructure has no delegate selectors",
            "218 HCD1036 while it waits for up to 7d, the approval holds the service",
            "228 HCD1021 `includePipelineExecutionHistory` is missing",
            "247 HCD1005 `userGroups` refers to nothing",
            "249 HCD1033 any members of the 2 groups count, so all approvals may come from one of them",
            "250 HCD1035 this keeps nobody out of the runs that the webhook starts",
            "254 HCD1023 Harness knows no `type` here",
            "255 HCD1023 Harness knows no `label` here",
            "259 HCD1023 Harness knows no `type` here",
            "260 HCD1023 Harness knows no `label` here",
            "264 HCD1023 Harness knows no `type` here",
            "265 HCD1023 Harness knows no `label` here",
            "296 HCD1019 `<+currentTime>` is no expression that Harness documents",
            "297 HCD1019 `<+currentDate.` is no expression that Harness documents",
            "320 HCD1028 the step applies the manifests that the stage deploys",
            "330 HCD1022 a text stands where a mapping is wanted",
            "330 HCD1037 pruning deletes every labelled object that the file lacks, the ConfigMaps",
            "331 HCD1022 a text stands where a mapping is wanted",
            "368 HCD1015 after a failure the canary's pods stay",
            "368 HCD1016 the canary comes after a rolling deployment of the same version,",
            "368 HCD1030 no K8sRollingDeploy follows the canary",
            "369 HCD1004 the name contains `(`",
            "369 HCD1029 the name speaks of a percentage, the step deploys a fixed number of pods",
            "383 HCD1013 the verification names no monitored service",
            "387 HCD1031 the deployment is known by the artifact's tag,",
            "388 HCD1014 the timeout is no longer than the verification itself,",
            "392 HCD1004 the name contains `(`",
            "403 HCD1004 the name contains `%`",
            "406 HCD1013 the verification names no monitored service",
            "406 HCD1021 `spec` is missing",
            "407 HCD1020 the duration stands one level too high, where Harness does not look",
            "408 HCD1014 the timeout is no longer than the verification itself,",
            "411 HCD1021 `spec` is missing",
            "412 HCD1004 the name contains `(`",
            "412 HCD1029 the name promises what K8sCanaryDelete does not do",
            "420 HCD1016 a blue-green deployment stands beside another strategy",
            "420 HCD1017 nothing swaps the services",
            "421 HCD1029 the name promises what K8sBlueGreenDeploy does not do",
            "434 HCD1021 `spec` is missing",
            "450 HCD1020 triggers inside a pipeline have no effect",
            "462 HCD1045 `service_name` is compared as it stands,",
            "465 HCD1045 `image_tag` is compared as it stands,",
            "466 HCD1018 Harness knows no operator `NotNull`",
            "468 HCD1045 `target_env` is compared as it stands,",
            "469 HCD1018 Harness knows no operator `NotNull`",
            "475 HCD1003 `sample-service_cd`",
            "477 HCD1022 a mapping stands where a list is wanted",
        ],
    );
}

/// What stands in sections 3 to 8: fragments, most of which say not even what they are a part of.
#[test]
fn the_other_blocks_have_these_faults() {
    for (heading, nth, expected) in [
        (
            "### Infrastructure Definitions",
            0,
            vec![
                "580 HCD0010 the key `name` stands here twice, first in line 568",
                "581 HCD0010 the key `identifier` stands here twice, first in line 569",
                "582 HCD0010 the key `environmentRef` stands here twice, first in line 570",
                "583 HCD0010 the key `spec` stands here twice, first in line 572",
                "589 HCD0010 the key `name` stands here twice, first in line 568",
                "590 HCD0010 the key `identifier` stands here twice, first in line 569",
                "591 HCD0010 the key `environmentRef` stands here twice, first in line 570",
                "592 HCD0010 the key `spec` stands here twice, first in line 572",
            ],
        ),
        (
            "4. **Use in Pipeline**",
            0,
            vec!["639 HCD1000 nothing says which kind of Harness entity this is"],
        ),
        (
            "## 5. Image Tag Injection",
            0,
            vec![
                "660 HCD1070 this is no entity of Harness",
                "663 HCD1054 nothing fills in this placeholder",
            ],
        ),
        (
            "## 5. Image Tag Injection",
            1,
            vec![
                "675 HCD1021 `identifier` is missing",
                "675 HCD1021 `name` is missing",
                "676 HCD1021 `type` is missing",
                "683 HCD1038 the run form asks which artifact source to take,",
                "689 HCD1058 the path repeats the registry `gcr.io`,",
            ],
        ),
        (
            "## 5. Image Tag Injection",
            2,
            vec![
                "697 HCD1070 this is no entity of Harness",
                "700 HCD1054 nothing fills in this placeholder",
            ],
        ),
        (
            "### Integration with Config Repo",
            0,
            vec!["854 HCD1000 nothing says which kind of Harness entity this is"],
        ),
    ] {
        let Some(text) = block(heading, nth) else { return };
        holds(&rows(&text), &expected);
    }
}

/// Section 3 writes three definitions into one block, without their wrapping key; with it, each has faults of its own.
/// That they name no project makes them definitions of the account, which is none.
#[test]
fn each_infrastructure_definition_has_these_faults() {
    let Some(text) = block("### Infrastructure Definitions", 0) else {
        return;
    };
    let definitions = text.trim_start().split("\n\n").map(|definition| {
        let indented: String = definition.lines().map(|line| format!("  {line}\n")).collect();
        rows(&format!("infrastructureDefinition:\n{indented}"))
    });
    let missing = |keys: &[&str]| {
        keys.iter()
            .map(|key| format!("3 HCD1021 `{key}` is missing"))
            .collect::<Vec<_>>()
    };
    let ignored = |line: u32| vec![format!("{line} HCD1020 an infrastructure has no delegate selectors")];
    let untyped = ["deploymentType", "type"];
    let expected = [
        [missing(&["deploymentType"]), ignored(11)].concat(),
        [missing(&untyped), ignored(8)].concat(),
        [missing(&untyped), ignored(8)].concat(),
    ];
    for (found, expected) in definitions.zip(&expected) {
        holds(&found, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }
}
