//! Walking through a pipeline's stages and steps, whatever groups and parallel blocks they stand in.

use harness_cd_yaml::{At, Node, Value};

/// A stage, out of its wrapper.
pub(crate) struct Stage<'n> {
    pub(crate) body: At<'n>,
}

/// The stages of a pipeline in file order, parallel ones included.
pub(crate) fn stages<'n>(pipeline: &At<'n>) -> Vec<Stage<'n>> {
    let bodies = bodies(pipeline.node, "stages", "stage");
    bodies
        .into_iter()
        .map(|node| Stage {
            body: below(pipeline, node),
        })
        .collect()
}

/// Every step below a node, in file order, with its type.
pub(crate) fn step_types<'n>(at: &At<'n>) -> impl Iterator<Item = (At<'n>, &'n str)> {
    let typed = |node: &'n Node| Some((below(at, node), node.get("type")?.text()?));
    steps(at.node).into_iter().filter_map(typed)
}

fn below<'n>(at: &At<'n>, node: &'n Node) -> At<'n> {
    let pointer = at.node.pointer_to(node).unwrap_or_default();
    At {
        node,
        pointer: format!("{}{pointer}", at.pointer),
    }
}

/// What says of what type a stage is, and what it does: of a template its inputs, where it has some.
fn told(stage: &Node) -> Option<&Node> {
    match stage.get("template") {
        Some(template) => template.get("templateInputs"),
        None => Some(stage),
    }
}

/// Whether a stage deploys, or may: a chained pipeline and a template without inputs do not say what they do.
pub(crate) fn may_deploy(stage: &Node) -> bool {
    let Some(told) = told(stage) else { return true };
    let targets = ["environment", "environments", "environmentGroup"];
    match told.get("type").and_then(Node::text) {
        Some("Deployment" | "Pipeline") | None => true,
        Some(_) => targets.iter().any(|target| told.at(&["spec", target]).is_some()),
    }
}

/// What a stage refers to its environments by, as far as it stands there.
pub(crate) fn environment_references(stage: &Node) -> Vec<&str> {
    let spec = told(stage).and_then(|told| told.get("spec"));
    let several = spec.and_then(|spec| spec.at(&["environments", "values"]));
    let one = spec.and_then(|spec| spec.get("environment"));
    let all = several.into_iter().flat_map(Node::items).chain(one);
    all.filter_map(|environment| environment.get("environmentRef")?.text())
        .collect()
}

/// The infrastructure definitions that a stage names.
pub(crate) fn infrastructures<'n>(stage: &At<'n>) -> Vec<At<'n>> {
    let spec = stage.get("spec");
    let one = spec.as_ref().and_then(|spec| spec.get("environment"));
    let several = spec.and_then(|spec| spec.get("environments")?.get("values"));
    let all = several.iter().flat_map(At::items).chain(one);
    let lists = all.filter_map(|environment| environment.get("infrastructureDefinitions"));
    let items = lists.flat_map(|list| list.items().collect::<Vec<_>>());
    items.filter_map(|item| item.get("identifier")).collect()
}

/// The bodies in the list under a key, each under a wrapping key; items of `parallel` blocks in their place.
#[must_use]
pub fn bodies<'n>(node: &'n Node, list: &str, wrapper: &str) -> Vec<&'n Node> {
    let mut found = Vec::new();
    for item in node.get(list).into_iter().flat_map(Node::items) {
        match (item.get(wrapper), item.get("parallel")) {
            (Some(body), _) => found.push(body),
            (None, Some(parallel)) => found.extend(parallel.items().filter_map(|item| item.get(wrapper))),
            (None, None) => {}
        }
    }
    found
}

/// Every step below a node, in file order.
#[must_use]
pub fn steps(node: &Node) -> Vec<&Node> {
    let mut found = Vec::new();
    collect(node, &["step"], &mut found);
    found
}

/// Every step and step group below a node, in file order.
#[must_use]
pub fn steps_and_groups(node: &Node) -> Vec<&Node> {
    let mut found = Vec::new();
    collect(node, &["step", "stepGroup"], &mut found);
    found
}

fn collect<'n>(node: &'n Node, wrappers: &[&str], found: &mut Vec<&'n Node>) {
    for entry in node.entries() {
        if wrappers.contains(&entry.name()) && matches!(entry.value.value, Value::Mapping(_)) {
            found.push(&entry.value);
        }
        collect(&entry.value, wrappers, found);
    }
    for item in node.items() {
        collect(item, wrappers, found);
    }
}
