//! The stages of a pipeline: all, or the ones that a run chooses.
//!
//! Source: run-inputs §1.2, §1.5 [CORE StagesExecutionHelper, InputSetTemplateHelper].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::element::Fields;
use super::expressions;
use super::problem::Problem;

/// Every stage in its order, those of a `parallel` one after the other.
pub(crate) fn all(pipeline: &Value) -> Vec<&Fields> {
    let items = pipeline.get("stages").and_then(Value::as_array).into_iter().flatten();
    items.flat_map(of_item).collect()
}

fn of_item(item: &Value) -> Vec<&Fields> {
    let group = item.get("parallel").and_then(Value::as_array);
    let items = group.map_or(std::slice::from_ref(item), Vec::as_slice);
    items.iter().filter_map(|item| item.get("stage")?.as_object()).collect()
}

pub(crate) fn text<'a>(stage: &'a Fields, key: &str) -> &'a str {
    stage.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The modules whose stages a pipeline has. Source: harness-api §12.41 [CORE]: `pms` alone without CD and CI stages.
pub(crate) fn modules(pipeline: &Value) -> Vec<&'static str> {
    let stages = all(pipeline);
    let has = |kind: &str| stages.iter().any(|stage| text(stage, "type") == kind);
    let modules = [("cd", has("Deployment")), ("ci", has("CI")), ("pms", true)];
    modules
        .into_iter()
        .filter_map(|(module, there)| there.then_some(module))
        .collect()
}

/// The pipeline with the chosen stages alone; unknown identifiers are ignored, and with none chosen it is whole.
///
/// # Errors
/// None of the chosen stages is there.
pub(crate) fn choose(pipeline: &Value, chosen: &[String]) -> Result<Value, Problem> {
    if chosen.is_empty() {
        return Ok(pipeline.clone());
    }
    if pipeline.get("stages").is_none() && pipeline.get("template").is_some() {
        return Err(Problem::Unknown(
            "chosen stages of a pipeline whose stages are in a template".to_owned(),
        ));
    }
    let is_chosen = |stage: &Fields| chosen.iter().any(|id| id == text(stage, "identifier"));
    let items = pipeline.get("stages").and_then(Value::as_array).into_iter().flatten();
    let kept: Vec<Value> = items.filter_map(|item| chosen_part(item, &is_chosen)).collect();
    if kept.is_empty() {
        let message =
            "All the stages asked to be executed either don't exist or they have been deleted from the pipeline";
        return Err(Problem::Invalid(message.to_owned()));
    }
    let mut reduced = pipeline.clone();
    if let Some(fields) = reduced.as_object_mut() {
        fields.insert("stages".to_owned(), Value::Array(kept));
    }
    Ok(reduced)
}

fn chosen_part(item: &Value, is_chosen: &dyn Fn(&Fields) -> bool) -> Option<Value> {
    let holds = |item: &Value| item.get("stage").and_then(Value::as_object).is_some_and(is_chosen);
    match item.get("parallel").and_then(Value::as_array) {
        None => holds(item).then(|| item.clone()),
        Some(group) => {
            let kept: Vec<&Value> = group.iter().filter(|item| holds(item)).collect();
            (!kept.is_empty()).then(|| json!({ "parallel": kept }))
        }
    }
}

/// The chosen stages as the template is made from them: without the codebase where none of them clones it.
pub(crate) fn choose_for_template(pipeline: &Value, chosen: &[String]) -> Result<Value, Problem> {
    let mut reduced = choose(pipeline, chosen)?;
    let clones = all(&reduced).into_iter().any(clones);
    if !chosen.is_empty()
        && !clones
        && let Some(fields) = reduced.as_object_mut()
    {
        fields.remove("properties");
    }
    Ok(reduced)
}

fn clones(stage: &Fields) -> bool {
    let clone = stage.get("spec").and_then(|spec| spec.get("cloneCodebase"));
    clone.is_some_and(|clone| clone != &json!(false))
}

/// The pipeline as a run of chosen stages takes it, with the values for the expressions that read other stages.
///
/// # Errors
/// The pipeline does not allow it, a key is no expression, or none of the stages is there.
pub(crate) fn choose_for_run(
    pipeline: &Value,
    chosen: &[String],
    expression_values: &BTreeMap<String, String>,
) -> Result<Value, Problem> {
    if chosen.is_empty() {
        return Ok(pipeline.clone());
    }
    if pipeline.get("allowStageExecutions") != Some(&json!(true)) {
        let identifier = pipeline.get("identifier").and_then(Value::as_str).unwrap_or_default();
        let message = format!("Stage executions are not allowed for pipeline [{identifier}]");
        return Err(Problem::Invalid(message));
    }
    let reduced = choose(pipeline, chosen)?;
    expressions::replace(&reduced, expression_values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipeline() -> Value {
        let stage = |id: &str, kind: &str| json!({ "stage": { "identifier": id, "type": kind, "spec": { "x": "<+stages.a.y>" } } });
        json!({
            "identifier": "p", "allowStageExecutions": true, "properties": { "ci": {} },
            "stages": [stage("a", "Custom"), { "parallel": [stage("b", "Deployment"), stage("c", "Custom")] }],
        })
    }

    fn identifiers(pipeline: &Value) -> Vec<&str> {
        all(pipeline)
            .into_iter()
            .map(|stage| text(stage, "identifier"))
            .collect()
    }

    fn chosen(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    /// run-inputs §1.2, §1.5
    #[test]
    fn chosen_stages_stay_where_they_stand() {
        let pipeline = pipeline();
        assert_eq!(identifiers(&pipeline), ["a", "b", "c"]);
        assert_eq!(modules(&pipeline), ["cd", "pms"]);
        let reduced = choose_for_template(&pipeline, &chosen(&["c", "unknown"])).unwrap();
        assert_eq!(
            reduced.pointer("/stages/0/parallel/0/stage/identifier"),
            Some(&json!("c"))
        );
        assert_eq!(identifiers(&reduced), ["c"]);
        assert_eq!(reduced.get("properties"), None);
        assert_eq!(choose_for_template(&pipeline, &[]).unwrap(), pipeline);
    }

    /// run-inputs §1.2
    #[test]
    fn the_codebase_stays_where_a_chosen_stage_clones_it() {
        let mut pipeline = pipeline();
        pipeline["stages"][0]["stage"]["spec"]["cloneCodebase"] = json!(true);
        assert!(
            choose_for_template(&pipeline, &chosen(&["a"]))
                .unwrap()
                .get("properties")
                .is_some()
        );
        assert!(
            choose_for_template(&pipeline, &chosen(&["b"]))
                .unwrap()
                .get("properties")
                .is_none()
        );
    }

    /// run-inputs §1.5: the three 400s, and the empty list.
    #[test]
    fn a_run_of_chosen_stages_has_three_refusals() {
        let mut pipeline = pipeline();
        let values = |key: &str| BTreeMap::from([(key.to_owned(), "v".to_owned())]);
        let run = |pipeline: &Value, ids: &[&str], key: &str| choose_for_run(pipeline, &chosen(ids), &values(key));
        let refused = |outcome: Result<Value, Problem>, start: &str| match outcome {
            Err(Problem::Invalid(message)) => assert!(message.starts_with(start), "{message}"),
            other => panic!("{other:?}"),
        };
        let reduced = run(&pipeline, &["b"], "<+stages.a.y>").unwrap();
        assert_eq!(reduced.pointer("/stages/0/parallel/0/stage/spec/x"), Some(&json!("v")));
        refused(run(&pipeline, &["z"], "<+x>"), "All the stages asked to be executed");
        refused(
            run(&pipeline, &["b"], "stages.a.y"),
            "stages.a.y is not a syntactically valid pipeline expression",
        );
        pipeline["allowStageExecutions"] = json!(false);
        refused(
            run(&pipeline, &["b"], "<+x>"),
            "Stage executions are not allowed for pipeline [p]",
        );
        assert_eq!(run(&pipeline, &[], "<+x>").unwrap(), pipeline);
    }
}
