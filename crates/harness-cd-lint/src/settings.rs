//! Which rules hold, and how bad a breach is: `lint.yaml` of a config repository.

use harness_cd_model::words::did_you_mean;
use harness_cd_model::{Diagnostic, Grading, Severity, codes};
use harness_cd_yaml::{At, Key, Keys, Kind, Reader, keys, parse};

use crate::rule::{LintRule, lint_rules};

/// The rules that hold, each with its severity.
#[derive(Clone, Debug)]
pub struct LintSettings {
    rules: Vec<(&'static LintRule, Severity)>,
}

impl Default for LintSettings {
    /// The rules as their table grades them.
    fn default() -> Self {
        let on = |rule: &'static LintRule| Some((rule, rule.code.severity?));
        Self {
            rules: lint_rules().iter().filter_map(on).collect(),
        }
    }
}

/// `lint.yaml`.
pub const LINT_KEYS: Keys = keys![Key::required(
    "rules",
    Kind::Map("the code of a rule", &Kind::Mapping(RULE_KEYS)),
    "{HCD1006: {severity: error, reason: a rollback needs the tag it goes back to}}",
    "How bad a breach of a rule is here.",
    "nothing: the findings of `harness-cd lint` have that severity",
)];

/// What stands under the code of a rule.
const RULE_KEYS: Keys = keys![
    Key::required(
        "severity",
        Kind::Word(&["off", "info", "warning", "error"]),
        "error",
        "How bad it is; `off` turns the rule off.",
        "nothing",
    ),
    Key::required(
        "reason",
        Kind::Text,
        "a rollback needs the tag it goes back to",
        "Why, for whoever reads the file.",
        "nothing",
    ),
];

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
    /// Findings are those of [`harness_cd_yaml::parse`] and [`Reader`], `HCD0130`: there is no rule of that code, and
    /// `HCD0131`: the rule has one severity alone.
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
        let findings = findings.into_iter().filter_map(|finding| settings.graded(finding));
        let findings = findings.collect();
        (settings, findings)
    }

    fn take(&mut self, reader: &mut Reader<'_>, root: At<'_>) {
        let Some(rules) = reader
            .object(root, LINT_KEYS.known)
            .and_then(|fields| reader.required(&fields, "rules"))
        else {
            return;
        };
        for entry in rules.node.entries() {
            let Some(at) = rules.get(entry.name()) else { continue };
            let key = At {
                node: &entry.key,
                pointer: at.pointer.clone(),
            };
            if let Some(rule) = gradable(reader, &key, entry.name())
                && let Some(severity) = read_severity(reader, at)
            {
                self.grade(rule, severity);
            }
        }
    }

    fn grade(&mut self, rule: &'static LintRule, severity: Option<Severity>) {
        self.rules.retain(|(known, _)| known.code.id != rule.code.id);
        self.rules.extend(severity.map(|severity| (rule, severity)));
    }

    /// A finding of reading, or of no rule's own check, as these settings grade it; `None` if they turn it off.
    pub(crate) fn graded(&self, finding: Diagnostic) -> Option<Diagnostic> {
        let (_, severity) = self.rules.iter().find(|(rule, _)| rule.code.id == finding.code)?;
        Some(Diagnostic {
            severity: *severity,
            ..finding
        })
    }

    /// The rules that are not off.
    pub(crate) fn rules(&self) -> &[(&'static LintRule, Severity)] {
        &self.rules
    }
}

/// The rule of a code, if a config repository may grade it.
fn gradable(reader: &mut Reader<'_>, key: &At<'_>, id: &str) -> Option<&'static LintRule> {
    let Some(rule) = lint_rules().iter().find(|rule| rule.code.id == id) else {
        let near = did_you_mean(id, lint_rules().iter().map(|rule| rule.code.id));
        let hint = near.unwrap_or_else(|| "write the code of a rule, for example `HCD1006`".to_owned());
        reader.error(codes::UNKNOWN_RULE, key, format!("there is no rule `{id}`"), hint);
        return None;
    };
    if rule.code.grading == Grading::Fixed {
        let message = format!("`{id}` is always an error: what breaks it is not read or not rendered");
        let hint = "remove the entry, and mend what the code reports";
        reader.error(codes::FIXED_SEVERITY, key, message, hint);
        return None;
    }
    Some(rule)
}

/// The severity that a rule is given; `None` if it is not given soundly, or without a reason.
fn read_severity(reader: &mut Reader<'_>, at: At<'_>) -> Option<Option<Severity>> {
    let fields = reader.object(at, RULE_KEYS.known)?;
    let (severity, reason) = (reader.required(&fields, "severity"), reader.required(&fields, "reason"));
    let severity = severity.and_then(|at| reader.one_of(&at, &SEVERITIES));
    reason.and_then(|at| reader.prose(&at))?;
    severity
}
