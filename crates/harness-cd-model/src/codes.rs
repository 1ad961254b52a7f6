//! The codes of findings: every one that reading, comparing and rendering a config repository can have.
//!
//! The rules of lint have theirs beside their checks, as a [`Code`] as well, and both together make one table. A code
//! keeps its meaning for good: people look it up, and grade it in their `lint.yaml`.

use crate::{Diagnostic, Range, Severity};

/// What a finding's code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// For example `HCD0101`.
    pub id: &'static str,
    /// How bad a breach is; `None` for a rule that is off until a config repository grades it.
    pub severity: Option<Severity>,
    /// Whether a config repository may grade it otherwise.
    pub grading: Grading,
    /// What holds, in one line.
    pub title: &'static str,
    /// Why it should.
    pub why: &'static str,
    /// How to mend a breach.
    pub mend: &'static str,
}

/// Who says how bad a breach is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grading {
    /// The table, and a config repository that gives its reason.
    Free,
    /// The table alone: nothing can be read, rendered or relied on after a breach.
    Fixed,
}

impl Code {
    /// A finding of this code, as bad as the table says.
    #[must_use]
    pub fn finding(
        &self,
        file: &str,
        pointer: &str,
        range: Range,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            code: self.id.to_owned(),
            severity: self.severity.unwrap_or(Severity::Error),
            message: message.into(),
            file: file.to_owned(),
            pointer: pointer.to_owned(),
            range,
            hint: Some(hint.into()),
        }
    }
}

/// An error that ends the reading of a file, or keeps a part of the config repository from being rendered.
const fn stops(id: &'static str, title: &'static str, why: &'static str, mend: &'static str) -> Code {
    Code {
        id,
        severity: Some(Severity::Error),
        grading: Grading::Fixed,
        title,
        why,
        mend,
    }
}

/// An error after which everything else is read as it stands.
const fn tells(id: &'static str, title: &'static str, why: &'static str, mend: &'static str) -> Code {
    Code {
        grading: Grading::Free,
        ..stops(id, title, why, mend)
    }
}

/// What is told, and keeps nothing from being rendered.
const fn warns(id: &'static str, title: &'static str, why: &'static str, mend: &'static str) -> Code {
    Code {
        severity: Some(Severity::Warning),
        ..tells(id, title, why, mend)
    }
}

/// What is worth knowing, and may be meant.
const fn notes(id: &'static str, title: &'static str, why: &'static str, mend: &'static str) -> Code {
    Code {
        severity: Some(Severity::Info),
        ..tells(id, title, why, mend)
    }
}

/// A constant for each line, and the list of them all: no code can be in use and in no list.
macro_rules! codes {
    ($($name:ident = $kind:ident($id:literal, $title:literal, $why:literal, $mend:literal $(,)?);)*) => {
        $(
            #[doc = concat!("`", $id, "`: ", $title, ".")]
            pub const $name: &Code = &$kind($id, $title, $why, $mend);
        )*

        /// Every code of this module, in the order of their numbers.
        pub const CODES: &[&Code] = &[$($name),*];
    };
}

// HCD00xx: a file as YAML, and the keys and values in it. HCD01xx: a config repository. HCD02xx: placeholders.
// HCD03xx: input sets.
codes! {
    TOO_LARGE = stops("HCD0001", "a file is small enough to be read",
        "a larger one would hold up whoever waits", "split the file");
    NOT_UTF8 = stops("HCD0002", "a file is UTF-8",
        "nothing can be said of other bytes", "save the file as UTF-8");
    NUL_CHARACTER = stops("HCD0003", "a file holds no NUL character",
        "YAML allows none", "remove the character");
    NOT_YAML = stops("HCD0004", "a file is YAML",
        "neither Harness nor anything else can read it", "check indentation and quotes from the place upwards");
    OTHER_TEMPLATE = stops("HCD0005", "a file is no template of another language",
        "it is no YAML before it is rendered", "render the template and check its output");
    NO_DOCUMENT = stops("HCD0006", "a file holds a document",
        "an empty file describes nothing", "write the document, or remove the file");
    SEVERAL_DOCUMENTS = stops("HCD0007", "a file holds one document",
        "readers disagree on which of several counts", "move each document to a file of its own");
    ANCHOR = stops("HCD0008", "no anchor and no alias stands in a file",
        "one place must not change another", "write the value out");
    TAG = stops("HCD0009", "no tag stands in a file",
        "readers disagree on what a tag makes of a value", "remove the tag");
    DUPLICATE_KEY = stops("HCD0010", "a key stands once in its mapping",
        "readers disagree on which of two counts", "remove or rename one");
    COMPLEX_KEY = stops("HCD0011", "a key is a scalar",
        "Harness knows no other keys", "write a text; put quotes around a placeholder such as `{{NAME}}`");
    TOO_DEEP = stops("HCD0012", "lists and mappings are nested no deeper than anybody needs",
        "each level costs whoever reads the file", "flatten the structure");
    TOO_MANY_NODES = stops("HCD0013", "a file holds no more values than anybody needs",
        "each value costs whoever reads the file", "split the file");
    UNSEEN_CHARACTER = stops("HCD0014", "no character that nobody sees stands in a key or a name",
        "what looks alike is not the same", "remove it, or write a plain space for it");
    MISSING_KEY = stops("HCD0020", "what has to be described is described",
        "nothing can be rendered without it", "add the key with a value");
    UNKNOWN_KEY = stops("HCD0021", "a key of a description is known",
        "a misspelt key would do nothing without a word", "write the name that the finding proposes, or remove the key");
    WRONG_TYPE = stops("HCD0022", "a value has the type that its key asks for",
        "a number, a text and a list are not the same to Harness", "write what the finding names; quotes make a text");
    UNKNOWN_WORD = stops("HCD0023", "a word of a closed list is one of its words",
        "nothing is known of any other", "choose one that the finding names");
    OUT_OF_RANGE = stops("HCD0024", "a number lies in its range",
        "Harness or Kubernetes refuses it", "choose a number in that range");

    MISSING_FILE = stops("HCD0100", "a config repository has a `platform.yaml` and a `services.yaml`",
        "there is nothing to render without them", "create the file, or name the folder that holds it");
    BAD_NAME = stops("HCD0101", "a name makes an identifier of Harness and a part of a name in Kubernetes",
        "what is called by it is refused", "use lower-case letters, digits and dashes between them");
    SAME_IDENTIFIER = stops("HCD0102", "no two names make the same identifier",
        "one would overwrite the other in Harness", "rename one");
    UNKNOWN_REFERENCE = stops("HCD0103", "what a description refers to is described",
        "what is rendered would point at nothing", "write the name as it is declared, or declare it");
    DELEGATE_OUT_OF_REACH = stops("HCD0104", "a cluster's delegate runs in the cluster's network",
        "it cannot reach the cluster from anywhere else", "choose a delegate in that network");
    DELEGATE_IN_TWO_NETWORKS = stops("HCD0105", "a delegate runs in one network",
        "by its name nobody could tell what it reaches", "give the second one another name");
    NO_CLUSTER = stops("HCD0106", "an environment, a region and a service have a cluster",
        "a deployment there has no place to go", "add a cluster, or remove what has none");
    SEVERAL_CLUSTERS = stops("HCD0107", "the clusters of an environment in a region have infrastructure definitions of their own",
        "one would take the place of the other", "give each an `infrastructure`, or remove or move one");
    NAME_TOO_LONG = stops("HCD0108", "a name is short enough for Kubernetes and Helm",
        "they refuse longer ones when the deployment runs", "shorten the name");
    WINDOW_ENDS_FIRST = stops("HCD0109", "a change window does not close when it opens",
        "nobody could tell whether it is open always or never", "write from \"00:00\" to \"24:00\" for a whole day");
    UNKNOWN_USER_GROUP = stops("HCD0110", "a user group that approves or is told is described",
        "nobody would be asked, or hear of it", "write the name as it is declared, or declare it");
    NO_TEMPLATE = stops("HCD0111", "an archetype has a template",
        "its services have no pipeline without one", "write it with `harness-cd template new`");
    WRONG_FORM = stops("HCD0112", "an address, image, time zone, connector or secret is written as one",
        "it would be found out in the run; a secret itself belongs into Harness", "write it as the finding says");
    BAD_PLACEHOLDER = stops("HCD0113", "a service's own placeholder has capitals, and is none that the product fills",
        "a template could not name it, or would mean another value", "choose another name, as in `MIN_REPLICAS`");
    UNKNOWN_SERVICE = stops("HCD0114", "a service that is asked for is in `services.yaml`, and sound",
        "there is nothing to render for another", "name a service of `services.yaml`");
    OTHER_PIPELINE = stops("HCD0115", "a template renders the pipeline that the product looks for",
        "under another name or in another project nobody finds it", "write what the finding names");
    TEMPLATE_REFERENCE = stops("HCD0116", "what a template refers to is in the platform description",
        "the pipeline would point at nothing", "name one that `platform.yaml` describes, or describe it there");
    NO_STAGE = stops("HCD0117", "a template has a stage for each environment of its services",
        "a service could not be deployed where it is said to run", "add a Deployment stage with its `environmentRef`");
    NO_APPROVAL = stops("HCD0118", "a template asks everybody whose approval an environment needs",
        "it would be deployed to without them", "add an approval stage before the environment's");
    NO_WINDOW_CHECK = stops("HCD0119", "a template checks the change window of an environment",
        "it would be deployed to while the window is closed", "add a Policy step before the environment's stage");
    OTHER_CANARY = stops("HCD0120", "a template's canary grows as the platform description says",
        "whoever reads the description believes it", "make the template and `platform.yaml` agree");
    UNFIT_STRATEGY = stops("HCD0121", "an archetype's strategy can deploy its workload",
        "Harness's steps know some workloads alone", "use the strategy that the finding names");
    CANARY_PHASES = stops("HCD0122", "a canary has phases, each larger than the one before",
        "it would not grow", "add `canary` to the environment, with growing percentages");
    IDLE_NOTIFICATION = stops("HCD0123", "a notification rule tells somebody of something",
        "it would do nothing without a word", "add an event, and whom to tell");
    OTHER_STRATEGY = stops("HCD0124", "a template deploys by the strategy of its archetype",
        "whoever reads the description believes it", "run `harness-cd template new`, or mend the archetype");
    NO_TICKET_APPROVAL = stops("HCD0125", "a template waits for the ticket that an environment asks for",
        "it would be deployed to without the ticket's approval", "add the ticket's approval step before the environment's");
    REPEATED_DAY = stops("HCD0126", "a change window names each of its days once",
        "a day that stands twice was meant to be another", "remove one, or write the day that was meant");
    WINDOW_WITHOUT_DAYS = stops("HCD0127", "a change window opens on some day",
        "without days it never opens, and nothing could be deployed", "name the days on which it opens");
    NOT_A_TIME = stops("HCD0128", "a time of day is written as `HH:MM`",
        "nobody could tell when a window opens", "write a time from \"00:00\" to \"24:00\", in quotes");
    SHARED_DELEGATE = stops("HCD0129", "a delegate whose credentials a cluster inherits serves no second one",
        "it deploys to the cluster in which it runs, whichever is meant, and the run is green", "give each cluster a delegate of its own, or `credentials`");
    UNKNOWN_RULE = tells("HCD0130", "a rule that `lint.yaml` grades is there",
        "the grade would be given to nothing", "write a code of this page");
    FIXED_SEVERITY = stops("HCD0131", "`lint.yaml` grades what may be graded",
        "some findings stop the reading or the rendering, whatever they are called", "remove the grade and mend the finding");
    OUTDATED_TEMPLATE = warns("HCD0139", "a template that was written from `platform.yaml` is the one that it gives now",
        "what was changed there is not deployed so; where a service would be deployed otherwise than is described, that is an error", "run `harness-cd template new`, which keeps what was changed by hand");
    GATE_EVADED = stops("HCD0140", "a stage that deploys to a guarded environment runs only behind what guards it",
        "whoever starts a run could leave approvals, ticket or change window out", "write what the finding names");
    CONTRADICTION = stops("HCD0141", "what a description says holds together",
        "it asks for what nobody can give, or says one thing twice", "write what the finding names");
    NOT_A_DATE = stops("HCD0142", "a date is one of the calendar, written as `YYYY-MM-DD`, and stands in one list",
        "nobody could tell when a window opens", "write it as 2026-12-24");
    EMPTY_CHOICE = stops("HCD0143", "a list that chooses names something",
        "left out it means all, and an empty one reads like none", "name what is meant, or leave the key out");
    UNAPPROVED_PRODUCTION = warns("HCD0144", "somebody approves what is deployed to production",
        "whoever may start a run deploys to customers, alone", "add `approvals` or a `ticket` to the environment");
    WIDE_NOTIFICATION = warns("HCD0145", "a notification rule with `environments` tells of those alone",
        "what is told of a whole run is told of every environment", "leave the events of stages alone in the rule");
    OTHER_ARTIFACT = stops("HCD0146", "a template takes each build from the registry of its place, and as that one holds it",
        "Harness would be given a build for another source than the service has, or pull from another environment's registry",
        "write `type: {{ARTIFACT_TYPE}}` and `{{ARTIFACT_BUILD}}`, or the source that the finding names");
    LONE_APPROVAL = warns("HCD0147", "two people decide what is deployed to production",
        "the portal starts runs by a key of its own, so that the person who asked may give the only approval",
        "add a second group to `approvals`, or a `ticket`");
    EARLY_SWAP = stops("HCD0148", "a template swaps the services of a blue-green deployment behind what an environment asks for",
        "traffic would go to a version that nobody has looked at", "let each Verify and HarnessApproval step, and behind them the Policy step of a change window, end between K8sBlueGreenDeploy and K8sBGSwapServices, in every run");
    OTHER_CLUSTER = stops("HCD0151", "a stage deploys to a cluster in the runs that are for it alone",
        "two clusters would be taken for each other, and the run is green", "write what the finding names");
    NIGHTLY_WINDOW = notes("HCD0154", "a change window that goes over midnight is open for half a day at most",
        "with `from` and `to` the wrong way round, it is open when it should be closed", "swap `from` and `to`, unless these hours are meant");
    UNREAD_FILE = warns("HCD0155", "services and templates stand in the folders in which they are read",
        "in a folder below nobody finds them: they are not rendered, without a word", "move the file, or name its folder in `harness-cd.yaml`");
    IDLE_TEAM = warns("HCD0156", "a team whose services go into a project has some",
        "where its name is misspelt, its services go into the platform's own project", "write the team as its services do");
    SHARED_CLUSTER = warns("HCD0157", "production has clusters of its own, two that are called alike are of two accounts, and no two environments have one infrastructure",
        "with the name of another's cluster, production is deployed to that one, and the run is green",
        "mend `credentials` or `spec` of one; where both are meant, turn this off in `lint.yaml`, with the reason");
    FURTHER_ENVIRONMENT = stops("HCD0158", "a run for an environment goes on to no later one",
        "what was asked for one place would go on to the next, and the form says nothing of it", "write what the finding names");
    EVERY_RUN = warns("HCD0159", "a run deploys to the environment that it is for, and to no earlier one first",
        "a stage without a condition runs in every run, whichever environment was chosen", "write what the finding names; where every version goes there first, turn this off in `lint.yaml`, with the reason");
    SHARED_MANIFESTS = warns("HCD0160", "the manifests of a service are its own",
        "two services that are deployed from one place are the same objects, by two names", "write `{{SERVICE_NAME}}` into the path; where expressions in the manifests tell services apart, turn this off in `lint.yaml`, with the reason");
    IDLE_ARCHETYPE = notes("HCD0161", "an archetype that is described has services",
        "where its name is misspelt, its services are deployed as is usual, and not as it says", "write the archetype as its services do, or remove it");
    LONG_FREEZE = notes("HCD0162", "a change window is closed for less than half of every year",
        "with `from` and `to` the wrong way round, it is open in the days that were meant to be closed", "swap `from` and `to`, unless these days are meant");
    NEAR_TEAM = notes("HCD0163", "a team that one service has is not called nearly as that of several others",
        "with a misspelt team, other people approve and are told", "write the team as the others do, unless they are two");

    UNBOUND_PLACEHOLDER = stops("HCD0201", "a template's placeholders have values",
        "Harness would take the placeholder as it stands", "write the name that the finding proposes, or give it a value");
    MISSPELT_PLACEHOLDER = stops("HCD0202", "a placeholder has two braces on each side",
        "Harness would get braces that nobody meant", "write `{{NAME}}`");

    NO_INPUT_SET = stops("HCD0301", "an input set has values for a pipeline",
        "there is nothing to take from another file", "name a file with `inputSet:` at its head");
    OTHER_INPUT_SET = stops("HCD0302", "an input set belongs to the pipeline that is to run",
        "what it answers is not what this pipeline asks", "name an input set of this pipeline");
    NO_SUCH_INPUT = stops("HCD0303", "an input set answers what its pipeline asks for",
        "Harness would drop the value without a word, or call the input set invalid", "remove the value, or bring the input set in step with the pipeline");
}
