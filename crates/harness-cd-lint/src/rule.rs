//! What a rule is.

use std::fmt;
use std::sync::LazyLock;

use harness_cd_model::codes::CODES;
use harness_cd_model::{Code, Grading, Severity, codes};
use harness_cd_pipeline::is_of_version_1;
use harness_cd_yaml::Node;

use crate::fix::{Mending, quotes_in_description};
use crate::place::{Faults, Place};
use crate::repo_facts::{Member, RepoFacts};
use crate::rules::RULES;
use crate::schema::Breach;

pub(crate) type NodeCheck = for<'n> fn(&Place<'n, '_>, &mut Faults<'n>);
type DocumentCheck = for<'n> fn(&'n Node, &mut Faults<'n>);
type RepoCheck = for<'n> fn(&RepoFacts<'_>, &Member<'n, '_>, &mut Faults<'n>);

/// What a rule looks at.
#[derive(Clone, Copy)]
pub(crate) enum Check {
    /// Every node of a document, one by one.
    Node(NodeCheck),
    /// A document, from its root.
    Document(DocumentCheck),
    /// A document beside everything else in its config repository.
    Repo(RepoCheck),
    /// What the schemas say of a document.
    Schema(&'static [Breach]),
    /// Nothing here: whoever reads or renders a file finds it out.
    Reading,
}

/// What a rule is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Harness's own files.
    Harness,
    /// Kubernetes manifests.
    Manifest,
    /// Files of Harness 3.0.
    Newer,
    /// Any of them.
    Any,
}

impl Subject {
    /// What a document is.
    pub(crate) fn of(root: &Node) -> Self {
        if root.get("apiVersion").is_some() && root.get("kind").is_some() {
            Self::Manifest
        } else if is_of_version_1(root) {
            Self::Newer
        } else {
            Self::Harness
        }
    }
}

/// One rule: its code with what that means, and what it looks at.
#[derive(Clone, Copy)]
pub struct LintRule {
    /// What the findings of the rule say of themselves.
    pub code: Code,
    pub(crate) subject: Subject,
    pub(crate) check: Check,
    pub(crate) mending: Option<Mending>,
}

impl LintRule {
    /// What is found out while a file is read or rendered.
    fn of_reading(code: &Code) -> Self {
        Self {
            code: *code,
            subject: Subject::Any,
            check: Check::Reading,
            mending: (code.id == codes::WRONG_TYPE.id).then_some(quotes_in_description),
        }
    }

    /// Whether [`crate::LintSettings::fix`] mends those breaches of the rule that have one safe mending.
    #[must_use]
    pub fn can_be_mended(&self) -> bool {
        self.mending.is_some()
    }

    /// Whether the rule is about such documents.
    pub(crate) fn concerns(&self, subject: Subject) -> bool {
        self.subject == subject || self.subject == Subject::Any
    }
}

impl fmt::Debug for LintRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LintRule({})", self.code.id)
    }
}

/// Every rule, by code: first those that reading and rendering keep, then those of the table.
#[must_use]
pub fn lint_rules() -> &'static [LintRule] {
    static ALL: LazyLock<Vec<LintRule>> = LazyLock::new(|| {
        let of_reading = CODES.iter().map(|code| LintRule::of_reading(code));
        of_reading.chain(RULES.iter().copied()).collect()
    });
    &ALL
}

pub(crate) const ERROR: Option<Severity> = Some(Severity::Error);
pub(crate) const WARNING: Option<Severity> = Some(Severity::Warning);
pub(crate) const INFO: Option<Severity> = Some(Severity::Info);
pub(crate) const OFF: Option<Severity> = None;

/// A rule about nodes of Harness's own files, as most are.
pub(crate) const fn node(
    id: &'static str,
    severity: Option<Severity>,
    check: NodeCheck,
    title: &'static str,
    why: &'static str,
    mend: &'static str,
) -> LintRule {
    rule(id, severity, Check::Node(check), title, why, mend)
}

pub(crate) const fn rule(
    id: &'static str,
    severity: Option<Severity>,
    check: Check,
    title: &'static str,
    why: &'static str,
    mend: &'static str,
) -> LintRule {
    LintRule {
        code: Code {
            id,
            severity,
            grading: Grading::Free,
            title,
            why,
            mend,
        },
        subject: Subject::Harness,
        check,
        mending: None,
    }
}

pub(crate) const fn on(subject: Subject, rule: LintRule) -> LintRule {
    LintRule { subject, ..rule }
}

/// A rule of which some breaches have one safe mending.
pub(crate) const fn mended(mending: Mending, rule: LintRule) -> LintRule {
    LintRule {
        mending: Some(mending),
        ..rule
    }
}
