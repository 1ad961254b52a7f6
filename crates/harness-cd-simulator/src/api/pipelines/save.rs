//! Creating, updating, importing and deleting pipelines, in Harness or in a repository.

use serde_json::{Value, json};

use super::git_ask::GitAsk;
use crate::documents::pipeline::{body_of, file_not_found};
use crate::state::entity::{Entity, GitPlace, Kind};
use crate::state::scope::Scope;
use crate::state::store::Store;
use crate::wire::body::invalid_yaml;
use crate::wire::respond::Failure;
use crate::world::World;

/// Whether a save went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Saved {
    Stored,
    /// The policies denied it, and nothing was saved (harness-api §1.2, §10.5 [CORE]).
    Denied,
}

/// Reads a pipeline out of a text.
///
/// Source: harness-api §1.1: organization and project in the YAML agree with the scope (the text of the refusal is
/// open), §8 [SCH]: the form of an identifier, §0.5: a failure of the schema.
pub(crate) fn pipeline_of(text: &str, document: &Value, scope: &Scope) -> Result<Entity, Failure> {
    let entity = Entity::new(Kind::Pipeline, scope.clone(), text, document);
    let entity = entity.map_err(|problem| schema_failure(&problem, text))?;
    if !is_identifier(&entity.identifier) {
        let problem = format!(
            "pipeline.identifier: [{}] has not the form of an identifier",
            entity.identifier
        );
        return Err(schema_failure(&problem, text));
    }
    for (key, own) in [
        ("orgIdentifier", scope.org_text()),
        ("projectIdentifier", scope.project_text()),
    ] {
        let given = entity.text(key);
        if !given.is_empty() && given != own {
            return Err(Failure::invalid(format!(
                "{key} in the YAML is [{given}], which is not the scope's [{own}]"
            )));
        }
    }
    Ok(entity)
}

/// Source: harness-api §8 [SCH]: `^[a-zA-Z_][0-9a-zA-Z_]{0,127}$`.
fn is_identifier(text: &str) -> bool {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.len() <= 128 && text.chars().all(is_word) && !text.starts_with(|first: char| first.is_ascii_digit())
}

/// Source: harness-api §0.5 [CORE v1 openapi, generated clients]: the fields of an element; the wrapper's key and `type`
/// are unverified there.
pub(crate) fn schema_errors(problem: &str, text: &str) -> Value {
    json!({
        "type": "YamlSchemaErrorWrapperDTO", "erroredYaml": text,
        "schemaErrors": [{ "message": problem, "messageWithFQN": format!("$.pipeline: {problem}"), "fqn": "$.pipeline" }],
    })
}

fn schema_failure(problem: &str, text: &str) -> Failure {
    Failure::new(400, "SCHEMA_VALIDATION_FAILED", format!("Invalid yaml: {problem}"))
        .with_metadata(schema_errors(problem, text))
}

/// Saves a new pipeline.
pub(crate) fn create(world: &mut World, mut entity: Entity, ask: &GitAsk, now: i64) -> Result<Saved, Failure> {
    if world.modes.save_policy.verdict().denies() {
        return Ok(Saved::Denied);
    }
    entity.git = ask.place(world)?;
    if let Some(place) = &entity.git {
        if world.git.file(&place.repo, Some(&place.branch), &place.path).is_some() {
            return Err(Failure::not_simulated(
                "a new pipeline where a file is already; import it",
            ));
        }
        check_branch(world, ask, place, &place.branch)?;
    }
    let World {
        store, random, modes, ..
    } = world;
    let created = store.create(entity, now, random, modes)?.clone();
    if let Some(place) = &created.git {
        commit(world, ask, place, &place.branch, &created.yaml);
    }
    Ok(Saved::Stored)
}

/// Saves a pipeline anew.
pub(crate) fn update(
    world: &mut World,
    mut entity: Entity,
    ask: &GitAsk,
    if_match: Option<&str>,
    now: i64,
) -> Result<Saved, Failure> {
    let old = world
        .store
        .get(Kind::Pipeline, &entity.scope, "", &entity.identifier, &world.modes)?
        .clone();
    if world.modes.save_policy.verdict().denies() {
        return Ok(Saved::Denied);
    }
    let Some(place) = old.git.clone() else {
        world.store.update(entity, if_match, now, &world.modes)?;
        return Ok(Saved::Stored);
    };
    let branch = world.git.branch(&place.repo, ask.branch.as_deref());
    check_file(world, ask, &place, &branch)?;
    let text = entity.yaml.clone();
    if branch != world.git.branch(&place.repo, None) {
        // What Harness knows of a remote pipeline follows the default branch (run-inputs §12 [CORE], weak).
        let (name, services) = (old.name, old.services);
        entity = Entity {
            yaml: old.yaml,
            body: old.body,
            name,
            services,
            ..entity
        };
    }
    world.store.update(entity, if_match, now, &world.modes)?;
    commit(world, ask, &place, &branch, &text);
    Ok(Saved::Stored)
}

/// A branch that is written to is there, or begins now.
fn check_branch(world: &World, ask: &GitAsk, place: &GitPlace, branch: &str) -> Result<(), Failure> {
    let is_there = ask.starts_branch() || world.git.has_branch(&place.repo, branch);
    if is_there { Ok(()) } else { Err(file_not_found(place)) }
}

/// A file that is written anew is there, on a branch that is or begins now. Harness refuses what would overwrite somebody
/// else's change; in which words is not known.
fn check_file(world: &World, ask: &GitAsk, place: &GitPlace, branch: &str) -> Result<(), Failure> {
    if ask.starts_branch() {
        return Ok(());
    }
    let found = world.git.file(&place.repo, Some(branch), &place.path);
    let (_, text) = found.ok_or_else(|| file_not_found(place))?;
    let known = Store::object_id(text);
    match ask.last_object_id.as_ref().is_none_or(|last| *last == known) {
        true => Ok(()),
        false => Err(Failure::not_simulated("a lastObjectId that is not the file's")),
    }
}

fn commit(world: &mut World, ask: &GitAsk, place: &GitPlace, branch: &str, text: &str) {
    if ask.starts_branch() {
        world.git.branch_off(&place.repo, ask.base_branch.as_deref(), branch);
    }
    for git in [&mut world.git, &mut world.git_cache] {
        git.put_file(&place.repo, Some(branch), &place.path, text);
    }
}

/// Takes a pipeline over from a file that lies in a repository.
/// Source: harness-api §1 [CORE PipelineResourceImpl]: git parameters, `isForceImport`, and the identifier alone in
/// the answer.
pub(crate) fn import(
    world: &mut World,
    scope: &Scope,
    ask: &GitAsk,
    name: Option<&str>,
    now: i64,
) -> Result<String, Failure> {
    let place = ask.remote_place(world)?;
    let found = world.git.file(&place.repo, Some(&place.branch), &place.path);
    let text = found
        .map(|(_, text)| text.to_owned())
        .ok_or_else(|| file_not_found(&place))?;
    let body = body_of(&text).map_err(|problem| invalid_yaml(&problem))?;
    let mut entity = pipeline_of(&text, &json!({ "pipeline": body }), scope)?;
    if name.is_some_and(|name| name != entity.name()) {
        return Err(Failure::not_simulated("an import under another name than the file's"));
    }
    entity.git = Some(place.clone());
    let World {
        store, random, modes, ..
    } = world;
    let identifier = store.create(entity, now, random, modes)?.identifier.clone();
    world
        .git_cache
        .put_file(&place.repo, Some(&place.branch), &place.path, &text);
    Ok(identifier)
}

/// Source: harness-api §1.1 [CORE]: the identifier cannot be changed; the sentence is restated.
pub(crate) fn check_identifier(entity: &Entity, id: &str) -> Result<(), Failure> {
    if entity.identifier == id {
        return Ok(());
    }
    let given = &entity.identifier;
    Err(Failure::invalid(format!(
        "Expected Pipeline identifier in YAML to be [{id}], but was [{given}]"
    )))
}

/// Deletes a pipeline with what belongs to it. Its file stays in its repository.
/// Source: harness-api §9 [HUB]: its executions go too; CORE NGTriggerServiceImpl: and its triggers.
pub(crate) fn delete(world: &mut World, scope: &Scope, id: &str, if_match: Option<&str>) -> Result<(), Failure> {
    let modes = world.modes.clone();
    world.store.delete(Kind::Pipeline, scope, "", id, if_match, &modes)?;
    for kind in [Kind::Trigger, Kind::InputSet] {
        let own = world.store.all(kind, scope).filter(|entity| entity.parent == id);
        let own: Vec<String> = own.map(|entity| entity.identifier.clone()).collect();
        for identifier in own {
            world.store.delete(kind, scope, id, &identifier, None, &modes)?;
        }
    }
    super::executions::forget(world, scope, id);
    Ok(())
}
