//! What a document is, and keys that do nothing where they stand.

use harness_cd_model::words::did_you_mean;
use harness_cd_pipeline::is_of_version_1;
use harness_cd_yaml::{Entry, Node};

use crate::place::{Faults, Place, type_of};

/// The keys by which a Harness YAML says what it is.
const KINDS: [&str; 13] = [
    "pipeline",
    "template",
    "inputSet",
    "overlayInputSet",
    "trigger",
    "service",
    "environment",
    "environmentGroup",
    "infrastructureDefinition",
    "connector",
    "secret",
    "freeze",
    "overrides",
];

/// The first key says what a document is. What has nothing of Harness in it is a file of somebody else: the values of a
/// Helm chart, a workflow.
pub(crate) fn unknown_kind<'n>(root: &'n Node, faults: &mut Faults<'n>) {
    if is_entity(root) || !may_be_meant(root) {
        return;
    }
    let mut names = root.entries().map(Entry::name);
    let near = names.find_map(|name| did_you_mean(name, KINDS));
    let hint = match root.get("environmentRef") {
        Some(_) => "put `infrastructureDefinition:` above it".to_owned(),
        None => near.unwrap_or_else(|| format!("start it with one of {}", KINDS.join(", "))),
    };
    faults.add(root, "nothing says which kind of Harness entity this is", hint);
}

/// Of what is no entity, and none is meant, nothing is judged.
pub(crate) fn no_entity<'n>(root: &'n Node, faults: &mut Faults<'n>) {
    if !is_entity(root) && !may_be_meant(root) {
        let message = "this is no entity of Harness: what Harness would say of it is not judged";
        let hint = format!("an entity starts with one of {}", KINDS.join(", "));
        faults.add(root, message, hint);
    }
}

fn is_entity(root: &Node) -> bool {
    is_of_version_1(root) || KINDS.iter().any(|kind| root.get(kind).is_some())
}

/// Whether what has no kind is meant to have one.
fn may_be_meant(root: &Node) -> bool {
    let mut names = root.entries().map(Entry::name);
    names.any(|name| did_you_mean(name, KINDS).is_some()) || speaks_of_harness(root)
}

/// Whether some key is one of Harness's, or some text has an expression of it.
fn speaks_of_harness(root: &Node) -> bool {
    const KEYS: [&str; 12] = [
        "connectorRef",
        "deploymentType",
        "environment",
        "environmentRef",
        "execution",
        "identifier",
        "infrastructureDefinition",
        "serviceDefinition",
        "serviceRef",
        "stage",
        "step",
        "stepGroup",
    ];
    let mut speaks = false;
    root.walk(&mut |_, node| {
        speaks |= node
            .text()
            .is_some_and(|text| text.contains("<+") || text.contains("{{"));
        speaks |= node.entries().any(|entry| KEYS.contains(&entry.name()));
    });
    speaks
}

/// Of a file in the newer language nothing is judged but what stands in any file.
pub(crate) fn newer_language<'n>(root: &'n Node, faults: &mut Faults<'n>) {
    if is_of_version_1(root) {
        let message = "this is written for Harness 3.0, of which lint knows no rule";
        faults.add(root, message, "Harness checks the file when it is saved");
    }
}

/// A key that Harness takes without a word and does nothing with.
struct Ignored {
    /// The body in which it stands.
    path: &'static str,
    /// The type, named beside the body, for which this holds; `""` for all.
    of: &'static str,
    key: &'static str,
    message: &'static str,
    hint: &'static str,
}

const ON_THE_CONNECTOR: &str = "an infrastructure has no delegate selectors: these choose no delegate";
const MOVE_TO_CONNECTOR: &str = "set `delegateSelectors` on the connector, the step, the stage or the pipeline";

const IGNORED: &[Ignored] = &[
    Ignored {
        path: "/ pipeline",
        of: "",
        key: "triggers",
        message: "triggers inside a pipeline have no effect: a trigger is an entity of its own",
        hint: "move them to files of their own",
    },
    Ignored {
        path: "stage spec service",
        of: "",
        key: "serviceDefinition",
        message: "a service definition inside a pipeline has no effect: the service is an entity of its own",
        hint: "move it to the service entity, and bind its inputs with `serviceInputs`",
    },
    Ignored {
        path: "/ infrastructureDefinition spec",
        of: "",
        key: "delegateSelectors",
        message: ON_THE_CONNECTOR,
        hint: MOVE_TO_CONNECTOR,
    },
    Ignored {
        path: "infrastructureDefinitions inputs spec",
        of: "",
        key: "delegateSelectors",
        message: ON_THE_CONNECTOR,
        hint: MOVE_TO_CONNECTOR,
    },
    Ignored {
        path: "step spec",
        of: "Verify",
        key: "duration",
        message: "the duration stands one level too high, where Harness does not look",
        hint: "move it to `spec.spec.duration`",
    },
];

/// Whether the type that stands beside the place is that one; an empty text stands for all.
fn holds_for(types: &str, place: &Place<'_, '_>) -> bool {
    types.is_empty() || place.mapping.and_then(type_of) == Some(types)
}

/// Keys that everybody knows, in a place where they do nothing.
pub(crate) fn ignored_key<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    for found in ignored(place) {
        if let Some(entry) = place.node.entries().find(|entry| entry.name() == found.key) {
            faults.add(&entry.key, found.message, found.hint);
        }
    }
}

fn ignored(place: &Place<'_, '_>) -> impl Iterator<Item = &'static Ignored> {
    IGNORED
        .iter()
        .filter(|found| place.is_at(found.path) && holds_for(found.of, place))
}

/// The nearest word of a list, or the list if that can be read.
pub(crate) fn word_hint<'w>(text: &str, known: impl Iterator<Item = &'w str> + Clone) -> String {
    match did_you_mean(text, known.clone()) {
        Some(question) => question,
        None if known.clone().count() > 40 => "look the name up in Harness's documentation".to_owned(),
        None => format!("use one of {}", known.collect::<Vec<_>>().join(", ")),
    }
}
