//! `platform.yaml`.

use std::collections::BTreeMap;

use harness_cd_model::naming::{OWN_TEAM, approval_identifier};
use harness_cd_model::{
    ApprovalGroup, Environment, EnvironmentType, GroupApproval, Identifier, ImageTagPolicy, Level, Platform,
    ProjectRef, RequiredField, SwapPolicy, VerificationStep, codes,
};
use harness_cd_yaml::{At, Fields, Reader, Value};

use super::broken::Broken;
use super::declared::{Declarations, Declared};
use super::forms::{address, checked};
use super::names::{
    Names, chosen_list, harness_identifier, level, optional_list, own_identifier, reference, require_label,
    required_list, text,
};
use super::places::Around;
use super::{
    archetypes, infrastructures, keys, name_patterns, notifications, places, projects, sources, ticket, windows,
};

/// What reading says of a platform description.
#[derive(Default)]
pub(super) struct PlatformReading<'n> {
    pub(super) declared: Declarations<'n>,
    /// The clusters as they are written.
    pub(super) clusters: Vec<At<'n>>,
    /// The archetypes as they are written.
    pub(super) archetypes: Vec<At<'n>>,
    /// What of it is sound; `None` where a finding stops the whole.
    pub(super) platform: Option<Platform>,
    pub(super) broken: Broken,
}

/// Reads the platform description; `with_template` are archetypes that have a template, described or not.
pub(super) fn read<'n>(reader: &mut Reader<'_>, root: At<'n>, with_template: &[&'n str]) -> PlatformReading<'n> {
    let mut reading = PlatformReading::default();
    if let Some(fields) = reader.object(root.clone(), keys::PLATFORM.known) {
        reading.declared = Declarations::of(reader, &fields, with_template);
        let written = |key: &str| root.get(key).iter().flat_map(At::items).collect();
        reading.clusters = written("clusters");
        reading.archetypes = written("archetypes");
        reading.platform = platform(reader, &fields, &reading.declared);
    }
    reading.broken = Broken::of(&root, reader.since(0), reading.platform.as_mut());
    reading.platform = reading.platform.filter(|_| reading.broken.stopping().is_none());
    reading
}

fn platform(reader: &mut Reader<'_>, fields: &Fields<'_>, declared: &Declarations<'_>) -> Option<Platform> {
    let org = identifier(reader, fields, "org");
    let project = identifier(reader, fields, "project");
    let own = org.clone().zip(project.clone());
    let own = own.map(|(org, project)| ProjectRef { org, project });
    let projects = projects::read(reader, fields, own.as_ref());
    let managed_by = text(reader, fields, "managedBy").map(str::to_owned);
    let harness_url = harness_url(reader, fields);
    let networks = places::networks(reader, fields);
    let delegates = places::delegates(reader, fields, &declared.networks);
    let regions = places::regions(reader, fields);
    let approval_groups = approval_groups(reader, fields);
    let windows = windows::read(reader, fields);
    let policy_levels: BTreeMap<String, Level> = windows
        .iter()
        .map(|(window, level)| (window.name.clone(), *level))
        .collect();
    let change_windows = windows.into_iter().map(|(window, _)| window).collect();
    let environments = environments(reader, fields, declared, &policy_levels);
    let notifications = notifications::read(reader, fields, declared);
    let mut connectors = Names::new("connector");
    let around = Around {
        declared,
        environments: &environments,
        regions: &regions,
        delegates: &delegates,
    };
    let before = reader.count();
    let clusters = places::clusters(reader, fields, &mut connectors, &around);
    let are_clusters_sound = reader.count() == before;
    let (manifests, repositories) = sources::manifests(reader, fields, &mut connectors, &declared.delegates);
    let registries = sources::registries(reader, fields, &mut connectors, declared);
    let around = archetypes::Around {
        declared,
        environments: &environments,
        registries: &registries,
        repositories: manifests.iter().chain(&repositories).collect(),
    };
    let archetypes = archetypes::read(reader, fields, &around);
    let around = infrastructures::Around {
        declared,
        archetypes: &archetypes,
        environments: &environments,
        regions: &regions,
        clusters: &clusters,
    };
    let before = reader.count();
    let infrastructures = infrastructures::read(reader, fields, &around);
    infrastructures::require_some(reader, fields, &archetypes, &infrastructures);
    let are_places_sound = are_clusters_sound && reader.count() == before;
    let in_clusters = clusters.iter().map(|one| (&one.environment, &one.region));
    let outside = infrastructures.iter().flat_map(|one| {
        let in_each = |environment| one.regions.iter().map(move |region| (environment, region));
        one.environments.iter().flat_map(in_each)
    });
    sources::require_registries(reader, fields, &registries, in_clusters.chain(outside));
    // What is wrong with a place may be what is missing in another.
    if are_places_sound {
        places::require_places(reader, fields, (&environments, &regions), (&clusters, &infrastructures));
    }
    let image_tags = image_tags(reader, fields);
    let names = name_patterns::read(reader, fields);
    name_patterns::require_namespaces(reader, fields, &names, (&environments, &regions));
    Some(Platform {
        org: org?,
        project: project?,
        projects,
        managed_by: managed_by?,
        harness_url: harness_url?,
        networks,
        delegates,
        regions,
        environments,
        clusters,
        infrastructures,
        archetypes,
        notifications,
        manifests: manifests?,
        repositories,
        registries,
        approval_groups,
        change_windows,
        policy_levels,
        image_tags,
        names: names.of_platform(),
    })
}

/// Where Harness itself is.
fn harness_url(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<String> {
    let Some(at) = reader.optional(fields, "harnessUrl") else {
        return Some("https://app.harness.io".to_owned());
    };
    address(reader, &at)?;
    // It goes into a script.
    let is_plain = |text: &str| {
        text.chars()
            .all(|one| one.is_ascii_alphanumeric() || ":/.-_~%".contains(one))
    };
    let wanted = "an address of letters, digits and `:/.-_~%` alone";
    Some(checked(reader, &at, is_plain, wanted)?.trim_end_matches('/').to_owned())
}

fn identifier(reader: &mut Reader<'_>, fields: &Fields<'_>, key: &str) -> Option<Identifier> {
    let at = reader.required(fields, key)?;
    harness_identifier(reader, &at)
}

fn approval_groups(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<ApprovalGroup> {
    let mut names = Names::new("approval group");
    let mut groups = Vec::new();
    for item in optional_list(reader, fields, "approvalGroups") {
        let Some((name, identifier)) = names.take_reference(reader, &item) else {
            continue;
        };
        if name == OWN_TEAM {
            let message = "`team` stands for the service's own team and cannot be a group's name";
            reader.error(codes::BAD_NAME, &item, message, "rename the group");
        }
        groups.push(ApprovalGroup {
            name: name.to_owned(),
            identifier,
        });
    }
    groups
}

fn environments(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    declared: &Declarations<'_>,
    policy_levels: &BTreeMap<String, Level>,
) -> Vec<Environment> {
    let groups = declared.approval_groups.clone().with(OWN_TEAM);
    let windows = &declared.change_windows;
    let mut names = Names::new("environment");
    let items = required_list(reader, fields, "environments");
    let mut read: Vec<Environment> = Vec::new();
    for item in items {
        let Some(own) = environment(reader, item.clone(), &mut names, &groups, windows) else {
            continue;
        };
        if let Some(other) = read.iter().find(|other| other.reference() == own.reference()) {
            let message = format!(
                "the environments `{}` and `{}` both have the identifier `{}`",
                other.name,
                own.name,
                own.reference()
            );
            let at = item.get("identifier").unwrap_or(item);
            reader.error(codes::SAME_IDENTIFIER, &at, message, "give each its own");
        }
        read.push(own);
    }
    // A policy of several windows stands where the lowest of them does.
    let of_windows = |environment: Environment| Environment {
        policy_level: (environment.change_windows.iter())
            .filter_map(|window| policy_levels.get(window).copied())
            .min()
            .unwrap_or_default(),
        ..environment
    };
    read.into_iter().map(of_windows).collect()
}

fn environment<'n>(
    reader: &mut Reader<'_>,
    item: At<'n>,
    names: &mut Names<'n>,
    groups: &Declared<'_>,
    windows: &Declared<'_>,
) -> Option<Environment> {
    let before = reader.count();
    let fields = reader.object(item, keys::ENVIRONMENT.known)?;
    let name_at = reader.required(&fields, "name");
    let named = name_at.as_ref().and_then(|at| names.take(reader, at));
    if let (Some(at), Some((name, _))) = (&name_at, &named) {
        require_label(reader, at, name);
    }
    let own = own_identifier(reader, &fields);
    let level = level(reader, &fields).unwrap_or_default();
    let types = EnvironmentType::ALL.map(|known| (known.as_str(), known));
    let environment_type = reader
        .required(&fields, "type")
        .and_then(|at| reader.one_of(&at, &types));
    let approvals = approvals(reader, &fields, groups);
    let change_windows = change_windows(reader, &fields, windows);
    let words = RequiredField::ALL.map(|field| (field.name(), field));
    let required_fields = optional_list(reader, &fields, "requiredFields")
        .iter()
        .filter_map(|at| reader.one_of(at, &words))
        .collect();
    let canary = canary(reader, &fields);
    let blue_green = blue_green(reader, &fields, groups);
    let ticket = reader
        .optional(&fields, "ticket")
        .and_then(|at| ticket::read(reader, at));
    // Nothing is concluded from one that is not sound: what seems to be missing may be what could not be read.
    if reader.count() > before {
        return None;
    }
    let (name, derived) = named?;
    let environment = Environment {
        name: name.to_owned(),
        identifier: own.unwrap_or(derived),
        level,
        environment_type: environment_type?,
        approvals,
        change_windows,
        policy_level: Level::default(),
        required_fields,
        canary,
        blue_green: blue_green.unwrap_or_default(),
        ticket,
    };
    require_ticket_to_give(reader, &fields, &environment);
    Some(environment)
}

/// A change ticket that is required is the first approver's to name, and nobody has one where the pipeline opens it.
fn require_ticket_to_give(reader: &mut Reader<'_>, fields: &Fields<'_>, environment: &Environment) {
    let word = RequiredField::ChangeTicket.name();
    let required = fields.at().get("requiredFields");
    let Some(at) = required.and_then(|list| list.items().find(|item| item.node.as_str() == Some(word))) else {
        return;
    };
    let name = &environment.name;
    if environment.ticket.is_some() {
        let message = format!("a request to `{name}` has to bring a change ticket, and the pipeline opens one itself");
        let hint = format!("remove `{word}`, or `ticket` where people open it by hand");
        reader.error(codes::CONTRADICTION, &at, message, hint);
    } else if environment.approvals.is_empty() && !environment.change_windows.is_empty() {
        let message =
            format!("the change window of `{name}` asks for a change ticket, and nobody approves who could name it");
        let hint = format!("add `approvals`, whose first names it, or a `ticket`, or remove `{word}`");
        reader.error(codes::CONTRADICTION, &at, message, hint);
    }
}

/// One window, or several of which each will do.
fn change_windows(reader: &mut Reader<'_>, fields: &Fields<'_>, windows: &Declared<'_>) -> Vec<String> {
    let one = reader.optional(fields, "changeWindow");
    let several = reader.optional(fields, "changeWindows");
    if let (Some(_), Some(at)) = (&one, &several) {
        let message = "both `changeWindow` and `changeWindows` say when deploying is allowed";
        reader.error(
            codes::CONTRADICTION,
            at,
            message,
            "keep `changeWindows`, with every window in it",
        );
    }
    let several = chosen_list(reader, fields, "changeWindows", "always allowed");
    let mut named: Vec<String> = Vec::new();
    for at in one.into_iter().chain(several) {
        match reference(reader, &at, codes::UNKNOWN_REFERENCE, "change window", windows) {
            Some(name) if named.iter().any(|known| known == name) => {
                let message = format!("`{name}` stands here twice");
                reader.error(codes::CONTRADICTION, &at, message, "remove one");
            }
            Some(name) => named.push(name.to_owned()),
            None => {}
        }
    }
    named
}

/// The groups that approve; each in a step of its own.
fn approvals(reader: &mut Reader<'_>, fields: &Fields<'_>, groups: &Declared<'_>) -> Vec<GroupApproval> {
    let mut approvals: Vec<GroupApproval> = Vec::new();
    for at in optional_list(reader, fields, "approvals") {
        let Some((group_at, approval)) = approval(reader, at, groups) else {
            continue;
        };
        let group = &approval.group;
        let step = approval_identifier(group);
        if let Some(other) = approvals.iter().find(|other| approval_identifier(&other.group) == step) {
            let message = format!(
                "the approvals of `{group}` and `{}` both make the step `{step}`",
                other.group
            );
            let hint = match other.group == *group {
                true => "ask each group once; `{group: …, minimumCount: 2}` asks two of its members",
                false => "rename one",
            };
            reader.error(codes::SAME_IDENTIFIER, &group_at, message, hint);
        }
        approvals.push(approval);
    }
    approvals
}

/// A group, by its name alone where any of its members may approve.
fn approval<'n>(reader: &mut Reader<'_>, item: At<'n>, groups: &Declared<'_>) -> Option<(At<'n>, GroupApproval)> {
    let group = |reader: &mut Reader<'_>, at: &At<'_>| {
        reference(reader, at, codes::UNKNOWN_USER_GROUP, "approval group", groups).map(GroupApproval::by)
    };
    if !matches!(item.node.value, Value::Mapping(_)) {
        let approval = group(reader, &item)?;
        return Some((item, approval));
    }
    let fields = reader.object(item, keys::APPROVAL.known)?;
    let at = reader.required(&fields, "group")?;
    let approval = group(reader, &at);
    let count = reader.optional(&fields, "minimumCount");
    let count = count.map_or(Some(1), |at| reader.number(&at, 1, MOST_APPROVALS));
    let minimum_count = u8::try_from(count?).ok()?;
    Some((
        at,
        GroupApproval {
            minimum_count,
            ..approval?
        },
    ))
}

/// More members of one group than that nobody asks.
const MOST_APPROVALS: i64 = 20;

/// The phases of a canary, each larger than the one before.
fn canary(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<VerificationStep> {
    let mut phases: Vec<VerificationStep> = Vec::new();
    for at in optional_list(reader, fields, "canary") {
        let Some(phase) = verification_step(reader, at.clone()) else {
            continue;
        };
        if let Some(before) = phases.last().filter(|before| before.percentage >= phase.percentage) {
            let message = format!(
                "the canary phase of {} percent comes after one of {} percent",
                phase.percentage, before.percentage
            );
            reader.error(
                codes::CANARY_PHASES,
                &at,
                message,
                "let each phase take more replicas than the one before",
            );
        }
        phases.push(phase);
    }
    phases
}

/// What comes before a swap; `None` where that is nothing.
fn blue_green(reader: &mut Reader<'_>, fields: &Fields<'_>, groups: &Declared<'_>) -> Option<SwapPolicy> {
    let at = reader.optional(fields, "blueGreen")?;
    let fields = reader.object(at, keys::BLUE_GREEN.known)?;
    let minutes = reader.optional(&fields, "verifyMinutes");
    let minutes = minutes.and_then(|at| verify_minutes(reader, &at));
    Some(SwapPolicy {
        verify_minutes: minutes,
        approvals: approvals(reader, &fields, groups),
    })
}

fn verify_minutes(reader: &mut Reader<'_>, at: &At<'_>) -> Option<u16> {
    u16::try_from(reader.number(at, 5, 1440)?).ok()
}

fn verification_step(reader: &mut Reader<'_>, item: At<'_>) -> Option<VerificationStep> {
    let fields = reader.object(item, keys::CANARY_PHASE.known)?;
    let percentage = reader.required(&fields, "percentage");
    let percentage = percentage.and_then(|at| reader.number(&at, 1, 99));
    let minutes = reader.required(&fields, "verifyMinutes");
    let minutes = minutes.and_then(|at| verify_minutes(reader, &at));
    Some(VerificationStep {
        percentage: u8::try_from(percentage?).ok()?,
        verify_minutes: minutes?,
    })
}

fn image_tags(reader: &mut Reader<'_>, fields: &Fields<'_>) -> ImageTagPolicy {
    let fields = reader
        .optional(fields, "imageTags")
        .and_then(|at| reader.object(at, keys::IMAGE_TAGS.known));
    let at = fields.and_then(|fields| reader.optional(&fields, "immutableOnly"));
    ImageTagPolicy {
        immutable_only: at.and_then(|at| reader.bool(&at)).unwrap_or_default(),
    }
}
