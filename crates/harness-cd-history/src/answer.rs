//! Answers of Harness that hold executions: pages, lists, single ones, with an envelope or without.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::ShapeError;
use crate::body::read;
use crate::lenient::{Key, Maybe, Number, ReadInto, read_member};
use crate::summary::{Envelope, Graph, Summary};

/// Takes a row, or nothing for one that is no object, the graph of its steps, and the pointer to it. Rows are taken as
/// they come by and are not kept. Of one type for all who take: the reader of answers is compiled once.
type TakeRow<'t, 'de> = dyn FnMut(Option<Summary<'de>>, &Graph<'de>, &dyn Fn() -> String) + 't;

/// Reads an answer; how many executions there are altogether, as far as it says.
pub(crate) fn read_rows<'de>(body: &'de [u8], take: &mut TakeRow<'_, 'de>) -> Result<Option<u64>, ShapeError> {
    let answer = read(body, AnswerSeed { take, pointer: "" })?;
    match answer {
        Answer {
            refusal: Some(refusal), ..
        } => Err(refusal),
        Answer { holds_rows: false, .. } => Err(ShapeError::NotHistory),
        Answer { total, .. } => Ok(total),
    }
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

/// Reads an answer from front to back.
struct AnswerSeed<'r, 't, 'de> {
    take: &'r mut TakeRow<'t, 'de>,
    pointer: &'static str,
}

impl<'de> DeserializeSeed<'de> for AnswerSeed<'_, '_, 'de> {
    type Value = Answer;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Answer, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnswerSeed<'_, '_, 'de> {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer of Harness")
    }

    /// Harness sends no list without its page, but people keep them. One without an execution in it may be a list of
    /// anything.
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Answer, A::Error> {
        let (mut holds_rows, take) = (false, self.take);
        let mut take = |row: Option<Summary<'de>>, graph: &Graph<'de>, pointer: &dyn Fn() -> String| {
            holds_rows |= row.as_ref().is_some_and(Summary::is_one);
            take(row, graph, pointer);
        };
        RowsSeed {
            take: &mut take,
            pointer: self.pointer.to_owned(),
        }
        .visit_seq(seq)?;
        Ok(Answer {
            holds_rows,
            ..Answer::default()
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answer, A::Error> {
        let Self { take, pointer } = self;
        let mut answer = Answer::default();
        let mut envelope = Envelope::default();
        let mut summary = Summary::default();
        let (mut detail, mut graph) = (None, Graph::default());
        while let Some(Key(name)) = map.next_key()? {
            match name.as_ref() {
                "data" | "executionDetails" if let Some(pointer) = inner(pointer, &name) => {
                    let take = &mut *take;
                    let inner = map.next_value_seed(AnswerSeed { take, pointer })?;
                    answer.holds_rows |= inner.holds_rows;
                    answer.total = answer.total.or(inner.total);
                }
                "content" => {
                    let pointer = format!("{pointer}/content");
                    answer.holds_rows |= map.next_value_seed(RowsSeed {
                        take: &mut *take,
                        pointer,
                    })?;
                }
                "pipelineExecutionSummary" => {
                    let mut row = Maybe::default();
                    map.next_value_seed(ReadInto(&mut row))?;
                    detail = Some(row.0);
                }
                "executionGraph" => map.next_value_seed(ReadInto(&mut graph))?,
                "totalElements" | "totalItems" => {
                    let mut total = Number::default();
                    map.next_value_seed(ReadInto(&mut total))?;
                    answer.total = total.unsigned();
                }
                "status" | "code" | "message" | "responseMessages" => read_member(&mut envelope, &name, &mut map)?,
                _ => read_member(&mut summary, &name, &mut map)?,
            }
        }
        if let Some(row) = detail {
            take(row, &graph, &|| format!("{pointer}/pipelineExecutionSummary"));
            answer.holds_rows = true;
        }
        answer.refusal = envelope.refusal();
        summary.status = envelope.status;
        if answer.refusal.is_none() && !answer.holds_rows && summary.is_one() {
            take(Some(summary), &graph, &|| pointer.to_owned());
            answer.holds_rows = true;
        }
        Ok(answer)
    }

    nothing_in!(scalars, null);
}

/// The pointer of a member that holds an answer of its own.
fn inner(pointer: &str, member: &str) -> Option<&'static str> {
    match (pointer, member) {
        ("", "data") => Some("/data"),
        ("", "executionDetails") => Some("/executionDetails"),
        ("/data", "executionDetails") => Some("/data/executionDetails"),
        _ => None,
    }
}

/// A page of Harness has a thousand rows at most (harness-api §3.4), and a file that people keep some of them. Whoever
/// sends millions would hold up everybody.
const MOST_ROWS: usize = 100_000;

/// Reads a list of rows; says whether it was one.
struct RowsSeed<'r, 't, 'de> {
    take: &'r mut TakeRow<'t, 'de>,
    pointer: String,
}

impl<'de> DeserializeSeed<'de> for RowsSeed<'_, '_, 'de> {
    type Value = bool;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RowsSeed<'_, '_, 'de> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of execution summaries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        let mut place = 0_usize;
        let (mut row, no_graph) = (Maybe::default(), Graph::default());
        while seq.next_element_seed(ReadInto(&mut row))?.is_some() {
            if place == MOST_ROWS {
                return Err(A::Error::custom("too many rows"));
            }
            (self.take)(std::mem::take(&mut row).0, &no_graph, &|| {
                format!("{}/{place}", self.pointer)
            });
            place += 1;
        }
        Ok(true)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(true)
    }

    nothing_in!(scalars, object);
}
