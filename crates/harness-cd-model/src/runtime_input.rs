use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::Diagnostic;
use crate::members::{read_members, read_words};
use crate::words::{shown, spoken};

/// A runtime input of a pipeline, template or input set: a scalar that starts with `<+input>`, or a declared input of
/// Harness 3.0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct RuntimeInput {
    /// RFC 6901 pointer to the scalar, or to the declaration.
    pub pointer: String,
    /// The name of the variable it fills, where its neighbours say so; otherwise the key it stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What people call it, without its stage: the pipeline's own name for a variable, a key of Harness's in words.
    pub label: String,
    /// The type as it is declared, for example `String` or, in Harness 3.0, `choice`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
    /// What is asked for.
    pub kind: InputKind,
    /// How an object or a list is given; absent for one of any members, which is given as a structure or as YAML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<InputShape>,
    /// What decides whether an object is asked for, and what it holds; absent where the pipeline itself does. Of a list that
    /// is chosen by name, each chosen one asks: what it asks for stands under the list, its name and
    /// [its key](AskedKind::key).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<AskedBy>,
    /// What Harness has to choose from; absent where only a text tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Choices>,
    /// The name of the stage that asks; absent for what the whole pipeline asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// What it is for, as the pipeline says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether a run without a value for it is refused.
    pub required: bool,
    /// The value used where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The values used where none is given, of an input that takes several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub default_values: Vec<String>,
    /// The closed list of values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_values: Option<Vec<String>>,
    /// The JEXL expression that yields the allowed values: they are known to Harness alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_values_expression: Option<String>,
    /// Whether several of the allowed values may be chosen.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub select_many: bool,
    /// The pattern that the whole of a value must match, in Java's dialect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// Whether Harness alone compares values with the pattern: it is too large to be compared here, or in a dialect that
    /// is not read here. Known of a live pipeline.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub regex_in_harness: bool,
    /// The least number allowed, as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The greatest number allowed, as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// Whether it is asked for in mid-run.
    pub execution_input: bool,
    /// Modifiers that are not known here, as they are written, for example `newThing(a)`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub unknown_modifiers: Vec<String>,
}

fn is_false(value: &bool) -> bool {
    !*value
}

impl RuntimeInput {
    /// Whether it is called `key` by whoever gives a value: by its pointer, or by its name where that is unique in the
    /// pipeline.
    #[must_use]
    pub fn is_called(&self, key: &str) -> bool {
        self.pointer == key || self.variable() == Some(key)
    }

    /// With its label, which follows from where it stands.
    #[must_use]
    pub fn labelled(mut self) -> Self {
        let name = self.name.as_deref().unwrap_or_default();
        self.label = match self.shape {
            Some(InputShape::Build) => "Branch, tag, pull request or commit".to_owned(),
            // Their key alone (`values`) does not say of what.
            Some(InputShape::Services) => "Services".to_owned(),
            Some(InputShape::Environments) => "Environments".to_owned(),
            // Who wrote the pipeline gave it this name.
            _ if self.variable().is_some() || self.pointer.ends_with("/value") => shown(name),
            _ => shown(&spoken(name)),
        };
        self
    }

    /// What a sentence calls it: by its label, and by the stage that asks where it is not the whole pipeline.
    #[must_use]
    pub fn called(&self) -> String {
        match &self.stage {
            Some(stage) => format!("{} of stage {}", self.label, shown(stage)),
            None => self.label.clone(),
        }
    }

    /// Whether it takes an object or a list of any members: in a request a structure, or YAML as a text.
    #[must_use]
    pub fn is_structure(&self) -> bool {
        matches!(self.kind, InputKind::Object | InputKind::List) && self.shape.is_none()
    }

    /// The pointers of the inputs whose values decide what may be given for it: within what it is chosen, and who asks
    /// for it.
    pub fn hangs_on(&self) -> impl Iterator<Item = &str> {
        let chosen = self.choices.as_ref();
        let chosen = chosen.map(|choices| [&choices.within_input, &choices.source_input]);
        let asked = self.asked_by.as_ref();
        let asked = asked.map(|by| [&by.service_input, &by.environment_input, &by.source_input]);
        let all = chosen.into_iter().flatten().chain(asked.into_iter().flatten());
        all.filter_map(|pointer| pointer.as_deref())
    }

    /// The name of the pipeline's own variable, or of the Harness 3.0 input, that it fills.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        const ROOTS: [&str; 5] = [
            "/pipeline/variables/",
            "/pipeline/template/templateInputs/variables/",
            "/pipeline/inputs/",
            "/spec/inputs/",
            "/inputs/",
        ];
        let below = ROOTS.iter().find_map(|root| self.pointer.strip_prefix(root))?;
        let is_own = !below.strip_suffix("/value").unwrap_or(below).contains('/');
        self.name.as_deref().filter(|_| is_own)
    }
}

read_members!(RuntimeInput, "a runtime input", {
    "pointer" = pointer optional,
    "name" = name optional,
    "label" = label optional,
    "type" = input_type optional,
    "kind" = kind optional,
    "shape" = shape optional,
    "askedBy" = asked_by optional,
    "choices" = choices optional,
    "stage" = stage optional,
    "description" = description optional,
    "required" = required optional,
    "default" = default optional,
    "defaultValues" = default_values optional,
    "allowedValues" = allowed_values optional,
    "allowedValuesExpression" = allowed_values_expression optional,
    "selectMany" = select_many optional,
    "regex" = regex optional,
    "regexInHarness" = regex_in_harness optional,
    "min" = min optional,
    "max" = max optional,
    "executionInput" = execution_input optional,
    "unknownModifiers" = unknown_modifiers optional,
});

/// What a runtime input asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum InputKind {
    /// A text; the name of a secret or of another entity among them.
    #[default]
    Text,
    /// A number.
    Number,
    /// A number without a fraction.
    WholeNumber,
    /// `true` or `false`.
    Boolean,
    /// A time span, such as `10m` or `1h 30m`.
    Duration,
    /// A mapping, such as `serviceInputs`.
    Object,
    /// A list, such as `infrastructureDefinitions`.
    List,
}

read_words!(InputKind, "a kind of input", {
    "text" = Text,
    "number" = Number,
    "wholeNumber" = WholeNumber,
    "boolean" = Boolean,
    "duration" = Duration,
    "object" = Object,
    "list" = List,
});

/// How an object or a list is given in a deploy request. What a run sends for it stands in the source of each fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum InputShape {
    /// What to build: an object with one of `branch`, `tag`, `number` (of a pull request) and `commitSha`, or Harness's
    /// own `{type, spec}`. Source: run-inputs §5.
    Build,
    /// Artifact sources: objects with `identifier`, `type` and `spec`. Source: run-inputs §4.
    Sources,
    /// Environments: names, or objects with `environmentRef`. Source: run-inputs §3.
    Environments,
    /// Infrastructure definitions or GitOps clusters: identifiers, or objects with `identifier`. Source: run-inputs §3.
    Identified,
    /// Services: names, or objects with `serviceRef`. Source: run-inputs §2.
    Services,
    /// Texts.
    Texts,
}

read_words!(InputShape, "a shape of input", {
    "build" = Build,
    "sources" = Sources,
    "environments" = Environments,
    "identified" = Identified,
    "services" = Services,
    "texts" = Texts,
});

impl InputShape {
    /// What an element of the list must have; the first is what Harness knows it by.
    #[must_use]
    pub const fn element_keys(self) -> &'static [&'static str] {
        match self {
            Self::Build | Self::Texts => &[],
            Self::Sources => &["identifier", "type", "spec"],
            Self::Environments => &["environmentRef"],
            Self::Identified => &["identifier"],
            Self::Services => &["serviceRef"],
        }
    }
}

/// What Harness has to choose from for an input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Choices {
    /// What is chosen.
    pub of: ChoiceKind,
    /// The environment of infrastructures and clusters, the group of environments, or the service of artifacts, where the
    /// pipeline names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// The pointer of the input that names it, where the pipeline asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_input: Option<String>,
    /// The pointer of the input whose answer tells the artifact source of a tag, where the pipeline asks for it: that
    /// source itself, or the variable that decides which stages run, where they pull from several registries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_input: Option<String>,
}

read_members!(Choices, "what is chosen from", {
    "of" = of,
    "within" = within optional,
    "withinInput" = within_input optional,
    "sourceInput" = source_input optional,
});

/// What of Harness's own is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ChoiceKind {
    /// A service.
    #[default]
    Service,
    /// An environment; of a group, one of its members.
    Environment,
    /// A group of environments.
    EnvironmentGroup,
    /// An infrastructure definition of an environment.
    Infrastructure,
    /// A GitOps cluster of an environment.
    Cluster,
    /// One of the artifact sources of a service.
    ArtifactSource,
    /// A build of an artifact of a service, by its tag or its version.
    Tag,
}

read_words!(ChoiceKind, "what is chosen", {
    "service" = Service,
    "environment" = Environment,
    "environmentGroup" = EnvironmentGroup,
    "infrastructure" = Infrastructure,
    "cluster" = Cluster,
    "artifactSource" = ArtifactSource,
    "tag" = Tag,
});

/// What Harness is asked for the choices of an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ChoiceQuestion {
    /// What is chosen.
    pub of: ChoiceKind,
    /// The environment, the group or the service within which it is chosen, as a pipeline refers to it.
    pub within: Option<String>,
    /// What names and identifiers hold; absent for all of them.
    pub search: Option<String>,
}

read_members!(ChoiceQuestion, "a question for choices", {
    "of" = of,
    "within" = within optional,
    "search" = search optional,
});

/// What Harness is asked for the builds of an artifact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct TagQuestion {
    /// The pointer of the input that takes the tag or the version, in the pipeline as it stands with what its service
    /// asks for.
    pub input: String,
    /// The service whose artifact it is, as a pipeline refers to it.
    pub service: String,
    /// The answer to `sourceInput` of its choices, where there is one.
    pub source: Option<String>,
}

read_members!(TagQuestion, "a question for tags", {
    "input" = input,
    "service" = service,
    "source" = source optional,
});

/// One of the things that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Choice {
    /// What a run sends: the identifier, with `org.` or `account.` before it where it is none of the project.
    pub value: String,
    /// What people call it.
    pub name: String,
    /// Its type: of an environment `Production` or `PreProduction`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub choice_type: Option<String>,
    /// The agent of a GitOps cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
}

/// What may be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChoiceList {
    /// In Harness's order.
    pub choices: Vec<Choice>,
    /// Whether there are more than these: a search finds them.
    pub has_more: bool,
}

/// What was chosen, and asks for something in turn: each of service, environment and artifact source by its reference where the pipeline
/// names it, and by the pointer of the input where the pipeline asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct AskedBy {
    /// Who asks.
    pub of: AskedKind,
    /// Whether each that is chosen for the list asks, under its own name, and not the input as a whole.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub each: bool,
    /// The service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The input that gives the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_input: Option<String>,
    /// The environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The input that gives the environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_input: Option<String>,
    /// The artifact source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The input that gives the artifact source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_input: Option<String>,
}

read_members!(AskedBy, "what asks in turn", {
    "of" = of,
    "each" = each optional,
    "service" = service optional,
    "serviceInput" = service_input optional,
    "environment" = environment optional,
    "environmentInput" = environment_input optional,
    "source" = source optional,
    "sourceInput" = source_input optional,
});

/// Who asks for something once it is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum AskedKind {
    /// A service.
    #[default]
    Service,
    /// An environment.
    Environment,
    /// What an environment overrides of a service.
    Overrides,
    /// An infrastructure definition of an environment.
    Infrastructure,
    /// The artifact source of a service that is deployed.
    Source,
}

read_words!(AskedKind, "who asks", {
    "service" = Service,
    "environment" = Environment,
    "overrides" = Overrides,
    "infrastructure" = Infrastructure,
    "source" = Source,
});

impl AskedKind {
    /// Who asks for what stands under a key. Source: run-inputs §2, §3, §4.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "serviceInputs" => Self::Service,
            "environmentInputs" => Self::Environment,
            "serviceOverrideInputs" => Self::Overrides,
            "sources" => Self::Source,
            _ => return None,
        })
    }

    /// The key under which what it asks for stands, in an element of a list where several may ask. Source: run-inputs §2,
    /// §3, §4.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Service => "serviceInputs",
            Self::Environment => "environmentInputs",
            Self::Overrides => "serviceOverrideInputs",
            Self::Infrastructure => "inputs",
            Self::Source => "sources",
        }
    }
}

/// What Harness is asked about something that was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct AskedQuestion {
    /// Who asks.
    pub of: AskedKind,
    /// The service, as a pipeline refers to it.
    pub service: Option<String>,
    /// The environment, as a pipeline refers to it.
    pub environment: Option<String>,
    /// The identifier of the infrastructure definition.
    pub infrastructure: Option<String>,
    /// The artifact source, by its identifier.
    pub source: Option<String>,
}

impl AskedQuestion {
    /// Who asks, in words: `the service shop asks for`.
    #[must_use]
    pub fn what_is_asked(&self) -> String {
        let [service, environment, infrastructure, source] =
            [&self.service, &self.environment, &self.infrastructure, &self.source]
                .map(|name| shown(name.as_deref().unwrap_or_default()));
        match self.of {
            AskedKind::Service => format!("the service {service} asks for"),
            AskedKind::Environment => format!("the environment {environment} asks for"),
            AskedKind::Overrides => format!("the environment {environment} asks for the service {service}"),
            AskedKind::Infrastructure => format!("the infrastructure {infrastructure} of {environment} asks for"),
            AskedKind::Source => format!("the artifact source {source} of {service} asks for"),
        }
    }
}

read_members!(AskedQuestion, "a question about what was chosen", {
    "of" = of,
    "service" = service optional,
    "environment" = environment optional,
    "infrastructure" = infrastructure optional,
    "source" = source optional,
});

/// The kinds of a codebase's build, each with the member of its `spec`. Source: run-inputs §5.
pub const BUILDS: [(&str, &str); 4] = [
    ("branch", "branch"),
    ("tag", "tag"),
    ("PR", "number"),
    ("commitSha", "commitSha"),
];

/// What is built, as Harness calls it: its type, the member of its `spec`, and the value. `None` where the object does
/// not tell.
#[must_use]
pub fn build_of(given: &InputObject) -> Option<(&'static str, &'static str, &str)> {
    match (given.get("type"), given.get("spec")) {
        (Some(InputValue::One(kind)), Some(InputValue::Object(spec))) if given.len() == 2 => {
            only_build(spec).filter(|(known, ..)| known == kind)
        }
        _ => only_build(given),
    }
}

fn only_build(members: &InputObject) -> Option<(&'static str, &'static str, &str)> {
    let mut members = members.iter();
    let (Some((member, InputValue::One(value) | InputValue::Literal(value))), None) = (members.next(), members.next())
    else {
        return None;
    };
    let (kind, member) = BUILDS.into_iter().find(|(_, known)| known == member)?;
    (!value.is_empty()).then_some((kind, member, value.as_str()))
}

/// A pattern that was read: whether the whole of a text matches it; `None` where Harness alone can tell.
pub type Matcher = Box<dyn Fn(&str) -> Option<bool>>;

/// The port through which the core compares texts with a pattern. No pattern and no text may hold it up: what would
/// take long is left to Harness.
pub trait Patterns {
    /// Reads a pattern of Java's, once for all the texts that are compared with it; `None` where Harness alone can.
    fn read(&self, pattern: &str) -> Option<Matcher>;
}

/// The runtime inputs of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InputsReading {
    /// In file order.
    pub inputs: Vec<RuntimeInput>,
    /// Why the file could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Values of runtime inputs, each under the pointer of its input or the name of its variable
/// (see [`RuntimeInput::is_called`]).
pub type InputValues = BTreeMap<String, InputValue>;

/// An object, as a value or as an element of one.
pub type InputObject = BTreeMap<String, InputValue>;

/// The value of a runtime input. In JSON a text, a number or a boolean, which are texts as they are written; an object
/// of values; or a list. Within an object, a number or a boolean is what it is: what takes any members does not say what
/// each of them is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(type = "string | number | boolean | { [member: string]: InputValue } | InputValue[]")
)]
pub enum InputValue {
    /// One value, as text.
    One(String),
    /// Several.
    Many(Vec<String>),
    /// An object.
    Object(InputObject),
    /// Several objects.
    Objects(Vec<InputObject>),
    /// A number or a boolean within an object, as JSON writes it.
    Literal(String),
    /// A list of anything else.
    List(Vec<InputValue>),
}

/// What a list is: of texts alone, of objects alone, or of anything.
impl FromIterator<InputValue> for InputValue {
    fn from_iter<I: IntoIterator<Item = InputValue>>(elements: I) -> Self {
        let elements: Vec<InputValue> = elements.into_iter().collect();
        if elements.iter().all(|element| matches!(element, Self::One(_))) {
            let texts = elements.into_iter().map(|element| match element {
                Self::One(text) => text,
                _ => String::new(),
            });
            Self::Many(texts.collect())
        } else if elements.iter().all(|element| matches!(element, Self::Object(_))) {
            let objects = elements.into_iter().map(|element| match element {
                Self::Object(members) => members,
                _ => InputObject::new(),
            });
            Self::Objects(objects.collect())
        } else {
            Self::List(elements)
        }
    }
}

impl InputValue {
    /// Each of the values that are texts.
    #[must_use]
    pub fn values(&self) -> &[String] {
        match self {
            Self::One(value) | Self::Literal(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
            Self::Object(_) | Self::Objects(_) | Self::List(_) => &[],
        }
    }

    /// Whether it says nothing: blank texts, or nothing at all.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::One(_) | Self::Many(_) | Self::Literal(_) => {
                self.values().iter().all(|value| value.trim().is_empty())
            }
            Self::Object(members) => members.is_empty(),
            Self::Objects(objects) => objects.is_empty(),
            Self::List(elements) => elements.is_empty(),
        }
    }
}

impl Serialize for InputValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(value) => serializer.serialize_str(value),
            Self::Many(values) => values.serialize(serializer),
            Self::Object(members) => members.serialize(serializer),
            Self::Objects(objects) => objects.serialize(serializer),
            Self::Literal(text) => serialize_literal(text, serializer),
            Self::List(elements) => elements.serialize(serializer),
        }
    }
}

fn serialize_literal<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match (text.parse::<bool>(), text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(value), ..) => serializer.serialize_bool(value),
        (_, Ok(value), _) => serializer.serialize_i64(value),
        // What would not come out as it was written stays a text.
        (.., Ok(value)) if value.to_string() == text => serializer.serialize_f64(value),
        _ => serializer.serialize_str(text),
    }
}

/// What was checked is read again as it was written: texts, lists and objects, from JSON alone.
impl<'de> Deserialize<'de> for InputValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        AnyValue::default().deserialize(deserializer)
    }
}

/// How many objects and lists may stand within each other: each level is looked through once more.
const DEEPEST: usize = 64;

/// Reads a value, as the text that it is in JSON: a number keeps its digits, and to write a fraction from what was read
/// of it would be a tenth of what a browser loads.
#[derive(Clone, Copy, Default)]
struct AnyValue {
    /// How many objects and lists are around it.
    depth: usize,
    /// Whether one of them is an object.
    is_member: bool,
}

impl AnyValue {
    fn literal<E: Error>(self, text: &str) -> Result<InputValue, E> {
        match self.is_member {
            true => Ok(InputValue::Literal(text.to_owned())),
            // Whoever writes `1.20` for a value may mean a text.
            false if !text.starts_with(['t', 'f']) && text.contains(['.', 'e', 'E']) => {
                Err(E::invalid_type(Unexpected::Other("a fraction"), &self))
            }
            false => Ok(InputValue::One(text.to_owned())),
        }
    }

    fn within(self, is_object: bool) -> Self {
        Self {
            depth: self.depth + 1,
            is_member: self.is_member || is_object,
        }
    }
}

impl<'de> DeserializeSeed<'de> for AnyValue {
    type Value = InputValue;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<InputValue, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        match raw.get().bytes().next() {
            Some(b'-' | b'0'..=b'9' | b't' | b'f') => self.literal(raw.get()),
            _ if self.depth > DEEPEST => Err(D::Error::custom("too deep")),
            _ => serde_json::Deserializer::from_str(raw.get())
                .deserialize_any(self)
                .map_err(D::Error::custom),
        }
    }
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = InputValue;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a whole number, a boolean, a list or an object")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<InputValue, E> {
        Ok(InputValue::One(text.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<InputValue, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element_seed(self.within(false))? {
            elements.push(element);
        }
        Ok(elements.into_iter().collect())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<InputValue, A::Error> {
        let mut members = InputObject::new();
        while let Some(name) = map.next_key()? {
            members.insert(name, map.next_value_seed(self.within(true))?);
        }
        Ok(InputValue::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_texts_numbers_booleans_and_lists() {
        let read = |json: &str| serde_json::from_str::<InputValue>(json).map_err(|error| error.to_string());
        let one = |text: &str| Ok(InputValue::One(text.to_owned()));
        assert_eq!(read(r#""v1""#), one("v1"));
        assert_eq!(read("5"), one("5"));
        assert_eq!(read("-1"), one("-1"));
        assert_eq!(read("true"), one("true"));
        assert_eq!(read(r#"["a","b"]"#), Ok(InputValue::Many(vec!["a".into(), "b".into()])));
        assert_eq!(read("[1,true]"), Ok(InputValue::Many(vec!["1".into(), "true".into()])));
        for nested in [
            r#"{"branch":"main"}"#,
            r#"[{"identifier":"a","spec":{"tag":"v1"}}]"#,
            r#"{"matrix":{"size":[1,"2",true,0.5,{"a":[]}]},"max":2,"text":"0.5"}"#,
            r#"["a",{"b":false}]"#,
        ] {
            let value = read(nested).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), nested);
        }
        for wrong in ["null", "0.4", "[0.4]", r#"{"a":null}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(DEEPEST)).is_ok());
        assert!(read(&nested(100_000)).is_err(), "no depth takes the stack");
    }

    #[test]
    fn a_number_within_an_object_keeps_its_digits() {
        let value: InputValue = serde_json::from_str(r#"{"a": 1.50, "b": [ 1e3 ], "c": false}"#).unwrap();
        let literal = |text: &str| InputValue::Literal(text.to_owned());
        let members = [
            ("a", literal("1.50")),
            ("b", InputValue::List(vec![literal("1e3")])),
            ("c", literal("false")),
        ];
        let members = members.map(|(name, value)| (name.to_owned(), value));
        assert_eq!(value, InputValue::Object(members.into_iter().collect()));
    }

    /// Every field is named, so that a new one does not compile before it is written and read.
    fn full() -> RuntimeInput {
        let text = |text: &str| Some(text.to_owned());
        let list = |texts: [&str; 2]| texts.map(str::to_owned).to_vec();
        RuntimeInput {
            pointer: "/pipeline/variables/0/value".to_owned(),
            name: text("imageTag"),
            label: "imageTag".to_owned(),
            input_type: text("String"),
            kind: InputKind::List,
            shape: Some(InputShape::Texts),
            stage: text("Roll out"),
            description: text("What to deploy"),
            required: true,
            default: text("v1"),
            default_values: list(["v1", "v2"]),
            allowed_values: Some(list(["v1", "v3"])),
            allowed_values_expression: text("<+a.split(',')>"),
            select_many: true,
            regex: text("v[0-9]+"),
            asked_by: Some(AskedBy {
                of: AskedKind::Overrides,
                each: true,
                service: text("shop"),
                service_input: text("/pipeline/b"),
                environment: text("int"),
                environment_input: text("/pipeline/a"),
                source: text("image"),
                source_input: text("/pipeline/c"),
            }),
            choices: Some(Choices {
                of: ChoiceKind::Infrastructure,
                within: text("int"),
                within_input: text("/pipeline/a"),
                source_input: text("/pipeline/c"),
            }),
            regex_in_harness: true,
            min: text("1"),
            max: text("1.50"),
            execution_input: true,
            unknown_modifiers: list(["newThing(a)", "other"]),
        }
    }

    #[test]
    fn an_input_is_read_as_it_was_written() {
        let bare = RuntimeInput {
            pointer: "/inputs/a".to_owned(),
            ..RuntimeInput::default()
        };
        for input in [full(), bare] {
            let written = serde_json::to_string(&input).unwrap();
            assert_eq!(
                serde_json::from_str::<RuntimeInput>(&written).unwrap(),
                input,
                "{written}"
            );
        }
    }

    #[test]
    fn an_input_is_called_by_words_and_by_its_stage() {
        let called = |pointer: &str, name: &str, shape: Option<InputShape>, stage: Option<&str>| {
            let input = RuntimeInput {
                pointer: pointer.to_owned(),
                name: Some(name.to_owned()),
                shape,
                stage: stage.map(str::to_owned),
                ..RuntimeInput::default()
            };
            input.labelled().called()
        };
        let own = "/pipeline/variables/0/value";
        assert_eq!(called(own, "imageTag", None, None), "imageTag");
        assert_eq!(called("/pipeline/inputs/imageTag", "imageTag", None, None), "imageTag");
        let stage = "/pipeline/stages/0/stage";
        let of_stage = |path: &str, name: &str| called(&format!("{stage}/{path}"), name, None, Some("Roll\u{200B}out"));
        assert_eq!(
            of_stage("variables/0/value", "dryRun"),
            "dryRun of stage Roll\u{FFFD}out"
        );
        assert_eq!(
            of_stage("spec/environment/environmentRef", "environmentRef"),
            "Environment of stage Roll\u{FFFD}out"
        );
        let build = "/pipeline/properties/ci/codebase/build";
        assert_eq!(
            called(build, "build", Some(InputShape::Build), None),
            "Branch, tag, pull request or commit"
        );
    }

    #[test]
    fn an_input_has_no_other_fields() {
        for wrong in [r#"{"pointer":"/a","colour":"red"}"#, r#"["/a"]"#, r#"{"pointer":1}"#] {
            assert!(serde_json::from_str::<RuntimeInput>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_input_is_called_by_its_pointer_and_by_the_name_of_a_variable() {
        let input = |pointer: &str| RuntimeInput {
            pointer: pointer.to_owned(),
            name: Some("tag".to_owned()),
            ..RuntimeInput::default()
        };
        for (pointer, by_name) in [
            ("/pipeline/variables/0/value", true),
            ("/pipeline/template/templateInputs/variables/2/value", true),
            ("/pipeline/inputs/tag", true),
            ("/pipeline/stages/0/stage/variables/0/value", false),
            ("/pipeline/inputs/tag/items/0", false),
            ("/pipeline/stages/0/stage/spec/tag", false),
        ] {
            assert!(input(pointer).is_called(pointer));
            assert_eq!(input(pointer).is_called("tag"), by_name, "{pointer}");
        }
    }
}
