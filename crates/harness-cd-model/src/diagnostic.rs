use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Severity {
    /// Must be mended: nothing that depends on it is written or run.
    Error,
    /// Works today, and is likely wrong.
    Warning,
    /// Worth knowing.
    Info,
}

/// A place in a text: 1-based line and 1-based column, counted in UTF-16 code units as editors do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in UTF-16 code units.
    pub column: u32,
}

/// From the first character of a finding up to, and without, the one behind its last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Range {
    /// 1-based line of the start.
    pub line: u32,
    /// 1-based column of the start, in UTF-16 code units.
    pub column: u32,
    /// 1-based line of the end.
    pub end_line: u32,
    /// 1-based column behind the end, in UTF-16 code units.
    pub end_column: u32,
}

impl Range {
    /// A range from a start to an end.
    #[must_use]
    pub fn new(start: Position, end: Position) -> Self {
        Self {
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

/// One finding in a text that a person wrote: what, where, why, how to mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Diagnostic {
    /// A stable code, for example `HCD0101`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and why, one sentence without a trailing full stop.
    pub message: String,
    /// The file as the reader named it.
    pub file: String,
    /// RFC 6901 pointer to the node, `""` for the whole document.
    pub pointer: String,
    /// Where it stands.
    pub range: Range,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Diagnostic {
    /// Where it stands: `file:line:column`.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}:{}:{}", self.file, self.range.line, self.range.column)
    }

    /// Sorts by file, then place, then code: the order in which a run reports.
    pub fn sort(diagnostics: &mut [Diagnostic]) {
        diagnostics
            .sort_by(|a, b| (&a.file, a.range, &a.code, &a.message).cmp(&(&b.file, b.range, &b.code, &b.message)));
    }
}
