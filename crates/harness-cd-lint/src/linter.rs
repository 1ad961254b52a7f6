//! One pass of the rules over a document.

use harness_cd_model::Diagnostic;
use harness_cd_template::Template;
use harness_cd_yaml::{Document, Node, decode, parse_documents, parse_text};

use crate::nested::Nested;
use crate::outline::Outline;
use crate::place::{Faults, Place, Role};
use crate::reporter::{Reporter, Source};
use crate::rule::{Subject, UNKNOWN_KIND};
use crate::sample::sample_of;
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

/// One pass over one document.
pub(crate) struct Linter<'n, 's> {
    reporter: Reporter<'n, 's>,
    outline: Outline<'n>,
    is_manifest: bool,
    trail: Vec<&'n str>,
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
            reporter: Reporter::new(settings, source, root),
            outline: Outline::of(root, trigger),
            is_manifest: root.get("apiVersion").is_some() && root.get("kind").is_some(),
            trail: Vec::new(),
        }
    }

    fn run(mut self) -> Vec<Diagnostic> {
        if !self.is_manifest {
            self.kind();
        }
        self.visit(self.reporter.root, None, Role::Value);
        self.reporter.finish()
    }

    fn kind(&mut self) {
        if KINDS.iter().any(|kind| self.reporter.root.get(kind).is_some()) {
            return;
        }
        let mut faults = Faults::default();
        let hint = match self.reporter.root.get("environmentRef") {
            Some(_) => "put `infrastructureDefinition:` above it".to_owned(),
            None => format!("start it with one of {}", KINDS.join(", ")),
        };
        faults.add(
            self.reporter.root,
            "nothing says which kind of Harness entity this is",
            hint,
        );
        self.reporter.report(UNKNOWN_KIND, faults);
    }

    fn visit(&mut self, node: &'n Node, mapping: Option<&'n Node>, role: Role) {
        for (rule, severity) in self.reporter.settings.rules() {
            let (Some(check), true) = (rule.check, self.concerns(rule.subject)) else {
                continue;
            };
            let mut faults = Faults::default();
            let place = Place {
                node,
                trail: &self.trail,
                mapping,
                role,
                outline: &self.outline,
            };
            check(&place, &mut faults);
            self.reporter.report_as(rule.code, *severity, faults);
        }
        self.inner(node, mapping);
        for entry in node.entries() {
            self.trail.push(entry.name());
            self.visit(&entry.value, Some(node), Role::Value);
            self.trail.pop();
        }
        for item in node.items() {
            self.visit(item, mapping, Role::Item);
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
        let is_input = self.reporter.source.nested.is_none() && self.trail.ends_with(&["trigger", "inputYaml"]);
        let Some(text) = node
            .text()
            .filter(|text| is_input && !text.contains("${") && !text.contains("{{"))
        else {
            return;
        };
        let pointer = self.reporter.root.pointer_to(node).unwrap_or_default();
        let source = Source {
            file: self.reporter.source.file,
            text,
            nested: Some(Nested::new(self.reporter.source.text, node, pointer)),
        };
        match parse_text(self.reporter.source.file, text) {
            Ok(document) => {
                let linter = Linter::new(self.reporter.settings, &source, &document.root, mapping);
                self.reporter.add(linter.run());
            }
            Err(findings) => self
                .reporter
                .add(findings.into_iter().map(|finding| source.moved(finding))),
        }
    }
}
