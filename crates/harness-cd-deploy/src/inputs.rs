//! May it run: the values of a request against what the live pipeline asks for.

use harness_cd_model::words::shown;
use harness_cd_model::{
    DeployRequest, Diagnostic, InputKind, InputObject, InputShape, InputValue, InputValues, Matcher, Patterns,
    PipelineStage, RuntimeInput, Violation, ViolationCode, build_of, duration_ms,
};

use crate::fields::label_of;
use crate::findings::Findings;
use crate::request::input_path;
use crate::sentences::Reason;
use crate::stages::unchosen_stage;
use crate::text::{Labelled, Shape, clean};

const VALUE: Shape = Shape::lines(4096);

/// A structure, as YAML.
const YAML: Shape = Shape::lines(16_384);

/// The lists of an environment that say where in it. Source: run-inputs §3.
const TARGETS: [&str; 2] = ["infrastructureDefinitions", "gitOpsClusters"];

/// Fields of a request, each with the variable of the pipeline that it fills.
pub(crate) type Fields<'f> = &'f [(&'static str, &'static str)];

/// What a pipeline asks for.
#[derive(Clone, Copy)]
pub(crate) struct Asks<'a> {
    pub(crate) inputs: &'a [RuntimeInput],
    /// The stages that a run may choose from.
    pub(crate) stages: &'a [PipelineStage],
    /// What the input sets of the request answer, by pointer.
    pub(crate) saved: &'a InputValues,
}

/// Checks every value that a request gives, and names every one that is missing, in the pipeline's order.
/// `own` are the request's fields that fill a variable, each with the variable's name.
pub(crate) fn violations(
    request: &DeployRequest,
    own: Fields<'_>,
    asks: Asks<'_>,
    patterns: &dyn Patterns,
) -> Findings {
    let Asks { inputs, stages, saved } = asks;
    let fields: Vec<(&str, InputValue)> = request
        .variables()
        .filter(|(name, _)| own.iter().any(|(_, variable)| variable == name))
        .map(|(name, value)| (name, InputValue::One(value.clone())))
        .collect();
    let mut values: Vec<(&str, &InputValue)> = Vec::new();
    values.extend(fields.iter().map(|(key, value)| (*key, value)));
    let is_field = |key: &str| fields.iter().any(|(field, _)| *field == key);
    let further = request.inputs.iter().filter(|(key, _)| !is_field(key));
    values.extend(further.map(|(key, value)| (key.as_str(), value)));
    let mut found = Findings::default();
    for input in inputs {
        let mut given = values.iter().filter(|(key, _)| input.is_called(key));
        let first = given.next();
        let field = input.variable().and_then(|variable| field_of(own, variable));
        let key = first.map_or(input.pointer.as_str(), |(key, _)| key);
        let asked = Asked {
            input,
            label: field.and_then(label_of).map_or_else(|| input.called(), str::to_owned),
            path: field.map_or_else(|| input_path(key), |field| format!("/{field}")),
        };
        if let Some(stage) = unchosen_stage(input, stages, &request.stages) {
            if first.is_some() {
                let reason = asked.fault(ViolationCode::InputUnknown);
                asked.tell(reason.with("unchosen", &shown(&stage.name)), &mut found);
            }
            continue;
        }
        match first {
            Some((_, value)) => asked.value(value, patterns, &mut found),
            None => match saved.get(&input.pointer).filter(|_| field.is_none()) {
                Some(value) => asked.saved(value, patterns, &mut found),
                None => asked.missing(&mut found),
            },
        }
        if given.next().is_some() {
            found.push(asked.fault(ViolationCode::FieldTwice).at(&asked.path));
        }
    }
    targets(asks, &request.stages, &values, &mut found);
    for (key, _) in &values {
        if !inputs.iter().any(|input| input.is_called(key)) && found.has_room() {
            unknown(key, own, inputs, &mut found);
        }
    }
    found
}

/// Checks that a run goes to all targets, or to those that are named, and not to both or neither. Source: run-inputs §3.
fn targets(asks: Asks<'_>, chosen: &[String], values: &[(&str, &InputValue)], found: &mut Findings) {
    let Asks { inputs, stages, saved } = asks;
    let given = |input: &RuntimeInput| {
        let mut given = values.iter().filter(|(key, _)| input.is_called(key));
        let own = given.next().map(|(_, value)| *value);
        own.or_else(|| saved.get(&input.pointer))
    };
    for list in inputs
        .iter()
        .filter(|list| unchosen_stage(list, stages, chosen).is_none())
    {
        let Some(all) = taking_all_beside(list, inputs) else {
            continue;
        };
        let word = match given(all) {
            Some(InputValue::One(word)) => Some(word),
            _ => all.default.as_ref(),
        };
        let is_narrowed = given(list).is_some_and(|names| !names.is_blank());
        let asked = Asked {
            input: list,
            label: list.called(),
            path: input_path(&list.pointer),
        };
        match (word.map(String::as_str), is_narrowed) {
            (Some("true"), true) => {
                let reason = asked.fault(ViolationCode::TargetsContradict);
                asked.tell(reason.with("all", &all.called()), found);
            }
            (Some("false"), false) if !list.required && !list.execution_input => asked.required(found),
            _ => {}
        }
    }
}

/// The input that says whether all is taken of what a list names.
fn taking_all_beside<'i>(list: &RuntimeInput, inputs: &'i [RuntimeInput]) -> Option<&'i RuntimeInput> {
    let names_targets = matches!(list.shape, Some(InputShape::Environments | InputShape::Identified));
    let (parent, _) = list.pointer.rsplit_once('/').filter(|_| names_targets)?;
    let mut beside = inputs
        .iter()
        .filter(|input| input.pointer.strip_prefix(parent) == Some("/deployToAll"));
    beside.next()
}

/// The field that fills a variable.
fn field_of(own: Fields<'_>, variable: &str) -> Option<&'static str> {
    own.iter().find(|(_, name)| *name == variable).map(|(field, _)| *field)
}

fn unknown(key: &str, own: Fields<'_>, inputs: &[RuntimeInput], found: &mut Findings) {
    let reason = Reason::new(ViolationCode::InputUnknown);
    let Some(field) = field_of(own, key) else {
        let mut names: Vec<&str> = places_called(key, inputs);
        if names.is_empty() {
            names = inputs.iter().filter_map(RuntimeInput::variable).collect();
        }
        return found.push(reason.given(key).advised(key, &names).at(&input_path(key)));
    };
    let label = label_of(field).unwrap_or(field);
    let reason = reason.with("label", label).with("variable", key);
    found.push(reason.at(&format!("/{field}")));
}

/// Where a pipeline asks for what has that name in its YAML, and is no variable: it is given by its pointer.
fn places_called<'i>(name: &str, inputs: &'i [RuntimeInput]) -> Vec<&'i str> {
    let called = inputs.iter().filter(|input| input.name.as_deref() == Some(name));
    called.map(|input| input.pointer.as_str()).collect()
}

/// Why the YAML that a request gives a structure, under a key, is refused: a reason for each fault that its reader found,
/// and where it found none, that the YAML is not of the input's kind.
#[must_use]
pub fn yaml_violations(input: &RuntimeInput, key: &str, faults: &[Diagnostic]) -> Vec<Violation> {
    let asked = Asked {
        input,
        label: input.called(),
        path: input_path(key),
    };
    if faults.is_empty() {
        let reason = asked.fault(ViolationCode::FieldType);
        return vec![reason.with("expected", structure_word(input.kind)).at(&asked.path)];
    }
    let told = |fault: &Diagnostic| {
        let reason = asked.fault(ViolationCode::YamlMalformed);
        let reason = reason.count("line", fault.range.line as usize);
        let reason = reason.count("column", fault.range.column as usize);
        reason.with("reason", &shown(&fault.message)).at(&asked.path)
    };
    faults.iter().map(told).collect()
}

fn structure_word(kind: InputKind) -> &'static str {
    match kind {
        InputKind::List => "list",
        _ => "object",
    }
}

/// An input, with what a sentence calls it and where its value stands.
struct Asked<'i> {
    input: &'i RuntimeInput,
    label: String,
    path: String,
}

impl Asked<'_> {
    fn fault(&self, code: ViolationCode) -> Reason {
        Reason::new(code).with("label", &self.label)
    }

    fn tell(&self, reason: Reason, found: &mut Findings) {
        found.push(reason.at(&self.path));
    }

    fn required(&self, found: &mut Findings) {
        let required = self.fault(ViolationCode::FieldRequired).with("pipeline", "");
        self.tell(required, found);
    }

    fn missing(&self, found: &mut Findings) {
        let input = self.input;
        if !input.required || input.default.is_some() || input.execution_input {
            return;
        }
        self.required(found);
    }

    /// What an input set answers. Somebody saved it in Harness, where it may be what no request may hold: an expression,
    /// which nobody can check before Harness evaluates it.
    fn saved(&self, value: &InputValue, patterns: &dyn Patterns, found: &mut Findings) {
        if !self.input.execution_input && !holds_expression(value) {
            self.value(value, patterns, found);
        }
    }

    fn value(&self, value: &InputValue, patterns: &dyn Patterns, found: &mut Findings) {
        if self.input.execution_input {
            if !value.is_blank() {
                let reason = self.fault(ViolationCode::InputOnlyInHarness);
                self.tell(reason.with("why", "midRun"), found);
            }
        } else if self.is_default(value) {
            // Nothing to say.
        } else if let (true, Some(default)) = (value.is_blank(), &self.input.default) {
            // Harness would take the default without a word.
            let reason = self.fault(ViolationCode::FieldRequired);
            self.tell(reason.with("default", &shown(default)), found);
        } else if value.is_blank() && self.input.required {
            self.required(found);
        } else if value.is_blank() && self.is_sent_blank(value) {
            self.text("", self.matcher(patterns).as_ref(), found);
        } else if !value.is_blank() {
            self.given(value, patterns, found);
        }
    }

    /// The default is the pipeline's own text, and may be what no person may write.
    fn is_default(&self, value: &InputValue) -> bool {
        match value {
            InputValue::One(text) => self.input.default.as_ref() == Some(text),
            InputValue::Many(texts) => self.input.select_many && *texts == self.input.default_values,
            _ => false,
        }
    }

    /// An empty text is a text; an empty anything else is nothing.
    fn is_sent_blank(&self, value: &InputValue) -> bool {
        self.input.kind == InputKind::Text && matches!(value, InputValue::One(_))
    }

    fn matcher(&self, patterns: &dyn Patterns) -> Option<Matcher> {
        patterns.read(self.input.regex.as_deref()?)
    }

    fn given(&self, value: &InputValue, patterns: &dyn Patterns, found: &mut Findings) {
        match (self.input.shape, value) {
            (Some(InputShape::Build), InputValue::Object(members)) => self.build(members, value, found),
            (Some(InputShape::Build), _) => self.of_wrong_type("build", value, found),
            (Some(InputShape::Texts), InputValue::Many(texts)) => self.texts(texts, found),
            (Some(InputShape::Texts), _) => self.of_wrong_type("texts", value, found),
            (Some(shape), _) => self.elements(shape, value, found),
            _ if self.input.is_structure() => self.structure(value, found),
            (None, InputValue::One(_)) => self.scalars(value, patterns, found),
            (None, InputValue::Many(_)) if self.input.select_many => self.scalars(value, patterns, found),
            (None, _) => self.of_wrong_type("oneValue", value, found),
        }
    }

    /// An object or a list of any members. As a text it is YAML, which is read where a reader is.
    fn structure(&self, value: &InputValue, found: &mut Findings) {
        match (self.input.kind, value) {
            (_, InputValue::One(text)) => _ = self.cleaned(text, YAML, found),
            (InputKind::Object, InputValue::Object(members)) => self.members(members, found),
            (InputKind::List, InputValue::Many(_) | InputValue::Objects(_) | InputValue::List(_)) => {
                self.part(value, found);
            }
            (kind, _) => self.of_wrong_type(structure_word(kind), value, found),
        }
    }

    fn of_wrong_type(&self, expected: &str, value: &InputValue, found: &mut Findings) {
        let reason = self.fault(ViolationCode::FieldType).with("expected", expected);
        let reason = match value {
            InputValue::One(text) => reason.given(text),
            _ => reason,
        };
        self.tell(reason, found);
    }

    fn build(&self, members: &InputObject, value: &InputValue, found: &mut Findings) {
        match build_of(members) {
            Some((_, "number", number)) if self.clean(number, found) && !is_pull_request(number) => {
                self.of_wrong_type("pullRequest", &InputValue::One(number.to_owned()), found);
            }
            Some((_, "number", _)) => {}
            Some(_) => self.members(members, found),
            None => self.of_wrong_type("build", value, found),
        }
    }

    fn elements(&self, shape: InputShape, value: &InputValue, found: &mut Findings) {
        let keys = shape.element_keys();
        if let Some(key) = keys.first() {
            self.repeated(key, value, found);
        }
        let has_keys = |members: &InputObject| keys.iter().all(|key| members.contains_key(*key));
        match value {
            // What is known by one member may be given by that alone.
            InputValue::Many(texts) if keys.len() == 1 => self.texts(texts, found),
            InputValue::Objects(objects) if objects.iter().all(has_keys) => {
                for members in objects {
                    self.members(members, found);
                    for targets in TARGETS.iter().filter_map(|list| members.get(*list)) {
                        self.repeated("identifier", targets, found);
                    }
                }
            }
            _ => {
                let name = if keys.len() == 1 { "nameOrElement" } else { "element" };
                let reason = self.fault(ViolationCode::FieldType);
                self.tell(reason.with(name, &keys.join(", ")), found);
            }
        }
    }

    /// Names each element that stands there again. Clusters of one name are two where their agents are.
    fn repeated(&self, key: &str, value: &InputValue, found: &mut Findings) {
        let known = |members| Some((text_of(members, key)?, text_of(members, "agentIdentifier")));
        let elements: Vec<(&str, Option<&str>)> = match value {
            InputValue::Objects(objects) => objects.iter().filter_map(known).collect(),
            _ => value.values().iter().map(|text| (text.as_str(), None)).collect(),
        };
        for (place, element) in elements.iter().enumerate() {
            let before = elements.iter().take(place).filter(|before| *before == element);
            if before.count() == 1 && found.has_room() {
                self.tell(self.fault(ViolationCode::FieldTwice).given(element.0), found);
            }
        }
    }

    fn members(&self, members: &InputObject, found: &mut Findings) {
        for value in members.values() {
            self.part(value, found);
        }
    }

    fn part(&self, value: &InputValue, found: &mut Findings) {
        match value {
            InputValue::One(_) | InputValue::Many(_) | InputValue::Literal(_) => self.texts(value.values(), found),
            InputValue::Object(members) => self.members(members, found),
            InputValue::Objects(objects) => objects.iter().for_each(|members| self.members(members, found)),
            InputValue::List(elements) => elements.iter().for_each(|element| self.part(element, found)),
        }
    }

    fn texts(&self, texts: &[String], found: &mut Findings) {
        for text in texts {
            self.clean(text, found);
        }
    }

    fn clean(&self, text: &str, found: &mut Findings) -> bool {
        self.cleaned(text, VALUE, found)
    }

    fn cleaned(&self, text: &str, shape: Shape, found: &mut Findings) -> bool {
        let labelled = Labelled {
            label: &self.label,
            path: &self.path,
            text,
        };
        clean(labelled, shape, found)
    }

    fn scalars(&self, value: &InputValue, patterns: &dyn Patterns, found: &mut Findings) {
        let matcher = self.matcher(patterns);
        for text in value.values() {
            self.text(text, matcher.as_ref(), found);
        }
    }

    fn text(&self, text: &str, matcher: Option<&Matcher>, found: &mut Findings) {
        if let Some(allowed) = &self.input.allowed_values {
            if allowed.iter().any(|value| value == text) {
                return;
            }
            // What an expression yields is known to Harness alone.
            if !allowed.iter().any(|value| value.contains("<+")) {
                if found.has_room() {
                    let values: Vec<&str> = allowed.iter().map(String::as_str).collect();
                    let reason = self.fault(ViolationCode::ValueNotAllowed).given(text);
                    self.tell(reason.advised(text, &values), found);
                }
                return;
            }
        }
        if self.clean(text, found)
            && let Some(reason) = self
                .fault_of_kind(text)
                .or_else(|| self.fault_of_pattern(text, matcher))
        {
            self.tell(reason, found);
        }
    }

    fn fault_of_kind(&self, text: &str) -> Option<Reason> {
        let (is_one, expected) = match self.input.kind {
            InputKind::Number => (number(text).is_some(), "number"),
            InputKind::WholeNumber => (is_whole_number(text), "wholeNumber"),
            InputKind::Boolean => (matches!(text, "true" | "false"), "boolean"),
            InputKind::Duration => (duration_ms(text).is_some(), "duration"),
            InputKind::Text | InputKind::Object | InputKind::List => return None,
        };
        if is_one {
            return self.fault_of_range(text);
        }
        let reason = self.fault(ViolationCode::FieldType).with("expected", expected);
        Some(reason.given(text))
    }

    fn fault_of_range(&self, text: &str) -> Option<Reason> {
        let given = number(text)?;
        let bound = |limit: &Option<String>| limit.as_deref().and_then(number);
        let (direction, limit) = if bound(&self.input.min).is_some_and(|min| given < min) {
            ("least", &self.input.min)
        } else if bound(&self.input.max).is_some_and(|max| given > max) {
            ("greatest", &self.input.max)
        } else {
            return None;
        };
        let reason = self.fault(ViolationCode::ValueOutOfRange).given(text);
        Some(reason.with(direction, limit.as_deref()?))
    }

    fn fault_of_pattern(&self, text: &str, matcher: Option<&Matcher>) -> Option<Reason> {
        if matcher?(text) != Some(false) {
            return None;
        }
        let pattern = self.input.regex.as_deref()?;
        let reason = self.fault(ViolationCode::ValueMalformed).given(text);
        let reason = reason.with("pattern", &shown(pattern));
        Some(match &self.input.description {
            Some(description) => reason.with("description", &shown(description)),
            None => reason,
        })
    }
}

fn holds_expression(value: &InputValue) -> bool {
    match value {
        InputValue::One(_) | InputValue::Many(_) | InputValue::Literal(_) => {
            value.values().iter().any(|text| text.contains("<+"))
        }
        InputValue::List(elements) => elements.iter().any(holds_expression),
        InputValue::Object(members) => members.values().any(holds_expression),
        InputValue::Objects(objects) => objects.iter().flat_map(InputObject::values).any(holds_expression),
    }
}

/// A number as JSON writes it, and Harness reads it.
fn number(text: &str) -> Option<f64> {
    serde_json::from_str(text).ok()
}

/// The text that a member of an object is.
fn text_of<'o>(members: &'o InputObject, key: &str) -> Option<&'o str> {
    match members.get(key)? {
        InputValue::One(text) => Some(text),
        _ => None,
    }
}

/// The number of a pull request: whole, and from 1.
fn is_pull_request(text: &str) -> bool {
    is_whole_number(text) && number(text).is_some_and(|number| number >= 1.0)
}

/// A number without a point and an exponent.
fn is_whole_number(text: &str) -> bool {
    number(text).is_some() && text.bytes().all(|b| b == b'-' || b.is_ascii_digit())
}
