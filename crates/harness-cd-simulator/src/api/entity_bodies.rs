//! What the bodies of calls about services, environments and their kin say.

use serde_json::{Value, json};

use super::entities::Family;
use super::route::{Call, check_scope};
use crate::state::entity::{Entity, Kind};
use crate::state::scope::Scope;
use crate::tables::yaml::{self, scalar_text};
use crate::wire::body::read_value;
use crate::wire::respond::Failure;
use crate::world::World;

/// The entity that a body describes.
///
/// Source: harness-api §4.1 [SDK]: organization and project travel in the body, and what is left out is a scope above
/// (§11.6); §12.20 [CORE]: what is missing is bean validation.
pub(crate) fn draft<F: Family>(world: &World, call: &Call<'_>) -> Result<Entity, Failure> {
    if call.parameter("storeType") == Some("REMOTE") {
        return Err(Failure::not_simulated(
            "entities other than pipelines that are stored in git",
        ));
    }
    let body = read_value(&call.request.body)?;
    let fields = if F::KIND == Kind::Connector {
        body.get("connector").unwrap_or(&Value::Null)
    } else {
        &body
    };
    let text = |key: &str| fields.get(key).map(scalar_text).unwrap_or_default();
    if let Some(missing) = F::NEEDED.iter().find(|key| text(key).is_empty()) {
        return Err(Failure::must_not_be_null(missing));
    }
    F::check(fields)?;
    let named = |key: &str| Some(text(key)).filter(|text| !text.is_empty());
    let scope = Scope {
        account: call.scope.account.clone(),
        org: named("orgIdentifier"),
        project: named("projectIdentifier"),
    };
    check_scope(world, &call.at(scope.clone()), &call.scope.account)?;
    let written = text("yaml");
    let document = document(F::KIND, fields, &written)?;
    Entity::new(F::KIND, scope, &written, &document).map_err(Failure::invalid)
}

/// The body's own fields stand above those of its `yaml`, which must be about the same entity [CORE, weak].
fn document(kind: Kind, fields: &Value, written: &str) -> Result<Value, Failure> {
    let mut document = match written {
        "" => json!({ kind.root(): {} }),
        written => yaml::read(written).map_err(|problem| Failure::new(400, "INVALID_YAML_ERROR", problem))?,
    };
    let root = kind.root();
    let Some(Value::Object(own)) = document.get_mut(root) else {
        return Err(Failure::invalid(format!("the yaml must be rooted at \"{root}\"")));
    };
    if own
        .get("identifier")
        .is_some_and(|identifier| fields.get("identifier") != Some(identifier))
    {
        return Err(Failure::invalid(
            "the identifier of the request does not match that of the yaml",
        ));
    }
    let fields = fields
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, value)| *key != "yaml" && !value.is_null());
    own.extend(fields.map(|(key, value)| (key.clone(), value.clone())));
    Ok(document)
}

/// The references of `[{ref, branch}]` in a body, the newer form of a list of identifiers (run-inputs §2, §3).
pub(crate) fn refs_with_git(body: &Value, key: &str) -> Option<Vec<String>> {
    let list = body.get(key)?.as_array()?;
    Some(
        list.iter()
            .filter_map(|item| item.get("ref"))
            .map(scalar_text)
            .collect(),
    )
}
