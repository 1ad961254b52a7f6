//! `metrics --by service,week --from-file FILE.json`, or from Harness

use std::collections::BTreeMap;
use std::path::Path;

use clap::ValueEnum;
use harness_cd::record::{Dimension, GroupKey, MIN_FOR_MEDIAN, MIN_FOR_RATE, MetricsOptions, Spread, metrics};
use harness_cd_model::Deployment;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Format;
use crate::config_repo::Described;
use crate::error::{CliError, Outcome};
use crate::harness::now_ms;
use crate::output;
use crate::release::Instant;
use crate::source::{Answers, Source};
use crate::table::{NOTHING, duration, table};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What the figures are told apart by; by environment each is told for itself, otherwise production alone counts
    #[arg(long, value_enum, value_delimiter = ',', value_name = "DIMENSION")]
    by: Vec<By>,
    /// From this instant on [default: as far back as is read]
    #[arg(long, value_name = "INSTANT")]
    since: Option<Instant>,
    /// Before this instant [default: now]
    #[arg(long, value_name = "INSTANT")]
    until: Option<Instant>,
    #[command(flatten)]
    source: Source,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Service,
    /// The team of `services.yaml`
    Team,
    Environment,
    /// The week of ISO 8601, in UTC
    Week,
}

impl From<By> for Dimension {
    fn from(by: By) -> Self {
        match by {
            By::Service => Self::Service,
            By::Team => Self::Team,
            By::Environment => Self::Environment,
            By::Week => Self::Week,
        }
    }
}

pub(crate) fn run(arguments: &Arguments, repo: &Path, format: Option<Format>) -> Result<Outcome, CliError> {
    let answers = arguments.source.read(repo)?;
    if arguments.by.contains(&By::Team) && answers.described.is_none() {
        let message = "teams are those of services.yaml, and there is no config repo; name it with --config-repo DIR";
        return Err(CliError::Input(message.to_owned()));
    }
    let (rows, outcome) = answers.rows()?;
    let to_ms = arguments.until.map_or_else(now_ms, |Instant(until)| until);
    let first = || rows.iter().filter_map(Deployment::settled_at).min().unwrap_or(to_ms);
    let since = arguments
        .since
        .map(|Instant(since)| since)
        .or_else(|| arguments.source.since_ms());
    let options = MetricsOptions {
        from_ms: since.unwrap_or_else(first),
        to_ms,
        by: arguments.by.iter().copied().map(Dimension::from).collect(),
        production: Vec::new(),
        teams: teams(&answers),
    };
    if options.from_ms > options.to_ms {
        return Err(CliError::Input(
            "the period ends before it begins: --since lies behind --until".to_owned(),
        ));
    }
    let metrics = metrics(&rows, &options);
    if output::wants_json(format) {
        output::say_json(&metrics)?;
        return Ok(outcome);
    }
    let keys = key_header(&options.by);
    let figures = [
        "DEPLOYMENTS",
        "FAILED",
        "STOPPED",
        "PER WEEK",
        "FAILURE RATE",
        "LEAD TIME",
        "RESTORE",
        "WAIT BEFORE",
    ];
    let header: Vec<_> = keys.iter().copied().chain(figures).collect();
    let rows = metrics.groups.iter().map(|group| {
        let numbers = [group.deployments, group.failed, group.stopped].map(|number| number.to_string());
        let shares = [
            group.per_week.map(|per_week| format!("{per_week:.1}")),
            group.change_failure_rate.map(|rate| format!("{:.0} %", rate * 100.0)),
        ];
        let shares = shares.map(|share| share.unwrap_or_else(|| NOTHING.to_owned()));
        let spreads = [group.lead_time, group.time_to_restore, group.wait_before].map(median);
        key(&options.by, &group.key)
            .into_iter()
            .chain(numbers)
            .chain(shares)
            .chain(spreads)
            .collect()
    });
    output::say(&table(&header, &rows.collect::<Vec<_>>()))?;
    let stages = metrics.groups.iter().flat_map(|group| {
        group.stages.iter().map(|stage| {
            let took = [stage.took.p50_ms, stage.took.p90_ms, stage.took.p95_ms].map(told);
            let named = [
                stage.pipeline.to_owned(),
                stage.stage.to_owned(),
                stage.took.n.to_string(),
            ];
            key(&options.by, &group.key)
                .into_iter()
                .chain(named)
                .chain(took)
                .collect()
        })
    });
    let header: Vec<_> = keys
        .into_iter()
        .chain(["PIPELINE", "STAGE", "N", "P50", "P90", "P95"])
        .collect();
    output::say(&format!("\n{}", table(&header, &stages.collect::<Vec<_>>())))?;
    output::note(&format!(
        "medians of at least {MIN_FOR_MEDIAN}, rates of at least {MIN_FOR_RATE}; (n) says of how many"
    ));
    Ok(outcome)
}

fn teams(answers: &Answers) -> BTreeMap<String, String> {
    let services = answers.described.iter().flat_map(Described::services);
    services
        .map(|service| (service.identifier.to_string(), service.team.clone()))
        .collect()
}

fn key_header(by: &[Dimension]) -> Vec<&'static str> {
    let name = |dimension: &Dimension| match dimension {
        Dimension::Service => "SERVICE",
        Dimension::Team => "TEAM",
        Dimension::Environment => "ENVIRONMENT",
        Dimension::Week => "WEEK",
    };
    by.iter().map(name).collect()
}

fn key(by: &[Dimension], key: &GroupKey<'_>) -> Vec<String> {
    let part = |dimension: &Dimension| {
        let part = match dimension {
            Dimension::Service => key.service.map(str::to_owned),
            Dimension::Team => key.team.map(str::to_owned),
            Dimension::Environment => key.environment.map(str::to_owned),
            Dimension::Week => key.week_ms.map(week),
        };
        part.unwrap_or_else(|| NOTHING.to_owned())
    };
    by.iter().map(part).collect()
}

/// `2026-W48`
fn week(monday_ms: i64) -> String {
    let week =
        Timestamp::from_millisecond(monday_ms).map(|monday| monday.to_zoned(TimeZone::UTC).date().iso_week_date());
    week.map_or_else(
        |_| monday_ms.to_string(),
        |week| format!("{}-W{:02}", week.year(), week.week()),
    )
}

/// `2h 05m (14)`
fn median(spread: Spread) -> String {
    format!("{} ({})", told(spread.p50_ms), spread.n)
}

fn told(ms: Option<i64>) -> String {
    ms.map_or_else(|| NOTHING.to_owned(), duration)
}
