//! Answers of Harness about executions, shaped into deployments.

use std::borrow::Cow;
use std::fmt;

use harness_cd_model::{Deployment, DeploymentLinks, EnvironmentType, HistoryPage, Quarantined, StatusPhase};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ascii;
use crate::lenient::{Key, Maybe, Number, ReadInto, read_member};
use crate::summary::{Artifact, Envelope, LayoutNode, Stage, Standing, Summary};
use crate::url;

/// What shaping needs to know beyond the answer itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct HistoryOptions {
    /// The origin of Harness's user interface, for example `https://app.harness.io`; without it no links are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ui_base: Option<String>,
    /// The account's identifier, for links; without it no links are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Names of regions, looked for in identifiers of infrastructure definitions; may be empty.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub regions: Vec<String>,
    /// Whether every Deployment stage is kept, also those that were skipped or have not begun. Otherwise an execution
    /// in which none has begun is one row with the execution's own status, so that what waits for its turn or for an
    /// approval is seen; none at all where it succeeded.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub skipped: bool,
}

/// Why an answer cannot be shaped.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShapeError {
    /// Nothing.
    #[error("Harness sent an empty answer")]
    Empty,
    /// A web page: a login, a proxy or a firewall.
    #[error("a web page came instead of Harness's answer; check the address, the proxy and the login in between")]
    WebPage,
    /// Not JSON, or cut off.
    #[error("the answer is not complete JSON: {0}")]
    NotJson(String),
    /// An error in an answer that says it went well.
    #[error("Harness refused: {message}")]
    Refused {
        /// Harness's error code, for example `INVALID_REQUEST`.
        code: Option<String>,
        /// What Harness says.
        message: String,
    },
    /// JSON of another kind.
    #[error(
        "the answer holds no execution: expected a page of execution summaries, a list of them, one, or an execution's details"
    )]
    NotHistory,
}

/// Shapes a page of execution summaries into deployments, newest execution first as Harness sends them, the stages of
/// an execution in the order of execution.
///
/// Reads what Harness answers to a list of executions, with its envelope or without, a bare list, one summary, and an
/// execution's details.
///
/// # Errors
/// [`ShapeError`] for a body that is no such answer. A single row that cannot be shaped is quarantined instead.
pub fn shape_history<'a>(body: &'a [u8], options: &'a HistoryOptions) -> Result<HistoryPage<'a>, ShapeError> {
    let mut shaper = Shaper::new(options);
    let answer = read(
        body,
        AnswerSeed {
            shaper: &mut shaper,
            pointer: "",
        },
    )?;
    if let Some(refusal) = answer.refusal {
        return Err(refusal);
    }
    if !answer.holds_rows {
        return Err(ShapeError::NotHistory);
    }
    Ok(HistoryPage {
        total_executions: answer.total,
        ..shaper.page
    })
}

/// Shapes like [`shape_history`] and writes the JSON text of the [`HistoryPage`], in ASCII alone: for bulk that goes on
/// as text. JavaScript takes ASCII over ten times as fast as other text, and parses it twice as fast.
///
/// # Errors
/// As [`shape_history`].
pub fn shape_history_text(body: &[u8], options: &HistoryOptions) -> Result<String, ShapeError> {
    let page = shape_history(body, options)?;
    ascii::to_string(&page).map_err(|error| ShapeError::NotJson(error.to_string()))
}

/// Reads a whole body, and says what it is where it is no JSON.
pub(crate) fn read<'de, S: DeserializeSeed<'de>>(body: &'de [u8], seed: S) -> Result<S::Value, ShapeError> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii();
    match body.first() {
        None => return Err(ShapeError::Empty),
        Some(b'<') => return Err(ShapeError::WebPage),
        Some(_) => {}
    }
    // Checked as a whole: every text in it would otherwise be checked by itself.
    let body = str::from_utf8(body).map_err(|error| ShapeError::NotJson(error.to_string()))?;
    let mut deserializer = serde_json::Deserializer::from_str(body);
    let value = seed.deserialize(&mut deserializer);
    value
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| ShapeError::NotJson(error.to_string()))
}

/// Visits that find nothing of use, for the kinds of value a visitor does not care about.
macro_rules! nothing_in {
    ($($kind:ident),+) => { $(nothing_in!(@$kind);)+ };
    (@scalars) => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
    };
    (@null) => { fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok(Self::Value::default()) } };
    (@object) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
}

/// What an answer is, besides its rows.
#[derive(Default)]
struct Answer {
    holds_rows: bool,
    total: Option<u64>,
    refusal: Option<ShapeError>,
}

/// Reads an answer from front to back; rows are shaped as they come by and are not kept.
struct AnswerSeed<'s, 'a> {
    shaper: &'s mut Shaper<'a>,
    pointer: &'static str,
}

impl<'de> DeserializeSeed<'de> for AnswerSeed<'_, 'de> {
    type Value = Answer;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Answer, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnswerSeed<'_, 'de> {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer of Harness")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Answer, A::Error> {
        let holds_rows = RowsSeed {
            shaper: self.shaper,
            pointer: self.pointer.to_owned(),
        }
        .visit_seq(seq)?;
        Ok(Answer {
            holds_rows,
            ..Answer::default()
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answer, A::Error> {
        let Self { shaper, pointer } = self;
        let mut answer = Answer::default();
        let mut envelope = Envelope::default();
        let mut summary = Summary::default();
        while let Some(Key(name)) = map.next_key()? {
            match name.as_ref() {
                "data" if pointer.is_empty() => {
                    let data = map.next_value_seed(AnswerSeed {
                        shaper: &mut *shaper,
                        pointer: "/data",
                    })?;
                    answer.holds_rows |= data.holds_rows;
                    answer.total = answer.total.or(data.total);
                }
                "content" => {
                    let pointer = format!("{pointer}/content");
                    answer.holds_rows |= map.next_value_seed(RowsSeed {
                        shaper: &mut *shaper,
                        pointer,
                    })?;
                }
                "pipelineExecutionSummary" => {
                    let mut row = Maybe::default();
                    map.next_value_seed(ReadInto(&mut row))?;
                    shaper.row(row, || format!("{pointer}/pipelineExecutionSummary"));
                    answer.holds_rows = true;
                }
                "totalElements" | "totalItems" => {
                    let mut total = Number::default();
                    map.next_value_seed(ReadInto(&mut total))?;
                    answer.total = total.unsigned();
                }
                "status" | "code" | "message" | "responseMessages" => read_member(&mut envelope, &name, &mut map)?,
                _ => read_member(&mut summary, &name, &mut map)?,
            }
        }
        answer.refusal = envelope.refusal();
        summary.status = envelope.status;
        if answer.refusal.is_none() && !answer.holds_rows && summary.is_one() {
            shaper.row(Maybe(Some(summary)), || pointer.to_owned());
            answer.holds_rows = true;
        }
        Ok(answer)
    }

    nothing_in!(scalars, null);
}

/// Reads a list of rows; says whether it was one.
struct RowsSeed<'s, 'a> {
    shaper: &'s mut Shaper<'a>,
    pointer: String,
}

impl<'de> DeserializeSeed<'de> for RowsSeed<'_, 'de> {
    type Value = bool;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RowsSeed<'_, 'de> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of execution summaries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        let mut place = 0_usize;
        let mut row = Maybe::default();
        while seq.next_element_seed(ReadInto(&mut row))?.is_some() {
            self.shaper
                .row(std::mem::take(&mut row), || format!("{}/{place}", self.pointer));
            place += 1;
        }
        Ok(true)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(true)
    }

    nothing_in!(scalars, object);
}

struct Shaper<'a> {
    options: &'a HistoryOptions,
    regions: Vec<Region<'a>>,
    page: HistoryPage<'a>,
}

impl<'a> Shaper<'a> {
    fn new(options: &'a HistoryOptions) -> Self {
        Self {
            options,
            regions: options.regions.iter().map(|name| Region::new(name)).collect(),
            page: HistoryPage::default(),
        }
    }

    fn row(&mut self, Maybe(row): Maybe<Summary<'a>>, pointer: impl Fn() -> String) {
        let mut quarantine = |reason: &str| {
            let reason = reason.to_owned();
            self.page.quarantined.push(Quarantined {
                pointer: pointer(),
                execution_id: None,
                reason,
            });
        };
        let Some(summary) = row else {
            return quarantine("the row is not an object");
        };
        let Some(execution_id) = summary.execution_id.cow() else {
            return quarantine("the row has no planExecutionId, so it cannot be told from others");
        };
        let links = links(&summary, self.options);
        let shape =
            |stage: Stage<'_, 'a>| deployment(&summary, execution_id.clone(), stage, links.clone(), &self.regions);
        let mut stages = summary.stages();
        stages.retain(|(_, node)| node.node_type.get() == Some("Deployment"));
        if self.options.skipped {
            return self.page.deployments.extend(stages.into_iter().map(shape));
        }
        let before = self.page.deployments.len();
        let begun = stages.iter().copied().filter(|(_, node)| begun(node));
        self.page.deployments.extend(begun.map(shape));
        if self.page.deployments.len() == before && summary.standing().phase != StatusPhase::Succeeded {
            // Waiting for its turn or an approval, or refused there: the next stage speaks for the execution.
            let mut waiting = stages.iter().copied();
            let next = waiting.find(|(_, node)| node.standing().phase == StatusPhase::Queued);
            let pending = next.or(stages.last().copied()).map(shape);
            self.page
                .deployments
                .extend(pending.map(|deployment| standing_for(&summary, deployment)));
        }
    }
}

/// Whether a stage did or does anything.
fn begun(node: &LayoutNode<'_>) -> bool {
    !matches!(node.standing().phase, StatusPhase::Skipped | StatusPhase::Queued)
}

/// A stage that has not begun, with the status, the times and the failure of its execution.
fn standing_for<'a>(summary: &Summary<'a>, stage: Deployment<'a>) -> Deployment<'a> {
    let Standing {
        status,
        phase,
        ended_at,
    } = summary.standing();
    let started_at = summary.started_at.0;
    let failure = summary.failure().map(|text| text.to_owned().into());
    Deployment {
        status,
        phase,
        started_at,
        ended_at,
        duration_ms: duration(started_at, ended_at),
        failure: stage.failure.or(failure),
        ..stage
    }
}

/// Milliseconds from start to end; `None` while one is missing, or where a clock went back.
fn duration(started_at: Option<i64>, ended_at: Option<i64>) -> Option<i64> {
    ended_at?.checked_sub(started_at?).filter(|ms| *ms >= 0)
}

fn deployment<'a>(
    summary: &Summary<'a>,
    execution_id: Cow<'a, str>,
    (key, node): Stage<'_, 'a>,
    links: Option<DeploymentLinks>,
    regions: &[Region<'a>],
) -> Deployment<'a> {
    let Standing {
        status,
        phase,
        ended_at,
    } = node.standing().within(&summary.standing());
    let infrastructure = &node.module_info.cd.infrastructure;
    let service = &node.module_info.cd.service;
    let (image, image_tag) = image(&service.artifacts.primary);
    let started_at = node.started_at.0;
    Deployment {
        id: [&execution_id, key].join("/"),
        execution_id,
        pipeline: summary.pipeline.cow().unwrap_or_default(),
        pipeline_name: summary.pipeline_name.cow(),
        run_number: summary.run_number.unsigned(),
        stage: node.identifier.cow().unwrap_or_else(|| key.to_owned().into()),
        stage_name: node.name.cow(),
        status,
        phase,
        service: service.identifier.cow(),
        service_name: service.name.cow(),
        environment: infrastructure.environment.cow(),
        environment_name: infrastructure.environment_name.cow(),
        environment_type: match infrastructure.environment_type.get() {
            Some("Production") => Some(EnvironmentType::Production),
            Some("PreProduction") => Some(EnvironmentType::PreProduction),
            _ => None,
        },
        region: infrastructure
            .identifier
            .get()
            .and_then(|identifier| region(identifier, infrastructure.environment.get(), regions)),
        infrastructure: infrastructure.identifier.cow(),
        infrastructure_name: infrastructure.name.cow(),
        image,
        image_tag,
        started_at,
        ended_at,
        duration_ms: duration(started_at, ended_at),
        trigger_type: summary.trigger.trigger_type.cow(),
        triggered_by: summary.trigger.by.identifier.cow(),
        triggered_by_email: summary.trigger.by.extra.email.cow(),
        failure: node.failure().map(|text| text.to_owned().into()),
        is_rollback: matches!(
            summary.mode.get(),
            Some("POST_EXECUTION_ROLLBACK" | "PIPELINE_ROLLBACK")
        ),
        links,
    }
}

/// The image and its tag. Where an artifact's type has other members, its display name is `image:tag`.
fn image<'a>(artifact: &Artifact<'a>) -> (Option<Cow<'a, str>>, Option<Cow<'a, str>>) {
    let shown = || artifact.display_name.get()?.rsplit_once(':');
    let path = artifact.path.cow().or_else(|| Some(shown()?.0.to_owned().into()));
    let tag = artifact.tag.cow().or_else(|| artifact.version.cow());
    (path, tag.or_else(|| Some(shown()?.1.to_owned().into())))
}

/// A known region and how identifiers write it.
struct Region<'a> {
    name: &'a str,
    word: String,
}

impl<'a> Region<'a> {
    /// A dash of a name is an underscore in an identifier.
    fn new(name: &'a str) -> Self {
        Self {
            name,
            word: name.replace(['-', '.', ' '], "_"),
        }
    }

    /// Whether the region stands in an identifier between underscores or ends.
    fn is_in(&self, identifier: &str) -> bool {
        let bounded = |start: usize| {
            let before = identifier.as_bytes().get(..start).and_then(<[u8]>::last);
            let after = identifier.as_bytes().get(start + self.word.len());
            [before, after].into_iter().flatten().all(|b| *b == b'_')
        };
        !self.word.is_empty() && identifier.match_indices(&self.word).any(|(start, _)| bounded(start))
    }
}

/// The region in an infrastructure definition's identifier, `<environment>_<region>_k8s`: a known region that stands
/// there as a word, otherwise what is left between the two ends.
fn region<'a>(identifier: &str, environment: Option<&str>, regions: &[Region<'a>]) -> Option<Cow<'a, str>> {
    let unscoped = |id| str::rsplit(id, '.').next().unwrap_or(id);
    let identifier = unscoped(identifier);
    let rest = environment.and_then(|environment| identifier.strip_prefix(unscoped(environment)));
    let known = regions.iter().filter(|region| region.is_in(rest.unwrap_or(identifier)));
    if let Some(region) = known.max_by_key(|region| region.name.len()) {
        return Some(Cow::Borrowed(region.name));
    }
    let region = rest?.strip_prefix('_')?.strip_suffix("_k8s")?;
    (!region.is_empty()).then(|| region.to_owned().into())
}

/// Pages of an execution and of its pipeline, where everything that is in their addresses is known.
pub(crate) fn links(summary: &Summary<'_>, options: &HistoryOptions) -> Option<DeploymentLinks> {
    let pipeline = url::pipeline_page(
        options.ui_base.as_deref()?,
        options.account.as_deref()?,
        summary.org.get()?,
        summary.project.get()?,
        summary.pipeline.get()?,
    );
    Some(DeploymentLinks {
        execution: url::execution_page(&pipeline, summary.execution_id.get()?),
        pipeline: url::studio_page(&pipeline),
    })
}
