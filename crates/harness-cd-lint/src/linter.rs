//! One pass of the rules over a document.

use harness_cd_model::{Diagnostic, Severity};
use harness_cd_template::Template;
use harness_cd_yaml::{Document, Node, decode, parse_documents, parse_text};

use crate::nested::Nested;
use crate::outline::Outline;
use crate::place::{Faults, Place, Role};
use crate::repo_facts::{Member, RepoFacts};
use crate::reporter::{Reporter, Source};
use crate::rule::{Check, LintRule, NodeCheck, Subject};
use crate::sample::sample_of;
use crate::schema;
use crate::settings::LintSettings;

/// Checks a file by the rules as their table grades them: see [`LintSettings::lint`].
#[must_use]
pub fn lint(file: &str, text: &[u8]) -> Vec<Diagnostic> {
    LintSettings::default().lint(file, text)
}

impl LintSettings {
    /// Checks a pipeline, trigger, service, environment, infrastructure definition, connector, input set, template or
    /// any other Harness YAML, a template of this product with `{{NAME}}` in it, or a file of Kubernetes manifests.
    ///
    /// Findings have the codes of [`crate::lint_rules`]; those of a text that is no YAML are the findings of
    /// [`harness_cd_yaml::parse`].
    #[must_use]
    pub fn lint(&self, file: &str, text: &[u8]) -> Vec<Diagnostic> {
        match decode(file, text).and_then(|text| Ok((text, read(file, text)?))) {
            Ok((text, documents)) => self.check(text, &documents, None),
            Err(findings) => findings,
        }
    }

    /// Checks the documents that have been read from a text, of which a config repository may be the home.
    pub(crate) fn check(&self, text: &str, documents: &[Document], home: Option<&RepoFacts<'_>>) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for (index, document) in documents.iter().enumerate() {
            let source = Source::of_file(&document.file, text);
            let mut linter = Linter::new(self, &source, &document.root, None);
            linter.look();
            if let Some(repo) = home {
                linter.look_around(repo, document, documents.get(..index).unwrap_or_default());
            }
            findings.extend(linter.reporter.finish());
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
    let document = if text.contains("{{") {
        Template::parse(file, text)?.sample(sample_of)
    } else {
        parse_text(file, text)?
    };
    Ok(vec![document])
}

/// The code of a rule of nodes, its severity, and what it looks at.
type NodeRule = (&'static str, Severity, NodeCheck);

/// One pass over one document.
struct Linter<'n, 's> {
    reporter: Reporter<'n, 's>,
    outline: Outline<'n>,
    /// The rules that hold for such a document, each with its severity.
    rules: Vec<(&'static LintRule, Severity)>,
    trail: Vec<&'n str>,
}

impl<'n, 's> Linter<'n, 's> {
    /// A pass; `trigger` is the trigger to whose inputs the document belongs.
    fn new(settings: &'s LintSettings, source: &'s Source<'s>, root: &'n Node, trigger: Option<&'n Node>) -> Self {
        let subject = Subject::of(root);
        let rules = settings.rules().iter().copied();
        Self {
            reporter: Reporter::new(settings, source, root),
            outline: Outline::of(root, trigger),
            rules: rules.filter(|(rule, _)| rule.concerns(subject)).collect(),
            trail: Vec::new(),
        }
    }

    /// Judges the document and its nodes.
    fn look(&mut self) {
        let root = self.reporter.root;
        for (rule, severity) in &self.rules {
            if let Check::Document(check) = rule.check {
                let mut faults = Faults::default();
                check(root, &mut faults);
                self.reporter.report(rule.code.id, *severity, faults);
            }
        }
        // Every node is held against every rule of nodes: those are chosen once.
        let nodes = self.rules.iter().filter_map(|(rule, severity)| match rule.check {
            Check::Node(check) => Some((rule.code.id, *severity, check)),
            _ => None,
        });
        let nodes: Vec<_> = nodes.collect();
        self.visit(&nodes, root, None, Role::Value);
        self.look_by_schema();
    }

    /// Judges the document by Harness's schemas. What a rule of its own says better is not said again.
    fn look_by_schema(&mut self) {
        let root = self.reporter.root;
        let mut found = schema::breaches(root, self.outline.trigger.is_some());
        found.retain(|one| !self.reporter.has_said(one));
        for (rule, severity) in &self.rules {
            if let Check::Schema(breaches) = rule.check {
                let mut faults = Faults::default();
                schema::report(&mut found, breaches, &mut faults);
                self.reporter.report(rule.code.id, *severity, faults);
            }
        }
    }

    /// Judges what the document says beside others of its config repository.
    fn look_around(&mut self, repo: &RepoFacts<'_>, document: &'n Document, above: &'n [Document]) {
        let member = Member {
            document,
            above,
            outline: &self.outline,
        };
        for (rule, severity) in &self.rules {
            if let Check::Repo(check) = rule.check {
                let mut faults = Faults::default();
                check(repo, &member, &mut faults);
                self.reporter.report(rule.code.id, *severity, faults);
            }
        }
    }

    fn visit(&mut self, rules: &[NodeRule], node: &'n Node, mapping: Option<&'n Node>, role: Role) {
        for (code, severity, check) in rules {
            let mut faults = Faults::default();
            let place = Place {
                node,
                trail: &self.trail,
                mapping,
                role,
                outline: &self.outline,
            };
            check(&place, &mut faults);
            // Nearly every node keeps nearly every rule.
            if !faults.found.is_empty() {
                self.reporter.report(code, *severity, faults);
            }
        }
        self.inner(node, mapping);
        for entry in node.entries() {
            self.trail.push(entry.name());
            self.visit(rules, &entry.value, Some(node), Role::Value);
            self.trail.pop();
        }
        for item in node.items() {
            self.visit(rules, item, mapping, Role::Item);
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
                let mut linter = Linter::new(self.reporter.settings, &source, &document.root, mapping);
                linter.look();
                self.reporter.add(linter.reporter.finish());
            }
            Err(findings) => self
                .reporter
                .add(findings.into_iter().map(|finding| source.moved(finding))),
        }
    }
}
