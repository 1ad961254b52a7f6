//! Looping strategies: matrix, repeat and parallelism.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::tables::expression::{self, Context};
use crate::tables::invented::MOST_NODES;
use crate::tables::reading::text;
use crate::tables::yaml::scalar_text;

/// How often something runs, and with what. Source: run-inputs §9 [CORE: any matrix, repeat or parallelism object].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Looping {
    kind: LoopKind,
    /// How many at once; all of them for 0.
    pub(crate) at_once: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum LoopKind {
    /// Axes with their values, in the order of their names.
    Matrix {
        axes: Vec<(String, Vec<String>)>,
        exclude: Vec<Vec<(String, String)>>,
    },
    Repeat {
        items: Vec<String>,
    },
    Parallelism {
        count: usize,
    },
}

/// One pass of a loop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Iteration {
    pub(crate) index: usize,
    pub(crate) total: usize,
    /// Positions on the axes of a matrix.
    pub(crate) combination: Vec<usize>,
    /// Values by the name of the axis; of a repeat, its item.
    pub(crate) values: Vec<(String, String)>,
    /// Whether a matrix made it.
    pub(crate) of_matrix: bool,
}

impl Iteration {
    /// Adds what the pass's expressions know.
    pub(crate) fn enrich(&self, context: &mut Context) {
        context.insert("strategy.iteration".to_owned(), self.index.to_string());
        context.insert("strategy.iterations".to_owned(), self.total.to_string());
        for (name, value) in &self.values {
            let key = if self.of_matrix {
                format!("matrix.{name}")
            } else {
                format!("repeat.{name}")
            };
            context.insert(key, value.clone());
        }
    }
}

impl Looping {
    /// Reads the `strategy` of a stage, a step or a group.
    pub(crate) fn read(node: &Value) -> Option<Self> {
        let strategy = node.get("strategy")?;
        let at_once = |pointer: &str| text(strategy, pointer).and_then(|text| text.parse().ok()).unwrap_or(0);
        if let Some(Value::Object(matrix)) = strategy.get("matrix") {
            let axes = matrix
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "exclude" | "maxConcurrency" | "nodeName"));
            return Some(Self {
                kind: LoopKind::Matrix {
                    axes: axes.map(|(name, values)| (name.clone(), axis(values))).collect(),
                    exclude: matrix
                        .get("exclude")
                        .and_then(Value::as_array)
                        .into_iter()
                        .flatten()
                        .map(pairs)
                        .collect(),
                },
                at_once: at_once("/matrix/maxConcurrency"),
            });
        }
        if let Some(repeat) = strategy.get("repeat") {
            let times: usize = text(repeat, "/times").and_then(|text| text.parse().ok()).unwrap_or(0);
            let items = match repeat.get("items") {
                Some(items) => axis(items),
                // One more than can run is enough to tell that it is too many.
                None => (0..times.min(MOST_NODES + 1)).map(|index| index.to_string()).collect(),
            };
            return Some(Self {
                kind: LoopKind::Repeat { items },
                at_once: at_once("/repeat/maxConcurrency"),
            });
        }
        let count = text(strategy, "/parallelism")?.parse().ok()?;
        Some(Self {
            kind: LoopKind::Parallelism { count },
            at_once: at_once("/maxConcurrency"),
        })
    }

    /// The node type of the loop in a layout. `MATRIX` was seen (runtime-inputs, history payloads), the others follow it
    /// [weak].
    pub(crate) fn node_type(&self) -> &'static str {
        match self.kind {
            LoopKind::Matrix { .. } => "MATRIX",
            LoopKind::Repeat { .. } => "LOOP",
            LoopKind::Parallelism { .. } => "PARALLELISM",
        }
    }

    /// How many passes there are at most, without making them.
    pub(crate) fn most(&self, context: &Context) -> usize {
        let values = |values: &[String]| values.iter().map(|value| resolved(value, context).len()).sum::<usize>();
        match &self.kind {
            LoopKind::Matrix { axes, .. } => axes
                .iter()
                .fold(1, |product: usize, (_, axis)| product.saturating_mul(values(axis))),
            LoopKind::Repeat { items } => values(items),
            LoopKind::Parallelism { count } => *count,
        }
    }

    /// Every pass, with its expressions resolved.
    pub(crate) fn iterations(&self, context: &Context) -> Vec<Iteration> {
        let mut passes: Vec<Iteration> = match &self.kind {
            LoopKind::Matrix { axes, exclude } => matrix(axes, exclude, context),
            LoopKind::Repeat { items } => {
                let items = items.iter().flat_map(|item| resolved(item, context));
                items
                    .map(|item| Iteration {
                        values: vec![("item".to_owned(), item)],
                        ..Iteration::default()
                    })
                    .collect()
            }
            LoopKind::Parallelism { count } => (0..*count).map(|_| Iteration::default()).collect(),
        };
        let total = passes.len();
        for (index, pass) in passes.iter_mut().enumerate() {
            (pass.index, pass.total) = (index, total);
        }
        passes
    }
}

/// The values of an axis: a list, or a text that is resolved and split at commas later.
fn axis(values: &Value) -> Vec<String> {
    match values {
        Value::Array(values) => values.iter().map(scalar_text).collect(),
        other => vec![scalar_text(other)],
    }
}

fn pairs(excluded: &Value) -> Vec<(String, String)> {
    let fields = excluded.as_object().into_iter().flatten();
    fields.map(|(key, value)| (key.clone(), scalar_text(value))).collect()
}

/// The values behind a text: an expression gives them joined by commas, with or without JEXL's `split` on it.
fn resolved(value: &str, context: &Context) -> Vec<String> {
    let plain = value.replace(".split(\",\")>", ">").replace(".split(',')>", ">");
    let text = expression::resolve(&plain, context);
    match value.contains("<+") && !text.contains("<+") {
        true => text.split(',').map(|part| part.trim().to_owned()).collect(),
        false => vec![text],
    }
}

fn matrix(axes: &[(String, Vec<String>)], exclude: &[Vec<(String, String)>], context: &Context) -> Vec<Iteration> {
    let mut passes = vec![Iteration {
        of_matrix: true,
        ..Iteration::default()
    }];
    for (name, values) in axes {
        let values: Vec<String> = values.iter().flat_map(|value| resolved(value, context)).collect();
        let extend = |pass: Iteration| {
            let with = |(position, value): (usize, &String)| {
                let mut next = pass.clone();
                next.combination.push(position);
                next.values.push((name.clone(), value.clone()));
                next
            };
            values.iter().enumerate().map(with).collect::<Vec<_>>()
        };
        passes = passes.into_iter().flat_map(extend).collect();
    }
    let is_excluded = |pass: &Iteration| {
        exclude
            .iter()
            .any(|pairs| !pairs.is_empty() && pairs.iter().all(|pair| pass.values.contains(pair)))
    };
    passes.retain(|pass| !pass.values.is_empty() && !is_excluded(pass));
    passes
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn values(strategy: Value) -> Vec<String> {
        let context = Context::from([("pipeline.variables.regions".to_owned(), "eu, us".to_owned())]);
        let looping = Looping::read(&json!({ "strategy": strategy })).unwrap();
        let joined = |pass: Iteration| {
            pass.values
                .iter()
                .map(|(_, value)| value.as_str())
                .collect::<Vec<_>>()
                .join("-")
        };
        looping.iterations(&context).into_iter().map(joined).collect()
    }

    #[test]
    fn a_matrix_has_every_combination_but_the_excluded_ones() {
        let matrix = json!({ "matrix": { "env": ["int", "prod"], "region": ["eu", "us"], "maxConcurrency": 1,
            "exclude": [{ "env": "int", "region": "us" }] } });
        assert_eq!(values(matrix), ["int-eu", "prod-eu", "prod-us"]);
        assert_eq!(
            values(json!({ "matrix": { "region": "<+pipeline.variables.regions>" } })),
            ["eu", "us"]
        );
    }

    #[test]
    fn a_repeat_has_its_items_and_a_parallelism_its_count() {
        assert_eq!(values(json!({ "repeat": { "items": ["a", "b,c"] } })), ["a", "b,c"]);
        for items in [
            "<+pipeline.variables.regions>",
            "<+pipeline.variables.regions.split(\",\")>",
        ] {
            assert_eq!(values(json!({ "repeat": { "items": items } })), ["eu", "us"]);
        }
        assert_eq!(
            values(json!({ "repeat": { "items": "<+a.join(b,c)>" } })),
            ["<+a.join(b,c)>"]
        );
        assert_eq!(values(json!({ "repeat": { "times": 2 } })), ["0", "1"]);
        assert_eq!(values(json!({ "parallelism": 3 })).len(), 3);
        assert_eq!(Looping::read(&json!({ "strategy": "<+input>" })), None);
    }
}
