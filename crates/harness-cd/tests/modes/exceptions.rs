//! Where a mode changes what the product has to show. A mode that is not here changes nothing for the product: neither
//! choice breaks it.

/// What stories show in a choice of a mode, instead of what they show in all others.
pub(crate) struct Exception {
    /// The mode and its choice, as `Modes::TABLE` names them.
    pub(crate) choice: (&'static str, &'static str),
    /// The names of stories.
    pub(crate) stories: &'static [&'static str],
    /// Line by line; `…` stands for anything.
    pub(crate) shows: &'static str,
}

/// What only Harness's own page asks is closed to keys: the public lists stand in, and groups have none.
const WITHOUT_HIDDEN: &str = "
    Service: mail (mail), payment-service (payment_service), shop (shop)
    Environment: …int-stable (int_stable)…
    …
    …
    Infrastructure: …int-stable-euw1 (…)…
    Service:
";

/// What the service asks for is not told: nothing can be checked of it before Harness does.
const NOT_TOLD: &str = "
    sent: nothing
    refused …/tag: The pipeline asks for no …
";

/// Names alone are sent, and what nobody knows to be asked for is refused.
const ELEMENTS_NOT_TOLD: &str = "
    sent services: {\"values\":[{\"serviceRef\":\"shop\"},{\"serviceRef\":\"mail\"}]}
    sent environment: {…[{\"identifier\":\"int_stable_euw1_k8s\"},{\"identifier\":\"lab\"}]}
    refused …/namespace: The pipeline asks for no …
    refused …/tag: The pipeline asks for no …
";

pub(crate) const EXCEPTIONS: &[Exception] = &[
    // The newer call answers an execution and its status alone.
    Exception {
        choice: ("run_policy", "Deny"),
        stories: &["a pipeline of Harness 3.0"],
        shows: "
            started: Errored
            posted: …
            Harness started 1
        ",
    },
    Exception {
        choice: ("run_policy", "Deny"),
        stories: &["a run of Harness 3.0 whose answer is lost"],
        shows: "
            denied: …
            Harness started 1
        ",
    },
    Exception {
        choice: ("v1_run_notes", "Dropped"),
        stories: &["a run of Harness 3.0 whose answer is lost"],
        shows: "
            OutcomeUnknown: it is not known whether the pipeline `typed` was started: …502…; no execution …
            Harness started 1
        ",
    },
    Exception {
        choice: ("hidden_endpoints", "Forbidden"),
        stories: &["chosen GitOps clusters are sent with their agents"],
        shows: "
            sent environment: {…[{\"identifier\":\"incluster\"}]}
        ",
    },
    Exception {
        choice: ("hidden_endpoints", "NotFound"),
        stories: &["chosen GitOps clusters are sent with their agents"],
        shows: "
            sent environment: {…[{\"identifier\":\"incluster\"}]}
        ",
    },
    Exception {
        choice: ("hidden_endpoints", "Forbidden"),
        stories: &["what chosen services and infrastructure definitions of a list ask for in turn"],
        shows: ELEMENTS_NOT_TOLD,
    },
    Exception {
        choice: ("hidden_endpoints", "NotFound"),
        stories: &["what chosen services and infrastructure definitions of a list ask for in turn"],
        shows: ELEMENTS_NOT_TOLD,
    },
    Exception {
        choice: ("hidden_endpoints", "Forbidden"),
        stories: &["what a service asks for in turn that an input set chose"],
        shows: NOT_TOLD,
    },
    Exception {
        choice: ("hidden_endpoints", "NotFound"),
        stories: &["what a service asks for in turn that an input set chose"],
        shows: NOT_TOLD,
    },
    Exception {
        choice: ("hidden_endpoints", "Forbidden"),
        stories: &[
            "what a chosen service asks for in turn",
            "a chosen service that asks for nothing",
        ],
        shows: "
            Forbidden: …
        ",
    },
    Exception {
        choice: ("hidden_endpoints", "NotFound"),
        stories: &[
            "what a chosen service asks for in turn",
            "a chosen service that asks for nothing",
        ],
        shows: "
            NotFound: …
        ",
    },
    Exception {
        choice: ("hidden_endpoints", "Forbidden"),
        stories: &["what may be chosen"],
        shows: WITHOUT_HIDDEN,
    },
    Exception {
        choice: ("hidden_endpoints", "Forbidden"),
        stories: &["what somebody may choose who may run nothing"],
        shows: "
            Service: mail (mail), payment-service (payment_service), shop (shop)
        ",
    },
    Exception {
        choice: ("hidden_endpoints", "NotFound"),
        stories: &["what may be chosen"],
        shows: WITHOUT_HIDDEN,
    },
    Exception {
        choice: ("hidden_endpoints", "NotFound"),
        stories: &["what somebody may choose who may run nothing"],
        shows: "
            Service: mail (mail), payment-service (payment_service), shop (shop)
        ",
    },
    Exception {
        choice: ("multi_select", "Off"),
        stories: &["several values for one input"],
        shows: "
            InvalidRequest: Harness refused the request: …checks: ['search,login'] do not match any of the allowed …
            Harness started 0
        ",
    },
    Exception {
        choice: ("long_address", "Accepted"),
        stories: &["notes too long for an address"],
        shows: "
            started: Running
            Harness started 1
        ",
    },
    Exception {
        // The client repeats a read that Harness failed at, until the run is there.
        choice: ("late_detail", "ServerError"),
        stories: &["a run that can be read late"],
        shows: "
            started: Running
            Running (Active) at Deploy int-stable, Rolling Deployment Running
            Running (Active) at Deploy int-stable, Rolling Deployment Running
        ",
    },
    Exception {
        choice: ("limits", "Off"),
        stories: &["too many calls: two long runs"],
        shows: "
            started: Running
            started: Running
            Harness started 2
        ",
    },
    Exception {
        choice: ("freeze", "RefusesRun"),
        stories: &[
            "a run to its end",
            "values written into the live pipeline",
            "what a pipeline of any kind holds",
            "an approval",
            "an abort",
            "a failure",
            "a place in the queue",
            "a status that came later",
            "a run that is sent twice",
            "a run that can be read late",
            "pages and filters of the history",
        ],
        shows: FROZEN,
    },
    Exception {
        choice: ("freeze", "RefusesRun"),
        stories: &["input sets, an overlay and own values"],
        shows: "
            InvalidRequest: Harness refused the request: …freeze…
        ",
    },
    Exception {
        choice: ("run_policy", "Deny"),
        stories: &[
            "input sets, an overlay and own values",
            "an input that is given in mid-run",
        ],
        shows: "
            denied: …
        ",
    },
    Exception {
        choice: ("run_policy", "Deny"),
        stories: &["chosen stages"],
        shows: "
            refused /stages/0: …
            refused /stages/1: …
            denied: …
        ",
    },
    Exception {
        // Harness lists an input that the posted body leaves to its default.
        choice: ("input_set_identifiers", "Applied"),
        stories: &["input sets, an overlay and own values"],
        shows: "
            started: Running
            posted: release v3, replicas 2, checks <+input>…
            recorded: all_of_it, own
        ",
    },
    Exception {
        choice: ("hidden_endpoints", "Forbidden"),
        stories: &["an input that is given in mid-run"],
        shows: "
            started: Running
            Forbidden: …
        ",
    },
    Exception {
        choice: ("hidden_endpoints", "NotFound"),
        stories: &["an input that is given in mid-run"],
        shows: "
            started: Running
            NotFound: …
        ",
    },
    Exception {
        choice: ("freeze", "RefusesRun"),
        stories: &["several values for one input"],
        shows: "
            InvalidRequest: Harness refused the request: …freeze…
            Harness started 0
        ",
    },
    Exception {
        choice: ("freeze", "RefusesRun"),
        stories: &["a policy that denies"],
        shows: "
            InvalidRequest: Harness refused the request: …freeze…
            0 in the history
        ",
    },
    Exception {
        choice: ("freeze", "RefusesRun"),
        stories: &["too many calls: two long runs"],
        shows: "
            InvalidRequest: Harness refused the request: …freeze…
            RateLimited: Harness gets too many requests of this API key; try again in a minute…
            Harness started 0
        ",
    },
    Exception {
        // The refusal itself was lost.
        choice: ("freeze", "RefusesRun"),
        stories: &[
            "an answer that is lost: connection",
            "an answer that is lost: gateway",
            "an answer that is lost: cut off",
            "a lost run that a policy denied",
            "a lost run that is listed late",
            "a lost run that is listed too late",
            "a lost run with long notes",
        ],
        shows: "
            OutcomeUnknown: it is not known whether the pipeline `payment_service_cd` was started: …; no execution …
            Harness started 0
        ",
    },
    Exception {
        choice: ("freeze", "AbortsRun"),
        stories: &["a run to its end"],
        shows: "
            started: Running
            Running (Active) at Deploy int-stable NotStarted
            AbortedByFreeze (Failed): …freeze…
            1 in the history
            AbortedByFreeze (Failed) v2.3.1 int-stable/euw1 by Portal: …freeze…
            AbortedByFreeze (Failed): …freeze…
            1 in the history
            AbortedByFreeze (Failed) v2.3.1 int-stable/euw1 by Portal: …freeze…
        ",
    },
    Exception {
        choice: ("freeze", "AbortsRun"),
        stories: &["values written into the live pipeline"],
        shows: "
            started: Running
            Running (Active)
            AbortedByFreeze (Failed)
            1 in the history
            AbortedByFreeze (Failed) 1.20 int-stable/euw1 by Portal: …freeze…
        ",
    },
    Exception {
        choice: ("freeze", "AbortsRun"),
        stories: &["what a pipeline of any kind holds"],
        shows: "
            started: Running
            Scan Running [Look Running]
            Announce Running [Tell / Mail Running, Tell / Chat Running]
            Roll out NotStarted []
            AbortedByFreeze (Failed): …freeze…
            Scan Success [Look Success]
            Announce Success [Tell / Mail Success, Tell / Chat Success]
            Roll out_0 AbortedByFreeze [service AbortedByFreeze]
            1 in the history
            AbortedByFreeze (Failed) v1 int-stable/euw1 by Portal: …freeze…
        ",
    },
    Exception {
        choice: ("freeze", "AbortsRun"),
        stories: &["an approval"],
        shows: "
            started: Running
            ApprovalWaiting (Waiting) at Production Gate, Team Approval ApprovalWaiting
            1 in the history
            ApprovalWaiting (Waiting) – –/– by Portal
            AbortedByFreeze (Failed): …freeze…
            AbortedByFreeze (Failed): …freeze…
            1 in the history
            AbortedByFreeze (Failed) v2.3.1 prod/euw1 by Portal: …freeze…
        ",
    },
    Exception {
        choice: ("freeze", "AbortsRun"),
        stories: &["an abort"],
        shows: "
            started: Running
            somebody aborts it: 400
            AbortedByFreeze (Failed): …freeze…
            AbortedByFreeze (Failed): …freeze…
            1 in the history
            AbortedByFreeze (Failed) v2.3.1 int-stable/euw1 by Portal: …freeze…
        ",
    },
    Exception {
        choice: ("freeze", "AbortsRun"),
        stories: &["a failure"],
        shows: "
            started: Running
            AbortedByFreeze (Failed): …freeze…
            Deploy int-stable AbortedByFreeze [service AbortedByFreeze]
            1 in the history
            AbortedByFreeze (Failed) v2.3.1 int-stable/euw1 by Portal: …freeze…
            Deploy int-stable AbortedByFreeze [service AbortedByFreeze]
        ",
    },
    Exception {
        choice: ("freeze", "AbortsRun"),
        stories: &["a place in the queue"],
        shows: "
            started: Running
            started: QueuedExecutionConcurrencyReached
            AbortedByFreeze (Failed): …freeze…
            2 in the history
            AbortedByFreeze (Failed) v2.3.1 int-stable/euw1 by Portal: …freeze…
            AbortedByFreeze (Failed) v2.3.0 int-stable/euw1 by Portal: …freeze…
            AbortedByFreeze (Failed): …freeze…
        ",
    },
    Exception {
        choice: ("freeze", "AbortsRun"),
        stories: &["a status that came later"],
        shows: "
            started: Running
            AbortedByFreeze (Failed): …freeze…
            1 in the history
            AbortedByFreeze (Failed) v2.3.1 int-stable/euw1 by Portal: …freeze…
        ",
    },
    Exception {
        choice: ("freeze", "AbortsRun"),
        stories: &[
            "an answer that is lost: connection",
            "an answer that is lost: gateway",
            "an answer that is lost: cut off",
            "a lost run that is listed late",
            "a lost run with long notes",
        ],
        shows: "
            started: AbortedByFreeze
            Harness started 1
        ",
    },
    Exception {
        choice: ("freeze", "AbortsRun"),
        stories: &["a run that can be read late"],
        shows: "
            started: Running
            NotFound: the execution `…` does not exist in this project: …
            AbortedByFreeze (Failed): …freeze…
        ",
    },
    Exception {
        choice: ("freeze", "AbortsRun"),
        stories: &["pages and filters of the history"],
        shows: "
            started: Running
            started: Running
            started: Running
            3 in the history
            AbortedByFreeze (Failed) v3 int-stable/euw1 by Portal: …freeze…
            AbortedByFreeze (Failed) v2 int-stable/euw1 by Portal: …freeze…
            3 in the history
            AbortedByFreeze (Failed) v1 int-stable/euw1 by Portal: …freeze…
            0 in the history
            0 in the history
        ",
    },
    Exception {
        choice: ("run_policy", "Deny"),
        stories: &[
            "a run to its end",
            "values written into the live pipeline",
            "an input that is asked for in mid-run",
            "what a pipeline of any kind holds",
            "an approval",
            "an abort",
            "a failure",
            "a place in the queue",
            "a status that came later",
            "a frozen service",
            "a run that is sent twice",
            "a run that can be read late",
            "pages and filters of the history",
        ],
        shows: DENIED,
    },
    Exception {
        // A denied run is one that Harness started.
        choice: ("run_policy", "Deny"),
        stories: &[
            "several values for one input",
            "an answer that is lost: connection",
            "an answer that is lost: gateway",
            "an answer that is lost: cut off",
            "a lost run that is listed late",
            "a lost run with long notes",
        ],
        shows: "
            denied: …
            Harness started 1
        ",
    },
    Exception {
        choice: ("run_policy", "Deny"),
        stories: &["too many calls: two long runs"],
        shows: "
            denied: …
            RateLimited: Harness gets too many requests of this API key; try again in a minute…
            Harness started 1
        ",
    },
];

const FROZEN: &str = "InvalidRequest: Harness refused the request: …freeze…";
const DENIED: &str = "denied: …";
