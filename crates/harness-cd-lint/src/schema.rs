//! What Harness's own schemas refuse, and the keys of which they know nothing.
//!
//! The facts stand in a table that `cargo xtask codegen` makes from the schemas. A document is walked by it once, and
//! each rule takes what is its own: one sentence for each fault, where the fault is. Of several alternatives the one is
//! judged that the `type` chooses, or the kind of the value.

mod editor;
mod judge;
mod keys;
mod pattern;
mod places;
mod table;
mod tell;

use std::collections::BTreeSet;

use harness_cd_model::words::did_you_mean;
use harness_cd_yaml::{Node, Value};

use self::judge::Judge;
use self::keys::Above;
use self::table::{TABLE, Table};
use crate::place::{Fault, Faults, type_of};

pub use self::editor::{editor_schema, editor_schema_kinds};
pub(crate) use self::places::{is_stage_with_steps, stages_of_step, types_under, words_under};
pub(crate) use self::tell::{ADD_EMPTY_SPEC, DIGITS_WITHOUT_QUOTES, PUT_QUOTES, WORD_WITHOUT_QUOTES};

/// What is wrong, by the rule that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Breach {
    /// What has to be there is not.
    Missing,
    /// A value is of another kind.
    Shape,
    /// A word is none of a complete list.
    Word,
    /// A type is none that is known, where any is taken.
    OpenWord,
    /// A text has another form.
    Form,
    /// Too few, too many, too short, too long, too small or too large.
    Size,
    /// One of several ways is to be chosen, and none is, or more than one.
    Either,
    /// A key may not stand there.
    Refused,
    /// A key of which nothing is known.
    Unknown,
    /// What Terraform fills in stands where Harness would refuse it as it is.
    Unrendered,
}

/// A breach, as a fault in the making.
pub(crate) struct Found<'n> {
    pub(crate) breach: Breach,
    pub(crate) fault: Fault<'n>,
}

impl<'n> Found<'n> {
    fn new(breach: Breach, node: &'n Node, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let fault = Fault {
            node,
            part: None,
            message: message.into(),
            hint: hint.into(),
        };
        Self { breach, fault }
    }

    /// A key beside those that are known.
    fn unknown_key(key: &'n Node, name: &str, known: &[&str]) -> Self {
        let near = did_you_mean(name, known.iter().copied());
        let hint = near.unwrap_or_else(|| format!("known here: {}", known.join(", ")));
        Self::new(Breach::Unknown, key, format!("Harness knows no `{name}` here"), hint)
    }
}

/// Everything that the schemas say of a document; `is_part` for one that is laid over something whole.
pub(crate) fn breaches<'n>(root: &'n Node, is_part: bool) -> Vec<Found<'n>> {
    let table = &*TABLE;
    if let Some((kind, schema)) = table.kinds().find(|(kind, _)| root.get(kind).is_some()) {
        let Some(body) = table.property(schema, kind) else {
            return Vec::new();
        };
        let Some(node) = root.get(kind) else { return Vec::new() };
        return of_body(table, (kind, node), body, is_part);
    }
    if let Some(body) = root.get("inputSet") {
        return of_input_set(table, body);
    }
    root.get("template")
        .map_or_else(Vec::new, |body| of_template(table, body))
}

fn of_body<'n>(
    table: &'static Table,
    (kind, node): (&'n str, &'n Node),
    body: table::Id,
    is_part: bool,
) -> Vec<Found<'n>> {
    let mut judge = Judge::new(table, kind);
    judge.look(node, body);
    let mut found = judge.found;
    if is_part {
        // What is missing stands in the whole; what a part may not be, nothing of its kind may.
        found.retain(|found| found.breach == Breach::Shape && !matches!(found.fault.node.value, Value::Scalar(_)));
    }
    keys::unknown(table, node, Above::root(kind), &[body], &mut found);
    misspelt(found)
}

/// What is missing because its key is misspelt is told once, at that key.
fn misspelt(mut found: Vec<Found<'_>>) -> Vec<Found<'_>> {
    let is_missing = |found: &Found<'_>| found.breach == Breach::Missing;
    let (missing, mut others): (Vec<_>, Vec<_>) = found.drain(..).partition(is_missing);
    for one in missing {
        let is_key = |key: &Node| {
            one.fault
                .node
                .entries()
                .any(|entry| std::ptr::eq(&raw const entry.key, key))
        };
        let is_written = |other: &&mut Found<'_>| {
            let meant = |name: &str| tell::missing(name).0 == one.fault.message;
            let near = other.fault.hint.strip_prefix("did you mean `");
            let near = near.and_then(|near| near.strip_suffix("`?"));
            other.breach == Breach::Unknown && is_key(other.fault.node) && near.is_some_and(meant)
        };
        match others.iter_mut().find(is_written) {
            Some(other) => other.breach = Breach::Missing,
            None => others.push(one),
        }
    }
    others
}

/// Of input sets there is no schema; what they hold is a part of a pipeline.
fn of_input_set<'n>(table: &'static Table, body: &'n Node) -> Vec<Found<'n>> {
    const REQUIRED: [&str; 3] = ["identifier", "name", "pipeline"];
    const KNOWN: [&str; 9] = [
        "identifier",
        "name",
        "pipeline",
        "orgIdentifier",
        "projectIdentifier",
        "tags",
        "description",
        "metadata",
        "__uuid",
    ];
    let mut found = Vec::new();
    for name in REQUIRED
        .into_iter()
        .filter(|name| body.get(name).is_none_or(Node::is_null))
    {
        let (message, hint) = tell::missing(name);
        found.push(Found::new(Breach::Missing, body, message, hint));
    }
    for entry in body.entries().filter(|entry| !KNOWN.contains(&entry.name())) {
        found.push(Found::unknown_key(&entry.key, entry.name(), &KNOWN));
    }
    if let (Some(pipeline), Some(schema)) = (body.get("pipeline"), table.body("pipeline")) {
        keys::unknown(table, pipeline, Above::root("pipeline"), &[schema], &mut found);
    }
    found
}

/// What a template holds: a body like those of pipelines, without the name that it is given where it is used.
fn of_template<'n>(table: &'static Table, body: &'n Node) -> Vec<Found<'n>> {
    let (Some(kind), Some(spec)) = (type_of(body), body.get("spec")) else {
        return Vec::new();
    };
    let bodies = match kind {
        "Pipeline" => table.body("pipeline").into_iter().collect(),
        "Stage" => places::alternatives(table, "stage"),
        "Step" => places::alternatives(table, "step"),
        "StepGroup" => places::alternatives(table, "stepGroup"),
        _ => return Vec::new(),
    };
    let mut judge = Judge::new(table, "");
    judge.look_at_any(spec, &bodies);
    let mut found = judge.found;
    let named_elsewhere = ["`identifier` is missing", "`name` is missing"];
    found.retain(|found| {
        !std::ptr::eq(found.fault.node, spec) || !named_elsewhere.contains(&found.fault.message.as_str())
    });
    keys::unknown(
        table,
        spec,
        Above::root(&kind.to_ascii_lowercase()),
        &bodies,
        &mut found,
    );
    found
}

/// The breaches of that kind, as faults of a rule.
pub(crate) fn report<'n>(found: &mut Vec<Found<'n>>, of: &[Breach], faults: &mut Faults<'n>) {
    let mut told = BTreeSet::new();
    let mut rest = Vec::new();
    for one in found.drain(..) {
        if !of.contains(&one.breach) {
            rest.push(one);
        } else if told.insert((std::ptr::from_ref(one.fault.node), one.fault.message.clone())) {
            faults.found.push(one.fault);
        }
    }
    *found = rest;
}
