//! Walking through a pipeline's stages and steps, whatever groups and parallel blocks they stand in.

use harness_cd_yaml::{At, Node};

/// A stage, out of its wrapper.
pub(crate) struct Stage<'n> {
    pub(crate) body: At<'n>,
}

/// The stages of a pipeline in file order, parallel ones included.
pub(crate) fn stages<'n>(pipeline: &At<'n>) -> Vec<Stage<'n>> {
    pipeline
        .get("stages")
        .map(|list| unwrapped(&list, "stage"))
        .unwrap_or_default()
        .into_iter()
        .map(|body| Stage { body })
        .collect()
}

/// The bodies of a list's items, each under a wrapping key; items of `parallel` blocks in their place.
pub(crate) fn unwrapped<'n>(list: &At<'n>, wrapper: &str) -> Vec<At<'n>> {
    list.items()
        .flat_map(|item| match (item.get(wrapper), item.get("parallel")) {
            (Some(body), _) => vec![body],
            (None, Some(parallel)) => parallel.items().filter_map(|item| item.get(wrapper)).collect(),
            (None, None) => Vec::new(),
        })
        .collect()
}

/// Every step below a node, in file order, with its type.
pub(crate) fn step_types<'n>(at: &At<'n>) -> impl Iterator<Item = (At<'n>, &'n str)> {
    let mut found = Vec::new();
    at.node.walk(&mut |pointer: &str, node: &'n Node| {
        if pointer.ends_with("/step")
            && let Some(kind) = node.get("type").and_then(Node::text)
        {
            found.push((
                At {
                    node,
                    pointer: format!("{}{pointer}", at.pointer),
                },
                kind,
            ));
        }
    });
    found.into_iter()
}
