//! The stages that a run may choose from.

use harness_cd_model::{PipelineStage, RuntimeInput};
use harness_cd_yaml::{Node, child_pointer, parse_text};

use crate::stages::{environment_references, may_deploy, steps};

/// The stages of a pipeline that allows its runs to choose among them, in order, parallel ones as they are written; none
/// of any other pipeline. `inputs` is what it asks for. Source: run-inputs §1.5.
#[must_use]
pub fn choosable_stages(pipeline: &str, inputs: &[RuntimeInput]) -> Vec<PipelineStage> {
    let Ok(document) = parse_text("pipeline.yaml", pipeline) else {
        return Vec::new();
    };
    let allowed = document.root.at(&["pipeline", "allowStageExecutions"]);
    if allowed.and_then(Node::as_bool) != Some(true) {
        return Vec::new();
    }
    let written = written_stages(&document.root);
    let identifiers: Vec<&str> = written.iter().map(|stage| stage.identifier).collect();
    let shaped = written.iter().map(|stage| PipelineStage {
        identifier: stage.identifier.to_owned(),
        name: stage
            .body
            .get("name")
            .and_then(Node::text)
            .unwrap_or(stage.identifier)
            .to_owned(),
        needs: stage.needs(&identifiers),
        gates: written
            .iter()
            .filter(|gate| gate.turn < stage.turn && gate.is_gate())
            .map(|gate| gate.identifier.to_owned())
            .collect(),
        deploys: may_deploy(stage.body),
        environments: stage.environments(),
        inputs: inputs
            .iter()
            .filter(|input| stage.asks_for(&input.pointer))
            .map(|input| input.pointer.clone())
            .collect(),
    });
    shaped.collect()
}

/// A stage as it is written.
struct Written<'n> {
    identifier: &'n str,
    body: &'n Node,
    pointer: String,
    /// When it runs: parallel stages have the same turn.
    turn: usize,
}

fn written_stages(root: &Node) -> Vec<Written<'_>> {
    let mut stages = Vec::new();
    let items = root.at(&["pipeline", "stages"]).into_iter().flat_map(Node::items);
    for (turn, item) in items.enumerate() {
        let pointer = child_pointer("/pipeline/stages", &turn.to_string());
        let wrapped = |item: &'_ Node| item.get("stage").is_some();
        match item.get("parallel") {
            Some(group) => {
                let pointer = child_pointer(&pointer, "parallel");
                for (place, item) in group.items().enumerate().filter(|(_, item)| wrapped(item)) {
                    stages.extend(written(item, &child_pointer(&pointer, &place.to_string()), turn));
                }
            }
            None => stages.extend(written(item, &pointer, turn)),
        }
    }
    stages
}

fn written<'n>(item: &'n Node, pointer: &str, turn: usize) -> Option<Written<'n>> {
    let body = item.get("stage")?;
    Some(Written {
        identifier: body.get("identifier")?.text()?,
        body,
        pointer: child_pointer(pointer, "stage"),
        turn,
    })
}

impl Written<'_> {
    /// The stages that it uses or reads, in the pipeline's order.
    fn needs(&self, identifiers: &[&str]) -> Vec<String> {
        let mut texts: Vec<&str> = Vec::new();
        let mut used: Vec<&str> = Vec::new();
        self.body.walk(&mut |_, node| {
            texts.extend(node.as_str());
            if let Some(from) = node.get("useFromStage") {
                used.extend(from.get("stage").unwrap_or(from).text());
            }
        });
        let is_needed = |stage: &&&str| {
            **stage != self.identifier && (used.contains(*stage) || texts.iter().any(|text| reads(text, stage)))
        };
        identifiers
            .iter()
            .filter(is_needed)
            .map(|stage| (*stage).to_owned())
            .collect()
    }

    /// The environments that it deploys to, and the pipeline names. Source: run-inputs §3.
    fn environments(&self) -> Vec<String> {
        let references = environment_references(self.body).into_iter();
        references
            .filter(|reference| !reference.contains("<+"))
            .map(str::to_owned)
            .collect()
    }

    /// Whether somebody approves in it, before something else: what is approved within a deployment guards that alone.
    fn is_gate(&self) -> bool {
        match self.body.get("type").and_then(Node::text) {
            Some("Approval") => true,
            Some("Deployment") => false,
            _ => steps(self.body)
                .iter()
                .filter_map(|step| step.get("type")?.text())
                .any(|kind| kind.ends_with("Approval")),
        }
    }

    /// Whether an input is asked for where it runs: its own, and the codebase where it clones it. Source: run-inputs
    /// §1.2.
    fn asks_for(&self, pointer: &str) -> bool {
        let is_below = |parent: &str| pointer.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'));
        let clones = self.body.at(&["spec", "cloneCodebase"]);
        let clones = clones.is_some_and(|clones| clones.as_bool() != Some(false));
        is_below(&self.pointer) || (clones && is_below("/pipeline/properties"))
    }
}

/// Whether a text holds an expression that reads a stage. Source: run-inputs §1.2.
fn reads(text: &str, stage: &str) -> bool {
    ["<+pipeline.stages.", "<+stages."].iter().any(|opener| {
        text.split(opener).skip(1).any(|rest| {
            rest.strip_prefix(stage)
                .is_some_and(|rest| rest.starts_with(['.', '[', '>']))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime_inputs;

    const PIPELINE: &str = "
pipeline:
  identifier: shop
  allowStageExecutions: true
  variables: [{name: tag, type: String, value: <+input>}]
  properties: {ci: {codebase: {build: <+input>}}}
  stages:
    - stage: {identifier: build, name: Build, type: CI, spec: {cloneCodebase: true, x: <+input>}}
    - parallel:
        - stage: {identifier: scan, type: Custom, spec: {y: '<+pipeline.stages.build.spec.out> and <+stages.builder.x>'}}
        - stage: {identifier: sign, type: Custom, spec: {execution: {steps: [{step: {type: JiraApproval}}]}}}
    - stage: {identifier: gate, type: Approval}
    - stage: {identifier: roll, type: Deployment, spec: {service: {useFromStage: {stage: scan}}, env: <+input>}}
";

    fn stages(pipeline: &str) -> Vec<PipelineStage> {
        choosable_stages(pipeline, &runtime_inputs("p", pipeline.as_bytes()).inputs)
    }

    #[test]
    fn a_stage_says_what_it_needs_what_guards_it_and_what_it_asks_for() {
        let brief: Vec<String> = stages(PIPELINE)
            .iter()
            .map(|stage| {
                let [needs, gates, inputs] = [&stage.needs, &stage.gates, &stage.inputs].map(|list| list.join(" "));
                format!(
                    "{} ({}) needs [{needs}], gates [{gates}], inputs [{inputs}]",
                    stage.identifier, stage.name
                )
            })
            .collect();
        assert_eq!(
            brief,
            [
                "build (Build) needs [], gates [], inputs [/pipeline/properties/ci/codebase/build \
                 /pipeline/stages/0/stage/spec/x]",
                "scan (scan) needs [build], gates [], inputs []",
                "sign (sign) needs [], gates [], inputs []",
                "gate (gate) needs [], gates [sign], inputs []",
                "roll (roll) needs [scan], gates [sign gate], inputs [/pipeline/stages/3/stage/spec/env]",
            ]
        );
    }

    #[test]
    fn a_stage_says_where_it_deploys_to_as_far_as_it_is_written_there() {
        let deploying = |spec: &str| {
            let stage = format!("stage: {{identifier: roll, type: Deployment, spec: {{{spec}}}}}");
            let pipeline = format!("pipeline: {{allowStageExecutions: true, stages: [{{{stage}}}]}}");
            stages(&pipeline).remove(0).environments
        };
        assert_eq!(deploying("environment: {environmentRef: prod}"), ["prod"]);
        let several = "environments: {values: [{environmentRef: a}, {environmentRef: org.b}]}";
        assert_eq!(deploying(several), ["a", "org.b"]);
        assert_eq!(deploying("environment: {environmentRef: <+input>}"), [""; 0]);
        assert_eq!(deploying("environment: {useFromStage: {stage: a}}"), [""; 0]);
    }

    #[test]
    fn a_stage_says_whether_it_deploys_or_may() {
        let deploys = |stage: &str| {
            let pipeline =
                format!("pipeline: {{allowStageExecutions: true, stages: [stage: {{identifier: x, {stage}}}]}}");
            stages(&pipeline).remove(0).deploys
        };
        for deploying in [
            "type: Deployment, spec: {service: {serviceRef: a}}",
            "type: Custom, spec: {environment: {environmentRef: <+input>}}",
            "type: Pipeline, spec: {pipeline: child}",
            "template: {templateRef: roll}",
            "template: {templateRef: roll, templateInputs: {type: Deployment}}",
        ] {
            assert!(deploys(deploying), "{deploying}");
        }
        for other in [
            "type: CI, spec: {}",
            "type: Approval",
            "type: Custom, spec: {execution: {steps: []}}",
            "template: {templateRef: scan, templateInputs: {type: Custom}}",
        ] {
            assert!(!deploys(other), "{other}");
        }
        let template = "pipeline: {allowStageExecutions: true, stages: [stage: {identifier: x, template: {templateRef: \
                        roll, templateInputs: {type: Deployment, spec: {environment: {environmentRef: prod}}}}}]}";
        assert_eq!(stages(template).remove(0).environments, ["prod"]);
    }

    #[test]
    fn where_it_is_not_allowed_there_is_nothing_to_choose_from() {
        for other in [
            PIPELINE.replace("allowStageExecutions: true", "allowStageExecutions: false"),
            PIPELINE.replace("  allowStageExecutions: true\n", ""),
            "pipeline: [".to_owned(),
        ] {
            assert_eq!(stages(&other), [], "{other}");
        }
    }
}
