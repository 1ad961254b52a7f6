//! What two renderings of a config repository differ in: as entities, field by field, the same change of many files
//! said once.

use std::collections::BTreeMap;

use harness_cd_model::naming::{Folder, rendered_kind, rendered_name};
use harness_cd_yaml::parse_text;
use serde::Serialize;
use serde_json::Value as Json;

use crate::compare::{FieldChange, compare};

/// How a file stands in the second rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// It is in the second alone.
    Added,
    /// It is in the first alone.
    Removed,
    /// It is in both, and differs.
    Changed,
}

/// The same change of files of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// What happened.
    pub change: Change,
    /// The folder of the files, which is their kind: `pipelines`.
    pub kind: String,
    /// What the files are of, in order: the names of services for their files, otherwise those of the files.
    pub names: Vec<String>,
    /// Where a field changed: a pointer as in [`FieldChange`]. `None` for whole files, and for what is no YAML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// What stood there, in the first of the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Json>,
    /// What stands there, in the first of the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Json>,
    /// The same in a sentence.
    pub meaning: String,
}

/// Compares rendered files, by their path. What differs in layout alone is no difference. Services' names are known by
/// their rendering, `services/<name>.yaml`.
#[must_use]
pub fn differences(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<Difference> {
    let services = service_names(before, after);
    let mut groups: BTreeMap<(Change, String, String), Difference> = BTreeMap::new();
    let mut add = |path: &str, change: Change, field: Option<FieldChange>| {
        let kind = rendered_kind(path).unwrap_or(path).to_owned();
        let name = subject(path, &services);
        let of_service = |text: String| match services.contains(&name) {
            // The same change of two services differs by what they are called.
            true => text
                .replace(&name, "<service>")
                .replace(&name.replace('-', "_"), "<service>"),
            false => text,
        };
        let key = field.as_ref().map_or_else(String::new, |field| {
            let [was, is] = [&field.before, &field.after].map(|value| value.as_ref().map(Json::to_string));
            format!("{}\n{}", field.pointer, of_service(format!("{was:?}\n{is:?}")))
        });
        let group = groups.entry((change, kind.clone(), key)).or_insert_with(|| {
            let FieldChange { pointer, before, after } = field.unwrap_or(FieldChange {
                pointer: String::new(),
                before: None,
                after: None,
            });
            Difference {
                change,
                kind,
                names: Vec::new(),
                pointer: Some(pointer).filter(|pointer| !pointer.is_empty()),
                before,
                after,
                meaning: String::new(),
            }
        });
        if !group.names.contains(&name) {
            group.names.push(name);
        }
    };
    for (path, was) in before {
        match after.get(path) {
            None => add(path, Change::Removed, None),
            Some(is) if is != was => match fields(path, was, is) {
                Some(fields) => fields
                    .into_iter()
                    .for_each(|field| add(path, Change::Changed, Some(field))),
                None => add(path, Change::Changed, None),
            },
            Some(_) => {}
        }
    }
    for path in after.keys().filter(|path| !before.contains_key(*path)) {
        add(path, Change::Added, None);
    }
    let mut differences: Vec<Difference> = groups.into_values().collect();
    for difference in &mut differences {
        difference.meaning = meaning(difference, &services);
    }
    differences
}

/// The fields in which two YAML texts differ; `None` where one of them is none.
fn fields(path: &str, was: &str, is: &str) -> Option<Vec<FieldChange>> {
    if !path.ends_with(".yaml") {
        return None;
    }
    let [was, is] = [was, is].map(|text| parse_text(path, text).ok());
    Some(compare(&was?.root, &is?.root))
}

fn service_names(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    let paths = before.keys().chain(after.keys());
    let names = paths.filter(|path| rendered_kind(path) == Some("services"));
    let names = names.filter_map(|path| rendered_name(path));
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What a file is of: the service with the longest name that its own name starts with, for the files that are one per
/// service; the name of the file otherwise.
fn subject(path: &str, services: &[String]) -> String {
    let name = rendered_name(path).unwrap_or(path);
    const OF_SERVICES: [&str; 5] = ["pipelines", "triggers", "input-sets", "services", "monitored-services"];
    let is_of_services = rendered_kind(path).is_some_and(|kind| OF_SERVICES.contains(&kind));
    let is_own = |service: &&String| {
        name.strip_prefix(service.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let service = services.iter().filter(is_own).max_by_key(|service| service.len());
    service
        .filter(|_| is_of_services)
        .map_or_else(|| in_folder(path, name), Clone::clone)
}

/// A name, behind that of its project where several have something of it: `payments/int-stable`.
fn in_folder(path: &str, name: &str) -> String {
    let folder = Folder::split(path).0.trim_end_matches('/');
    let project = folder.rsplit('/').next().filter(|project| !project.is_empty());
    project.map_or_else(|| name.to_owned(), |project| format!("{project}/{name}"))
}

/// A difference as a person would say it.
fn meaning(difference: &Difference, services: &[String]) -> String {
    let Difference {
        change, kind, names, ..
    } = difference;
    let singular = kind.strip_suffix('s').unwrap_or(kind);
    let singular = if kind == "policies" { "policy" } else { singular };
    let number = names.len();
    let things = if number == 1 { singular } else { kind.as_str() };
    let of_services = names.first().is_some_and(|name| services.contains(name)) && kind != "services";
    let whom = match (of_services, names.as_slice()) {
        (true, [only]) => format!("{only}: {singular}"),
        (true, _) => format!("{number} services: {kind}"),
        (false, [only]) => format!("{singular} {only}"),
        (false, _) => format!("{number} {things}"),
    };
    match (change, &difference.pointer) {
        (Change::Added, _) => format!("{whom} new"),
        (Change::Removed, _) => format!("{whom} no longer rendered"),
        (Change::Changed, None) => format!("{whom} changed"),
        (Change::Changed, Some(pointer)) => format!("{whom}: {}", of_field(pointer, difference)),
    }
}

/// What the change of a field says.
fn of_field(pointer: &str, difference: &Difference) -> String {
    let parts: Vec<&str> = pointer.split('/').skip(1).collect();
    let short = |value: &Json| match value {
        Json::String(text) => text.clone(),
        value => value.to_string(),
    };
    let stage = match parts.as_slice() {
        ["pipeline", "stages", stage, ..] => Some(*stage),
        _ => None,
    };
    let place = stage.and_then(|stage| stage.strip_prefix("deploy_"));
    match (&difference.before, &difference.after, parts.as_slice()) {
        (None, Some(_), ["pipeline", "stages", stage]) => format!("the stage {stage} is new"),
        (Some(_), None, ["pipeline", "stages", stage]) => format!("the stage {stage} is gone"),
        (Some(was), Some(is), [.., "spec", "duration"]) if place.is_some() => format!(
            "{} now verifies {}, and not {} ({pointer})",
            place.unwrap_or_default(),
            short(is),
            short(was)
        ),
        (Some(was), Some(is), [.., "percentage"]) if place.is_some() => format!(
            "a canary in {} now takes {} percent, and not {} ({pointer})",
            place.unwrap_or_default(),
            short(is),
            short(was)
        ),
        (Some(was), Some(is), _) => format!("{pointer}: {} becomes {}", short(was), short(is)),
        (None, Some(is), _) => format!("{pointer} is new: {}", short(is)),
        (Some(was), None, _) => format!("{pointer} is gone: {}", short(was)),
        (None, None, _) => pointer.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, &str)]) -> BTreeMap<String, String> {
        all.iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    fn meanings(before: &[(&str, &str)], after: &[(&str, &str)]) -> Vec<String> {
        let found = differences(&files(before), &files(after));
        found.into_iter().map(|found| found.meaning).collect()
    }

    const PIPELINE: &str = "pipeline:\n  identifier: a_b_cd\n  stages:\n    - stage:\n        identifier: deploy_prod\n        spec:\n          execution:\n            steps:\n              - step: {identifier: verify, spec: {type: Auto, spec: {duration: 10m}}}\n";

    #[test]
    fn the_same_change_of_several_services_is_said_once() {
        let other = PIPELINE.replace("a_b_cd", "a_cd");
        let [later, other_later] = [PIPELINE, &other].map(|text| text.replace("10m", "60m"));
        let services = [
            ("services/a-b.yaml", "service: {}\n"),
            ("services/a.yaml", "service: {}\n"),
        ];
        let before = [
            services.as_slice(),
            &[("pipelines/a-b-cd.yaml", PIPELINE), ("pipelines/a-cd.yaml", &other)],
        ];
        let after = [
            services.as_slice(),
            &[("pipelines/a-b-cd.yaml", &later), ("pipelines/a-cd.yaml", &other_later)],
        ];
        assert_eq!(
            meanings(&before.concat(), &after.concat()),
            ["2 services: pipelines: prod now verifies 60m, and not 10m \
              (/pipeline/stages/deploy_prod/stage/spec/execution/steps/verify/step/spec/spec/duration)"]
        );
        let found = differences(&files(&before.concat()), &files(&after.concat()));
        assert_eq!(found[0].names, ["a-b", "a"]);
    }

    #[test]
    fn whole_files_go_by_what_they_are() {
        let before = [("services/a.yaml", "service: {}\n"), ("policies/w.rego", "package w\n")];
        let after = [
            ("services/b.yaml", "service: {}\n"),
            ("services/c.yaml", "service: {}\n"),
            ("pipelines/b-cd.yaml", "pipeline: {}\n"),
            ("policies/w.rego", "package w # more\n"),
        ];
        assert_eq!(
            meanings(&before, &after),
            [
                "b: pipeline new",
                "2 services new",
                "service a no longer rendered",
                "policy w changed"
            ]
        );
    }

    #[test]
    fn two_definitions_of_one_place_keep_their_names() {
        let of = |namespace: &str| format!("infrastructureDefinition:\n  namespace: {namespace}\n");
        let [old, new] = ["a", "b"].map(of);
        let paths = ["infrastructures/live-usw2.helm.yaml", "infrastructures/live-usw2.yaml"];
        assert_eq!(
            meanings(
                &paths.map(|path| (path, old.as_str())),
                &[(paths[0], &new), (paths[1], &old)]
            ),
            ["infrastructure live-usw2.helm: /infrastructureDefinition/namespace: a becomes b"]
        );
        assert_eq!(
            meanings(&[], &paths.map(|path| (path, old.as_str()))),
            ["2 infrastructures new"]
        );
    }

    #[test]
    fn layout_is_no_difference() {
        assert!(meanings(&[("services/a.yaml", "a: 1\n")], &[("services/a.yaml", "a: 1 # one\n")]).is_empty());
    }
}
