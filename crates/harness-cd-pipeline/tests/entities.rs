//! What a rendered entity says of itself, and what its text says.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says what it skips"
)]

mod support;

use std::collections::BTreeSet;

use harness_cd_model::{Entity, EntityKind, Identifier};
use harness_cd_pipeline::{read_config_repo, render};
use harness_cd_yaml::{Document, Node, parse_text};
use support::{example, with_levels, with_projects};

/// The key that a file of that kind begins with, and where it names what it belongs to.
fn form(kind: EntityKind) -> (&'static str, Option<&'static [&'static str]>) {
    match kind {
        EntityKind::Pipeline => ("pipeline", None),
        EntityKind::InputSet => ("inputSet", Some(&["pipeline", "identifier"])),
        EntityKind::Trigger => ("trigger", Some(&["pipelineIdentifier"])),
        EntityKind::Service => ("service", None),
        EntityKind::Environment => ("environment", None),
        EntityKind::Infrastructure => ("infrastructureDefinition", Some(&["environmentRef"])),
        EntityKind::Connector => ("connector", None),
    }
}

fn text<'n>(body: &'n Node, path: &[&str]) -> Option<&'n str> {
    body.at(path).and_then(Node::text)
}

fn body<'d>(entity: &Entity, document: &'d Document) -> &'d Node {
    document.root.get(form(entity.kind).0).unwrap()
}

#[test]
fn an_entity_is_what_its_text_says() {
    let repos = [example(), with_projects(), with_levels()].map(|files| render(&read_config_repo(&files), &[]));
    for (path, entity) in repos.iter().flat_map(|rendered| &rendered.entities) {
        let document = parse_text(path, &entity.yaml).unwrap();
        let body = body(entity, &document);
        assert_eq!(text(body, &["identifier"]), Some(entity.identifier.as_str()), "{path}");
        let parent = form(entity.kind).1.and_then(|at| text(body, at));
        assert_eq!(parent, entity.parent.as_deref(), "{path}");
        // A service's text names no scope: it stands where it is created.
        for (key, wanted) in [
            ("orgIdentifier", entity.scope.org()),
            ("projectIdentifier", entity.scope.project()),
        ] {
            let written = text(body, &[key]);
            let is_service = entity.kind == EntityKind::Service;
            let wanted = wanted.map(Identifier::as_str);
            assert_eq!(written, wanted.filter(|_| !is_service), "{path}");
        }
    }
}

#[test]
fn no_two_entities_are_one_to_harness() {
    let rendered = render(&read_config_repo(&with_levels()), &[]);
    let keys = rendered.entities.values();
    let keys: BTreeSet<_> = keys
        .map(|entity| (entity.kind, &entity.scope, &entity.parent, &entity.identifier))
        .collect();
    assert_eq!(keys.len(), rendered.entities.len());
}

#[test]
fn every_kind_is_there_and_what_harness_keeps_otherwise_stays_a_file() {
    let rendered = render(&read_config_repo(&example()), &[]);
    let kinds: BTreeSet<_> = rendered.entities.values().map(|entity| entity.kind).collect();
    assert_eq!(kinds.len(), 7);
    let others = ["delegates/", "policies/", "policy-sets/"];
    let is_other = |path: &String| others.iter().any(|folder| path.starts_with(folder));
    assert!(rendered.others.keys().all(is_other));
    assert!(!rendered.entities.keys().any(is_other));
    let count = rendered.entities.len() + rendered.others.len();
    assert_eq!(rendered.into_files().files.len(), count);
}
