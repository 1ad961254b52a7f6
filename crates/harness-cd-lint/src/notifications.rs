//! Notification rules of pipelines.

use harness_cd_model::words::did_you_mean;

use crate::place::{Faults, Place};

/// Harness's word for every stage.
const ALL_STAGES: &str = "AllStages";

/// What is told of a stage names one.
pub(crate) fn no_stage<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.is_at("/ pipeline notificationRules pipelineEvents forStages []") {
        return;
    }
    let (Some(pipeline), Some(named)) = (&place.outline.pipeline, place.literal()) else {
        return;
    };
    if named == ALL_STAGES || pipeline.stages.contains_key(named) {
        return;
    }
    let stages = || pipeline.stages.keys().copied();
    let known = || format!("the stages are {}", stages().collect::<Vec<_>>().join(", "));
    let hint = did_you_mean(named, stages().chain([ALL_STAGES])).unwrap_or_else(known);
    faults.add(
        place.node,
        format!("the pipeline has no stage `{named}`, so that nothing is told"),
        hint,
    );
}
