//! What every answer about a pipeline tells: its stages, and where its YAML lies.

use serde_json::{Value, json};

use crate::inputs::element::Fields;
use crate::inputs::stages;
use crate::state::entity::{Entity, GitPlace};
use crate::wire::respond::without_nulls;

/// The names of the stages in their order, those in parallel as well; an identifier where there is no name.
pub(crate) fn stage_names(body: &Value) -> Vec<&str> {
    stages::all(body).into_iter().map(stage_name).collect()
}

fn stage_name(stage: &Fields) -> &str {
    match stages::text(stage, "name") {
        "" => stages::text(stage, "identifier"),
        name => name,
    }
}

/// Source: harness-api §1.2 [SDK]: `gitDetails`; those of the old git sync (`repoIdentifier`, `rootFolder`) are left out.
pub(crate) fn git_details(place: &GitPlace, branch: Option<&str>, object_id: Option<&str>) -> Value {
    without_nulls(json!({
        "objectId": object_id, "branch": branch, "filePath": place.path, "repoName": place.repo,
    }))
}

/// `storeType`, with `connectorRef` and `gitDetails` of a remote entity.
pub(crate) fn store_fields(entity: &Entity, git_details: Value) -> Vec<(&'static str, Value)> {
    match &entity.git {
        None => vec![("storeType", json!("INLINE"))],
        Some(place) => vec![
            ("storeType", json!("REMOTE")),
            ("connectorRef", json!(place.connector)),
            ("gitDetails", git_details),
        ],
    }
}
