//! A config repository as large as a large company's: 1,000 services of 3 archetypes in 3 environments and 3 regions.

use std::fmt::Write;

use harness_cd_model::naming::template_path;
use harness_cd_pipeline::{Files, archetype_template, read_config_repo};

const SERVICES: usize = 1000;
const TEAMS: usize = 40;
const ARCHETYPES: [&str; 3] = ["api", "worker", "job"];
const ENVIRONMENTS: [&str; 3] = ["int-stable", "pre-stable", "prod"];
const REGIONS: [&str; 3] = ["euw1", "euw2", "use1"];

/// The descriptions, and the templates that follow from them.
pub(crate) fn large_config_repo() -> Files {
    let mut files = Files::from([
        ("platform.yaml".to_owned(), platform().into_bytes()),
        ("services.yaml".to_owned(), services().into_bytes()),
    ]);
    let platform = read_config_repo(&files).platform.unwrap();
    for archetype in &platform.archetypes {
        let template = archetype_template(&platform, archetype).unwrap().unwrap();
        files.insert(template_path(&archetype.name), template.into_bytes());
    }
    files
}

fn services() -> String {
    let mut text = "services:\n".to_owned();
    for (number, archetype) in (0..SERVICES).zip(ARCHETYPES.iter().cycle()) {
        let (name, team) = (format!("{archetype}-{number:04}"), number % TEAMS);
        writeln!(
            text,
            "  - {{name: {name}, archetype: {archetype}, team: team-{team}, image: project/{name}}}"
        )
        .unwrap();
    }
    text
}

fn platform() -> String {
    let mut text = include_str!("large-platform.yaml").to_owned();
    let places = || {
        ENVIRONMENTS
            .iter()
            .flat_map(|environment| REGIONS.map(|region| (environment, region)))
    };
    let mut list = |key: &str, items: &mut dyn Iterator<Item = String>| {
        writeln!(text, "{key}:").unwrap();
        items.for_each(|item| writeln!(text, "  - {{{item}}}").unwrap());
    };
    list(
        "networks",
        &mut (ENVIRONMENTS.iter().enumerate())
            .map(|(number, name)| format!("name: network-{name}, cidr: 10.{number}.0.0/16")),
    );
    list(
        "delegates",
        &mut places().map(|(environment, region)| {
            format!("name: delegate-{environment}-{region}, network: network-{environment}")
        }),
    );
    list(
        "clusters",
        &mut places().map(|(environment, region)| {
            format!(
                "name: k8s-{environment}-{region}, environment: {environment}, region: {region}, \
                 network: network-{environment}, delegate: delegate-{environment}-{region}"
            )
        }),
    );
    text
}
