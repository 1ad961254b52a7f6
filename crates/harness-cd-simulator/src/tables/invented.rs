//! What no fact says, in one place: durations of steps, lags, messages. A test that depends on one of these depends on
//! the simulator, not on Harness.

use serde_json::Value;

use super::duration;
use super::yaml::scalar_text;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

/// How long an abort takes. Harness says only that it goes through Discontinuing (harness-api §3.8).
pub(crate) const ABORT_MS: i64 = 2 * SECOND_MS;
/// How long marking something as failed takes, and a retry at least to begin: what follows from it begins later than what
/// happened, so that this does not befall it too.
pub(crate) const AFTERMATH_MS: i64 = 1;
/// How long the engine thinks before the first stage begins.
pub(crate) const PLANNING_MS: i64 = 1;
/// How long the list of executions does not know a new one (harness-api §3.6: "seconds", MCP poll-execution).
pub(crate) const LIST_LAG_MS: i64 = SECOND_MS;
/// How long a webhook event is not found after it was accepted (harness-api §2.2: "often not there yet").
pub(crate) const EVENT_LAG_MS: i64 = 500;
/// A step's limit where it names none.
pub(crate) const STEP_TIMEOUT_MS: i64 = DAY_MS;
/// How long a stage waits for an input where it names no limit.
pub(crate) const STAGE_TIMEOUT_MS: i64 = DAY_MS;
/// How many runs the scheduled triggers start at once at most; a jump of the clock that asks for more is refused.
pub(crate) const MOST_OCCURRENCES: usize = 1_000;
/// How late an outbound notification is sent.
pub(crate) const NOTIFY_LAG_MS: i64 = 300;
/// How much later still one is sent that is late.
pub(crate) const NOTIFY_DELAY_MS: i64 = 10 * NOTIFY_LAG_MS;
/// How long a person may take to decide on a failure where the strategy names no time-out.
pub(crate) const INTERVENTION_MS: i64 = DAY_MS;
/// How long a plan execution is valid (harness-api §3.2 names `validUntil` without a number).
pub(crate) const VALID_MS: i64 = 183 * DAY_MS;
/// How many executions a list of pipelines shows of each (harness-api §1.2, §1.3 name the list).
pub(crate) const RECENT_EXECUTIONS: usize = 10;
/// How many attempts at steps a run can come to here, all loops and retries counted. Harness has a limit of passes by
/// plan (harness-api §9 names 256 at once); what it answers beyond is not known.
pub(crate) const MOST_NODES: usize = 100_000;
/// How many branches of a repository are given where nothing is said.
pub(crate) const BRANCHES: usize = 100;
/// How many freezes make a page; an empty page is empty with any.
pub(crate) const FREEZES_A_PAGE: usize = 10;
/// How long a pre-flight check is in progress (run-inputs §13: poll, 3 s in the user interface).
pub(crate) const PREFLIGHT_MS: i64 = 3 * SECOND_MS;
/// The default branch of a repository that comes into being with the first file.
pub(crate) const DEFAULT_BRANCH: &str = "main";
/// How long a cached file is good for (run-inputs §7 names `ttlLeft` without a number).
pub(crate) const CACHE_TTL_MS: i64 = 3 * HOUR_MS;
/// The freeze that the mode `freeze` stands for; the mode has no window, no scope, no name.
pub(crate) const FREEZE: &str = "simulated_freeze";
/// The headings of a pre-flight check (run-inputs §13 names `label` without a value).
pub(crate) const PREFLIGHT_LABELS: (&str, &str) = ("Runtime inputs", "Connectors");
/// What a pre-flight check advises.
pub(crate) const PREFLIGHT_ADVICE: &str = "Correct what the cause names, then check again";
/// Reason and code of a connector's error (harness-api §4.2 names both without a value).
pub(crate) const CONNECTOR_ERROR: (&str, u32) = ("Unexpected Error", 450);
/// The one delegate, which is always there: its id and its name.
pub(crate) const DELEGATE: (&str, &str) = ("7c1d05a9e3b24f68", "simulated-delegate");
/// The agent of every GitOps cluster.
pub(crate) const GITOPS_AGENT: &str = "account.agent";
/// What a registry says that refuses.
pub(crate) const REGISTRY_REFUSAL: &str = "401 Unauthorized";
/// How long a slow delegate thinks about a list of builds (run-inputs §14.4: 30 s), wall time.
pub(crate) const SLOW_BUILDS_MS: u64 = 30_000;

/// How long a step usually takes: a verification and a wait as long as they say, the rest as in a small cluster. No
/// step looks at anything real; a Policy step always passes.
pub(crate) fn step_ms(kind: &str, step: &Value) -> i64 {
    let said = |pointer: &str| {
        step.pointer(pointer)
            .map(scalar_text)
            .and_then(|text| duration::milliseconds(&text))
    };
    match kind {
        "Verify" => said("/spec/spec/duration").unwrap_or(5 * MINUTE_MS),
        "Wait" => said("/spec/duration").unwrap_or(MINUTE_MS),
        "K8sRollingDeploy" | "K8sBlueGreenDeploy" | "HelmDeploy" => MINUTE_MS,
        "K8sCanaryDeploy" => 45 * SECOND_MS,
        "K8sRollingRollback" | "HelmRollback" => 30 * SECOND_MS,
        "Policy" => 3 * SECOND_MS,
        _ => 15 * SECOND_MS,
    }
}

/// What a script leaves in a variable of its shell: no script is run, the last line that does nothing but assign it a text
/// counts (`NAME=text` or `export NAME=text`).
pub(crate) fn shell_variable(script: &str, name: &str) -> String {
    let assigned = |line: &'_ str| {
        let line = line.trim();
        let value = line.strip_prefix("export ").unwrap_or(line).trim_start();
        let value = value.strip_prefix(name)?.strip_prefix('=')?;
        Some(value.trim_matches(['"', '\'']).to_owned())
    };
    script.lines().rev().find_map(assigned).unwrap_or_default()
}

/// What stands for a secret that is masked.
pub(crate) const MASK: &str = "******";

/// The messages of failures that a scenario asks for without words of its own.
pub(crate) fn failure_message(kind: &str, step: &str) -> String {
    match kind {
        "Verify" => format!("Verification failed in step [{step}]: error rate of the canary is above the baseline"),
        "K8sRollingDeploy" | "K8sCanaryDeploy" | "K8sBlueGreenDeploy" => {
            format!("Deployment in step [{step}] did not reach its steady state: ImagePullBackOff")
        }
        _ => format!("Step [{step}] failed"),
    }
}

/// What a freeze says. The sentence is invented, its code and failure type are not (harness-api §12.7).
pub(crate) const FROZEN: &str = "Execution can't be performed because one or more deployment freeze windows are active";

/// How many characters of notes are kept where they are cut.
pub(crate) const MOST_NOTES: usize = 1_000;
/// How many tags a registry with too many of them has (run-inputs §14.4).
pub(crate) const MANY_TAGS: u32 = 10_000;

/// The tags of an image that nobody has said anything about, newest first.
pub(crate) fn tags(seed: u64) -> Vec<String> {
    let (major, newest) = (1 + seed % 4, 5 + seed / 4 % 20);
    (newest.saturating_sub(7)..=newest)
        .rev()
        .map(|patch| format!("{major}.{}.{}", patch / 4, patch % 4))
        .collect()
}

/// Where a build can be looked at.
pub(crate) fn build_url(image: &str, tag: &str) -> String {
    format!("https://registry.example.com/{image}/tags/{tag}")
}
