//! Which rules hold, and how bad a breach is: `lint.yaml` of a config repository.

use harness_cd_model::{Diagnostic, Severity, codes};
use harness_cd_yaml::{At, Reader, nearest, parse};

use crate::rule::{LintRule, lint_rules};

/// The rules that hold, each with its severity.
#[derive(Clone, Debug)]
pub struct LintSettings {
    graded: Vec<(&'static LintRule, Severity)>,
}

impl Default for LintSettings {
    /// The rules as their table grades them.
    fn default() -> Self {
        let on = |rule: &'static LintRule| Some((rule, rule.severity?));
        Self {
            graded: lint_rules().iter().filter_map(on).collect(),
        }
    }
}

const SEVERITIES: [(&str, Option<Severity>); 4] = [
    ("off", None),
    ("info", Some(Severity::Info)),
    ("warning", Some(Severity::Warning)),
    ("error", Some(Severity::Error)),
];

impl LintSettings {
    /// Reads a `lint.yaml`: `rules: {HCD1006: {severity: off|info|warning|error, reason: …}}`. What has a finding
    /// leaves its rule as the table grades it.
    ///
    /// Findings are those of [`harness_cd_yaml::parse`] and [`Reader`], and `HCD0130`: there is no rule of that code.
    #[must_use]
    pub fn read(file: &str, text: &[u8]) -> (Self, Vec<Diagnostic>) {
        let mut settings = Self::default();
        let findings = match parse(file, text) {
            Ok(document) => {
                let mut reader = Reader::new(file);
                settings.take(&mut reader, At::root(&document.root));
                reader.finish()
            }
            Err(findings) => findings,
        };
        (settings, findings)
    }

    fn take(&mut self, reader: &mut Reader<'_>, root: At<'_>) {
        let Some(rules) = reader
            .mapping(root, &["rules"])
            .and_then(|fields| reader.required(&fields, "rules"))
        else {
            return;
        };
        for entry in rules.node.entries() {
            let Some(at) = rules.get(entry.name()) else { continue };
            match lint_rules().iter().find(|rule| rule.code == entry.name()) {
                Some(rule) => {
                    if let Some(severity) = read_severity(reader, at) {
                        self.grade(rule, severity);
                    }
                }
                None => {
                    let hint = match nearest(entry.name(), lint_rules().iter().map(|rule| rule.code)) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "write the code of a rule, for example `HCD1006`".to_owned(),
                    };
                    let key = At {
                        node: &entry.key,
                        pointer: at.pointer,
                    };
                    reader.error(
                        codes::UNKNOWN_RULE,
                        &key,
                        format!("there is no rule `{}`", entry.name()),
                        hint,
                    );
                }
            }
        }
    }

    fn grade(&mut self, rule: &'static LintRule, severity: Option<Severity>) {
        self.graded.retain(|(known, _)| known.code != rule.code);
        self.graded.extend(severity.map(|severity| (rule, severity)));
    }

    /// The rules that are not off.
    pub(crate) fn rules(&self) -> &[(&'static LintRule, Severity)] {
        &self.graded
    }
}

/// The severity that a rule is given; `None` if it is not given soundly, or without a reason.
fn read_severity(reader: &mut Reader<'_>, at: At<'_>) -> Option<Option<Severity>> {
    let fields = reader.mapping(at, &["severity", "reason"])?;
    let (severity, reason) = (reader.required(&fields, "severity"), reader.required(&fields, "reason"));
    let severity = severity.and_then(|at| reader.one_of(&at, &SEVERITIES));
    reason.and_then(|at| reader.string(&at))?;
    severity
}
