use serde::Serialize;

use crate::members::read_members;

/// A stage of a pipeline whose runs may choose among its stages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PipelineStage {
    /// The stage's identifier.
    pub identifier: String,
    /// The stage's name.
    pub name: String,
    /// The stages that it uses or reads: without them it cannot run.
    pub needs: Vec<String>,
    /// The stages before it in which somebody approves.
    pub gates: Vec<String>,
    /// Whether it deploys. One of a template or of another pipeline, which is not read with it, may.
    pub deploys: bool,
    /// The environments that it deploys to, as far as the pipeline names them: references to Harness's.
    pub environments: Vec<String>,
    /// The pointers of the inputs that are asked for where it runs; what was chosen there asks for below one of them. An
    /// input of no stage is always asked for.
    pub inputs: Vec<String>,
}

read_members!(PipelineStage, "a stage of a pipeline", {
    "identifier" = identifier,
    "name" = name,
    "needs" = needs,
    "gates" = gates,
    "deploys" = deploys,
    "environments" = environments,
    "inputs" = inputs,
});
