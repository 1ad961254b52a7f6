//! What guards the environments of an imported project.
//!
//! A description says of an environment what guards every deployment to it. So a guard is drafted where it holds in every
//! template that deploys there, as rendering judges it ([`crate::guard`]); what stands in some of them alone is told.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::{OWN_TEAM, Placeholder, approval_identifier, swap_approval_identifier};
use harness_cd_model::{Environment, GroupApproval, Level, Platform, RequiredField, Service, SwapPolicy, TicketPolicy};
use harness_cd_template::Template;
use harness_cd_yaml::{At, Document, Node};

use super::Notes;
use super::connectors::{Entries, text};
use super::pipelines::SHORTEST;
use super::tickets;
use super::windows::WindowsOfSets;
use crate::archetype_template::gate::RECORDS;
use crate::draft::Draft;
use crate::stages::{Stage, environment_references, stages, step_types, steps};
use crate::{ConfigRepo, agree, guard};

/// What the environments say of their guards in `platform.yaml`, by their names.
pub(super) type Guards = BTreeMap<String, Entries>;

/// Finds what guards the environments of a drafted repository that says nothing of it yet.
pub(super) fn guards(repo: &ConfigRepo, windows: &WindowsOfSets, notes: &mut Notes) -> Guards {
    let Some(platform) = &repo.platform else {
        return Guards::new();
    };
    let all = sampled(repo, platform);
    let around = Around { platform, windows };
    let asked = |environment| Guarded {
        environment,
        guards: candidates(&all, &around, environment),
    };
    let mut drafted: Vec<Guarded<'_>> = platform.environments.iter().map(asked).collect();
    while let Some((place, guard)) = too_much(&all, &drafted) {
        let Some(guarded) = drafted.get_mut(place) else { break };
        tell(&all, guarded.environment, &guard, notes);
        guarded.guards.retain(|known| *known != guard);
    }
    tell_of_others(&all, &around, &drafted, notes);
    let written = drafted.iter().map(|guarded| {
        let environment = guarded.described();
        let required = required(&all, &around, &environment);
        (environment.name.clone(), entries(&environment, &required))
    });
    written.collect()
}

/// What steps refer to.
struct Around<'p> {
    platform: &'p Platform,
    windows: &'p WindowsOfSets,
}

/// A template as one of its services makes it.
struct Sampled<'r> {
    archetype: &'r str,
    service: &'r Service,
    document: Document,
}

impl Sampled<'_> {
    fn pipeline(&self) -> Option<At<'_>> {
        At::root(&self.document.root).get("pipeline")
    }

    fn deploys_to(&self, environment: &Environment) -> bool {
        self.service.environments.contains(&environment.name)
    }

    /// Whether what guards an environment holds in it.
    fn holds(&self, environment: &Environment, all: &[Environment]) -> bool {
        let found = |pipeline| guard::check("", &guard::Course::of(&pipeline), environment, all);
        self.pipeline().is_some_and(|pipeline| found(pipeline).is_empty())
    }
}

fn sampled<'r>(repo: &'r ConfigRepo, platform: &Platform) -> Vec<Sampled<'r>> {
    let of_template = |(archetype, template): (&'r String, &'r Template)| {
        let own = repo.catalog.services.iter();
        let own = own.filter(move |service| service.archetype == *archetype);
        let own = agree::different(template, platform, own).collect::<Vec<_>>();
        own.into_iter().map(move |service| Sampled {
            archetype,
            service,
            document: agree::sample(template, service),
        })
    };
    repo.templates.iter().flat_map(of_template).collect()
}

/// Something that guards an environment.
#[derive(Clone, Debug, PartialEq)]
enum Guard {
    /// The name of the group that approves.
    Approval(String),
    /// The names of the windows of which one has to be open, and where the policy stands that checks them.
    Windows(Vec<String>, Level),
    /// The ticket that is waited for.
    Ticket(Box<TicketPolicy>),
    /// The name of the group that approves the swap of a blue-green deployment.
    SwapApproval(String),
    /// The minutes for which its second copy is verified.
    SwapVerification(u16),
}

impl Guard {
    fn add_to(self, environment: &mut Environment) {
        match self {
            Self::Approval(group) => environment.approvals.push(GroupApproval::by(&group)),
            Self::Windows(windows, level) => {
                environment.change_windows = windows;
                environment.policy_level = level;
            }
            Self::Ticket(ticket) => environment.ticket = Some(*ticket),
            Self::SwapApproval(group) => environment.blue_green.approvals.push(GroupApproval::by(&group)),
            Self::SwapVerification(minutes) => environment.blue_green.verify_minutes = Some(minutes),
        }
    }

    /// Whether a description can say both of one environment: a step for each group, one ticket, one policy, one
    /// verification.
    fn goes_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Approval(one), Self::Approval(other)) => approval_identifier(one) != approval_identifier(other),
            (Self::SwapApproval(one), Self::SwapApproval(other)) => {
                swap_approval_identifier(one) != swap_approval_identifier(other)
            }
            (Self::Windows(..), Self::Windows(..))
            | (Self::Ticket(_), Self::Ticket(_))
            | (Self::SwapVerification(_), Self::SwapVerification(_)) => false,
            _ => true,
        }
    }

    /// An environment that nothing else guards.
    fn alone(&self, environment: &Environment) -> Environment {
        let mut alone = environment.clone();
        self.clone().add_to(&mut alone);
        alone
    }

    fn told(&self, environment: &str) -> String {
        match self {
            Self::Approval(group) => format!("the approval of `{group}` before `{environment}`"),
            Self::Windows(windows, _) => format!("the change window `{}` before `{environment}`", windows.join("`, `")),
            Self::Ticket(ticket) => format!("the ticket of {} before `{environment}`", ticket.system.as_str()),
            Self::SwapApproval(group) => format!("the approval of `{group}` before the swap in `{environment}`"),
            Self::SwapVerification(_) => format!("the verification before the swap in `{environment}`"),
        }
    }
}

/// An environment that is described without guards, and those that are found.
struct Guarded<'p> {
    environment: &'p Environment,
    guards: Vec<Guard>,
}

impl Guarded<'_> {
    fn described(&self) -> Environment {
        let mut environment = self.environment.clone();
        self.guards
            .iter()
            .cloned()
            .for_each(|guard| guard.add_to(&mut environment));
        environment
    }
}

/// What guards an environment in one template at least, in the order of its steps.
fn candidates(all: &[Sampled<'_>], around: &Around<'_>, environment: &Environment) -> Vec<Guard> {
    let mut found: Vec<Guard> = Vec::new();
    for one in all.iter().filter(|one| one.deploys_to(environment)) {
        let Some(pipeline) = one.pipeline() else { continue };
        let mut own: Vec<Guard> = Vec::new();
        // The same may be asked before another environment: what comes last is for this one.
        for guard in steps_before(&pipeline, environment)
            .into_iter()
            .rev()
            .flat_map(|step| asked_by(step, around))
            .chain(before_swaps(&pipeline, environment, around).into_iter().rev())
            .chain(tickets::read(&pipeline, environment).map(|ticket| Guard::Ticket(Box::new(ticket))))
        {
            let alone = guard.alone(environment);
            let is_new = own.iter().chain(&found).all(|known| known.goes_with(&guard));
            if is_new && one.holds(&alone, std::slice::from_ref(&alone)) {
                own.insert(0, guard);
            }
        }
        found.extend(own);
    }
    found
}

/// The steps of all stages up to the one that deploys to an environment, without those that a swap waits for.
fn steps_before<'n>(pipeline: &At<'n>, environment: &Environment) -> Vec<&'n Node> {
    let all = stages(pipeline);
    let deploys = all.iter().position(|stage| deploys_to(stage, environment));
    let end = deploys.map_or(all.len(), |place| place + 1);
    let before = all.iter().take(end).flat_map(|stage| {
        let of_swap = steps_before_swap(stage);
        let steps: Vec<&Node> = step_types(&stage.body).map(|(step, _)| step.node).collect();
        let is_other = move |step: &&Node| !of_swap.iter().any(|known| std::ptr::eq(*known, *step));
        steps.into_iter().filter(is_other)
    });
    before.collect()
}

/// What stands between the second copy of a blue-green deployment and the swap, in the stages that deploy to an
/// environment.
fn before_swaps(pipeline: &At<'_>, environment: &Environment, around: &Around<'_>) -> Vec<Guard> {
    let all = stages(pipeline);
    let own = all.iter().filter(|stage| deploys_to(stage, environment));
    own.flat_map(steps_before_swap)
        .flat_map(|step| asked_before_swap(step, around))
        .collect()
}

/// The steps of a stage between the second copy and the swap.
fn steps_before_swap<'n>(stage: &Stage<'n>) -> Vec<&'n Node> {
    let steps = steps(stage.body.node);
    let is_of = |kind: &'static str| move |step: &&Node| text(step, &["type"]) == Some(kind);
    let copied = steps.iter().position(is_of(guard::COPY_STEP));
    let swapped = steps.iter().position(is_of(guard::SWAP_STEP));
    let places = copied.zip(swapped).filter(|(copied, swapped)| copied < swapped);
    let between = places.and_then(|(copied, swapped)| steps.get(copied + 1..swapped));
    between.map(<[_]>::to_vec).unwrap_or_default()
}

/// Whom a step before a swap asks, or how long it verifies; less than a description takes is left out.
fn asked_before_swap(step: &Node, around: &Around<'_>) -> Vec<Guard> {
    let minutes = || {
        text(step, &["spec", "spec", "duration"])?
            .strip_suffix('m')?
            .parse()
            .ok()
    };
    match text(step, &["type"]) {
        Some("Verify") => minutes()
            .filter(|minutes| *minutes >= SHORTEST)
            .map(Guard::SwapVerification)
            .into_iter()
            .collect(),
        _ => {
            let asked = asked_by(step, around).into_iter();
            asked
                .filter_map(|guard| match guard {
                    Guard::Approval(group) => Some(Guard::SwapApproval(group)),
                    _ => None,
                })
                .collect()
        }
    }
}

fn deploys_to(stage: &Stage<'_>, environment: &Environment) -> bool {
    environment_references(stage.body.node).contains(&environment.reference().as_str())
}

/// Whom a step asks, or what it checks, in the words of the description.
fn asked_by(step: &Node, around: &Around<'_>) -> Vec<Guard> {
    let list = |way: &[&str]| -> Vec<String> {
        let items = step.at(way).into_iter().flat_map(Node::items);
        items.filter_map(Node::text).map(str::to_owned).collect()
    };
    match text(step, &["type"]) {
        Some("HarnessApproval") => {
            let groups = list(&["spec", "approvers", "userGroups"]).into_iter();
            let named = groups.filter_map(|group| group_name(&group, around.platform));
            named.map(Guard::Approval).collect()
        }
        Some("Policy") => {
            let sets = list(&["spec", "policySets"]).into_iter();
            let known = sets.filter_map(|set| Some((around.windows.get(&set)?.clone(), Level::of(&set))));
            known.map(|(windows, level)| Guard::Windows(windows, level)).collect()
        }
        _ => Vec::new(),
    }
}

fn group_name(reference: &str, platform: &Platform) -> Option<String> {
    if reference == Placeholder::TeamIdentifier.in_braces() {
        return Some(OWN_TEAM.to_owned());
    }
    let mut groups = platform.approval_groups.iter();
    let found = groups.find(|group| group.identifier.as_str() == reference);
    found.map(|group| group.name.clone())
}

/// The first guard that a description may not say, and of which environment: where some template would not hold to it.
fn too_much(all: &[Sampled<'_>], drafted: &[Guarded<'_>]) -> Option<(usize, Guard)> {
    let described: Vec<Environment> = drafted.iter().map(Guarded::described).collect();
    let hold = |environment: &Environment| {
        let mut own = all.iter().filter(|one| one.deploys_to(environment));
        own.all(|one| one.holds(environment, &described))
    };
    drafted
        .iter()
        .zip(&described)
        .enumerate()
        .find_map(|(place, (guarded, whole))| {
            let mut guards = guarded.guards.iter();
            let broken = guards.find(|guard| !hold(&guard.alone(guarded.environment)));
            // Where each by itself holds and not all together, the time is looked at too early.
            let last = || (!hold(whole)).then(|| guarded.guards.last()).flatten();
            broken.or_else(last).map(|guard| (place, guard.clone()))
        })
}

/// Says why a guard that stands in a template is not described.
fn tell(all: &[Sampled<'_>], environment: &Environment, guard: &Guard, notes: &mut Notes) {
    let alone = guard.alone(environment);
    let own = all.iter().filter(|one| one.deploys_to(environment));
    let lacking = own.filter(|one| !one.holds(&alone, std::slice::from_ref(&alone)));
    let lacking: BTreeSet<&str> = lacking.map(|one| one.archetype).collect();
    let guard = guard.told(&environment.name);
    if lacking.is_empty() {
        let what = format!("{guard}: it lets another environment be deployed to first, or is looked at too early");
        notes.ask_for(&what, None);
    }
    let what = format!(
        "{guard}, which these templates have not; where they shall have it, add it to them and to the environment"
    );
    for archetype in lacking {
        notes.ask_for(&what, Some(archetype));
    }
}

/// Types of steps that may guard.
const GUARDING: [&str; 5] = [
    "HarnessApproval",
    "JiraApproval",
    "ServiceNowApproval",
    "CustomApproval",
    "Policy",
];

/// Names the steps that look like guards, and guard no environment as a description says it.
fn tell_of_others(all: &[Sampled<'_>], around: &Around<'_>, drafted: &[Guarded<'_>], notes: &mut Notes) {
    for one in all {
        let Some(pipeline) = one.pipeline() else { continue };
        let before_swaps: Vec<&Node> = stages(&pipeline).iter().flat_map(steps_before_swap).collect();
        let is_described = |step: &Node| {
            let comes_before_swap = before_swaps.iter().any(|known| std::ptr::eq(*known, step));
            let kind = text(step, &["type"]).unwrap_or_default();
            drafted.iter().any(|guarded| {
                let asked = match comes_before_swap {
                    true => asked_before_swap(step, around),
                    false => asked_by(step, around),
                };
                guarded.guards.iter().any(|guard| match guard {
                    Guard::Ticket(ticket) => kind.strip_suffix("Approval") == Some(ticket.system.as_str()),
                    guard => asked.contains(guard),
                })
            })
        };
        for step in steps(pipeline.node) {
            let kind = text(step, &["type"]).unwrap_or_default();
            if GUARDING.contains(&kind) && !is_described(step) {
                let identifier = text(step, &["identifier"]).unwrap_or_default();
                let what =
                    "steps that ask or check, and stand in templates alone; the description says nothing of them";
                notes.ask_for(what, Some(&format!("`{identifier}` ({kind}) of `{}`", one.archetype)));
            }
        }
    }
}

/// What a request to an environment has to say, as far as every template makes the first approver say it.
fn required(all: &[Sampled<'_>], around: &Around<'_>, environment: &Environment) -> Vec<RequiredField> {
    let Some(first) = environment
        .approvals
        .first()
        .map(|first| Guard::Approval(first.group.clone()))
    else {
        return Vec::new();
    };
    let is_asked = |one: &Sampled<'_>, wanted: &str| {
        let Some(pipeline) = one.pipeline() else { return false };
        let mut steps = steps_before(&pipeline, environment).into_iter();
        let approval = steps.rfind(|step| asked_by(step, around).contains(&first));
        let inputs = approval.and_then(|step| step.at(&["spec", "approverInputs"]));
        let mut inputs = inputs.into_iter().flat_map(Node::items);
        inputs.any(|input| {
            text(input, &["name"]) == Some(wanted) && input.get("required").and_then(Node::as_bool) == Some(true)
        })
    };
    let is_everywhere = |name: &str| {
        let mut own = all.iter().filter(|one| one.deploys_to(environment));
        own.all(|one| is_asked(one, name))
    };
    let is_given = |field: RequiredField| field == RequiredField::ChangeTicket && environment.ticket.is_some();
    let fields = RECORDS
        .iter()
        .filter(|(field, _, name)| !is_given(*field) && is_everywhere(name));
    fields.map(|(field, ..)| *field).collect()
}

fn groups(approvals: &[GroupApproval]) -> Draft {
    Draft::texts(approvals.iter().map(|approval| approval.group.as_str()))
}

fn entries(environment: &Environment, required: &[RequiredField]) -> Entries {
    let mut entries = Entries::new();
    if !environment.approvals.is_empty() {
        entries.push(("approvals", groups(&environment.approvals)));
    }
    match environment.change_windows.as_slice() {
        [] => {}
        [window] => entries.push(("changeWindow", Draft::text(window))),
        several => entries.push(("changeWindows", Draft::texts(several))),
    }
    if !required.is_empty() {
        entries.push((
            "requiredFields",
            Draft::texts(required.iter().map(|field| field.name())),
        ));
    }
    let swap = &environment.blue_green;
    if *swap != SwapPolicy::default() {
        let minutes = swap.verify_minutes.map(|minutes| Draft::Word(minutes.to_string()));
        let approvals = (!swap.approvals.is_empty()).then(|| groups(&swap.approvals));
        let keys = [("verifyMinutes", minutes), ("approvals", approvals)].into_iter();
        let said = keys.filter_map(|(key, draft)| Some((key, draft?)));
        entries.push(("blueGreen", Draft::map(said)));
    }
    entries.extend(
        environment
            .ticket
            .as_ref()
            .map(|ticket| ("ticket", tickets::draft(ticket))),
    );
    entries
}
