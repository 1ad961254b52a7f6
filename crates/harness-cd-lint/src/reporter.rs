//! Faults in, findings out: each with its code, its severity by the settings, and its place.
//!
//! Reporting needs no outline, so that what was judged elsewhere is reported without reading a document again.

use std::collections::HashSet;

use harness_cd_model::{Diagnostic, Range, Severity};
use harness_cd_yaml::{Node, Value};

use crate::nested::Nested;
use crate::place::{Fault, Faults};
use crate::sample::sample_of;
use crate::schema::{Breach, Found};
use crate::settings::LintSettings;

/// The text in which a document is written.
pub(crate) struct Source<'s> {
    pub(crate) file: &'s str,
    pub(crate) text: &'s str,
    /// The scalar whose text this is, if it is not the file's.
    pub(crate) nested: Option<Nested>,
}

/// The findings of one document.
pub(crate) struct Reporter<'n, 's> {
    pub(crate) settings: &'s LintSettings,
    pub(crate) source: &'s Source<'s>,
    pub(crate) root: &'n Node,
    findings: Vec<Diagnostic>,
    /// Where rules have found something, and whether it was an error.
    said: HashSet<(*const Node, bool)>,
}

impl<'n, 's> Reporter<'n, 's> {
    pub(crate) fn new(settings: &'s LintSettings, source: &'s Source<'s>, root: &'n Node) -> Self {
        Self {
            settings,
            source,
            root,
            findings: Vec::new(),
            said: HashSet::new(),
        }
    }

    /// Whether a rule has said at that place what is wrong there, which a schema could only say worse.
    pub(crate) fn has_said(&self, found: &Found<'n>) -> bool {
        let node = std::ptr::from_ref(found.fault.node);
        let is_warning = found.breach == Breach::OpenWord && self.said.contains(&(node, false));
        is_warning || self.said.contains(&(node, true))
    }

    /// Reports breaches of a rule.
    pub(crate) fn report(&mut self, code: &str, severity: Severity, faults: Faults<'n>) {
        let is_error = severity == Severity::Error;
        for fault in faults.found {
            self.said.insert((std::ptr::from_ref(fault.node), is_error));
            let finding = Diagnostic {
                code: code.to_owned(),
                severity,
                message: self.source.with_sample(&fault),
                file: self.source.file.to_owned(),
                pointer: self.root.pointer_to(fault.node).unwrap_or_default(),
                range: self.source.range(&fault),
                hint: Some(fault.hint),
            };
            self.findings.push(self.source.moved(finding));
        }
    }

    /// Adds findings that are complete.
    pub(crate) fn add(&mut self, findings: impl IntoIterator<Item = Diagnostic>) {
        self.findings.extend(findings);
    }

    /// Everything found.
    pub(crate) fn finish(self) -> Vec<Diagnostic> {
        self.findings
    }
}

impl<'s> Source<'s> {
    pub(crate) fn of_file(file: &'s str, text: &'s str) -> Self {
        Self {
            file,
            text,
            nested: None,
        }
    }

    fn written(&self, node: &Node) -> &str {
        self.text.get(node.span.clone()).unwrap_or_default()
    }

    fn range(&self, fault: &Fault<'_>) -> Range {
        let node = fault.node;
        let found = fault
            .part
            .and_then(|part| range_of(part, self.written(node), node.range));
        match (found, &node.value) {
            (Some(range), _) => range,
            (None, Value::Scalar(_)) => node.range,
            // A whole mapping is a long place to point at: its beginning is enough.
            (None, _) => Range {
                end_line: node.range.line,
                end_column: node.range.column,
                ..node.range
            },
        }
    }

    /// The message, with what the sample in it stands for.
    fn with_sample(&self, fault: &Fault<'_>) -> String {
        let name = self
            .written(fault.node)
            .split_once("{{")
            .and_then(|(_, rest)| rest.split_once("}}"));
        let name = name.map(|(name, _)| name.trim());
        match name.and_then(|name| Some((name, sample_of(name)?))) {
            Some((name, sample)) if fault.message.contains(&sample) => {
                format!("{}; `{sample}` is a sample of `{{{{{name}}}}}`", fault.message)
            }
            _ => fault.message.clone(),
        }
    }

    pub(crate) fn moved(&self, finding: Diagnostic) -> Diagnostic {
        match &self.nested {
            Some(nested) => nested.moved(finding),
            None => finding,
        }
    }
}

/// Where a part of a scalar stands, if it is written as it reads and on one line.
fn range_of(part: &str, written: &str, scalar: Range) -> Option<Range> {
    let before = written.get(..written.find(part)?)?;
    let lines = before.matches('\n').count();
    let (line, from) = match before.rfind('\n') {
        Some(at) => (before.get(at + 1..)?, 1),
        None => (before, scalar.column),
    };
    let width = |text: &str| u32::try_from(text.encode_utf16().count()).ok();
    let (line_number, column) = (scalar.line + u32::try_from(lines).ok()?, from + width(line)?);
    Some(Range {
        line: line_number,
        column,
        end_line: line_number,
        end_column: column + width(part)?,
    })
}
