//! A broken entry of the platform stops what depends on it, and changes nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::Folder;
use harness_cd_model::{DeployRules, Severity};
use harness_cd_pipeline::{ConfigRepo, Files, LeftOut, LeftOutKind, deploy_rules, read_config_repo, render};
use support::dice::Dice;
use support::{config_repo, replaced, with, with_levels, with_new_templates, workspace};

const PLATFORM: &str = "platform.yaml";
const LAMBDA: &str = "templates/lambda-pipeline-template.yaml";

/// Where the functions of the case run.
const OUTSIDE: &str = "\
infrastructures:
  - name: '{{ENVIRONMENT}}-functions'
    archetypes: [lambda]
    environments: [dev]
    regions: [eu-west-1]
    type: AwsLambda
    spec:
      connectorRef: 'org.aws_{{REGION_IDENTIFIER}}'
      region: eu-west-1
  - archetypes: [lambda]
    environments: [prod-eu]
    regions: [eu-west-1]
    type: AwsLambda
    spec:
      connectorRef: account.aws_prod
      region: eu-west-1
";

/// What a config repository comes to.
struct Outcome {
    repo: ConfigRepo,
    files: BTreeMap<String, String>,
    left_out: Vec<LeftOut>,
    rules: BTreeMap<String, DeployRules>,
    /// What rendering finds beyond reading.
    findings: Vec<String>,
}

fn outcome(files: &Files) -> Outcome {
    let repo = read_config_repo(files);
    let rendered = render(&repo, &[]);
    let findings = rendered.diagnostics.iter().map(|finding| finding.message.clone());
    let rules = repo.platform.iter().flat_map(|platform| {
        let services = repo.catalog.services.iter();
        services.map(|service| (service.name.clone(), deploy_rules(platform, service)))
    });
    Outcome {
        findings: findings.collect(),
        rules: rules.collect(),
        left_out: rendered.left_out.clone(),
        files: rendered.into_files().files,
        repo,
    }
}

impl Outcome {
    fn breaks_platform(&self) -> bool {
        let mut findings = self.repo.diagnostics.iter();
        findings.any(|finding| finding.file == PLATFORM && finding.severity == Severity::Error)
    }

    /// Holds what is there against what the sound repository comes to, and what is not there against what is said.
    fn require_no_other_than(&self, sound: &Outcome, change: &str) {
        for (path, text) in &self.files {
            assert_eq!(Some(text), sound.files.get(path), "{path}, after {change}");
        }
        for (service, rules) in &self.rules {
            assert_eq!(Some(rules), sound.rules.get(service), "{service}, after {change}");
        }
        assert_eq!(self.findings, [] as [&str; 0], "after {change}");
        if self.repo.platform.is_none() {
            assert!(self.files.is_empty(), "after {change}");
            return;
        }
        let named =
            |kind: LeftOutKind, name: &str| self.left_out.iter().any(|one| one.kind == kind && one.name == name);
        for service in sound.rules.keys() {
            let is_used = self.rules.contains_key(service);
            assert_ne!(
                is_used,
                named(LeftOutKind::Service, service),
                "{service}, after {change}"
            );
            assert_eq!(
                is_used,
                self.repo.reason_against(service).is_none(),
                "{service}, after {change}"
            );
            let file = format!("pipelines/{service}-cd.yaml");
            let is_there = self.files.keys().any(|path| Folder::split(path).1 == file);
            assert_eq!(is_used, is_there, "{file}, after {change}");
        }
        let told: BTreeSet<&String> = self.left_out.iter().flat_map(|one| &one.files).collect();
        let of_services = |path: &&String| {
            ["pipelines/", "services/", "triggers/"]
                .iter()
                .any(|folder| Folder::split(path).1.starts_with(folder))
        };
        for path in sound.files.keys().filter(of_services) {
            assert_ne!(
                self.files.contains_key(path),
                told.contains(path),
                "{path}, after {change}"
            );
        }
    }
}

/// Breaks something: one line, in one of many ways. Answers with what was done.
fn broken(text: &str, dice: &mut Dice) -> (String, String) {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = dice.roll(lines.len());
    let line = lines[at].clone();
    let key = |line: &str| {
        line.trim_start_matches([' ', '-'])
            .split(':')
            .next()
            .unwrap()
            .to_owned()
    };
    let others: Vec<String> = text
        .lines()
        .filter(|other| key(other) == key(&line))
        .map(str::to_owned)
        .collect();
    let value_of = |line: &str| line.split_once(": ").map(|(_, value)| value.to_owned());
    let written = |value: &str| match line.split_once(": ") {
        Some((key, _)) => format!("{key}: {value}"),
        None => format!("{line} {value}"),
    };
    match dice.roll(8) {
        0 => _ = lines.remove(at),
        1 => lines[at] = written(&value_of(&others[dice.roll(others.len())]).unwrap_or_default()),
        2 => lines[at] = written(["", "x y", "[]", "{}", "true", "17", "'a b'", "Über"][dice.roll(8)]),
        3 => {
            let mut letters: Vec<char> = line.chars().collect();
            if !letters.is_empty() {
                letters.remove(dice.roll(letters.len()));
            }
            lines[at] = letters.into_iter().collect();
        }
        4 => lines[at] = format!("{line}{}", ["x", "-", "!", " #", ":", "\u{200b}", "_"][dice.roll(7)]),
        5 => lines.insert(at, line.clone()),
        6 => lines[at] = line.to_uppercase(),
        // An entry as people copy it, with one line of it changed.
        _ => {
            let is_start = |line: &String| line.starts_with("  - ");
            let start = lines[..=at].iter().rposition(is_start).unwrap_or(at);
            let length = lines[start + 1..]
                .iter()
                .take_while(|line| line.starts_with("    "))
                .count();
            let mut copy: Vec<String> = lines[start..=start + length].to_vec();
            let changed = dice.roll(copy.len());
            copy[changed].push_str("-2");
            lines.splice(start + length + 1..start + length + 1, copy);
        }
    }
    let change = format!("line {}: {line:?} by {:?}", at + 1, lines.get(at));
    (lines.join("\n") + "\n", change)
}

/// The case with two projects, whose services share environments, a window and a registry, and a cluster's connector.
fn shared(files: Files) -> Files {
    let edits = [
        (
            PLATFORM,
            "managedBy",
            "projects:\n  - name: prices\n    org: pricing\n    teams: [pricing]\n  - name: web\nmanagedBy",
        ),
        (PLATFORM, "  - name: dev\n", "  - name: dev\n    level: org\n"),
        (
            PLATFORM,
            "  - name: prod-eu\n",
            "  - name: prod-eu\n    level: account\n",
        ),
        (
            PLATFORM,
            "  - name: kolkata-hours\n",
            "  - name: kolkata-hours\n    level: account\n",
        ),
        (PLATFORM, "  - name: ecr\n", "  - name: ecr\n    level: org\n"),
        (
            "services.yaml",
            "  - name: storefront\n",
            "  - name: storefront\n    project: web\n",
        ),
        (LAMBDA, "environmentRef: dev\n", "environmentRef: org.dev\n"),
        (LAMBDA, "environmentRef: prod_eu\n", "environmentRef: account.prod_eu\n"),
        (LAMBDA, "- kolkata_hours\n", "- account.kolkata_hours\n"),
        (
            LAMBDA,
            "  projectIdentifier: checkout_prod\n  orgIdentifier: retail\n",
            "  projectIdentifier: {{PROJECT_IDENTIFIER}}\n  orgIdentifier: {{ORG_IDENTIFIER}}\n",
        ),
    ];
    let edit = |files: Files, (path, from, to): (&str, &str, &str)| replaced(files, path, from, to);
    with_new_templates(edits.into_iter().fold(files, edit))
}

#[test]
fn whatever_is_broken_what_is_still_rendered_is_as_it_was() {
    let cases = std::env::var("HARNESS_CD_CASES")
        .ok()
        .and_then(|count| count.parse().ok());
    let cases = cases.unwrap_or(60);
    let other = with_new_templates(config_repo(&workspace().join("tests/cases/config-repo")));
    let other = replaced(other, PLATFORM, "\nclusters:\n", &format!("{OUTSIDE}\nclusters:\n"));
    // What one service says of its own, the infrastructure of all is written for.
    let own = "    regions: [euw1]\n    names: {namespace: invoices, releaseName: invoices}\n";
    let example = with("services.yaml", "    regions: [euw1]\n", own);
    let all = [
        ("the example", example),
        ("the case", other.clone()),
        ("the example in several projects", with_levels()),
        ("the case in several projects", shared(other)),
    ];
    for (name, files) in all {
        let sound = outcome(&files);
        assert_eq!(sound.repo.diagnostics, [], "{name}");
        assert_eq!(sound.left_out, [], "{name}");
        let text = String::from_utf8(files[PLATFORM].clone()).unwrap();
        let (mut partly, mut wholly) = (0, 0);
        for case in 0..cases {
            let mut dice = Dice::new(case);
            let (text, change) = broken(&text, &mut dice);
            let mut files = files.clone();
            files.insert(PLATFORM.to_owned(), text.into_bytes());
            let outcome = outcome(&files);
            if !outcome.breaks_platform() {
                continue;
            }
            outcome.require_no_other_than(&sound, &format!("case {case} of {name}, {change}"));
            match outcome.repo.platform {
                Some(_) => partly += 1,
                None => wholly += 1,
            }
        }
        eprintln!("{name}: {partly} in part, {wholly} as a whole");
        assert!(
            partly > 8 && wholly > 8,
            "{name}: {partly} in part, {wholly} as a whole"
        );
    }
}
