//! Runtime inputs: what a pipeline, template or input set asks for, and a run's answer to it.
//!
//! Two grammars ask: scalars that start with `<+input>`, wherever they stand, and the typed inputs that Harness 3.0
//! declares at the pipeline's head and refers to as `${{ inputs.name }}`.

mod artifact;
mod asked;
mod choices;
mod declared;
mod element;
mod expression;
mod fill;
mod input_set;
mod vocabulary;

use harness_cd_model::{ArtifactRegistry, Diagnostic, InputKind, InputShape, InputsReading, RuntimeInput};
use harness_cd_template::Template;
use harness_cd_yaml::{Document, Node, Value, child_pointer, decode, parse_text};

pub use artifact::{TaggedArtifact, tagged_artifact};
pub use asked::{element_pointer, inputs_in_place_of, inputs_of_element, with_asked};
pub(crate) use declared::declares_inputs;
pub use expression::{InputExpression, split_values};
pub use fill::{FillError, fill_inputs, fill_inputs_and_elements, fill_question};
pub use input_set::{input_set_values, structure_of};

use vocabulary::Place;

/// Reads the runtime inputs of a pipeline, template, input set or any other Harness YAML. A template of this product
/// is read as it stands, its placeholders with it.
#[must_use]
pub fn runtime_inputs(file: &str, text: &[u8]) -> InputsReading {
    match decode(file, text).and_then(|text| document_of(file, text)) {
        Ok(document) => InputsReading {
            inputs: inputs_of(&document.root),
            diagnostics: Vec::new(),
        },
        Err(diagnostics) => InputsReading {
            inputs: Vec::new(),
            diagnostics,
        },
    }
}

fn document_of(file: &str, text: &str) -> Result<Document, Vec<Diagnostic>> {
    if !text.contains("{{") {
        return parse_text(file, text);
    }
    Template::parse(file, text).map(|template| template.sample(|_| None))
}

fn inputs_of(root: &Node) -> Vec<RuntimeInput> {
    let mut inputs = inputs_below(root, "", Above::default());
    let tags = artifact::tags_of_variables(root);
    for input in &mut inputs {
        let takes_any = input.kind == InputKind::Text && input.allowed_values.is_none();
        let own = input.pointer.starts_with(artifact::VARIABLES) && takes_any;
        let tag = input.variable().filter(|_| own).and_then(|name| tags.get(name));
        if let Some(tags) = tag {
            input.choices = Some(choices::tags_of(&tags.service, tags.decided_by()));
        }
    }
    inputs
}

/// The inputs of what stands at a pointer, below this.
fn inputs_below<'n>(node: &'n Node, pointer: &'n str, above: Above<'n>) -> Vec<RuntimeInput> {
    let mut inputs = Vec::new();
    collect(node, pointer, above, &mut inputs);
    inputs.into_iter().map(RuntimeInput::labelled).collect()
}

/// What stands above a node.
#[derive(Clone, Copy, Default)]
struct Above<'n> {
    holder: Option<Holder<'n>>,
    /// The name of the stage.
    stage: Option<&'n str>,
    /// Where it goes: the nearest mapping that names an environment or a group of them.
    target: Option<Target<'n>>,
    /// What goes there: the nearest mapping that names a service.
    service: Option<Target<'n>>,
    /// Whose artifacts these are.
    owner: Option<Owner<'n>>,
    /// The input that says which of its artifact sources is deployed, where these are those of that source.
    source_input: Option<&'n str>,
    /// What the nearest artifact lies in.
    registry: Option<ArtifactRegistry>,
}

/// A service, as what stands above its artifacts says it.
#[derive(Clone, Copy)]
enum Owner<'n> {
    Named(&'n str),
    /// By the pointer of the input that gives it.
    Given(&'n str),
    /// By the mapping whose `serviceRef` is such an input.
    GivenIn(&'n str),
}

impl<'n> Owner<'n> {
    /// The service, or the pointer of the input that gives it.
    fn named(self) -> (Option<String>, Option<String>) {
        match self {
            Self::Named(service) => (Some(service.to_owned()), None),
            Self::Given(pointer) => (None, Some(pointer.to_owned())),
            Self::GivenIn(pointer) => (None, Some(child_pointer(pointer, choices::SERVICE))),
        }
    }

    /// `None` for a mapping that names no service, or does so in words that Harness alone can read.
    fn of(mapping: &'n Node, pointer: &'n str) -> Option<Self> {
        let reference = mapping.get(choices::SERVICE)?.text()?;
        if InputExpression::is_one(reference) {
            return Some(Self::GivenIn(pointer));
        }
        (!reference.contains("<+")).then_some(Self::Named(reference))
    }
}

/// A mapping that names where something goes, and where it stands.
#[derive(Clone, Copy)]
struct Target<'n> {
    mapping: &'n Node,
    pointer: &'n str,
}

/// The mapping entry nearest above a scalar.
#[derive(Clone, Copy)]
struct Holder<'n> {
    key: &'n str,
    mapping: &'n Node,
}

impl<'n> Above<'n> {
    /// The text that stands beside the scalar under a key.
    fn neighbour(&self, key: &str) -> Option<&'n str> {
        self.holder?.mapping.get(key)?.text()
    }

    fn entry(&self, key: &'n str, mapping: &'n Node, pointer: &'n str, value: &'n Node) -> Self {
        let own = || value.get("name").or_else(|| value.get("identifier"))?.text();
        Self {
            holder: Some(Holder { key, mapping }),
            stage: match key {
                "stage" => own().or(self.stage),
                _ => self.stage,
            },
            target: match choices::names_target(mapping) {
                true => Some(Target { mapping, pointer }),
                false => self.target,
            },
            service: match mapping.at(&["service", "serviceRef"]).is_some() {
                true => Some(Target { mapping, pointer }),
                false => self.service,
            },
            owner: Owner::of(mapping, pointer).or(self.owner),
            source_input: self.source_input,
            registry: artifact::registry_at(mapping).or(self.registry),
        }
    }
}

fn collect<'n>(node: &'n Node, pointer: &'n str, above: Above<'n>, inputs: &mut Vec<RuntimeInput>) {
    match &node.value {
        Value::Scalar(scalar) => {
            inputs.extend(InputExpression::parse(&scalar.text).map(|input| describe(input, pointer, above)))
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &child_pointer(pointer, &index.to_string()), above, inputs);
            }
        }
        Value::Mapping(_) if declared::is_declarations(node, pointer) => {
            inputs.extend(declared::inputs(node, pointer));
        }
        Value::Mapping(entries) => {
            for entry in entries {
                let above = above.entry(entry.name(), node, pointer, &entry.value);
                collect(&entry.value, &child_pointer(pointer, entry.name()), above, inputs);
            }
        }
    }
}

fn describe(input: InputExpression, pointer: &str, above: Above<'_>) -> RuntimeInput {
    // A variable carries its name beside its value; anything else is known by its key.
    let key = above.holder.map(|holder| holder.key);
    let is_variable = key == Some("value") && above.neighbour("name").is_some();
    let declared = |key: &str| above.neighbour(key).filter(|_| is_variable).map(str::to_owned);
    let place = match input == InputExpression::default() {
        true => Place::at(pointer),
        false => Place::scalar_at(pointer),
    };
    let default = input
        .default
        .or_else(|| declared("default").filter(|text| !InputExpression::is_one(text)));
    let required = match is_variable {
        true => declared("required").as_deref() == Some("true"),
        false => default.is_none() && !may_be_left_out(place, above),
    };
    let input_type = declared("type");
    let choices = match (&input_type, &input.allowed_values) {
        (None, None) => choices::at(pointer, above),
        _ => None,
    };
    RuntimeInput {
        pointer: pointer.to_owned(),
        name: declared("name").or_else(|| key.map(str::to_owned)),
        label: String::new(),
        kind: match &input_type {
            _ if is_truth_value(input.allowed_values.as_deref()) => InputKind::Boolean,
            Some(declared) => kind_of_type(declared),
            None => place.kind,
        },
        shape: place.shape.filter(|_| input_type.is_none()),
        asked_by: match (place.kind, place.shape) {
            (InputKind::Object, _) | (_, Some(InputShape::Sources)) => asked::by(pointer, above),
            (InputKind::List, _) => choices.as_ref().and_then(asked::by_elements),
            _ => None,
        },
        choices,
        stage: above.stage.map(str::to_owned),
        input_type,
        description: declared("description").filter(|text| !text.is_empty()),
        required,
        default_values: match &default {
            Some(default) if input.many => split_values(default),
            _ => Vec::new(),
        },
        default,
        allowed_values: input.allowed_values,
        allowed_values_expression: input.allowed_values_expression,
        select_many: input.many,
        regex: input.regex,
        regex_in_harness: false,
        min: None,
        max: None,
        execution_input: input.execution_input,
        unknown_modifiers: input.unknown_modifiers,
    }
}

/// Whether a run may go without: the members of a group, say, where it goes to all of it.
fn may_be_left_out(place: Place, above: Above<'_>) -> bool {
    let is_target = matches!(place.shape, Some(InputShape::Environments | InputShape::Identified));
    let goes_to_all = || above.neighbour("deployToAll").is_some_and(|text| text != "false");
    place.may_be_left_out || (is_target && goes_to_all())
}

/// Pipelines have no boolean variables: they allow the two words.
fn is_truth_value(allowed: Option<&[String]>) -> bool {
    allowed.is_some_and(|values| {
        values.len() == 2
            && ["true", "false"]
                .iter()
                .all(|word| values.iter().any(|value| value == word))
    })
}

/// What a declared type asks for; the types of Harness's two grammars differ in their capitals.
fn kind_of_type(declared: &str) -> InputKind {
    match declared.to_ascii_lowercase().as_str() {
        "number" => InputKind::Number,
        "integer" => InputKind::WholeNumber,
        "boolean" => InputKind::Boolean,
        "duration" => InputKind::Duration,
        "object" => InputKind::Object,
        "array" | "list" => InputKind::List,
        _ => InputKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<RuntimeInput> {
        let reading = runtime_inputs("f", text.as_bytes());
        assert_eq!(reading.diagnostics, []);
        reading.inputs
    }

    #[test]
    fn neighbours_name_a_variable() {
        let text = "pipeline:\n  variables:\n    - name: tag\n      type: String\n      description: What to run\n      required: true\n      default: v1\n      value: <+input>.regex(a)\n  stages:\n    - stage:\n        spec:\n          environmentRef: <+input>\n          paths: [<+input>.default(x)]\n";
        let inputs = read(text);
        let brief: Vec<_> = inputs
            .iter()
            .map(|i| {
                (
                    i.pointer.as_str(),
                    i.name.as_deref().unwrap(),
                    i.input_type.as_deref(),
                    i.required,
                    i.default.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            brief,
            [
                ("/pipeline/variables/0/value", "tag", Some("String"), true, Some("v1")),
                (
                    "/pipeline/stages/0/stage/spec/environmentRef",
                    "environmentRef",
                    None,
                    true,
                    None
                ),
                ("/pipeline/stages/0/stage/spec/paths/0", "paths", None, false, Some("x")),
            ]
        );
        assert_eq!(inputs[0].description.as_deref(), Some("What to run"));
    }

    #[test]
    fn keys_and_types_tell_what_is_asked_for() {
        let kind = |text: &str| read(text)[0].kind;
        for (text, expected) in [
            ("variables: [{name: a, type: String, value: <+input>}]", InputKind::Text),
            ("variables: [{name: a, type: Secret, value: <+input>}]", InputKind::Text),
            (
                "variables: [{name: a, type: Number, value: <+input>.default(6)}]",
                InputKind::Number,
            ),
            ("environmentRef: <+input>", InputKind::Text),
            ("primaryArtifactRef: <+input>", InputKind::Text),
            ("serviceInputs: <+input>", InputKind::Object),
            ("environmentInputs: <+input>", InputKind::Object),
            ("serviceOverrideInputs: <+input>", InputKind::Object),
            ("codebase: {build: <+input>}", InputKind::Object),
            ("build: <+input>", InputKind::Text),
            ("infrastructureDefinitions: <+input>", InputKind::List),
            ("sources: <+input>", InputKind::List),
            ("environments: {values: <+input>}", InputKind::List),
            ("environmentGroup: {environments: <+input>}", InputKind::List),
            ("jobParameter: <+input>", InputKind::List),
            ("insert: {steps: <+input>}", InputKind::List),
            ("spec: {tags: <+input>}", InputKind::List),
            ("repeat: {items: <+input>}", InputKind::List),
            ("repeat: {maxConcurrency: <+input>}", InputKind::WholeNumber),
            ("deployToAll: <+input>", InputKind::Boolean),
            ("spec: {skipDryRun: <+input>.default(false)}", InputKind::Boolean),
            ("metadata: {parallel: <+input>}", InputKind::Boolean),
            ("timeout: <+input>.default(10m)", InputKind::Duration),
            (
                "envVariables: {debug: <+input>.allowedValues(true,false)}",
                InputKind::Boolean,
            ),
            ("paths: <+input>.default(a)", InputKind::Text),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn what_another_choice_decides_may_be_left_out() {
        let required = |text: &str| read(text)[0].required;
        for key in ["serviceInputs", "environmentInputs", "strategy", "when", "sources"] {
            assert!(!required(&format!("{key}: <+input>")), "{key}");
        }
        for key in [
            "jobParameter",
            "manifests",
            "infrastructureDefinitions",
            "environmentRef",
        ] {
            assert!(required(&format!("{key}: <+input>")), "{key}");
        }
    }

    #[test]
    fn several_values_may_be_chosen_and_be_the_default() {
        let input = &read("scanners: <+input>.default(gitleaks,osv).selectManyFrom(gitleaks,osv,owasp)")[0];
        assert!(input.select_many);
        assert_eq!(input.default.as_deref(), Some("gitleaks,osv"));
        assert_eq!(input.default_values, ["gitleaks", "osv"]);
        assert_eq!(input.allowed_values.as_ref().unwrap().len(), 3);
    }
}
