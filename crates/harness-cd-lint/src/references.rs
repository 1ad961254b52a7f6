//! References between the entities of a config repository.

use std::collections::BTreeSet;
use std::ptr;

use harness_cd_model::words::{at_other_level, did_you_mean, may_be_slip};
use harness_cd_model::{Deployer, EntityRef, Level};
use harness_cd_pipeline::stages::bodies;
use harness_cd_yaml::Node;

use crate::expressions::{pipeline_variables, with_value};
use crate::outline::Outline;
use crate::place::{Faults, literal};
use crate::repo_facts::{Member, RepoFacts};

/// What an entity refers to is described in the repository.
pub(crate) fn dangling<'n>(repo: &RepoFacts<'_>, member: &Member<'n, '_>, faults: &mut Faults<'n>) {
    // Without a platform there is nothing to refer to, and that has been reported.
    if repo.platform().is_none() {
        return;
    }
    let entities = &repo.entities;
    let elsewhere = infrastructures_elsewhere(&member.document.root, &entities.described_types);
    let level = level_of(&member.document.root);
    each_entry(&member.document.root, &mut |key, value| match key {
        "connectorRef" if !entities.has_all_connectors => {}
        "connectorRef" => one_of(value, "connector", (&entities.connectors, level), faults),
        "environmentRef" => one_of(value, "environment", (&entities.environments, level), faults),
        "pipelineIdentifier" => one_of(value, "pipeline", (&entities.pipelines, level), faults),
        "environment" => of_another_environment(repo, member, value, faults),
        "infrastructureDefinitions" if !entities.has_all_infrastructures => {}
        "infrastructureDefinitions" if elsewhere.iter().any(|list| ptr::eq(*list, value)) => {}
        "infrastructureDefinitions" => {
            for (node, identifier) in infrastructures(value, member.outline) {
                // Where an environment has no cluster in a region, no request asks for it there.
                if !entities.infrastructures.contains_key(&identifier) && !entities.absent.contains(&identifier) {
                    dangle(
                        node,
                        "infrastructure",
                        &identifier,
                        entities.infrastructures.keys(),
                        faults,
                    );
                }
            }
        }
        _ => {}
    });
}

/// The infrastructures that a stage names, and that are of another environment than it deploys to.
fn of_another_environment<'n>(
    repo: &RepoFacts<'_>,
    member: &Member<'n, '_>,
    environment: &'n Node,
    faults: &mut Faults<'n>,
) {
    let reference = environment.get("environmentRef").and_then(literal);
    let (Some(own), Some(list)) = (reference, environment.get("infrastructureDefinitions")) else {
        return;
    };
    if !repo.entities.environments.contains(own) {
        return;
    }
    let own = EntityRef::split(own).1;
    for (node, identifier) in infrastructures(list, member.outline) {
        let Some(others) = repo
            .entities
            .environments_of
            .get(&identifier)
            .filter(|of| !of.contains(own))
        else {
            continue;
        };
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        let message = format!(
            "the infrastructure `{identifier}` is of `{}`, and the stage deploys to `{own}`",
            others.join("`, `")
        );
        faults.add(node, message, format!("name one of `{own}`"));
    }
}

/// The infrastructures of stages that deploy outside Kubernetes, where the platform description has none of their type.
fn infrastructures_elsewhere<'n>(document: &'n Node, described: &BTreeSet<String>) -> Vec<&'n Node> {
    let is_elsewhere = |stage: &&Node| {
        let deployment_type = stage.at(&["spec", "deploymentType"]).and_then(literal);
        deployment_type.is_some_and(|own| {
            let in_kubernetes = Deployer::ALL.iter().any(|one| one.deployment_type() == own);
            !in_kubernetes && !described.contains(own)
        })
    };
    let stages = document.get("pipeline").into_iter();
    let stages = stages.flat_map(|pipeline| bodies(pipeline, "stages", "stage"));
    let environments = stages
        .filter(is_elsewhere)
        .filter_map(|stage| stage.at(&["spec", "environment"]));
    environments
        .filter_map(|environment| environment.get("infrastructureDefinitions"))
        .collect()
}

/// `inputs` of an infrastructure fill what it asks for.
pub(crate) fn fixed_setting<'n>(repo: &RepoFacts<'_>, member: &Member<'n, '_>, faults: &mut Faults<'n>) {
    if repo.platform().is_none() {
        return;
    }
    each_entry(&member.document.root, &mut |key, value| {
        if key != "infrastructureDefinitions" {
            return;
        }
        for item in value.items() {
            let settings = item.at(&["inputs", "spec"]).into_iter().flat_map(Node::entries);
            let settings: Vec<_> = settings.collect();
            for (_, identifier) in identifiers(item, member.outline) {
                let Some(inputs) = repo.entities.infrastructures.get(&identifier) else {
                    continue;
                };
                for entry in settings.iter().filter(|entry| !inputs.contains(entry.name())) {
                    let message = format!("`{}` of `{identifier}` is no input: this sets nothing", entry.name());
                    let hint = "write `<+input>` in the infrastructure definition, or leave this out";
                    faults.add(&entry.key, message, hint);
                }
            }
        }
    });
}

/// Hands on every entry below a node, the outer ones first.
fn each_entry<'n>(node: &'n Node, take: &mut impl FnMut(&'n str, &'n Node)) {
    for entry in node.entries() {
        take(entry.name(), &entry.value);
        each_entry(&entry.value, take);
    }
    node.items().for_each(|item| each_entry(item, take));
}

/// Where an infrastructure definition stands, whose references are seen from there; all else is of a project.
fn level_of(document: &Node) -> Level {
    let Some(body) = document.get("infrastructureDefinition") else {
        return Level::Project;
    };
    match (body.get("orgIdentifier"), body.get("projectIdentifier")) {
        (_, Some(_)) => Level::Project,
        (Some(_), None) => Level::Organization,
        (None, None) => Level::Account,
    }
}

fn one_of<'n>(node: &'n Node, kind: &str, (known, level): (&BTreeSet<String>, Level), faults: &mut Faults<'n>) {
    let is_known = |text: &str| known.contains(text) || known.contains(&level.reference(text));
    let Some(text) = literal(node).filter(|text| !text.is_empty() && !is_known(text)) else {
        return;
    };
    // What belongs to the account or the organization may be described elsewhere, unless it is nearly what is described
    // here.
    let (scope, inner) = EntityRef::split(text);
    let is_slip = |other: &&String| {
        let (its_scope, other) = EntityRef::split(other);
        scope == its_scope && may_be_slip(inner, other)
    };
    match scope.is_empty() {
        true if text.contains('.') => {}
        true => dangle(node, kind, text, known, faults),
        false => {
            let near: Vec<&String> = known.iter().filter(is_slip).collect();
            if !near.is_empty() {
                dangle(node, kind, text, near, faults);
            }
        }
    }
}

fn dangle<'n, 'k>(
    node: &'n Node,
    kind: &str,
    text: &str,
    known: impl IntoIterator<Item = &'k String>,
    faults: &mut Faults<'n>,
) {
    let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
    let elsewhere = || at_other_level(text, known.iter().copied());
    let near = elsewhere().or_else(|| did_you_mean(text, known.iter().copied()));
    let hint = near.unwrap_or_else(|| "mend it, or make sure that Harness has it".to_owned());
    let message = format!("the config repository describes no {kind} `{text}`");
    faults.add(node, message, hint);
}

/// The identifiers that a list of infrastructures names, each with its node.
fn infrastructures<'n>(list: &'n Node, outline: &Outline<'n>) -> Vec<(&'n Node, String)> {
    list.items().flat_map(|item| identifiers(item, outline)).collect()
}

fn identifiers<'n>(item: &'n Node, outline: &Outline<'n>) -> Vec<(&'n Node, String)> {
    let Some(node) = item.get("identifier") else {
        return Vec::new();
    };
    let meant = expanded(outline, node.text().unwrap_or_default());
    meant.into_iter().map(|identifier| (node, identifier)).collect()
}

/// The identifiers that a reference stands for: itself, or one for each value of its one variable.
fn expanded(outline: &Outline<'_>, text: &str) -> Vec<String> {
    if !text.contains("<+") {
        let is_template = text.contains("{{");
        return (!is_template).then(|| text.to_owned()).into_iter().collect();
    }
    // A method that is called on a variable follows its name.
    let variables = pipeline_variables(text).map(|path| path.split_once('.').map_or(path, |(variable, _)| variable));
    match variables.collect::<Vec<_>>().as_slice() {
        [variable] => {
            let declared = outline.variable(variable).into_iter();
            let values = declared.flat_map(|variable| &variable.allowed);
            values.filter_map(|value| with_value(text, variable, value)).collect()
        }
        _ => Vec::new(),
    }
}
