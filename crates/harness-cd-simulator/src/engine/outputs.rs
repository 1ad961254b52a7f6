//! The output variables of a script.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::tables::invented;
use crate::tables::reading::{items, text};

/// An output variable as the step declares it, and what its script leaves in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) is_secret: bool,
    /// Expressions as written.
    pub(crate) value: String,
}

/// The output variables of a ShellScript step; it has an outcome where it declares none, too.
///
/// Source: harness-api §3.6 [HUB: platform/pipelines/pipeline-execution-graph; CORE: `ShellScriptOutcome`]: `value` names
/// a variable of the shell, and one that was never set gives an empty text.
pub(crate) fn outputs(kind: &str, step: &Value) -> Option<Vec<Output>> {
    let script = text(step, "/spec/source/spec/script").unwrap_or_default();
    let output = |declared: &Value| {
        let name = text(declared, "/name")?;
        let variable = text(declared, "/value").unwrap_or_else(|| name.clone());
        Some(Output {
            is_secret: text(declared, "/type").as_deref() == Some("Secret"),
            value: invented::shell_variable(&script, &variable),
            name,
        })
    };
    (kind == "ShellScript").then(|| items(step, "/spec/outputVariables").iter().filter_map(output).collect())
}
