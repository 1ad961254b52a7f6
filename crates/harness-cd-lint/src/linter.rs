//! One pass of the rules over a document.

use harness_cd_model::{Diagnostic, Range, Severity};
use harness_cd_template::Template;
use harness_cd_yaml::{Document, Node, Value, decode, parse_documents, parse_text};

use crate::nested::Nested;
use crate::outline::Outline;
use crate::place::{Fault, Faults, Place};
use crate::rule::{Subject, UNKNOWN_KIND};
use crate::settings::LintSettings;

/// The keys by which a Harness YAML says what it is.
const KINDS: [&str; 13] = [
    "pipeline",
    "template",
    "inputSet",
    "overlayInputSet",
    "trigger",
    "service",
    "environment",
    "environmentGroup",
    "infrastructureDefinition",
    "connector",
    "secret",
    "freeze",
    "overrides",
];

/// Checks a file by the rules as their table grades them: see [`LintSettings::lint`].
#[must_use]
pub fn lint(file: &str, text: &[u8]) -> Vec<Diagnostic> {
    LintSettings::default().lint(file, text)
}

impl LintSettings {
    /// Checks a pipeline, trigger, service, environment, infrastructure definition, connector, input set, template or
    /// any other Harness YAML, a template of this product with `{{NAME}}` in it, or a file of Kubernetes manifests.
    ///
    /// Findings have the codes of [`lint_rules`], or those of [`harness_cd_yaml::parse`] if the text is no YAML.
    #[must_use]
    pub fn lint(&self, file: &str, text: &[u8]) -> Vec<Diagnostic> {
        match decode(file, text).and_then(|text| Ok((text, read(file, text)?))) {
            Ok((text, documents)) => self.check(text, &documents),
            Err(findings) => findings,
        }
    }

    /// Checks documents that have been read from a text.
    pub(crate) fn check(&self, text: &str, documents: &[Document]) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for document in documents {
            let source = Source::of_file(&document.file, text);
            findings.extend(Linter::new(self, &source, &document.root, None).run());
        }
        Diagnostic::sort(&mut findings);
        findings
    }
}

/// Reads a text: one document, several of Kubernetes, or a template by its samples.
pub(crate) fn read(file: &str, text: &str) -> Result<Vec<Document>, Vec<Diagnostic>> {
    if text.starts_with("apiVersion:") || text.contains("\napiVersion:") {
        return parse_documents(file, text);
    }
    let document = match text.contains("{{") {
        true => Template::parse(file, text)?.sample(sample_of),
        false => parse_text(file, text)?,
    };
    Ok(vec![document])
}

/// What a template is judged by: values of the shape that the product's own placeholders have.
pub(crate) fn sample_of(placeholder: &str) -> Option<String> {
    let sample = match placeholder {
        "SERVICE_NAME" => "sample-service",
        "SERVICE_IDENTIFIER" => "sample_service",
        "ARCHETYPE" => "api",
        "TEAM" => "sample-team",
        "TEAM_IDENTIFIER" => "sample_team",
        "IMAGE" => "project/sample-service",
        "ENVIRONMENTS" => "sample-environment,sample-production",
        "FIRST_ENVIRONMENT" => "sample-environment",
        "REGIONS" => "region1,region2",
        "FIRST_REGION" => "region1",
        _ => return None,
    };
    Some(sample.to_owned())
}

/// The text in which a document is written.
pub(crate) struct Source<'s> {
    file: &'s str,
    text: &'s str,
    /// The scalar whose text this is, if it is not the file's.
    nested: Option<Nested>,
}

/// One pass over one document.
pub(crate) struct Linter<'n, 's> {
    settings: &'s LintSettings,
    source: &'s Source<'s>,
    root: &'n Node,
    outline: Outline<'n>,
    is_manifest: bool,
    trail: Vec<&'n str>,
    pub(crate) findings: Vec<Diagnostic>,
}

impl<'n, 's> Linter<'n, 's> {
    /// A pass; `trigger` is the trigger to whose inputs the document belongs.
    pub(crate) fn new(
        settings: &'s LintSettings,
        source: &'s Source<'s>,
        root: &'n Node,
        trigger: Option<&'n Node>,
    ) -> Self {
        Self {
            settings,
            source,
            root,
            outline: Outline::of(root, trigger),
            is_manifest: root.get("apiVersion").is_some() && root.get("kind").is_some(),
            trail: Vec::new(),
            findings: Vec::new(),
        }
    }

    fn run(mut self) -> Vec<Diagnostic> {
        if !self.is_manifest {
            self.kind();
        }
        self.visit(self.root, None, true);
        self.findings
    }

    fn kind(&mut self) {
        if KINDS.iter().any(|kind| self.root.get(kind).is_some()) {
            return;
        }
        let mut faults = Faults::default();
        let hint = match self.root.get("environmentRef") {
            Some(_) => "put `infrastructureDefinition:` above it".to_owned(),
            None => format!("start it with one of {}", KINDS.join(", ")),
        };
        faults.add(self.root, "nothing says which kind of Harness entity this is", hint);
        self.report_whole(UNKNOWN_KIND, faults);
    }

    /// Reports what was judged beyond single nodes, unless its rule is off.
    pub(crate) fn report_whole(&mut self, code: &str, faults: Faults<'n>) {
        if let Some(severity) = self.settings.severity(code) {
            self.report(code, severity, faults);
        }
    }

    fn visit(&mut self, node: &'n Node, mapping: Option<&'n Node>, is_value: bool) {
        let settings = self.settings;
        for (rule, severity) in settings.rules() {
            let (Some(check), true) = (rule.check, self.concerns(rule.subject)) else {
                continue;
            };
            let mut faults = Faults::default();
            let place = Place {
                node,
                trail: &self.trail,
                mapping,
                is_value,
                outline: &self.outline,
            };
            check(&place, &mut faults);
            self.report(rule.code, *severity, faults);
        }
        self.inner(node, mapping);
        for entry in node.entries() {
            self.trail.push(entry.name());
            self.visit(&entry.value, Some(node), true);
            self.trail.pop();
        }
        for item in node.items() {
            self.visit(item, mapping, false);
        }
    }

    fn concerns(&self, subject: Subject) -> bool {
        match subject {
            Subject::Any => true,
            Subject::Manifest => self.is_manifest,
            Subject::Harness => !self.is_manifest,
        }
    }

    /// The inputs of a trigger are a document of their own, in a text.
    fn inner(&mut self, node: &'n Node, mapping: Option<&'n Node>) {
        let is_input = self.source.nested.is_none() && self.trail.ends_with(&["trigger", "inputYaml"]);
        let Some(text) = node
            .text()
            .filter(|text| is_input && !text.contains("${") && !text.contains("{{"))
        else {
            return;
        };
        let pointer = self.root.pointer_to(node).unwrap_or_default();
        let source = Source {
            file: self.source.file,
            text,
            nested: Some(Nested::new(self.source.text, node, pointer)),
        };
        match parse_text(self.source.file, text) {
            Ok(document) => {
                let linter = Linter::new(self.settings, &source, &document.root, mapping);
                self.findings.extend(linter.run());
            }
            Err(findings) => {
                let moved = findings.into_iter().map(|finding| source.moved(finding));
                self.findings.extend(moved);
            }
        }
    }

    fn report(&mut self, code: &str, severity: Severity, faults: Faults<'n>) {
        for fault in faults.found {
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

    fn moved(&self, finding: Diagnostic) -> Diagnostic {
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
