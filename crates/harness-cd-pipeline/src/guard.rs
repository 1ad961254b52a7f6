//! Does what guards an environment run whenever a stage that deploys to it does? A gate is judged by what runs, not by
//! what stands there: for every combination of what a run may answer, each step that guards has run before, and would
//! have stopped the pipeline. What cannot be told is a finding.
//!
//! What it stands on (reference harness-schema, items 10 and 20; harness-api §12.27): a stage or step whose condition
//! does not hold is skipped, and what follows it runs; a condition of a stage sees the pipeline's variables; a failure
//! that a strategy ignores stops nothing.

mod condition;
mod course;
mod runs;

use std::cell::OnceCell;

use harness_cd_model::naming::{OWN_TEAM, Placeholder, scoped_underscored};
use harness_cd_model::{Code, Diagnostic, Environment, GroupApproval, codes};
use harness_cd_yaml::{At, Node};

use self::condition::{Condition, Facts};
use self::course::{Stage, Step};
use self::runs::{Run, Runs};
use crate::stages::{environment_references, infrastructures, may_deploy};

/// What has to have happened before an environment is deployed to, or before its services are swapped.
#[derive(PartialEq)]
enum Guard {
    /// The identifier of the group that approves, and how many of its members have to.
    Approval(String, u8),
    /// The type of the step that waits for the ticket.
    Ticket(String),
    /// The policy set that checks the time.
    Window(String),
    /// A step that verifies.
    Verification,
}

/// A stage that deploys, to which environment, and what comes before it.
struct Deployment<'c, 'n> {
    target: &'c Stage<'n>,
    environment: &'c Environment,
    /// The stages of the pipeline.
    stages: &'c [Stage<'n>],
    /// The environments of the platform.
    platform: &'c [Environment],
    /// The step by which the second copy of a blue-green deployment takes the traffic, where that is what is guarded and
    /// not the stage.
    swap: Option<&'c Step<'n>>,
}

/// What keeps a step from being the guard that it looks like.
struct Flaw<'n> {
    at: At<'n>,
    message: String,
    hint: &'static str,
}

/// A pipeline with its stages, as they run.
pub(crate) struct Course<'p, 'n> {
    pipeline: &'p At<'n>,
    stages: Vec<Stage<'n>>,
    /// What a run may answer to all of them; found out where something guards.
    runs: OnceCell<Runs>,
    /// And to each alone.
    runs_of_each: Vec<OnceCell<Runs>>,
}

impl<'p, 'n> Course<'p, 'n> {
    pub(crate) fn of(pipeline: &'p At<'n>) -> Self {
        let stages = course::stages(pipeline);
        Self {
            pipeline,
            runs: OnceCell::new(),
            runs_of_each: stages.iter().map(|_| OnceCell::new()).collect(),
            stages,
        }
    }

    fn runs(&self) -> &Runs {
        self.runs.get_or_init(|| Runs::of(self.pipeline, &self.stages))
    }

    /// Whether a run for a region may deploy to an environment by the stage at a pointer.
    pub(crate) fn reaches(&self, stage: &str, environment: &Environment, region: &str) -> bool {
        let mut deploying = self.deploying().filter(|(own, _)| own.at.pointer == stage);
        deploying.any(|(stage, runs)| {
            let all = runs.of_deployment(stage, environment);
            all.iter().any(|run| run.may_be_for(region))
        })
    }

    /// The stages that may deploy, each with what a run may answer to it.
    fn deploying(&self) -> impl Iterator<Item = (&Stage<'n>, &Runs)> {
        let each = self.stages.iter().zip(&self.runs_of_each);
        let each = each.filter(|(stage, _)| may_deploy(stage.at.node));
        each.map(|(stage, runs)| {
            let runs = runs.get_or_init(|| Runs::of(self.pipeline, std::slice::from_ref(stage)));
            (stage, runs)
        })
    }
}

/// Whether a condition may hold where one variable of the pipeline has a value.
pub(crate) fn may_hold(condition: &str, variable: &str, value: &str) -> bool {
    let name = format!("{}{variable}", runs::VARIABLES);
    let facts = Facts::from([(name.as_str(), value)]);
    Condition::read(condition).holds(&facts) != Some(false)
}

/// Checks what guards an environment of a platform in a pipeline; the findings stand at the step or key that lets a run
/// pass.
pub(crate) fn check(
    file: &str,
    course: &Course<'_, '_>,
    environment: &Environment,
    platform: &[Environment],
) -> Vec<Diagnostic> {
    judged(file, course, (environment, platform), |_| true)
}

/// Whether all that guards an environment of a platform does so in the runs for it: what another run passes by is then no
/// fault of the gate.
pub(crate) fn is_guarded_for_itself(
    course: &Course<'_, '_>,
    environment: &Environment,
    platform: &[Environment],
) -> bool {
    judged("", course, (environment, platform), |run| {
        run.is_for_environment(&environment.name)
    })
    .is_empty()
}

/// The findings of some of the runs that deploy to an environment.
fn judged(
    file: &str,
    course: &Course<'_, '_>,
    (environment, platform): (&Environment, &[Environment]),
    is_meant: impl Fn(&Run<'_>) -> bool,
) -> Vec<Diagnostic> {
    let guards = guards_of(environment);
    let guards_of_swap = guards_of_swap(environment);
    if guards.is_empty() && guards_of_swap.is_empty() {
        return Vec::new();
    }
    let stages = &course.stages;
    let mut findings: Vec<Diagnostic> = Vec::new();
    let mut report = |code: &Code, flaw: Flaw<'_>| {
        // What guards by several steps is let by once.
        let is_same = |known: &Diagnostic| known.pointer == flaw.at.pointer && known.message == flaw.message;
        if !findings.iter().any(is_same) {
            findings.push(code.finding(file, &flaw.at.pointer, flaw.at.node.range, flaw.message, flaw.hint));
        }
    };
    let name = &environment.name;
    if let Some(flaw) = chosen_stages(course.pipeline, name).filter(|_| !guards.is_empty()) {
        report(codes::GATE_EVADED, flaw);
    }
    for target in stages.iter().filter(|stage| may_deploy(stage.at.node)) {
        let mut runs = course.runs().of_deployment(target, environment);
        runs.retain(&is_meant);
        if runs.is_empty() {
            continue;
        }
        let deployment = Deployment {
            target,
            environment,
            stages,
            platform,
            swap: None,
        };
        for swap in target.steps.iter().filter(|step| step.kind() == Some(SWAP_STEP)) {
            let swap = Some(swap);
            let deployment = Deployment { swap, ..deployment };
            let flaws = guards_of_swap.iter().filter_map(|guard| guard.flaw(&deployment, &runs));
            flaws
                .chain(checked_too_early(&guards_of_swap, &deployment))
                .for_each(|flaw| report(codes::EARLY_SWAP, flaw));
        }
        if guards.is_empty() {
            continue;
        }
        if let Some(flaw) = after_failures(target, name) {
            report(codes::GATE_EVADED, flaw);
            continue;
        }
        for guard in &guards {
            if let Some(flaw) = guard.flaw(&deployment, &runs) {
                report(guard.code(), flaw);
            }
        }
        if let Some(flaw) = checked_too_early(&guards, &deployment) {
            report(codes::NO_WINDOW_CHECK, flaw);
        }
    }
    findings
}

/// Whether an environment has stages of which none runs for it: their conditions are those of other environments.
pub(crate) fn unreached(file: &str, course: &Course<'_, '_>, environment: &Environment) -> Option<Diagnostic> {
    let name = &environment.name;
    let reference = environment.reference();
    let is_own = |(stage, _): &(&Stage<'_>, &Runs)| {
        let references = environment_references(stage.at.node);
        references.iter().any(|text| *text == reference)
    };
    let own: Vec<_> = course.deploying().filter(is_own).collect();
    let mut may_be_chosen = false;
    for (stage, runs) in &own {
        for run in runs.all().iter().filter(|run| run.is_for_environment(name)) {
            may_be_chosen = true;
            if run.deploys(stage, environment) {
                return None;
            }
        }
    }
    // Where no run can name it, its stage is for others.
    let (first, _) = own.first().filter(|_| may_be_chosen)?;
    let condition = first.at.get("when").and_then(|when| when.get("condition"));
    let at = condition.as_ref().unwrap_or(&first.at);
    let message = format!("no stage deploys to `{name}` in a run for it");
    let hint = format!(
        "compare the pipeline's variables with its names, as in `<+pipeline.variables.targetEnvironment> == \"{name}\"`"
    );
    Some(codes::NO_STAGE.finding(file, &at.pointer, at.node.range, message, hint))
}

/// The stages of an environment that deploy to it in runs for other ones, where a run is for one. A run that goes through an
/// earlier environment first may be meant so; one that goes on to a later one deploys where nobody asked for it. `others`
/// are those that a run may be for, with this one, from first to last.
pub(crate) fn beside(
    file: &str,
    course: &Course<'_, '_>,
    environment: &Environment,
    others: &[&str],
) -> Vec<Diagnostic> {
    let name = environment.name.as_str();
    let reference = environment.reference();
    let own = others.iter().position(|other| *other == name);
    let Some(own) = own.filter(|_| runs::asks_for_environment(course.pipeline)) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for (stage, runs) in course.deploying() {
        let references = environment_references(stage.at.node);
        if !references.iter().all(|text| *text == reference) {
            continue;
        }
        let all = runs.all();
        let deploys_for = |other: &str, is_certain: bool| {
            let mut for_it = all.iter().filter(|run| run.is_for_environment(other));
            for_it.any(|run| run.deploys(stage, environment) && (!is_certain || run.skips_level(&stage.at).is_none()))
        };
        let (earlier, later) = others.split_at(own);
        let asked = earlier.iter().find(|other| deploys_for(other, false));
        let (code, message, hint) = match asked {
            Some(asked) => (
                codes::FURTHER_ENVIRONMENT,
                format!("a run for `{asked}` goes on to `{name}`"),
                "",
            ),
            None => match later.iter().skip(1).find(|other| deploys_for(other, true)) {
                Some(asked) => (
                    codes::EVERY_RUN,
                    format!("a run for `{asked}` deploys to `{name}` first"),
                    ", unless every version goes there first",
                ),
                None => continue,
            },
        };
        let condition = stage.at.get("when").and_then(|when| when.get("condition"));
        let at = condition.as_ref().unwrap_or(&stage.at);
        let hint =
            format!("let the stage's condition ask for `<+pipeline.variables.targetEnvironment> == \"{name}\"`{hint}");
        findings.push(code.finding(file, &at.pointer, at.node.range, message, hint));
    }
    findings
}

/// Whether a stage that names the cluster of one region runs for another one: whoever chooses a region means its clusters.
/// `regions` are those of an environment's clusters, by the identifiers of their infrastructure definitions.
pub(crate) fn astray(
    file: &str,
    course: &Course<'_, '_>,
    environment: &Environment,
    regions: &[(String, &str)],
) -> Vec<Diagnostic> {
    let region_of = |at: &At<'_>| {
        let named = regions
            .iter()
            .find(|(identifier, _)| at.node.text() == Some(identifier));
        named.map(|(_, region)| *region)
    };
    let mut findings = Vec::new();
    for (stage, runs) in course.deploying() {
        for at in infrastructures(&stage.at) {
            let Some(region) = region_of(&at) else { continue };
            let all = runs.of_deployment(stage, environment);
            if all.iter().all(|run| run.is_for(course.pipeline, region)) {
                continue;
            }
            let message = format!("a run for another region deploys to this cluster of `{region}`");
            let hint =
                format!("add `<+pipeline.variables.targetRegion> == \"{region}\"` to the condition of the stage");
            findings.push(codes::OTHER_CLUSTER.finding(file, &at.pointer, at.node.range, message, hint));
        }
    }
    findings
}

fn guards_of(environment: &Environment) -> Vec<Guard> {
    let approvals = environment.approvals.iter().map(approval_of);
    let ticket = environment.ticket.iter();
    let ticket = ticket.map(|ticket| Guard::Ticket(format!("{}Approval", ticket.system.as_str())));
    let window = environment.policy_set().into_iter().map(Guard::Window);
    approvals.chain(ticket).chain(window).collect()
}

fn guards_of_swap(environment: &Environment) -> Vec<Guard> {
    let policy = &environment.blue_green;
    let verified = policy.verify_minutes.map(|_| Guard::Verification);
    let approvals = policy.approvals.iter().map(approval_of);
    // While people look at the new version, the window may close that was looked at before.
    let window = environment.policy_set().filter(|_| !policy.approvals.is_empty());
    let window = window.map(Guard::Window).into_iter();
    verified.into_iter().chain(approvals).chain(window).collect()
}

fn approval_of(approval: &GroupApproval) -> Guard {
    let group = match approval.group == OWN_TEAM {
        true => Placeholder::TeamIdentifier.in_braces(),
        false => scoped_underscored(&approval.group),
    };
    Guard::Approval(group, approval.minimum_count)
}

/// Whoever may choose stages leaves the gate out.
fn chosen_stages<'n>(pipeline: &At<'n>, environment: &str) -> Option<Flaw<'n>> {
    let at = pipeline.get("allowStageExecutions")?;
    (at.node.as_bool() != Some(false)).then(|| Flaw {
        message: format!("a run may choose its stages, and leave out what guards `{environment}`"),
        hint: "write `allowStageExecutions: false`",
        at,
    })
}

/// A gate that failed is a stage that failed.
fn after_failures<'n>(target: &Stage<'n>, environment: &str) -> Option<Flaw<'n>> {
    let at = target.at.get("when")?.get("pipelineStatus")?;
    (at.node.text() != Some("Success")).then(|| Flaw {
        message: format!("the stage deploys to `{environment}` also after what guards it has failed"),
        hint: "write `pipelineStatus: Success`",
        at,
    })
}

/// Types of steps that leave an environment as it is.
const IDLE_STEPS: [&str; 12] = [
    "HarnessApproval",
    "JiraApproval",
    "ServiceNowApproval",
    "CustomApproval",
    "Policy",
    "Wait",
    "Barrier",
    "Email",
    "JiraCreate",
    "JiraUpdate",
    "ServiceNowCreate",
    "ServiceNowUpdate",
];

fn is_idle(step: &Step<'_>) -> bool {
    step.kind().is_some_and(|kind| IDLE_STEPS.contains(&kind))
}

/// The steps that bring the second copy of a blue-green deployment, and let it take the traffic.
pub(crate) const COPY_STEP: &str = "K8sBlueGreenDeploy";
pub(crate) const SWAP_STEP: &str = "K8sBGSwapServices";

impl<'n> Deployment<'_, 'n> {
    /// The steps among which a guard is looked for. What another stage asks behind its own deployment, as before a swap,
    /// was asked for that one alone.
    fn steps(&self) -> impl Iterator<Item = &Step<'n>> {
        let is_target = |stage: &Stage<'n>| stage.at.pointer == self.target.at.pointer;
        let is_here = move |stage: &&Stage<'n>| self.swap.is_none() || is_target(stage);
        self.stages.iter().filter(is_here).flat_map(move |stage| {
            let is_for_all = move |step: &&Step<'n>| !may_deploy(stage.at.node) || comes_first(step, stage);
            stage
                .steps
                .iter()
                .filter(move |step| is_target(stage) || is_for_all(step))
        })
    }

    /// Whether a step has ended when what it guards begins, and looks at what there is to look at.
    fn is_in_time(&self, step: &Step<'n>) -> bool {
        let Some(swap) = self.swap else {
            return comes_first(step, self.target);
        };
        let mut copies = self.target.steps.iter().filter(|step| step.kind() == Some(COPY_STEP));
        step.precedes(swap) && copies.all(|copy| copy.precedes(step))
    }

    /// What a step stands in and what it guards does not.
    fn levels<'s>(&self, step: &'s Step<'n>) -> &'s [At<'n>] {
        let around = self.swap.map(|swap| swap.levels.as_slice()).unwrap_or_default();
        let both = around.iter().zip(&step.levels);
        let shared = both.take_while(|(one, other)| one.pointer == other.pointer).count();
        step.levels.get(shared..).unwrap_or_default()
    }

    /// What happens unguarded, for messages.
    fn told(&self) -> String {
        let environment = &self.environment.name;
        match self.swap {
            None => format!("`{environment}` is deployed to"),
            Some(_) => format!("the services of `{environment}` are swapped"),
        }
    }
}

/// Whether a step has ended before a stage does anything to its environment.
fn comes_first(step: &Step<'_>, target: &Stage<'_>) -> bool {
    let mut working = target.steps.iter().filter(|step| !is_idle(step)).peekable();
    match working.peek() {
        Some(_) => working.all(|working| step.precedes(working)),
        None => step.precedes_stage(target),
    }
}

/// Approvals take days, so the time is looked at behind them.
fn checked_too_early<'n>(guards: &[Guard], deployment: &Deployment<'_, 'n>) -> Option<Flaw<'n>> {
    let of = |is_wanted: &dyn Fn(&Guard) -> bool| -> Vec<&Step<'n>> {
        let wanted: Vec<&Guard> = guards.iter().filter(|guard| is_wanted(guard)).collect();
        let steps = deployment.steps().filter(|step| deployment.is_in_time(step));
        steps
            .filter(|step| wanted.iter().any(|guard| guard.names(step)))
            .collect()
    };
    let checks = of(&|guard| matches!(guard, Guard::Window(_)));
    let waits = of(&|guard| !matches!(guard, Guard::Window(_)));
    let is_last = |check: &&Step<'n>| !waits.iter().any(|wait| !wait.precedes(check));
    if checks.is_empty() || checks.iter().any(is_last) {
        return None;
    }
    let at = checks.last()?.at()?.clone();
    let environment = &deployment.environment.name;
    let message = format!("the change window of `{environment}` is checked before everybody has approved");
    let hint = "move the Policy step behind the approvals: they may take days";
    Some(Flaw { at, message, hint })
}

impl Guard {
    fn code(&self) -> &'static Code {
        match self {
            Self::Approval(..) => codes::NO_APPROVAL,
            Self::Ticket(_) => codes::NO_TICKET_APPROVAL,
            Self::Window(_) => codes::NO_WINDOW_CHECK,
            Self::Verification => codes::EARLY_SWAP,
        }
    }

    /// What is missing where no step is the guard.
    fn absence<'n>(&self, deployment: &Deployment<'_, 'n>) -> Flaw<'n> {
        let environment = &deployment.environment.name;
        let (at, before) = match deployment.swap.and_then(Step::at) {
            Some(swap) => (swap, format!("before the services of `{environment}` are swapped")),
            None => (&deployment.target.at, format!("before deploying to `{environment}`")),
        };
        let (message, hint) = match self {
            Self::Approval(group, _) => (
                format!("nobody asks the group `{group}` {before}"),
                "add an approval stage before it",
            ),
            Self::Ticket(kind) => (
                format!("no {kind} step waits for the ticket {before}"),
                "add one to the stage before it",
            ),
            Self::Window(set) => (
                format!("no Policy step checks `{set}` {before}"),
                "add a Policy step before it",
            ),
            Self::Verification => (
                format!("no Verify step looks at the new version {before}"),
                "add a Verify step before it",
            ),
        };
        let hint = match (self, deployment.swap) {
            (Self::Approval(..), Some(_)) => "add a HarnessApproval step before it, behind K8sBlueGreenDeploy",
            _ => hint,
        };
        let at = at.clone();
        Flaw { at, message, hint }
    }

    /// Whether the same step may be both.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Approval(one, _), Self::Approval(other, _)) => one == other,
            _ => self == other,
        }
    }

    /// Whether a step looks like the guard.
    fn names(&self, step: &Step<'_>) -> bool {
        let Some(node) = step.node() else { return false };
        let lists = |way: &[&str], wanted: &str| {
            let list = node.at(way).into_iter().flat_map(Node::items);
            list.filter_map(Node::text).any(|text| text == wanted)
        };
        match (self, step.kind()) {
            (Self::Approval(group, _), Some("HarnessApproval")) => lists(&["spec", "approvers", "userGroups"], group),
            (Self::Window(set), Some("Policy")) => lists(&["spec", "policySets"], set),
            (Self::Ticket(wanted), Some(kind)) => kind == wanted,
            (Self::Verification, Some("Verify")) => true,
            _ => false,
        }
    }

    /// Why a run may reach the target without this guard: of several steps that might be it, what is wrong with the last.
    fn flaw<'n>(&self, deployment: &Deployment<'_, 'n>, runs: &[Run<'_>]) -> Option<Flaw<'n>> {
        let named = deployment.steps().filter(|step| self.names(step));
        let mut flaws: Vec<Flaw<'n>> = Vec::new();
        let mut sound: Vec<&Step<'n>> = Vec::new();
        for step in named {
            match self.standing_flaw(step, deployment) {
                Some(flaw) => flaws.push(flaw),
                None => sound.push(step),
            }
        }
        if let Some(nearest) = sound.last() {
            let guards = |run: &Run<'_>, step: &Step<'n>| {
                run.skips(deployment.levels(step)).is_none() && !self.is_spent(step, deployment, run)
            };
            let unguarded = runs.iter().find(|run| !sound.iter().any(|step| guards(run, step)))?;
            return match unguarded.skips(deployment.levels(nearest)) {
                Some(skip) => Some(skip.told(&deployment.told(), unguarded)),
                None => unguarded.spent(nearest, &deployment.environment.name),
            };
        }
        flaws.pop().or_else(|| Some(self.absence(deployment)))
    }

    /// Whether a step has let another deployment pass before, to an environment that is guarded by the like: what was
    /// approved for one is not approved for the other.
    fn is_spent(&self, step: &Step<'_>, deployment: &Deployment<'_, '_>, run: &Run<'_>) -> bool {
        // What stands in the stage itself was asked for it alone.
        if deployment.swap.is_some() {
            return false;
        }
        let mut others = deployment.platform.iter().filter(|other| {
            other.identifier != deployment.environment.identifier
                && guards_of(other).iter().any(|guard| guard.is_like(self))
        });
        let before = deployment
            .stages
            .iter()
            .take_while(|stage| stage.at.pointer != deployment.target.at.pointer);
        let between: Vec<_> = before
            .filter(|stage| may_deploy(stage.at.node) && comes_first(step, stage))
            .collect();
        others.any(|other| between.iter().any(|stage| run.deploys(stage, other)))
    }

    /// What keeps a step from guarding in any run at all.
    fn standing_flaw<'n>(&self, step: &Step<'n>, deployment: &Deployment<'_, 'n>) -> Option<Flaw<'n>> {
        let at = step.at()?;
        if !deployment.is_in_time(step) {
            let told = deployment.told();
            return Some(match deployment.swap {
                None => Flaw {
                    at: at.clone(),
                    message: format!("the step does not end before {told}"),
                    hint: "move it into a stage before that one, and not beside it",
                },
                Some(_) => Flaw {
                    at: at.clone(),
                    message: format!("the step does not stand between the new version and the step by which {told}"),
                    hint: "move it between K8sBlueGreenDeploy and K8sBGSwapServices, and not beside either",
                },
            });
        }
        let spec = at.get("spec");
        if let (Self::Approval(group, count), Some(spec)) = (self, &spec) {
            if let Some(at) = spec.get("autoApproval") {
                let message = format!("the step approves by itself, without the group `{group}`");
                let hint = "remove `autoApproval`";
                return Some(Flaw { at, message, hint });
            }
            let groups = spec.get("approvers").and_then(|approvers| approvers.get("userGroups"));
            if let Some(at) = groups.filter(|groups| groups.items().count() > 1) {
                let message = format!("any of several groups may approve here instead of `{group}`");
                let hint = "give each group an approval step of its own";
                return Some(Flaw { at, message, hint });
            }
            if let Some(at) = too_few(spec, *count) {
                let message = format!("{count} members of the group `{group}` have to approve, and fewer may do here");
                let hint = "write as many as `minimumCount`";
                return Some(Flaw { at, message, hint });
            }
        }
        let environment = &deployment.environment.name;
        let goal = match deployment.swap {
            None => format!("`{environment}`"),
            Some(_) => format!("the swap of `{environment}`"),
        };
        lets_pass(step).map(|(at, action)| Flaw {
            at,
            message: format!("a run goes on to {goal} when this step fails: {action}"),
            hint: "abort, or mark it as failed",
        })
    }
}

/// The number of approvals that a step waits for, where these may be fewer than are wanted; the step itself where it says
/// none.
fn too_few<'n>(spec: &At<'n>, wanted: u8) -> Option<At<'n>> {
    let written = spec
        .get("approvers")
        .and_then(|approvers| approvers.get("minimumCount"));
    let count = written.as_ref().map_or(Some(1), |at| at.node.as_i64());
    let is_enough = wanted <= 1 || count.is_some_and(|count| count >= i64::from(wanted));
    (!is_enough).then(|| written.unwrap_or_else(|| spec.clone()))
}

/// Actions after which a run goes on as if nothing had failed, by themselves or by whoever watches the run.
const PASSING_ACTIONS: [&str; 4] = [
    "Ignore",
    "MarkAsSuccess",
    "ProceedWithDefaultValues",
    "ManualIntervention",
];

/// Why approvals, policies and waiting for a ticket end without a yes.
const FAILURES: [&str; 12] = [
    "ApprovalRejection",
    "PolicyEvaluationFailure",
    "Timeout",
    "Unknown",
    "Authentication",
    "Authorization",
    "Connectivity",
    "Verification",
    "DelegateProvisioning",
    "DelegateRestart",
    "InputTimeoutError",
    "UserMarkedFailure",
];

/// The failure strategy that lets a run pass a step that failed. The innermost one that names a failure decides.
fn lets_pass<'n>(step: &Step<'n>) -> Option<(At<'n>, &'n str)> {
    FAILURES.iter().find_map(|failure| {
        let strategies = step.levels.iter().rev().find_map(|level| {
            let own: Vec<At<'n>> = level.get("failureStrategies").iter().flat_map(At::items).collect();
            let named: Vec<At<'n>> = own.into_iter().filter(|one| handles(one.node, failure)).collect();
            (!named.is_empty()).then_some(named)
        })?;
        strategies.into_iter().find_map(|strategy| {
            let mut passing = None;
            strategy.node.walk(&mut |_, node| {
                let action = node.get("action").and_then(|action| action.get("type")?.text());
                passing = passing.or(action.filter(|action| PASSING_ACTIONS.contains(action) || action.contains("<+")));
            });
            passing.map(|action| (strategy, action))
        })
    })
}

fn handles(strategy: &Node, failure: &str) -> bool {
    let errors = strategy.at(&["onFailure", "errors"]);
    // What is asked for when the run starts may be any of them.
    errors.is_none_or(|errors| errors.text().is_some())
        || errors
            .into_iter()
            .flat_map(Node::items)
            .filter_map(Node::text)
            .any(|error| error == failure || error == "AllErrors")
}
