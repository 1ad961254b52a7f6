//! Is what was chosen there: a request's values against Harness's own lists of what may be chosen.

use harness_cd_client::Transport;
use harness_cd_deploy::{asked_inputs, unchecked_choice, unknown_choice, with_further};
use harness_cd_model::words::{expression_opener, pointer_token};
use harness_cd_model::{
    Choice, ChoiceKind, ChoiceList, ChoiceQuestion, DeployRequest, DeployVerdict, HarnessScope, InputObject,
    InputShape, InputValue, PipelineStage, RuntimeInput, Violation, ViolationCode,
};

use crate::HarnessCd;
use crate::asked::{chosen, given_under};

/// So long a check waits for all lists together: no value is refused because Harness is slow.
const PATIENCE_MS: i64 = 3_000;

/// What Harness's lists say of a value.
pub(crate) enum Sought {
    /// It is there.
    Found(Choice),
    /// The whole list holds other values.
    Missing(Vec<String>),
    /// The list was not read, or not to its end.
    Unknown,
}

/// Harness's lists of what may be chosen, as one check reads them: each once.
pub(crate) struct Lists<'h, T> {
    harness: &'h HarnessCd<T>,
    scope: &'h HarnessScope,
    deadline: i64,
    read: Vec<(ChoiceQuestion, Option<ChoiceList>)>,
}

impl<'h, T: Transport> Lists<'h, T> {
    pub(crate) fn of(harness: &'h HarnessCd<T>, scope: &'h HarnessScope) -> Self {
        Self {
            harness,
            scope,
            deadline: harness.client.read_deadline(),
            read: Vec::new(),
        }
    }

    /// Whether a value is there. What stands on a later page is searched for.
    pub(crate) async fn seek(&mut self, of: ChoiceKind, within: Option<&str>, value: &str) -> Sought {
        let question = |search: Option<&str>| ChoiceQuestion {
            of,
            within: within.map(str::to_owned),
            search: search.map(str::to_owned),
        };
        let Some(list) = self.list(question(None)).await else {
            return Sought::Unknown;
        };
        if let Some(choice) = choice_of(list, value) {
            return Sought::Found(choice);
        }
        if !list.has_more {
            let values = || list.choices.iter().map(|choice| choice.value.clone());
            return match tells_of(of, list, value) {
                true => Sought::Missing(values().collect()),
                false => Sought::Unknown,
            };
        }
        let found = self.list(question(Some(without_level(value)))).await;
        found
            .and_then(|list| choice_of(list, value))
            .map_or(Sought::Unknown, Sought::Found)
    }

    async fn list(&mut self, question: ChoiceQuestion) -> Option<&ChoiceList> {
        let known = self.read.iter().position(|(known, _)| *known == question);
        let place = match known {
            Some(place) => place,
            None => {
                let list = self.harness.choices_until(self.scope, &question, self.deadline).await;
                self.read.push((question, list.ok()));
                self.read.len() - 1
            }
        };
        self.read.get(place)?.1.as_ref()
    }

    /// A verdict with what Harness's lists say of what a request chose: of its own values, and of what was saved for it.
    /// What such a value would have asked for is not called unknown beside it. `asking` is what asks for something in
    /// turn.
    pub(crate) async fn judged(
        &mut self,
        verdict: DeployVerdict,
        request: &DeployRequest,
        (inputs, stages, asking): (&[RuntimeInput], &[PipelineStage], &[RuntimeInput]),
    ) -> DeployVerdict {
        self.deadline = self
            .deadline
            .min(self.harness.client.now_ms().saturating_add(PATIENCE_MS));
        let mut found = Found::default();
        let asked = asked_inputs(inputs, stages, &request.stages);
        for is_within in [false, true] {
            for input in asked
                .iter()
                .filter(|input| input.hangs_on().next().is_some() == is_within)
            {
                self.look_at(input, request, inputs, &mut found).await;
            }
        }
        let asks_in_vain = |object: &&RuntimeInput| object.hangs_on().any(|pointer| found.refused(pointer));
        let silent: Vec<String> = asking
            .iter()
            .filter(asks_in_vain)
            .map(|object| object.pointer.clone())
            .collect();
        found.silent.extend(silent);
        let verdict = match verdict {
            DeployVerdict::Rejected { violations } => DeployVerdict::Rejected {
                violations: violations.into_iter().filter(|one| !found.explains(one)).collect(),
            },
            allowed @ DeployVerdict::Allowed { .. } => allowed,
        };
        with_further(verdict, found.violations, found.warnings)
    }

    /// Looks at what is chosen for an input.
    async fn look_at(
        &mut self,
        input: &RuntimeInput,
        request: &DeployRequest,
        inputs: &[RuntimeInput],
        found: &mut Found,
    ) {
        let Some(choices) = input.choices.as_ref().filter(|choices| choices.of != ChoiceKind::Tag) else {
            return;
        };
        let Some((key, value)) = given_under(input, request).filter(|_| !input.execution_input) else {
            return;
        };
        let within_input = choices.within_input.as_deref();
        let within = chosen(choices.within.clone(), within_input, inputs, request);
        let is_known = within_input.is_none_or(|pointer| within.is_some() && !found.refused(pointer));
        if !is_known {
            return;
        }
        for named in named_in(input, choices.of, within.as_deref(), value) {
            match self.seek(named.of, named.within, named.value).await {
                Sought::Found(_) => {}
                Sought::Missing(listed) => {
                    let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
                    let violation = unknown_choice(input, key, named.value, named.within, &listed);
                    found.violations.push(violation);
                    found.pointers.push(input.pointer.clone());
                    found
                        .silent
                        .push(format!("{}/{}", input.pointer, pointer_token(named.value)));
                }
                Sought::Unknown => found.warnings.push(unchecked_choice(input, key, named.value)),
            }
        }
    }
}

/// What was found out about a request's choices.
#[derive(Default)]
struct Found {
    violations: Vec<Violation>,
    warnings: Vec<Violation>,
    /// The inputs whose values are refused.
    pointers: Vec<String>,
    /// Below these, something is asked for by what is not there.
    silent: Vec<String>,
}

impl Found {
    fn refused(&self, pointer: &str) -> bool {
        self.pointers.iter().any(|refused| refused == pointer)
    }

    /// Whether a violation only follows from a value that is refused.
    fn explains(&self, violation: &Violation) -> bool {
        let is_below = |pointer: &String| {
            let path = format!("/inputs/{}~1", pointer_token(pointer));
            violation.path.starts_with(&path)
        };
        violation.code == ViolationCode::InputUnknown && self.silent.iter().any(is_below)
    }
}

/// Something that a request names.
struct Named<'r> {
    of: ChoiceKind,
    within: Option<&'r str>,
    value: &'r str,
}

/// What a value names; of environments that are given whole, their infrastructure definitions and clusters as well. What
/// is empty or an expression is for others to judge, and a default is the pipeline's own.
fn named_in<'r>(
    input: &RuntimeInput,
    of: ChoiceKind,
    within: Option<&'r str>,
    value: &'r InputValue,
) -> Vec<Named<'r>> {
    let is_default = |text: &str| input.shape.is_none() && input.default.as_deref() == Some(text);
    let mut named: Vec<Named<'r>> = Vec::new();
    match value {
        InputValue::One(_) | InputValue::Many(_) => {
            let texts = value.values().iter().map(|text| text.as_str());
            let texts = texts.filter(|text| !is_default(text));
            named.extend(texts.map(|value| Named { of, within, value }));
        }
        InputValue::Objects(objects) => {
            let key = input.shape.and_then(|shape| shape.element_keys().first());
            for members in objects {
                let Some(value) = key.and_then(|key| text_of(members, key)) else {
                    continue;
                };
                named.push(Named { of, within, value });
                if input.shape == Some(InputShape::Environments) {
                    named.extend(targets_in(members, value));
                }
            }
        }
        _ => {}
    }
    named.retain(|named| {
        let texts = [Some(named.value), named.within].into_iter().flatten();
        texts
            .clone()
            .all(|text| !text.trim().is_empty() && expression_opener(text).is_none())
    });
    named
}

/// The infrastructure definitions and clusters of an environment that is given whole. Source: run-inputs §3.
fn targets_in<'r>(environment: &'r InputObject, name: &'r str) -> impl Iterator<Item = Named<'r>> {
    let lists = [
        ("infrastructureDefinitions", ChoiceKind::Infrastructure),
        ("gitOpsClusters", ChoiceKind::Cluster),
    ];
    lists.into_iter().flat_map(move |(key, of)| {
        let elements = match environment.get(key) {
            Some(InputValue::Objects(elements)) => elements.as_slice(),
            _ => &[],
        };
        let values = elements.iter().filter_map(|element| text_of(element, "identifier"));
        values.map(move |value| Named {
            of,
            within: Some(name),
            value,
        })
    })
}

fn text_of<'r>(members: &'r InputObject, key: &str) -> Option<&'r str> {
    match members.get(key)? {
        InputValue::One(text) => Some(text),
        _ => None,
    }
}

fn choice_of(list: &ChoiceList, value: &str) -> Option<Choice> {
    list.choices.iter().find(|choice| choice.value == value).cloned()
}

/// Whether a whole list tells that a value is not there. Lists of a project need not hold what belongs to its organization
/// or account, nor the other way round: they tell of the levels of which they hold something.
fn tells_of(of: ChoiceKind, list: &ChoiceList, value: &str) -> bool {
    match of {
        ChoiceKind::Service | ChoiceKind::Environment | ChoiceKind::EnvironmentGroup => list
            .choices
            .iter()
            .any(|choice| level_of(&choice.value) == level_of(value)),
        ChoiceKind::Infrastructure | ChoiceKind::Cluster | ChoiceKind::ArtifactSource => true,
        ChoiceKind::Tag => false,
    }
}

/// What stands before an identifier: `org`, `account`, or nothing.
fn level_of(reference: &str) -> Option<&str> {
    reference.rsplit_once('.').map(|(level, _)| level)
}

fn without_level(reference: &str) -> &str {
    reference
        .rsplit_once('.')
        .map_or(reference, |(_, identifier)| identifier)
}
