//! What Harness's schemas say, as a table of facts that lint reads.
//!
//! The schemas themselves stay where they are: beside the checkout, or where `HARNESS_CD_SCHEMAS` says. What is taken
//! from them is which keys, types, words, forms and numbers hold where; no sentence of theirs.
//!
//! A schema is read as a conjunction of facts. What `allOf` and references put together becomes one node; what a type
//! alone decides is put into the node of that type; nodes that say the same are one. How a node is written, the reader
//! of the table says: `harness-cd-lint/src/schema/table.rs`.

mod graph;
mod print;

use std::path::PathBuf;
use std::{env, fs};

use serde_json::{Value, json};

use self::graph::Graph;
use crate::{Context, Failure, Result, workspace};

/// The schema files, each with the key by which such an entity starts.
const SCHEMAS: [(&str, &str); 7] = [
    ("pipeline", "pipeline.json"),
    ("trigger", "trigger.json"),
    ("service", "service.json"),
    ("environment", "environment.json"),
    ("infrastructureDefinition", "infrastructure.json"),
    ("connector", "connector.json"),
    ("secret", "secret.json"),
];

/// What an account or an organization may have as well as a project. The schemas are those of projects and ask for both
/// identifiers; without `projectIdentifier` such an entity is of its organization, without either of its account.
/// Source: Harness's MCP server, `src/registry/scope-utils.ts`; it has a schema of each for every level.
const AT_ANY_LEVEL: [&str; 4] = ["environment", "infrastructureDefinition", "connector", "secret"];

/// Where the schemas are looked for.
pub(super) const PLACE: &str = "../shared/schemas, or where HARNESS_CD_SCHEMAS says";

/// The folder of the schemas; `None` where there is none.
fn folder() -> Result<Option<PathBuf>> {
    let named = env::var_os("HARNESS_CD_SCHEMAS").map(PathBuf::from);
    let folder = match named {
        Some(folder) => folder,
        None => workspace::root()?.join("../shared/schemas"),
    };
    Ok(folder.is_dir().then_some(folder))
}

/// The table; `None` where there are no schemas to make it from.
pub(super) fn table() -> Result<Option<String>> {
    let Some(folder) = folder()? else { return Ok(None) };
    let mut schemas = Vec::new();
    for (kind, name) in SCHEMAS {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).context(&format!("read {}", path.display()))?;
        let mut schema: Value = serde_json::from_str(&text).context(&format!("read {}", path.display()))?;
        if AT_ANY_LEVEL.contains(&kind) {
            allow_any_level(kind, &mut schema)?;
        }
        schemas.push((kind, schema));
    }
    let mut graph = Graph::default();
    for (kind, schema) in &schemas {
        graph.add(kind, schema)?;
    }
    Ok(Some(print::table(&graph.minimal())))
}

/// Asks for an organization alone where a project is named, which only an organization has.
fn allow_any_level(kind: &str, schema: &mut Value) -> Result<()> {
    let unexpected = || {
        Failure::new(format!(
            "the schema of `{kind}` asks for no level where it is expected to"
        ))
    };
    let reference = schema
        .pointer(&format!("/properties/{kind}/$ref"))
        .and_then(Value::as_str);
    let pointer = reference
        .and_then(|reference| reference.strip_prefix('#'))
        .map(str::to_owned);
    let body = schema
        .pointer_mut(&pointer.ok_or_else(unexpected)?)
        .ok_or_else(unexpected)?;
    let required = body
        .get_mut("required")
        .and_then(Value::as_array_mut)
        .ok_or_else(unexpected)?;
    required.retain(|name| name != "orgIdentifier" && name != "projectIdentifier");
    body["dependencies"] = json!({ "projectIdentifier": { "required": ["orgIdentifier"] } });
    Ok(())
}
