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

use serde_json::Value;

use self::graph::Graph;
use crate::{Context, Result, workspace};

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
        let schema: Value = serde_json::from_str(&text).context(&format!("read {}", path.display()))?;
        schemas.push((kind, schema));
    }
    let mut graph = Graph::default();
    for (kind, schema) in &schemas {
        graph.add(kind, schema)?;
    }
    Ok(Some(print::table(&graph.minimal())))
}
