//! What two renderings of a config repository differ in: as entities, field by field, the same change of many files
//! said once.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use harness_cd_model::naming::{Folder, rendered_kind, rendered_name};
use harness_cd_yaml::parse_text;
use serde::Serialize;
use serde_json::Value as Json;

use crate::compare::{FieldChange, compare};

/// How a file stands in the second rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// A service is in another project in the second: `before` and `after` are what the projects are called.
    Moved,
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
/// their rendering, `services/<name>.yaml`, and are of the whole repository: one that stands in the folder of another
/// project has moved, with the files of its own.
#[must_use]
pub fn differences(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<Difference> {
    let services = service_names(before, after);
    let projects = Projects::of(before, after);
    let moves = moves(before, after);
    let mut found = Groups {
        services: &services,
        projects: &projects,
        groups: BTreeMap::new(),
    };
    for (service, (from, to)) in &moves {
        found.add_move(service, (from, to));
    }
    // Where a file of a service stands on the other side.
    let moved = |path: &str, [here, there]: [usize; 2]| {
        let (folder, file) = Folder::split(path);
        let (from, to) = moves.get(service_of(path, &services)?)?;
        let sides = [from, to];
        (*sides.get(here)? == &folder).then(|| format!("{}{file}", sides.get(there).copied().unwrap_or(&"")))
    };
    for (path, was) in before {
        let later = moved(path, [0, 1]);
        match after.get(later.as_ref().unwrap_or(path)) {
            None => found.add(path, Change::Removed, None),
            Some(is) if is != was => match fields(path, was, is) {
                Some(fields) => fields
                    .into_iter()
                    .filter(|field| later.is_none() || !is_of_project(&field.pointer))
                    .for_each(|field| found.add(path, Change::Changed, Some(field))),
                None => found.add(path, Change::Changed, None),
            },
            Some(_) => {}
        }
    }
    let is_new = |path: &&String| !before.contains_key(moved(path, [1, 0]).as_ref().unwrap_or(path));
    for path in after.keys().filter(is_new) {
        found.add(path, Change::Added, None);
    }
    found.finish()
}

/// Differences as they are found, each with what is alike.
struct Groups<'a> {
    services: &'a BTreeSet<String>,
    projects: &'a Projects,
    groups: BTreeMap<(Change, String, String), (Difference, Option<String>)>,
}

impl Groups<'_> {
    /// Adds what happened to a file, or to a field of it.
    fn add(&mut self, path: &str, change: Change, field: Option<FieldChange>) {
        let kind = rendered_kind(path).unwrap_or(path).to_owned();
        let service = service_of(path, self.services);
        let name = service.map_or_else(|| in_folder(path), str::to_owned);
        // The same change of two services differs by what they are called.
        let of_service = |text: String| match service {
            Some(name) => text
                .replace(name, "<service>")
                .replace(&name.replace('-', "_"), "<service>"),
            None => text,
        };
        // Where a file as a whole is new or gone, it matters in which project.
        let project = service
            .filter(|_| field.is_none())
            .and_then(|_| self.projects.name_of(path));
        let key = match &field {
            None => project.clone().unwrap_or_default(),
            Some(field) => {
                let [was, is] = [&field.before, &field.after].map(|value| value.as_ref().map(Json::to_string));
                format!("{}\n{}", field.pointer, of_service(format!("{was:?}\n{is:?}")))
            }
        };
        self.put((change, kind, key), name, field, project);
    }

    /// Adds that a service has moved from one folder to another.
    fn add_move(&mut self, service: &str, (from, to): (&str, &str)) {
        let [from, to] = [from, to].map(|folder| self.projects.name_of(folder).unwrap_or_default());
        let way = FieldChange {
            pointer: String::new(),
            before: Some(Json::String(from.clone())),
            after: Some(Json::String(to.clone())),
        };
        let key = (Change::Moved, "services".to_owned(), format!("{from}\n{to}"));
        self.put(key, service.to_owned(), Some(way), None);
    }

    fn put(
        &mut self,
        key: (Change, String, String),
        name: String,
        field: Option<FieldChange>,
        project: Option<String>,
    ) {
        let (change, kind) = (key.0, key.1.clone());
        let (group, _) = self.groups.entry(key).or_insert_with(|| {
            let FieldChange { pointer, before, after } = field.unwrap_or(FieldChange {
                pointer: String::new(),
                before: None,
                after: None,
            });
            let difference = Difference {
                change,
                kind,
                names: Vec::new(),
                pointer: Some(pointer).filter(|pointer| !pointer.is_empty()),
                before,
                after,
                meaning: String::new(),
            };
            (difference, project)
        });
        if !group.names.contains(&name) {
            group.names.push(name);
        }
    }

    fn finish(self) -> Vec<Difference> {
        let services = self.services;
        let told = self.groups.into_values().map(|(difference, project)| Difference {
            meaning: meaning(&difference, services, project.as_deref()),
            ..difference
        });
        told.collect()
    }
}

/// What the projects of two renderings are called.
struct Projects {
    /// The platform's own, where some pipeline of it says.
    own: Option<String>,
    /// Whether there are others.
    are_several: bool,
}

impl Projects {
    fn of(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Self {
        let files = || after.iter().chain(before);
        let mut own = files().filter(|(path, _)| Folder::split(path).0.is_empty());
        Self {
            own: own.find_map(|(path, text)| {
                let pipeline = (rendered_kind(path) == Some("pipelines")).then(|| parse_text(path, text).ok())??;
                Some(pipeline.root.at(&["pipeline", "projectIdentifier"])?.text()?.to_owned())
            }),
            are_several: files().any(|(path, _)| Folder::project_of(path).is_some()),
        }
    }

    /// The project of a file or a folder, where there are several.
    fn name_of(&self, path: &str) -> Option<String> {
        let further = || Folder::project_of(path).map(str::to_owned);
        let own = || self.own.clone().unwrap_or_else(|| "of the platform".to_owned());
        self.are_several.then(|| further().unwrap_or_else(own))
    }
}

/// The services that stand in another folder than before: from where, and to where.
fn moves<'f>(
    before: &'f BTreeMap<String, String>,
    after: &'f BTreeMap<String, String>,
) -> BTreeMap<&'f str, (&'f str, &'f str)> {
    let folders = |files: &'f BTreeMap<String, String>| -> BTreeMap<&'f str, &'f str> {
        let services = files.keys().filter(|path| rendered_kind(path) == Some("services"));
        let named = services.filter_map(|path| Some((rendered_name(path)?, Folder::split(path).0)));
        named.collect()
    };
    let later = folders(after);
    let moved = folders(before).into_iter().filter_map(|(service, from)| {
        let to = later.get(service).filter(|to| **to != from)?;
        Some((service, (from, *to)))
    });
    moved.collect()
}

/// Whether a field says which project its file is of.
fn is_of_project(pointer: &str) -> bool {
    ["/orgIdentifier", "/projectIdentifier"]
        .iter()
        .any(|field| pointer.ends_with(field))
}

/// The fields in which two YAML texts differ; `None` where one of them is none.
fn fields(path: &str, was: &str, is: &str) -> Option<Vec<FieldChange>> {
    if !path.ends_with(".yaml") {
        return None;
    }
    let [was, is] = [was, is].map(|text| parse_text(path, text).ok());
    Some(compare(&was?.root, &is?.root))
}

fn service_names(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> BTreeSet<String> {
    let paths = before.keys().chain(after.keys());
    let names = paths.filter(|path| rendered_kind(path) == Some("services"));
    names
        .filter_map(|path| rendered_name(path))
        .map(str::to_owned)
        .collect()
}

/// The service that a file is of: the one with the longest name that its own name starts with.
fn service_of<'s>(path: &str, services: &'s BTreeSet<String>) -> Option<&'s str> {
    const OF_SERVICES: [&str; 5] = ["pipelines", "triggers", "input-sets", "services", "monitored-services"];
    let name = rendered_name(path)?;
    rendered_kind(path).filter(|kind| OF_SERVICES.contains(kind))?;
    let shorter = name.rmatch_indices('-').map(|(end, _)| end);
    let mut longest_first = iter::once(name.len()).chain(shorter);
    let service = longest_first.find_map(|end| services.get(name.get(..end)?));
    service.map(String::as_str)
}

/// The name of a file, behind that of its project where several have something of it: `payments/int-stable`.
fn in_folder(path: &str) -> String {
    let name = rendered_name(path).unwrap_or(path);
    let folder = Folder::split(path).0.trim_end_matches('/');
    let project = folder.rsplit('/').next().filter(|project| !project.is_empty());
    project.map_or_else(|| name.to_owned(), |project| format!("{project}/{name}"))
}

/// A difference as a person would say it; `project` is where it is, where that matters.
fn meaning(difference: &Difference, services: &BTreeSet<String>, project: Option<&str>) -> String {
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
    let place = project.map_or_else(String::new, |project| format!(" in the project {project}"));
    match (change, &difference.pointer) {
        (Change::Added, _) => format!("{whom} new{place}"),
        (Change::Removed, _) => format!("{whom} no longer rendered{place}"),
        (Change::Moved, _) => of_move(difference),
        (Change::Changed, None) => format!("{whom} changed"),
        (Change::Changed, Some(pointer)) => format!("{whom}: {}", of_field(pointer, difference)),
    }
}

/// What it means that services are in another project. Nothing takes out of Harness what stands in the first.
fn of_move(difference: &Difference) -> String {
    let text = |value: &Option<Json>| value.as_ref().and_then(Json::as_str).unwrap_or_default().to_owned();
    let (from, to) = (text(&difference.before), text(&difference.after));
    let way = format!("from the project {from} to the project {to}");
    match difference.names.as_slice() {
        [only] => format!(
            "{only} moves {way}: its pipeline there is new, and the one in {from} stays until somebody removes it"
        ),
        names => format!(
            "{} services move {way}: their pipelines there are new, and those in {from} stay until somebody removes them",
            names.len()
        ),
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
    fn a_service_in_another_project_has_moved_and_what_is_new_names_its_project() {
        let pipeline = |org: &str, project: &str, timeout: &str| {
            format!("pipeline:\n  orgIdentifier: {org}\n  projectIdentifier: {project}\n  timeout: {timeout}\n")
        };
        let (shop, basis) = (pipeline("sale", "shop", "1h"), pipeline("base", "basis", "2h"));
        let before = [
            ("services/a.yaml", "service: {}\n"),
            ("pipelines/a-cd.yaml", shop.as_str()),
            ("input-sets/a-dev.yaml", "inputSet: {}\n"),
            ("services/b.yaml", "service: {}\n"),
            ("pipelines/b-cd.yaml", shop.as_str()),
        ];
        let after = [
            ("projects/basis/services/a.yaml", "service: {}\n"),
            ("projects/basis/pipelines/a-cd.yaml", basis.as_str()),
            ("projects/basis/input-sets/a-prod.yaml", "inputSet: {}\n"),
            ("projects/basis/pipelines/c-cd.yaml", basis.as_str()),
            ("projects/basis/services/c.yaml", "service: {}\n"),
            ("services/b.yaml", "service: {}\n"),
            ("pipelines/b-cd.yaml", shop.as_str()),
        ];
        assert_eq!(
            meanings(&before, &after),
            [
                "a moves from the project shop to the project basis: its pipeline there is new, and the one in shop stays \
                 until somebody removes it",
                "a: input-set new in the project basis",
                "c: pipeline new in the project basis",
                "service c new in the project basis",
                "a: input-set no longer rendered in the project shop",
                "a: pipeline: /pipeline/timeout: 1h becomes 2h",
            ]
        );
    }

    #[test]
    fn layout_is_no_difference() {
        assert!(meanings(&[("services/a.yaml", "a: 1\n")], &[("services/a.yaml", "a: 1 # one\n")]).is_empty());
    }
}
