//! What a platform description may say, and hardly means.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::patterns::{ENVIRONMENT, ENVIRONMENT_IDENTIFIER, REGION, placeholders_of};
use harness_cd_model::words::{did_you_mean, expression_opener, may_be_slip};
use harness_cd_model::{
    ChangeWindow, Cluster, Code, Diagnostic, Environment, EnvironmentType, ManifestFormat, NotificationRule, Platform,
    codes,
};
use harness_cd_pipeline::{ConfigRepo, Files, Pair, Sameness};
use harness_cd_yaml::{At, parse};

/// The findings of what is sound of a platform.
pub(crate) fn findings(files: &Files, repo: &ConfigRepo) -> Vec<Diagnostic> {
    let file = repo.layout.platform();
    let document = files.get(file).and_then(|text| parse(file, text).ok());
    let (Some(document), Some(platform)) = (document, &repo.platform) else {
        return Vec::new();
    };
    let items = |key: &str| {
        let list = At::root(&document.root).get(key);
        list.iter().flat_map(At::items).collect::<Vec<_>>()
    };
    let environments = platform.environments.iter().zip(items("environments"));
    let environments = environments.filter_map(|(environment, at)| too_few_approvals(file, environment, &at));
    let rules = items("notifications").into_iter().filter_map(|at| {
        let rule = platform.notifications.iter().find(|rule| is_called(&at, &rule.name))?;
        told_of_every_environment(file, rule, &at)
    });
    let teams = idle_teams(file, repo, &items("projects"));
    let windows = platform.change_windows.iter().zip(items("changeWindows"));
    let windows = windows.flat_map(|(window, at)| {
        let found = [open_by_night(file, window, &at), long_closed(file, window, &at)];
        found.into_iter().flatten()
    });
    let clusters = shared_clusters(file, (repo, platform), &items("clusters"));
    environments
        .chain(rules)
        .chain(windows)
        .chain(teams)
        .chain(clusters)
        .chain(shared_manifests(file, (repo, platform), &At::root(&document.root)))
        .chain(shared_infrastructures(file, platform, &items("infrastructures")))
        .chain(idle_archetypes(file, repo, &items("archetypes")))
        .chain(near_teams(files, repo, platform))
        .collect()
}

/// The archetypes that no service has, where there are services.
fn idle_archetypes(file: &str, repo: &ConfigRepo, archetypes: &[At<'_>]) -> Vec<Diagnostic> {
    let services = &repo.catalog.services;
    if services.is_empty() || !repo.has_all_services() {
        return Vec::new();
    }
    let idle = archetypes.iter().filter_map(|at| {
        let at = at.get("name")?;
        let name = at.node.as_str()?;
        let is_idle = services.iter().all(|service| service.archetype != name);
        let message = format!("no service has the archetype `{name}`");
        is_idle.then(|| finding(file, codes::IDLE_ARCHETYPE, &at, message, codes::IDLE_ARCHETYPE.mend))?
    });
    idle.collect()
}

/// Teams that one service has, and that are nearly called as those of several others. Whom a project names is sure.
fn near_teams(files: &Files, repo: &ConfigRepo, platform: &Platform) -> Vec<Diagnostic> {
    let services = &repo.catalog.services;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for service in services {
        *counts.entry(&service.team).or_default() += 1;
    }
    let is_named = |team: &str| {
        platform
            .projects
            .iter()
            .flat_map(|project| &project.teams)
            .any(|known| known == team)
    };
    let meant = |team: &str| {
        let mut several = counts.iter().filter(|(_, count)| **count > 1);
        several.find_map(|(known, _)| may_be_slip(team, known).then_some(*known))
    };
    let lone = counts.iter().filter(|(team, count)| **count == 1 && !is_named(team));
    let slips: BTreeMap<&str, &str> = lone.filter_map(|(team, _)| Some((*team, meant(team)?))).collect();
    let mut found = Vec::new();
    // Hardly ever is there one, and only then are all descriptions read once more.
    if slips.is_empty() {
        return found;
    }
    for file in repo.layout.service_files(files) {
        let Some(document) = files.get(file).and_then(|text| parse(file, text).ok()) else {
            continue;
        };
        let root = At::root(&document.root);
        let list = root.get("services");
        let one = list.is_none().then(|| root.clone());
        let teams = list
            .iter()
            .flat_map(At::items)
            .chain(one)
            .filter_map(|at| at.get("team"));
        found.extend(teams.filter_map(|at| {
            let team = at.node.as_str()?;
            let meant = slips.get(team)?;
            let message = format!("one service has the team `{team}`, and several have `{meant}`");
            let hint = format!("did you mean `{meant}`?");
            finding(file, codes::NEAR_TEAM, &at, message, hint)
        }));
    }
    found
}

/// Infrastructures outside Kubernetes that are one in two environments: what is deployed to one is deployed to the other.
fn shared_infrastructures(file: &str, platform: &Platform, written: &[At<'_>]) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<(&str, String), &str> = BTreeMap::new();
    let mut found = Vec::new();
    for infrastructure in &platform.infrastructures {
        let mut shared = None;
        for environment in &platform.environments {
            let there = platform.regions.iter();
            for region in there.filter(|region| infrastructure.is_in(&environment.name, &region.name)) {
                let spec = infrastructure.spec_in(environment, region);
                // What Harness fills in may be another in each.
                if expression_opener(&spec).is_some() {
                    continue;
                }
                let key = (infrastructure.infrastructure_type.as_str(), spec);
                let first = *seen.entry(key).or_insert(&environment.name);
                if first != environment.name {
                    shared.get_or_insert((first, environment.name.as_str()));
                }
            }
        }
        let at = written.iter().find(|at| at.pointer == infrastructure.pointer);
        let at = at.and_then(|at| at.get("spec"));
        if let (Some((first, second)), Some(at)) = (shared, at) {
            let message =
                format!("the infrastructure of `{second}` is that of `{first}`: both would be deployed to one place");
            let hint = "write `{{ENVIRONMENT}}` into what differs, or one entry for each environment";
            found.extend(finding(file, codes::SHARED_CLUSTER, &at, message, hint));
        }
    }
    found
}

/// The teams of projects that no service has. Where a service could not be read, it may be one's.
fn idle_teams(file: &str, repo: &ConfigRepo, projects: &[At<'_>]) -> Vec<Diagnostic> {
    if !repo.has_all_services() {
        return Vec::new();
    }
    let services = &repo.catalog.services;
    let known: BTreeSet<&str> = services.iter().map(|service| service.team.as_str()).collect();
    let lists: Vec<At<'_>> = projects.iter().filter_map(|project| project.get("teams")).collect();
    let idle = lists.iter().flat_map(At::items).filter_map(|at| {
        let team = at.node.as_str().filter(|team| !known.contains(team))?;
        let hint = did_you_mean(team, known.iter().copied());
        let hint = hint.unwrap_or_else(|| "write it as `team` of its services does".to_owned());
        finding(
            file,
            codes::IDLE_TEAM,
            &at,
            format!("no service has the team `{team}`"),
            hint,
        )
    });
    idle.collect()
}

/// Paths of manifests that name no service, and of which several services have theirs. A chart is for several, and with
/// the same values another release.
fn shared_manifests(file: &str, (repo, platform): (&ConfigRepo, &Platform), root: &At<'_>) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = Vec::new();
    for archetype in &platform.archetypes {
        let mut services = repo.catalog.services.iter();
        let mut of_it = services.by_ref().filter(|service| service.archetype == archetype.name);
        let (Some(first), Some(second)) = (of_it.next(), of_it.next()) else {
            continue;
        };
        let format = platform.manifest_format(Some(archetype));
        if !archetype.workload.is_kubernetes() || format == ManifestFormat::HelmChart {
            continue;
        }
        let paths = platform.manifest_paths(Some(archetype));
        let is_of_place = |name: &str| [ENVIRONMENT, ENVIRONMENT_IDENTIFIER, REGION].contains(&name);
        let is_shared = |path: &String| placeholders_of(path).iter().all(|name| is_of_place(name));
        let Some(path) = paths.files(format).into_iter().find(is_shared) else {
            continue;
        };
        let repository = &platform.repository_of(Some(archetype)).name;
        let own = root
            .get("archetypes")
            .and_then(|list| list.items().find(|at| is_called(at, &archetype.name)));
        let of_repository = root
            .get("repositories")
            .and_then(|list| list.items().find(|at| is_called(at, repository)));
        let described = [own, of_repository, root.get("manifests")].into_iter().flatten();
        let Some(at) = described.filter_map(|at| at.get("paths")).next() else {
            continue;
        };
        let message = format!(
            "`{}` and `{}` of the archetype `{}` are both deployed from `{path}`",
            first.name, second.name, archetype.name
        );
        let hint = "write `{{SERVICE_NAME}}` into the path, or a placeholder of their `values`";
        if findings.iter().all(|told| told.pointer != at.pointer) {
            findings.extend(finding(file, codes::SHARED_MANIFESTS, &at, message, hint));
        }
    }
    findings
}

/// Clusters that may be one by mistake: production's and another's, and those that are called alike, where their services
/// would meet.
fn shared_clusters(file: &str, (repo, platform): (&ConfigRepo, &Platform), clusters: &[At<'_>]) -> Vec<Diagnostic> {
    let kind = |cluster: &Cluster| {
        let environment = platform.environment(&cluster.environment);
        environment.map(|known| known.environment_type == EnvironmentType::Production)
    };
    let met = |pair: &Pair<'_>| {
        let mut services = repo.catalog.services.iter();
        services.find_map(|service| Some((service, pair.namespace_of(platform, service)?)))
    };
    let told = |pair: &Pair<'_>| {
        let (first, second) = (pair.first, pair.second);
        let called = pair.told();
        let accounts = match pair.sameness {
            Sameness::Certain => "",
            Sameness::Possible => ", unless they are of two accounts",
        };
        if kind(first) != kind(second) {
            let message = format!("`{}` and `{}` are both {called}{accounts}", first.name, second.name);
            return Some((message, "mend `credentials` of one, unless production shares it"));
        }
        let (service, namespace) = met(pair).filter(|_| pair.sameness == Sameness::Possible)?;
        let message = format!(
            "`{}` and `{}` are both {called}{accounts}: `{}` would be deployed there twice, in the namespace `{namespace}`",
            first.name, second.name, service.name
        );
        Some((
            message,
            "mend `credentials` of one, or write `{{ENVIRONMENT}}` into `namespace` of `names`",
        ))
    };
    let pairs = Pair::all(platform).into_iter();
    let found = pairs.filter_map(|pair| {
        let (message, hint) = told(&pair)?;
        let at = clusters.iter().find(|at| is_called(at, &pair.second.name))?;
        finding(file, codes::SHARED_CLUSTER, &at.get("credentials")?, message, hint)
    });
    found.collect()
}

fn is_called(at: &At<'_>, name: &str) -> bool {
    at.node.get("name").and_then(|at| at.as_str()) == Some(name)
}

/// A window by day that closes before it opens is longer by night than it should be by day.
fn open_by_night(file: &str, window: &ChangeWindow, at: &At<'_>) -> Option<Diagnostic> {
    let (from, to) = (window.from.minutes(), window.to.minutes());
    let open = (to + DAY)
        .checked_sub(from)
        .filter(|open| to < from && *open > DAY / 2)?;
    let (hours, minutes) = (open / 60, open % 60);
    let message = format!(
        "`{}` is open over midnight, for {hours} h {minutes:02} min, from {} to {} of the next day",
        window.name, window.from, window.to
    );
    let hint = format!(
        "swap them if it is meant to open at {} and to close at {}",
        window.to, window.from
    );
    finding(file, codes::NIGHTLY_WINDOW, &at.get("to")?, message, hint)
}

/// Days that return every year, and are most of it.
fn long_closed(file: &str, window: &ChangeWindow, at: &At<'_>) -> Option<Diagnostic> {
    let every_year = |day: &&String| day.len() == "12-24".len();
    let days = window.closed_on.iter().filter(every_year).count();
    let closed = at.get("closedOn").filter(|_| days > YEAR / 2)?;
    let message = format!("`{}` is closed on {days} days of every year", window.name);
    let hint = "swap `from` and `to` if the other days are meant: they may go over the new year";
    let range = closed.items().find(|at| at.get("from").is_some());
    let at = range.as_ref().unwrap_or(&closed);
    finding(file, codes::LONG_FREEZE, at, message, hint)
}

/// In days.
const YEAR: usize = 366;

/// In minutes.
const DAY: u16 = 24 * 60;

/// How many people have to say yes to a deployment to production; a ticket that has to be approved is a yes as well.
///
/// Nobody approves twice, and whoever starts a run in Harness does not approve it. A run from the portal is started by the
/// service account whose key the portal has, and the person who asked for it is nobody to Harness: of several approvals
/// one is somebody else's all the same, and the only one may be that person's own. Before production that is a way to
/// work, and no finding.
fn too_few_approvals(file: &str, environment: &Environment, at: &At<'_>) -> Option<Diagnostic> {
    if environment.environment_type != EnvironmentType::Production || environment.ticket.is_some() {
        return None;
    }
    let name = &environment.name;
    match environment.approvals.as_slice() {
        [] => {
            let message = format!("nobody approves a deployment to `{name}`, which is of the type Production");
            let hint = "add `approvals: [team]`, the groups that decide, or a `ticket`";
            finding(file, codes::UNAPPROVED_PRODUCTION, &at.get("name")?, message, hint)
        }
        [only] if only.minimum_count == 1 => {
            let group = &only.group;
            let message = format!(
                "who asks the portal for a deployment to `{name}` may give its only approval, as a member of `{group}`"
            );
            let hint = "add a second group, or `minimumCount: 2` to this one: nobody approves twice; or a `ticket`";
            finding(file, codes::LONE_APPROVAL, &at.get("approvals")?, message, hint)
        }
        _ => None,
    }
}

/// A run fails or ends as a whole, wherever it deploys to: only what is told of stages is told of an environment's.
fn told_of_every_environment(file: &str, rule: &NotificationRule, at: &At<'_>) -> Option<Diagnostic> {
    let at = at.get("environments")?;
    let of_runs = rule.events.iter().filter(|event| !event.is_of_stage());
    let words: Vec<String> = of_runs.map(ToString::to_string).collect();
    if words.is_empty() {
        return None;
    }
    let words = words.join(", ");
    let message = format!("`environments` narrows the events of stages; {words} is told of every environment");
    let hint = format!("remove {words} here, or tell it by a rule of its own, without `environments`");
    finding(file, codes::WIDE_NOTIFICATION, &at, message, hint)
}

fn finding(file: &str, code: &Code, at: &At<'_>, message: String, hint: impl Into<String>) -> Option<Diagnostic> {
    Some(code.finding(file, &at.pointer, at.node.range, message, hint))
}
