//! What is wrong with a Harness YAML beyond what a schema can say.
//!
//! Every rule of [`RULES`] looks at every node of the document and at nothing else, so that a new rule is a function
//! and a line in the table. Text that Harness fills in at run time (`<+…>`, `${{ … }}`) is taken as good.

mod deployment;
mod names;
mod values;

use harness_cd_model::{Diagnostic, Range, Severity};
use harness_cd_yaml::{At, Node, Value, child_pointer, parse};

use crate::{Files, read_config_repo, render};

/// One rule: a stable code, how bad a breach is, and how to find it.
struct Rule {
    code: &'static str,
    severity: Severity,
    check: fn(&Place<'_>) -> Vec<Fault>,
}

const RULES: [Rule; 20] = [
    error("HCD1001", values::timeout),
    error("HCD1002", values::percentage),
    error("HCD1003", names::identifier),
    error("HCD1004", names::name),
    error("HCD1005", names::reference),
    warning("HCD1006", values::moving_tag),
    error("HCD1007", values::failure_action),
    error("HCD1008", values::failure_error),
    error("HCD1009", values::default_outside_allowed_values),
    error("HCD1010", names::duplicate_stage),
    error("HCD1011", names::duplicate_step),
    warning("HCD1012", deployment::no_rollback_steps),
    warning("HCD1013", deployment::verify_without_monitored_service),
    error("HCD1014", deployment::verify_expires),
    warning("HCD1015", deployment::canary_left_behind),
    error("HCD1016", deployment::several_strategies),
    warning("HCD1017", deployment::blue_green_without_swap),
    error("HCD1018", values::trigger_operator),
    warning("HCD1019", values::undocumented_expression),
    error("HCD1020", deployment::ignored_key),
];

const fn error(code: &'static str, check: fn(&Place<'_>) -> Vec<Fault>) -> Rule {
    Rule {
        code,
        severity: Severity::Error,
        check,
    }
}

const fn warning(code: &'static str, check: fn(&Place<'_>) -> Vec<Fault>) -> Rule {
    Rule {
        code,
        severity: Severity::Warning,
        check,
    }
}

/// A node with its surroundings.
struct Place<'n> {
    at: At<'n>,
    /// The key of the nearest mapping entry above; `""` for the document.
    key: &'n str,
    /// The mapping that has this key.
    mapping: Option<&'n Node>,
    /// Whether the node itself is the value of the key, not an item of its list.
    is_value: bool,
}

impl<'n> Place<'n> {
    /// Whether this is the body of such a thing: the value of its wrapping key.
    fn is_body(&self, wrapper: &str) -> bool {
        self.is_value && self.key == wrapper && matches!(self.at.node.value, Value::Mapping(_))
    }

    /// The text of a scalar that is there to read: not filled in later, by Harness or by Terraform (`${NAME}`).
    fn literal(&self) -> Option<&'n str> {
        self.at
            .node
            .text()
            .filter(|text| !text.contains("<+") && !text.contains("${"))
    }

    fn fault(&self, message: impl Into<String>, hint: impl Into<String>) -> Vec<Fault> {
        vec![Fault::at(&self.at, message, hint)]
    }
}

/// A breach of a rule.
struct Fault {
    pointer: String,
    range: Range,
    message: String,
    hint: String,
}

impl Fault {
    fn at(at: &At<'_>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let range = match at.node.value {
            Value::Scalar(_) => at.node.range,
            // A whole mapping is a long place to point at: its beginning is enough.
            _ => Range {
                end_line: at.node.range.line,
                end_column: at.node.range.column,
                ..at.node.range
            },
        };
        Self {
            pointer: at.pointer.clone(),
            range,
            message: message.into(),
            hint: hint.into(),
        }
    }
}

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

/// Checks a pipeline, trigger, service, environment, infrastructure definition, connector, input set, template or any
/// other Harness YAML.
///
/// Findings have codes `HCD1xxx`, or those of [`harness_cd_yaml::parse`] if the text is no YAML. `HCD1000`: it cannot
/// be told what the file is.
#[must_use]
pub fn lint(file: &str, text: &[u8]) -> Vec<Diagnostic> {
    let document = match parse(file, text) {
        Ok(document) => document,
        Err(findings) => return findings,
    };
    let root = At::root(&document.root);
    let mut linter = Linter {
        file,
        findings: Vec::new(),
    };
    if !KINDS.iter().any(|kind| root.get(kind).is_some()) {
        let message = "nothing says which kind of Harness entity this is";
        let fault = Fault::at(&root, message, format!("start it with one of {}", KINDS.join(", ")));
        linter.add("HCD1000", Severity::Warning, fault);
    }
    linter.visit(Place {
        at: root,
        key: "",
        mapping: None,
        is_value: true,
    });
    Diagnostic::sort(&mut linter.findings);
    linter.findings
}

/// Checks a whole config repository: its descriptions, its templates and what they render to. The findings of
/// rendered files carry the path they are rendered to.
#[must_use]
pub fn lint_config_repo(files: &Files) -> Vec<Diagnostic> {
    let repo = read_config_repo(files);
    let rendered = render(&repo, &[]);
    let mut findings = repo.diagnostics;
    findings.extend(rendered.diagnostics);
    // Policies are Rego, and a delegate's values belong to Helm.
    let is_entity = |path: &str| path.ends_with(".yaml") && !path.starts_with("delegates/");
    for (path, text) in rendered.files.iter().filter(|(path, _)| is_entity(path)) {
        findings.extend(lint(path, text.as_bytes()));
    }
    Diagnostic::sort(&mut findings);
    findings
}

struct Linter<'f> {
    file: &'f str,
    findings: Vec<Diagnostic>,
}

impl Linter<'_> {
    fn visit(&mut self, place: Place<'_>) {
        for rule in &RULES {
            for fault in (rule.check)(&place) {
                self.add(rule.code, rule.severity, fault);
            }
        }
        let node = place.at.node;
        for entry in node.entries() {
            let pointer = child_pointer(&place.at.pointer, entry.name());
            let at = At {
                node: &entry.value,
                pointer,
            };
            self.visit(Place {
                at,
                key: entry.name(),
                mapping: Some(node),
                is_value: true,
            });
        }
        for at in place.at.items() {
            self.visit(Place {
                at,
                is_value: false,
                ..place
            });
        }
    }

    fn add(&mut self, code: &str, severity: Severity, fault: Fault) {
        self.findings.push(Diagnostic {
            code: code.to_owned(),
            severity,
            message: fault.message,
            file: self.file.to_owned(),
            pointer: fault.pointer,
            range: fault.range,
            hint: Some(fault.hint),
        });
    }
}
