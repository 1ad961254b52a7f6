use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::members::{read_members, read_words};
use crate::{ChangeWindow, EnvironmentType, InputValue, InputValues, PipelineStage, RuntimeInput};

/// What a person or a program asks for: this image tag of this service, there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeployRequest {
    /// The service's name, for example `payment-service`.
    pub service: String,
    /// The image tag, for example `v2.3.1`.
    pub image_tag: String,
    /// The environment's name, for example `int-stable`.
    pub environment: String,
    /// The region's name, for example `euw1`.
    pub region: String,
    /// The change ticket, for example `CHG-1234`; some environments require it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_ticket: Option<String>,
    /// How to go back; some environments require it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback_plan: Option<String>,
    /// Why now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_justification: Option<String>,
    /// Identifiers of saved input sets and overlays of the pipeline: of two that answer the same a later one wins, and
    /// the request's own values win over all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub input_sets: Vec<String>,
    /// Identifiers of the stages to run, where the pipeline allows to choose; with none, all of them run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub stages: Vec<String>,
    /// What the pipeline asks for beyond that: values of its runtime inputs, each under the input's pointer or the
    /// name of its variable.
    #[serde(skip_serializing_if = "InputValues::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<InputValues>"))]
    pub inputs: InputValues,
}

impl DeployRequest {
    /// The fields that fill a variable of the pipeline, each with the variable's name.
    pub const VARIABLES: [(&'static str, &'static str); 3] = [
        ("imageTag", "imageTag"),
        ("environment", "targetEnvironment"),
        ("region", "targetRegion"),
    ];

    /// The pipeline's variables that the fields fill, each with its value; a field that is empty fills none.
    pub fn variables(&self) -> impl Iterator<Item = (&'static str, &String)> {
        Self::VARIABLES
            .into_iter()
            .zip([&self.image_tag, &self.environment, &self.region])
            .filter(|(_, value)| !value.is_empty())
            .map(|((_, variable), value)| (variable, value))
    }

    /// What the request says for the record: for who approves, and for who looks at the run later.
    pub fn records(&self) -> impl Iterator<Item = (RequiredField, &String)> {
        RequiredField::ALL
            .into_iter()
            .zip([&self.change_ticket, &self.rollback_plan, &self.business_justification])
            .filter_map(|(field, text)| Some((field, text.as_ref()?)))
    }

    /// Everything that the request gives the pipeline: its variables and its further inputs.
    #[must_use]
    pub fn input_values(&self) -> InputValues {
        let mut values = self.inputs.clone();
        values.extend(
            self.variables()
                .map(|(name, value)| (name.to_owned(), InputValue::One(value.clone()))),
        );
        values
    }
}

/// What a deploy request is checked against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeployTarget {
    /// The rules of the service. Absent for a pipeline that is in no config repo: a request for it has
    /// [`DeployRequest::inputs`] alone.
    pub rules: Option<DeployRules>,
    /// What the live pipeline asks for; absent where that is not known.
    pub inputs: Option<Vec<RuntimeInput>>,
    /// The stages that a run may choose from, in order: empty where the pipeline does not allow it, absent where that is
    /// not known.
    pub stages: Option<Vec<PipelineStage>>,
    /// What the input sets that the request names answer, by the pointers of the inputs.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<InputValues>"))]
    pub saved: InputValues,
}

read_members!(DeployTarget, "a deploy target", {
    "rules" = rules optional,
    "inputs" = inputs optional,
    "stages" = stages optional,
    "saved" = saved optional,
});

/// A field that an environment may require of a deploy request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum RequiredField {
    /// [`DeployRequest::change_ticket`]
    ChangeTicket,
    /// [`DeployRequest::rollback_plan`]
    RollbackPlan,
    /// [`DeployRequest::business_justification`]
    BusinessJustification,
}

read_words!(RequiredField, "a field that may be required", {
    "changeTicket" = ChangeTicket,
    "rollbackPlan" = RollbackPlan,
    "businessJustification" = BusinessJustification,
});

impl RequiredField {
    /// Every such field, in the order of a request's.
    pub const ALL: [Self; 3] = [Self::ChangeTicket, Self::RollbackPlan, Self::BusinessJustification];

    /// How a request and a platform description write it, and what a pipeline's variable is called that takes it along
    /// for its approvers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChangeTicket => "changeTicket",
            Self::RollbackPlan => "rollbackPlan",
            Self::BusinessJustification => "businessJustification",
        }
    }
}

/// The rules that one service's deploy requests are checked against: the part of the platform description that a
/// browser may hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeployRules {
    /// The service's name.
    pub service: String,
    /// The service's identifier in Harness.
    pub service_identifier: String,
    /// The catalog entity that may see and run its pipeline, in full: `component:default/payment-service`.
    pub entity: String,
    /// The organization of its pipeline.
    pub org: String,
    /// The project of its pipeline.
    pub project: String,
    /// The identifier of its pipeline.
    pub pipeline: String,
    /// The name of its pipeline.
    pub pipeline_name: String,
    /// Refuses tags that move, such as `latest`.
    pub immutable_tags_only: bool,
    /// The environments the service runs in, from first to last.
    pub environments: Vec<EnvironmentRules>,
}

read_members!(DeployRules, "the rules of a service", {
    "service" = service,
    "serviceIdentifier" = service_identifier,
    "entity" = entity,
    "org" = org,
    "project" = project,
    "pipeline" = pipeline,
    "pipelineName" = pipeline_name,
    "immutableTagsOnly" = immutable_tags_only,
    "environments" = environments,
});

/// The rules of one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct EnvironmentRules {
    /// The environment's name, for example `int-stable`.
    pub name: String,
    /// The environment's identifier in Harness, for example `int_stable`.
    pub identifier: String,
    /// Production or not.
    pub environment_type: EnvironmentType,
    /// The regions in which the service runs in this environment.
    pub regions: Vec<String>,
    /// When deploying is allowed: while one of these is open; absent where it always is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<ChangeWindow>>"))]
    pub change_windows: Vec<ChangeWindow>,
    /// What a request must carry beyond tag, environment and region.
    pub required_fields: Vec<RequiredField>,
    /// The groups that approve, one after the other; empty where nobody is asked.
    pub approvals: Vec<String>,
}

read_members!(EnvironmentRules, "the rules of an environment", {
    "name" = name,
    "identifier" = identifier,
    "environmentType" = environment_type,
    "regions" = regions,
    "changeWindows" = change_windows optional,
    "requiredFields" = required_fields,
    "approvals" = approvals,
});

/// The answer to a deploy request before anything runs. A user's mistake is an answer, never an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum DeployVerdict {
    /// Nothing speaks against it.
    Allowed {
        /// What a person should know before it runs. Absent where there is nothing.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<Violation>>"))]
        warnings: Vec<Violation>,
    },
    /// Every reason that speaks against it.
    Rejected {
        /// At least one, in field order; of very many the first hundred, and how many more there are.
        violations: Vec<Violation>,
    },
}

/// One reason why a deploy request is refused, or a warning about one that is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Violation {
    /// The rule.
    pub code: ViolationCode,
    /// RFC 6901 pointer into the request, for example `/imageTag`; a very long name in it is cut.
    pub path: String,
    /// What a sentence in any language needs: see [`ViolationCode`] for the parameters of each code.
    #[cfg_attr(feature = "ts", ts(type = "Record<string, string | number | string[]>"))]
    pub params: Params,
    /// One sentence in English, made of the code and the parameters: what, why, how to mend. No stop ends it.
    pub message: String,
    /// For a closed change window: when it opens next, in epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_from: Option<i64>,
}

/// The parameters of a sentence, each with its name: an object in JSON. They are few; a map would weigh a browser more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(&'static str, Param)>);

impl Params {
    /// The parameter of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Param> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, param)| param)
    }

    /// Adds a parameter, whose name has none yet.
    pub fn push(&mut self, name: &'static str, param: Param) {
        self.0.push((name, param));
    }
}

impl Serialize for Params {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, param) in &self.0 {
            map.serialize_entry(name, param)?;
        }
        map.end()
    }
}

/// A parameter of a sentence. In JSON a text, a number or a list of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Param {
    /// A text; one of a person is short and has no invisible characters.
    Text(String),
    /// A count.
    Number(usize),
    /// Texts to choose from, at most ten of them.
    List(Vec<String>),
}

impl Serialize for Param {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            // No request has as many of anything.
            Self::Number(number) => serializer.serialize_u32(u32::try_from(*number).unwrap_or(u32::MAX)),
            Self::List(texts) => texts.serialize(serializer),
        }
    }
}

/// The closed list of rules, each with the parameters of its sentence. `label` is what an English form calls the field
/// or the input, `given` what was given. Where a name may be misspelt, there is `suggestion`, or else `choices` and, of
/// more than ten, `more`, the number of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ViolationCode {
    /// The request is not a JSON object that can be read: `why`, a word of the table of sentences, and where the text breaks off
    /// being JSON `line` and `column`.
    RequestMalformed,
    /// A field that no request has: `given`, `suggestion` or `choices`; or one that means nothing to a pipeline of no
    /// config repo: `label`; or an input that has a field of its own: `given`, `field`, its label.
    FieldUnknown,
    /// A field or input of the wrong type: `label`, `given` if it is a text, and `expected`: `text`, `texts`, `oneValue`,
    /// `value`, `inputs`, `number`, `wholeNumber`, `boolean`, `duration`, `build`, `object` or `list`. Of a list of
    /// objects instead `element`, what each of them has, or `nameOrElement` where names will do.
    FieldType,
    /// A field or input that is given twice, also under two names: `label`.
    FieldTwice,
    /// A required field or input is missing or blank: `label`, and who asks for it: `environment`, or `pipeline` as a
    /// text that is empty, or nobody where every request has it. `default`, of an input that was given blank, is what it
    /// would run with if it were left out.
    FieldRequired,
    /// A text is longer than allowed: `label`, `length` and `excess`, in characters.
    FieldTooLong,
    /// A text holds a control character or an invisible one: `label`, `character`, for example `U+202E`, and its `name`.
    FieldControlCharacter,
    /// A text holds a Harness expression, which the engine would evaluate: `label`, `opener`.
    ExpressionForbidden,
    /// The service is not the one asked about: `given`, `service`.
    ServiceUnknown,
    /// Not an image tag of the OCI distribution specification: `given`.
    ImageTagInvalid,
    /// A tag that moves, where only immutable ones are allowed: `given`.
    ImageTagMutable,
    /// The service has no such environment: `given`, `service`, `suggestion` or `choices`.
    EnvironmentUnknown,
    /// No environment of the service has such a region: `given`, `service`, `suggestion` or `choices`.
    RegionUnknown,
    /// The region exists, and not in this environment: `given`, `service`, `environment`, `suggestion` or `choices`.
    RegionNotInEnvironment,
    /// Not a ticket id: `given`.
    ChangeTicketInvalid,
    /// The pipeline asks for no such input: `given`, `suggestion` or `choices`; or for no variable that a field fills:
    /// `label`, `variable`; or a stage that is not chosen asks for it: `label`, `unchosen`, the stage's name.
    InputUnknown,
    /// An input that is answered in Harness alone: `label`, and `why`: `midRun`.
    InputOnlyInHarness,
    /// The pipeline has no such input set: `given`, `suggestion` or `choices`.
    InputSetUnknown,
    /// An input set that does not fit the pipeline as it is now: `given`, `reason`.
    InputSetUnfit,
    /// Stages are chosen, and the pipeline does not allow it: `given`, the first of them.
    StagesFixed,
    /// The pipeline has no such stage: `given`, `suggestion` or `choices`.
    StageUnknown,
    /// A chosen stage uses or reads another one, which is not chosen: `given`, `needs`.
    StageIncomplete,
    /// An approval before a chosen stage is left out, and the environment requires it: `given`, `gate`, `environment`.
    StageUnguarded,
    /// A chosen stage deploys to another environment than the one that is asked for: `given`, `elsewhere`, `environment`.
    StageElsewhere,
    /// None of the chosen stages deploys, and others of the pipeline do: `environment`, which is asked for, and
    /// `choices`, those that may deploy there.
    NothingDeployed,
    /// A warning, where no config repo rules: an approval is left out before a chosen stage: `given`, `gate`.
    ApprovalLeftOut,
    /// Targets are named, and all of them are deployed to as well: `label`, and `all`, the input that says so.
    TargetsContradict,
    /// A value that is not in the closed list of its input: `label`, `given`, `suggestion` or `choices`.
    ValueNotAllowed,
    /// What Harness's own list of what may be chosen does not hold: `label`, `given`, `suggestion` or `choices`; and
    /// `within`, the environment, the group or the service whose list it is, where it is one of such.
    ChoiceUnknown,
    /// A warning: Harness's list was not read, or not all of it: `label`, `given`.
    ChoiceUnchecked,
    /// A value that does not match the pattern of its input: `label`, `given`, `pattern`, and `description`, the
    /// pipeline's own, where it has one.
    ValueMalformed,
    /// A structure whose YAML cannot be read: `label`, `line` and `column` in what was given, from 1, and `reason`.
    YamlMalformed,
    /// A number below the least or above the greatest allowed one: `label`, `given`, and `least` or `greatest`.
    ValueOutOfRange,
    /// The environment's change window is closed: `window`, `environment`, and `opens`, its own time, where it opens.
    ChangeWindowClosed,
    /// A warning: the change window is closed, and the pipeline asks for approvals before it looks at the time:
    /// `window`, `environment`, `opens`.
    ChangeWindowLater,
    /// The environment's change window names a time zone that is not known here: `window`, `timeZone`.
    TimeZoneUnknown,
    /// There are more reasons than the first hundred: `more`, how many.
    MoreViolations,
}

impl ViolationCode {
    /// Those that say when a request may run, not what of it is wrong.
    pub const ABOUT_TIME: [Self; 2] = [Self::ChangeWindowClosed, Self::TimeZoneUnknown];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_required_field_is_called_as_in_a_request() {
        let text = Some("text".to_owned());
        let request = DeployRequest {
            change_ticket: text.clone(),
            rollback_plan: text.clone(),
            business_justification: text,
            ..DeployRequest::default()
        };
        let request = serde_json::to_value(request).unwrap();
        for field in RequiredField::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
            assert!(request.get(field.name()).is_some(), "{field:?}");
        }
    }
}
