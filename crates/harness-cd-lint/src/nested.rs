//! A document that stands in a scalar of another.

use harness_cd_model::{Diagnostic, Range};
use harness_cd_yaml::{Node, ScalarStyle, Value};

/// The scalar, and how places in its text are places in the file.
pub(crate) struct Nested {
    pointer: String,
    range: Range,
    /// How far the lines of a block scalar are indented; `None` for a scalar whose lines are not those of the file.
    indent: Option<u32>,
}

impl Nested {
    pub(crate) fn new(text: &str, node: &Node, pointer: String) -> Self {
        let is_block = matches!(&node.value, Value::Scalar(scalar) if scalar.style == ScalarStyle::Literal);
        let written = text.get(node.span.clone()).unwrap_or_default();
        let first = written
            .lines()
            .skip(1)
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default();
        let indent = first.len() - first.trim_start_matches(' ').len();
        Self {
            pointer,
            range: node.range,
            indent: u32::try_from(indent).ok().filter(|_| is_block),
        }
    }

    /// A finding in the text, as one in the file.
    pub(crate) fn moved(&self, finding: Diagnostic) -> Diagnostic {
        let range = match self.indent {
            // The text begins in the line below the block scalar's header.
            Some(indent) => Range {
                line: finding.range.line + self.range.line,
                column: finding.range.column + indent,
                end_line: finding.range.end_line + self.range.line,
                end_column: finding.range.end_column + indent,
            },
            None => self.range,
        };
        Diagnostic {
            pointer: self.pointer.clone(),
            range,
            ..finding
        }
    }
}
