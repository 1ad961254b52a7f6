//! What services, environments, infrastructure definitions and connectors have in common below `/ng/api`.

use serde_json::{Value, json};

use super::entity_bodies::draft;
use super::route::{Access, Call};
use crate::inputs::template;
use crate::state::entity::{Entity, Kind};
use crate::state::modes::Modes;
use crate::state::people::Permission;
use crate::tables::yaml;
use crate::wire::respond::{Failure, Outcome, Page, Paging, Reply, page_response, without_nulls};
use crate::world::World;

/// Source: harness-api §4.1 [SDK]: organization and project in the query, neither needed.
pub(crate) const READ: Access = Access::Account(Permission::View);
/// Source: harness-api §4.1 [SDK]: only the account in the query; organization and project stand in the body.
pub(crate) const WRITE: Access = Access::Account(Permission::Edit);

/// One of the four.
pub(crate) trait Family {
    const KIND: Kind;
    /// Source: harness-api §12.36 [OAS], §0.6 [SDK].
    const PAGING: Paging = Paging::ENTITIES;
    /// What a body must have. Source: harness-api §4.1 [SDK, MCP].
    const NEEDED: &'static [&'static str];
    /// The query parameter that adds the entities of the scopes above.
    const WIDENED_BY: &'static str = "";

    /// As answers show it.
    fn view(world: &World, entity: &Entity) -> Value;

    /// Where the query names the parent.
    fn parent<'a>(_: &Call<'a>, _: &Modes) -> Result<&'a str, Failure> {
        Ok("")
    }

    /// What else is wrong with the fields of a body.
    fn check(_: &Value) -> Result<(), Failure> {
        Ok(())
    }

    /// Whether the filters of the list's own query let an entity pass.
    fn passes(_: &Entity, _: &Call<'_>) -> bool {
        true
    }
}

pub(crate) fn list<F: Family>(world: &mut World, call: &Call<'_>) -> Outcome {
    page::<F>(world, call, found::<F>(world, call)?)
}

/// Source: run-inputs §2, §3 [CORE]: a bare list of what the caller may run, without a page around it.
pub(crate) fn list_access<F: Family>(world: &mut World, call: &Call<'_>) -> Outcome {
    let page = Page::read(call.request, F::PAGING)?;
    let entities = page.cut(runnable::<F>(world, call)?);
    let items: Vec<Value> = entities.into_iter().map(|entity| F::view(world, entity)).collect();
    Ok(Reply::Enveloped(json!(items)))
}

/// What is found and may be run by the caller.
pub(crate) fn runnable<'w, F: Family>(world: &'w World, call: &Call<'_>) -> Result<Vec<&'w Entity>, Failure> {
    let found = found::<F>(world, call)?;
    Ok(if call.may(Permission::Execute) {
        found
    } else {
        Vec::new()
    })
}

pub(crate) fn page<F: Family>(world: &World, call: &Call<'_>, found: Vec<&Entity>) -> Outcome {
    let page = Page::read(call.request, F::PAGING)?;
    let total = found.len();
    let content = page
        .cut(found)
        .into_iter()
        .map(|entity| F::view(world, entity))
        .collect();
    Ok(Reply::Enveloped(page_response(content, page, total)))
}

/// Source: harness-api §12.37 [CORE]: exactly the scope of the query, null included.
pub(crate) fn found<'w, F: Family>(world: &'w World, call: &Call<'_>) -> Result<Vec<&'w Entity>, Failure> {
    if call.parameter("tags").is_some() {
        return Err(Failure::not_simulated("a filter of tags in the query"));
    }
    let widened = !F::WIDENED_BY.is_empty() && call.parameter(F::WIDENED_BY) == Some("true");
    let scopes = if widened {
        call.scope.and_above()
    } else {
        vec![call.scope.clone()]
    };
    let parent = F::parent(call, &world.modes)?;
    let wanted = |entity: &&Entity| {
        entity.parent == parent
            && scopes.contains(&entity.scope)
            && entity.matches(call.parameter("searchTerm"))
            && F::passes(entity, call)
    };
    let mut found: Vec<&Entity> = world.store.everywhere(F::KIND).filter(wanted).collect();
    sort(&mut found, call.parameter("sort"));
    Ok(found)
}

/// Source: harness-api §4.1 [SDK] (`sort`); the form `field,ASC` and the default, newest first, are [CORE, weak].
pub(crate) fn sort(found: &mut [&Entity], order: Option<&str>) {
    let order = order.unwrap_or("createdAt,DESC");
    let (field, direction) = order.split_once(',').unwrap_or((order, "ASC"));
    let key = |entity: &Entity| match field {
        "name" => (0, entity.name()),
        "identifier" => (0, entity.identifier.clone()),
        "lastModifiedAt" | "lastUpdatedAt" => (entity.updated_at, String::new()),
        _ => (entity.created_at, String::new()),
    };
    match direction.eq_ignore_ascii_case("DESC") {
        true => found.sort_by_key(|entity| std::cmp::Reverse(key(entity))),
        false => found.sort_by_key(|entity| key(entity)),
    }
}

pub(crate) fn get<F: Family>(world: &mut World, call: &Call<'_>) -> Outcome {
    let parent = F::parent(call, &world.modes)?;
    let entity = world
        .store
        .get(F::KIND, &call.scope, parent, call.capture(0), &world.modes)?;
    Ok(Reply::Enveloped(F::view(world, entity)))
}

pub(crate) fn create<F: Family>(world: &mut World, call: &Call<'_>) -> Outcome {
    let draft = draft::<F>(world, call)?;
    let created = world
        .store
        .create(draft, call.now, &mut world.random, &world.modes)?
        .clone();
    Ok(Reply::Enveloped(F::view(world, &created)))
}

/// Source: harness-api §4.1 [SDK]: the identifier stands in the body; §12.13 [CORE]: another version than `If-Match` is
/// refused.
pub(crate) fn update<F: Family>(world: &mut World, call: &Call<'_>) -> Outcome {
    let draft = draft::<F>(world, call)?;
    let updated = world
        .store
        .update(draft, call.request.header("if-match"), call.now, &world.modes)?
        .clone();
    Ok(Reply::Enveloped(F::view(world, &updated)))
}

/// Source: harness-api §4.1 [SDK]: services and environments alone have it.
pub(crate) fn upsert<F: Family>(world: &mut World, call: &Call<'_>) -> Outcome {
    let draft = draft::<F>(world, call)?;
    match world
        .store
        .find(F::KIND, &draft.scope, &draft.parent, &draft.identifier)
    {
        Some(_) => update::<F>(world, call),
        None => create::<F>(world, call),
    }
}

pub(crate) fn delete<F: Family>(world: &mut World, call: &Call<'_>) -> Outcome {
    let (parent, if_match) = (F::parent(call, &world.modes)?, call.request.header("if-match"));
    world
        .store
        .delete(F::KIND, &call.scope, parent, call.capture(0), if_match, &world.modes)?;
    Ok(Reply::Enveloped(json!(true)))
}

/// What services, environments and infrastructure definitions show under a key of their own, with their times.
/// Source: harness-api §4.1 [SDK].
pub(crate) fn wrapped(wrapper: &str, entity: &Entity, own: &[&str]) -> Value {
    let mut inner = entity.scope.fields("accountId");
    let written = Some(&entity.yaml).filter(|yaml| !yaml.is_empty());
    inner.extend([
        ("identifier".to_owned(), json!(entity.identifier)),
        ("name".to_owned(), json!(entity.name())),
        (
            "description".to_owned(),
            entity.body.get("description").cloned().unwrap_or_default(),
        ),
        ("tags".to_owned(), entity.tags()),
        ("yaml".to_owned(), json!(written)),
        ("storeType".to_owned(), json!("INLINE")),
    ]);
    inner.extend(
        own.iter()
            .map(|key| ((*key).to_owned(), entity.body.get(*key).cloned().unwrap_or_default())),
    );
    let inner = without_nulls(Value::Object(inner));
    json!({ wrapper: inner, "createdAt": entity.created_at, "lastModifiedAt": entity.updated_at })
}

/// The YAML that asks for what an entity's own YAML leaves open, under another root; `None` where nothing is open.
/// Source: run-inputs §3 [CORE].
pub(crate) fn asked(entity: &Entity, root: &str) -> Option<String> {
    let pruned = open_inputs(entity)?;
    Some(yaml::write(&json!({ root: pruned })))
}

/// What an entity's own YAML leaves open, without its root.
pub(crate) fn open_inputs(entity: &Entity) -> Option<Value> {
    let document = yaml::read(&entity.yaml).ok()?;
    template::prune(&document)?.get(entity.kind.root()).cloned()
}

/// Source: run-inputs §2 [CORE]: `inputSetTemplateYaml` is absent where nothing is asked.
pub(crate) fn template_reply(template: Option<String>) -> Reply {
    Reply::Enveloped(without_nulls(json!({ "inputSetTemplateYaml": template })))
}
