//! `matrix --from-file FILE.json`, or from Harness

use std::path::Path;

use harness_cd::record::{DeploymentBrief, Drift, DriftKind, EnvironmentCells, MatrixCell, MatrixOptions, matrix};

use crate::Format;
use crate::error::{CliError, Outcome};
use crate::harness::now_ms;
use crate::output;
use crate::source::Source;
use crate::table::{NOTHING, duration, table};

const HEADER: [&str; 9] = [
    "SERVICE",
    "ENVIRONMENT",
    "REGION",
    "VERSION",
    "AGE",
    "BY",
    "DRIFT",
    "NOW",
    "SINCE",
];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
}

pub(crate) fn run(arguments: &Arguments, repo: &Path, format: Option<Format>) -> Result<Outcome, CliError> {
    let answers = arguments.source.read(repo)?;
    let (rows, outcome) = answers.rows()?;
    let options = MatrixOptions {
        now_ms: now_ms(),
        environments: answers.environments(),
        regions: answers.regions(),
    };
    let matrix = matrix(&rows, &options);
    if output::wants_json(format) {
        output::say_json(&matrix)?;
    } else {
        let mut rows = Vec::new();
        for service in &matrix.services {
            let name = service.service_name.unwrap_or(service.service);
            for environment in &service.environments {
                rows.extend(environment.regions.iter().map(|cell| row(name, environment, cell)));
            }
        }
        output::say(&table(&HEADER, &rows))?;
    }
    if matrix.unplaced > 0 {
        let count = output::count(usize::try_from(matrix.unplaced).unwrap_or(usize::MAX), "row");
        output::note(&format!("{count} of no known service or environment"));
    }
    Ok(outcome)
}

fn row(service: &str, environment: &EnvironmentCells<'_>, cell: &MatrixCell<'_>) -> Vec<String> {
    let running = cell.running.as_ref();
    let now: Vec<_> = cell.in_flight.iter().map(of_brief).collect();
    let since = [&cell.failed, &cell.taken_back, &cell.rollback]
        .into_iter()
        .zip(["", "taken back ", "rollback "]);
    let since: Vec<_> = since
        .filter_map(|(brief, word)| Some(format!("{word}{}", of_brief(brief.as_ref()?))))
        .collect();
    [
        service.to_owned(),
        environment
            .environment_name
            .unwrap_or(environment.environment)
            .to_owned(),
        [cell.region, cell.infrastructure]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
        running.map(version).unwrap_or_default(),
        cell.age_ms.map(duration).unwrap_or_default(),
        running.and_then(|running| running.by).unwrap_or_default().to_owned(),
        drift(cell),
        now.join(", "),
        since.join(", "),
    ]
    .map(|text| if text.is_empty() { NOTHING.to_owned() } else { text })
    .to_vec()
}

fn version(brief: &DeploymentBrief<'_>) -> String {
    let mark = if brief.odd_clock { " (odd clock)" } else { "" };
    format!("{}{mark}", brief.version.unwrap_or("?"))
}

/// `v2.3.1 Failed`
fn of_brief(brief: &DeploymentBrief<'_>) -> String {
    let words = brief.version.into_iter().chain([brief.status.as_str()]);
    words.collect::<Vec<_>>().join(" ")
}

fn drift(cell: &MatrixCell<'_>) -> String {
    let to_environment = cell.drift.as_ref().map(
        |Drift {
             environment,
             version,
             kind,
             versions,
         }| match kind {
            DriftKind::Same => format!("as {environment}"),
            DriftKind::Behind => format!("{versions} behind {environment}"),
            DriftKind::Ahead => format!("{versions} ahead of {environment}"),
            DriftKind::Other => format!("other than {environment} ({})", version.unwrap_or("?")),
        },
    );
    let to_regions =
        (cell.behind_newest_region > 0).then(|| format!("{} behind its newest region", cell.behind_newest_region));
    to_environment
        .into_iter()
        .chain(to_regions)
        .collect::<Vec<_>>()
        .join(", ")
}
