//! The table of rules.

use std::fmt;

use harness_cd_model::Severity;
use harness_cd_yaml::Node;

use crate::place::{Faults, Place};
use crate::repo_facts::{Member, RepoFacts};
use crate::{
    approvals, deployment, expressions, infrastructure, manifests, names, references, secrets, shape, triggers, values,
};

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
}

/// What a rule is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Harness's own files.
    Harness,
    /// Kubernetes manifests.
    Manifest,
    /// Any of them.
    Any,
}

impl Subject {
    /// What a document is.
    pub(crate) fn of(root: &Node) -> Self {
        if root.get("apiVersion").is_some() && root.get("kind").is_some() {
            Self::Manifest
        } else {
            Self::Harness
        }
    }
}

/// One rule: a stable code, how bad a breach is, and why.
pub struct LintRule {
    /// For example `HCD1001`.
    pub code: &'static str,
    /// How bad a breach is; `None` for a rule that is off until a config repository grades it.
    pub severity: Option<Severity>,
    /// What holds, in one line.
    pub title: &'static str,
    /// Why it should.
    pub why: &'static str,
    pub(crate) subject: Subject,
    pub(crate) check: Check,
}

impl LintRule {
    /// Whether the rule is about such documents.
    pub(crate) fn concerns(&self, subject: Subject) -> bool {
        self.subject == subject || self.subject == Subject::Any
    }
}

impl fmt::Debug for LintRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LintRule({})", self.code)
    }
}

const ERROR: Option<Severity> = Some(Severity::Error);
const WARNING: Option<Severity> = Some(Severity::Warning);
const INFO: Option<Severity> = Some(Severity::Info);
const OFF: Option<Severity> = None;

/// A rule about nodes of Harness's own files, as most are.
const fn node(
    code: &'static str,
    severity: Option<Severity>,
    check: NodeCheck,
    title: &'static str,
    why: &'static str,
) -> LintRule {
    rule(code, severity, Check::Node(check), title, why)
}

const fn rule(
    code: &'static str,
    severity: Option<Severity>,
    check: Check,
    title: &'static str,
    why: &'static str,
) -> LintRule {
    LintRule {
        code,
        severity,
        title,
        why,
        subject: Subject::Harness,
        check,
    }
}

const fn on(subject: Subject, rule: LintRule) -> LintRule {
    LintRule { subject, ..rule }
}

/// Every rule, by code.
#[must_use]
pub fn lint_rules() -> &'static [LintRule] {
    RULES
}

#[rustfmt::skip]
static RULES: &[LintRule] = &[
    rule("HCD1000", WARNING, Check::Document(shape::unknown_kind), "the file says which kind of entity it is", "Harness takes entities by their first key"),
    node("HCD1001", ERROR, values::timeout, "a timeout is a duration of ten seconds or more", "Harness's own pattern lets `about 10m` pass and fails the run"),
    node("HCD1002", ERROR, values::percentage, "a percentage lies between 1 and 100", "no schema catches 500 percent"),
    node("HCD1003", ERROR, names::identifier, "an identifier has letters, digits and underscores", "Harness refuses the file"),
    node("HCD1004", ERROR, names::name, "a name has letters, digits, spaces, dots, dashes and underscores", "Harness refuses the file"),
    node("HCD1005", ERROR, names::reference, "a reference is an identifier", "a dashed reference points at nothing, and is found out in the run"),
    node("HCD1006", WARNING, values::moving_tag, "an image tag stays what it is", "with a moving tag, what runs cannot be told, nor rolled back to"),
    node("HCD1007", WARNING, values::failure_action, "a failure strategy's action is known", "an unknown action is not refused and does nothing"),
    node("HCD1008", ERROR, values::failure_error, "a failure strategy's errors are known", "Harness refuses the file"),
    node("HCD1009", ERROR, values::default_outside_allowed_values, "an input's default is one of its allowed values", "Harness refuses the run"),
    node("HCD1010", ERROR, names::duplicate_stage, "each stage has its own identifier", "Harness runs one and reports the other"),
    node("HCD1011", ERROR, names::duplicate_step, "each step and step group of a list has its own identifier", "an expression reaches one of them alone"),
    node("HCD1012", WARNING, deployment::no_rollback_steps, "a stage that deploys has rollback steps", "without them a rollback does nothing"),
    node("HCD1013", WARNING, deployment::verify_without_monitored_service, "a verification names a monitored service", "without one there is nothing to compare, and the step may pass silently"),
    node("HCD1014", ERROR, deployment::verify_expires, "a verification's timeout is longer than its duration", "Harness waits for data before it counts, so the step always expires"),
    node("HCD1015", WARNING, deployment::canary_left_behind, "a canary is deleted on rollback", "its pods stay and keep taking traffic"),
    node("HCD1016", ERROR, deployment::several_strategies, "a stage deploys by one strategy", "a canary cannot protect a version that is out already"),
    node("HCD1017", WARNING, deployment::blue_green_without_swap, "a blue-green deployment swaps its services", "otherwise the new version never takes traffic"),
    node("HCD1018", ERROR, values::trigger_operator, "a trigger compares with a known operator", "Harness refuses the trigger"),
    node("HCD1019", WARNING, expressions::undocumented, "an expression is documented", "`<+currentTime>` is a function without its parentheses, and reads as nothing"),
    node("HCD1020", ERROR, shape::ignored_key, "a key stands where Harness looks for it", "Harness takes a misplaced key without a word and does nothing with it"),
    node("HCD1021", ERROR, shape::missing_key, "what has to be there is there", "Harness refuses the file"),
    node("HCD1022", ERROR, shape::wrong_shape, "lists of mappings are lists, and of mappings", "Harness refuses the file"),
    node("HCD1023", WARNING, shape::unknown_key, "a key is known", "Harness's schema is open: a misspelt key passes and does nothing"),
    node("HCD1024", WARNING, shape::unknown_word, "a type, or another word of a closed list, is known", "a misspelt type fails the run; Harness adds types, so this is no error"),
    node("HCD1025", ERROR, names::duplicate_entry, "variables, inputs, sources, manifests and infrastructures of a list have names of their own", "an expression reaches one of them alone"),
    node("HCD1026", ERROR, expressions::undeclared_variable, "a pipeline variable that an expression names is declared", "it reads as nothing, or fails the run"),
    node("HCD1027", ERROR, expressions::missing_step, "a stage or step that an expression names is in the pipeline", "it reads as nothing, or fails the run"),
    node("HCD1028", ERROR, deployment::applied_twice, "K8sApply does not apply what the stage deploys", "the version is out before any canary, and an apply has no rollback"),
    node("HCD1029", WARNING, deployment::misleading_name, "a step's name says what the step does", "whoever watches a run believes the name"),
    node("HCD1030", WARNING, deployment::canary_never_rolled_out, "a rolling deployment follows a canary", "the version that held is never rolled out"),
    node("HCD1031", WARNING, deployment::deployment_tag, "a verification's deploymentTag is the artifact's tag", "Harness cannot tell old and new pods apart by anything else"),
    node("HCD1032", WARNING, deployment::timeout_too_short, "a stage's timeout leaves its steps their time", "a stage that expires is not rolled back"),
    node("HCD1033", WARNING, approvals::arithmetic, "the number of approvals means what it says", "two approvals of two groups may both come from one group"),
    node("HCD1034", WARNING, approvals::executor_approves, "whoever starts a run does not approve it", "four eyes are two pairs"),
    node("HCD1035", INFO, approvals::executor_of_webhook, "disallowPipelineExecutor is not relied on where a webhook starts runs", "such a run has no user to keep out"),
    node("HCD1036", WARNING, approvals::approval_holds_resource, "an approval stands in an Approval stage", "in a Deployment stage it holds the service and infrastructure while it waits"),
    node("HCD1037", WARNING, deployment::prune, "no command prunes by label", "it deletes what earlier releases need for a rollback"),
    node("HCD1038", WARNING, values::needless_artifact_input, "a service with one artifact source does not ask which", "no trigger supplies the choice"),
    node("HCD1039", WARNING, expressions::constant_condition, "a condition decides something", "one that is always true misleads its readers"),
    node("HCD1040", WARNING, expressions::condition_too_early, "a stage's condition asks for what is known by then", "environment and service are fetched after the condition was judged"),
    node("HCD1041", OFF, deployment::script, "no step runs a script of its own", "a script escapes the review that step types have had; for platforms that forbid scripts"),
    on(Subject::Any, node("HCD1042", ERROR, secrets::plain_text, "no secret stands in plain text", "whoever reads the repository has it")),
    node("HCD1043", INFO, deployment::manifests_move_after_approval, "manifests that wait for an approval are pinned", "they are read when the steps run, days after the approver looked"),
    node("HCD1044", WARNING, triggers::webhook_without_conditions, "a webhook trigger has conditions", "otherwise every call starts a run"),
    node("HCD1045", ERROR, triggers::condition_key, "a custom webhook's condition looks into the payload", "a bare key is compared as text, so the trigger never fires"),
    node("HCD1046", WARNING, triggers::trigger_expression, "a trigger uses its payload alone", "the run that it starts has not begun"),
    node("HCD1047", WARNING, infrastructure::constant_release_name, "a release name differs by infrastructure", "two deployments of one name in a cluster share their history"),
    node("HCD1048", ERROR, infrastructure::namespace, "a namespace is a DNS label", "Kubernetes refuses it"),
    node("HCD1049", ERROR, triggers::input_of_another_pipeline, "a trigger's inputs are for the pipeline that it starts", "Harness refuses the run"),
    rule("HCD1050", WARNING, Check::Repo(references::fixed_setting), "`inputs` of an infrastructure fill its runtime inputs alone", "a setting that is fixed in the definition stays as it is"),
    on(Subject::Manifest, node("HCD1051", WARNING, manifests::resources, "a container has requests and a memory limit", "without them one container takes what its neighbours need")),
    on(Subject::Manifest, node("HCD1052", WARNING, manifests::security, "a container meets the restricted pod security standard", "a container with more rights than it needs is a way into the node")),
    on(Subject::Manifest, node("HCD1053", WARNING, manifests::image, "an image is the artifact's, or pinned", "otherwise nobody knows what runs")),
    on(Subject::Any, node("HCD1054", ERROR, values::left_over_placeholder, "no placeholder is left over", "Harness deploys it as it stands")),
    on(Subject::Manifest, node("HCD1055", WARNING, manifests::namespace, "a manifest names no namespace", "it would win over the infrastructure definition's")),
    on(Subject::Manifest, rule("HCD1056", ERROR, Check::Repo(manifests::canary_of_several), "a canary deploys one Deployment", "Harness's canary knows one Deployment and no other workload: the step fails")),
    on(Subject::Manifest, node("HCD1057", ERROR, secrets::manifest_secret, "no Kubernetes Secret is written down", "whoever reads the repository has it")),
    node("HCD1058", WARNING, values::registry_in_image_path, "an image path leaves the registry to its connector", "the registry is named twice, and the image is not found"),
    rule("HCD1059", WARNING, Check::Repo(references::dangling), "a reference in a config repository points at something in it", "what is described nowhere may not be there"),
];
