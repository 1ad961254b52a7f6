//! The one table of modes: where the facts about Harness leave a question open, or where an administrator may choose,
//! the simulator does either. Set at the start and through `POST /simulator/modes`; a field that is left out keeps its
//! value. The first choice of each is the default.

use serde::{Deserialize, Serialize};

macro_rules! modes {
    ($(
        $(#[doc = $doc:literal])+
        [$source:literal]
        $field:ident: $name:ident {
            $(#[doc = $first_doc:literal])+ $first:ident,
            $($(#[doc = $choice_doc:literal])+ $choice:ident,)*
        }
    )+) => {
        $(
            $(#[doc = $doc])+
            #[doc = concat!("\n\nSource: ", $source)]
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(rename_all = "camelCase")]
            pub enum $name {
                $(#[doc = $first_doc])+
                #[default]
                $first,
                $($(#[doc = $choice_doc])+ $choice,)*
            }
        )+

        /// How the simulator answers where the facts leave it open.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, default)]
        pub struct Modes {
            $(
                $(#[doc = $doc])+
                pub $field: $name,
            )+
            /// Numbers that an administrator sets.
            pub settings: Settings,
        }

        impl Modes {
            /// Every mode: the field, its choices and where its facts stand.
            pub const TABLE: &'static [(&'static str, &'static [&'static str], &'static str)] = &[
                $((stringify!($field), &[stringify!($first), $(stringify!($choice)),*], $source),)+
            ];
        }
    };
}

modes! {
    /// What creating an entity twice answers.
    ["harness-api §12.12 [CORE, OAS]"]
    duplicate_create: DuplicateCreate {
        /// 400 `DUPLICATE_FIELD`
        BadRequest,
        /// 409 `DUPLICATE_FIELD`
        Conflict,
    }
    /// What an update or a delete with an old `If-Match` answers.
    ["harness-api §12.13 [CORE, OAS]"]
    stale_if_match: StaleIfMatch {
        /// Pipelines do not look at it, other entities answer 400.
        AsServerSource,
        /// 400 everywhere
        BadRequest,
        /// 412 everywhere
        PreconditionFailed,
    }
    /// What an unknown entity or a wrong scope triplet answers.
    ["harness-api §0.5, §12.20 [OAS, CORE]"]
    missing_entity: MissingEntity {
        /// 404 `ENTITY_NOT_FOUND`
        NotFound,
        /// 400 `INVALID_REQUEST`
        BadRequest,
    }
    /// How a missing scope parameter is told.
    ["harness-api §10.2, §12.20 [CORE]; open: the text"]
    missing_parameter: MissingParameter {
        /// `errors: [{fieldId, error}]`
        ByField,
        /// One sentence, `FAILURE`
        Sentence,
    }
    /// Whether custom webhooks need an API key.
    ["harness-api §2.1 [HUB]"]
    webhook_authorization: WebhookAuthorization {
        /// Anybody who knows the URL may fire.
        Optional,
        /// A call without a valid key is a 400.
        Mandatory,
    }
    /// Whether custom webhooks have tokens in their URLs.
    ["harness-api §2.1, §12.15 [HUB, CORE]"]
    webhook_tokens: WebhookTokens {
        /// Every trigger got one when it was created.
        Minted,
        /// The triggers are older than the tokens: the URLs of the second generation are good.
        Absent,
    }
    /// What an approval by somebody who may not approve answers.
    ["harness-api §12.2, §10.11 [CORE]"]
    wrong_approver: WrongApprover {
        /// 400 with the reason
        BadRequest,
        /// 403
        Forbidden,
    }
    /// Whether service accounts may approve.
    ["harness-api §12.1 [CORE 2023, SCH]"]
    service_account_approval: ServiceAccountApproval {
        /// Where the step lists them.
        WhereListed,
        /// Never: the server of 2023.
        Refused,
    }
    /// Whether deployments are frozen, and by what.
    ["harness-api §12.7, §10.12 [CORE]"]
    freeze: Freeze {
        /// Nothing is frozen.
        Off,
        /// The pipeline, the project or more: a run with a Deployment stage is refused with 400 `PLAN_CREATION_ERROR`.
        RefusesRun,
        /// A service or an environment: the run is accepted and its first deployment ends `AbortedByFreeze`.
        AbortsRun,
    }
    /// What the policies say when a pipeline is saved.
    ["harness-api §1.4 [HUB, CORE]"]
    save_policy: SavePolicy {
        /// Nothing to say.
        Pass,
        /// Goes through, with a message.
        Warning,
        /// Denies: 200, nothing saved.
        Deny,
    }
    /// What the policies say when a pipeline is run.
    ["harness-api §12.11 [CORE]"]
    run_policy: RunPolicy {
        /// Nothing to say.
        Pass,
        /// Goes through, with a message.
        Warning,
        /// Denies: 200 with a plan that has already errored.
        Deny,
    }
    /// Whether a run takes the values of the query's `inputSetIdentifiers`.
    ["run-inputs §6, §14.6 [OAS, MCP]; open"]
    input_set_identifiers: InputSetIdentifiers {
        /// They are written down for the record alone.
        Recorded,
        /// Their values are applied.
        Applied,
    }
    /// Whether a run's `pipelineBranchName` chooses the branch.
    ["run-inputs §7, §14.7 [MCP]; open"]
    pipeline_branch_name: PipelineBranchName {
        /// `branch` alone does.
        Ignored,
        /// As `branch`.
        Honoured,
    }
    /// Whether reading with `Load-From-Cache: true` gives what is in the repository.
    ["run-inputs §7, §14.7 [CORE]"]
    git_cache: GitCache {
        /// It does.
        Fresh,
        /// It gives what was there when it was first read.
        Stale,
    }
    /// Whether an API key may call what only Harness's own page calls.
    ["run-inputs §14.2, §15; open"]
    hidden_endpoints: HiddenEndpoints {
        /// It may.
        Open,
        /// 403
        Forbidden,
        /// 404
        NotFound,
    }
    /// Whether the merged YAML of a run is checked like Harness's schema does.
    ["run-inputs §1.3, §14.1, §15 [CORE]; open in live accounts"]
    schema_check: SchemaCheck {
        /// It is.
        On,
        /// It is not.
        Off,
    }
    /// Whether the answer of the input template has the fields that came later.
    ["run-inputs §1.2, §14.1 [OAS]"]
    template_fields: TemplateFields {
        /// It has not.
        Plain,
        /// `replacedExpressionsPerStage`, `inputsMetadata`
        Newer,
    }
    /// Whether values with several choices are split.
    ["run-inputs §8 [CORE: behind a flag]"]
    multi_select: MultiSelect {
        /// One text, comma-joined, each part checked.
        On,
        /// One value.
        Off,
    }
    /// What a run body that names another pipeline gets.
    ["harness-api §12.32 [BSP, CORE by inference]"]
    foreign_identifier: ForeignIdentifier {
        /// It is accepted.
        Accepted,
        /// 400
        Refused,
    }
    /// What the delegate says about the builds of an artifact.
    ["run-inputs §4, §14.4 [CORE]"]
    artifact_builds: ArtifactBuilds {
        /// The builds.
        Ready,
        /// The builds, after 30 s.
        Slow,
        /// No delegate is there.
        NoDelegate,
        /// The registry refuses.
        Refused,
        /// 10,000 of them.
        Many,
    }
    /// How current the list of who uses a service is.
    ["run-inputs §12, §14.12 [CORE]"]
    setup_usage: SetupUsage {
        /// Current.
        Fresh,
        /// As it was when the simulator started.
        Stale,
        /// 403
        Forbidden,
        /// 404
        NotFound,
    }
    /// What an address of more than 8 KB gets.
    ["run-inputs §11, §14.11 [weak]"]
    long_address: LongAddress {
        /// 414 as a page
        Refused,
        /// It is taken.
        Accepted,
    }
    /// Whether notes are kept whole.
    ["harness-api §12 (still open), run-inputs §11, §15"]
    notes: Notes {
        /// They are.
        Whole,
        /// Their first 1,000 characters are.
        Cut,
    }
    /// How a script's secret output variable stands in the graph.
    ["harness-api §3.6 [CORE: ShellScriptOutcome]; open: whether the graph masks it"]
    secret_outputs: SecretOutputs {
        /// As the expression that decrypts it
        Encrypted,
        /// As asterisks
        Masked,
    }
    /// What reading a run answers before it is there; see [`Settings::detail_lag_ms`].
    ["harness-api §3.6 [MCP]"]
    late_detail: LateDetail {
        /// 400
        BadRequest,
        /// 404
        NotFound,
        /// 500
        ServerError,
    }
    /// What a key beyond its budget gets.
    ["harness-api §0.7, §12.22 [RL, weak]; open: headers"]
    rate_limited: RateLimited {
        /// A short page
        Page,
        /// JSON
        Json,
    }
    /// Whether the calls of a key are counted against the limits.
    ["harness-api §0.7 [RL]"]
    limits: Limits {
        /// 400 a minute and key, 1,000 with the calls within Harness, 5,000 in 10 s, long bodies once in 10 s.
        Enforced,
        /// As many as come.
        Off,
    }
    /// Whether people may mark a failure.
    ["harness-api §12.8 [CORE: a project setting]"]
    user_marked_failure: UserMarkedFailure {
        /// They may not.
        NotAllowed,
        /// They may.
        Allowed,
    }
    /// What the v1 run answers for a pipeline of Harness 3.0.
    ["run-inputs §10, §14.10, §15; open"]
    harness3: Harness3 {
        /// 400
        Refused,
        /// As a run whose inputs are `inputs: {…}`; unconfirmed
        Runs,
    }
    /// What becomes of the notes that the v1 run is called with.
    ["run-inputs §10 [CORE openapi v1 declares them], §15; open"]
    v1_run_notes: V1RunNotes {
        /// They are the run's, as those of the classic call.
        Kept,
        /// The run has none.
        Dropped,
    }
    /// How outbound notifications arrive.
    ["harness-api §7, §12.21 [HUB, CORE]"]
    notifications: Notifications {
        /// Each once, in order.
        Delivered,
        /// Some twice, some never, some late, by the seed.
        Unreliable,
    }
}

impl SavePolicy {
    /// `status` and `deny` of the governance metadata.
    pub(crate) fn verdict(self) -> Verdict {
        match self {
            Self::Pass => Verdict::Pass,
            Self::Warning => Verdict::Warning,
            Self::Deny => Verdict::Deny,
        }
    }
}

impl RunPolicy {
    pub(crate) fn verdict(self) -> Verdict {
        match self {
            Self::Pass => Verdict::Pass,
            Self::Warning => Verdict::Warning,
            Self::Deny => Verdict::Deny,
        }
    }
}

impl Notes {
    /// What of some notes is kept.
    pub(crate) fn kept(self, notes: &str) -> String {
        match self {
            Self::Whole => notes.to_owned(),
            Self::Cut => notes.chars().take(crate::tables::invented::MOST_NOTES).collect(),
        }
    }
}

/// What the policies said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Verdict {
    #[default]
    Pass,
    Warning,
    Deny,
}

/// Numbers that an administrator sets, or that no fact gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Settings {
    /// How long the list of executions does not know a new one, ms (harness-api §3.6; how long is open).
    pub list_lag_ms: i64,
    /// How long reading a new execution fails, ms (harness-api §3.6 [MCP]).
    pub detail_lag_ms: i64,
    /// How many executions of an account run at once; more are queued (harness-api §9 [HUB]).
    pub concurrent_executions: Option<usize>,
    /// After how many days an execution is gone (harness-api §9 [HUB]: depends on the plan).
    pub retention_days: Option<u32>,
}

impl Settings {
    /// # Errors
    /// A sentence, when a time is negative.
    pub(crate) fn check(&self) -> Result<(), String> {
        crate::tables::duration::none_negative([
            ("settings.listLagMs", self.list_lag_ms),
            ("settings.detailLagMs", self.detail_lag_ms),
        ])
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            list_lag_ms: crate::tables::invented::LIST_LAG_MS,
            detail_lag_ms: 0,
            concurrent_executions: None,
            retention_days: None,
        }
    }
}
