//! `release --tag TAG`, `--new-since INSTANT` or `--at INSTANT`

use std::path::Path;
use std::str::FromStr;

use harness_cd::record::{
    DeploymentBrief, PlaceChangeKind, PlaceName, Span, VersionStop, new_in_production, running_at, version_stops,
};
use harness_cd_model::Deployment;
use harness_cd_model::words::did_you_mean;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::Format;
use crate::error::{CliError, Outcome};
use crate::output;
use crate::source::Source;
use crate::table::{NOTHING, instant, table};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    question: Question,
    #[command(flatten)]
    source: Source,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Question {
    /// Where this version has been: an image's tag, a digest or a chart's version
    #[arg(long, value_name = "VERSION")]
    tag: Option<String>,
    /// What is new in production since then: 2026-11-20, or 2026-11-20T14:00:00Z
    #[arg(long, value_name = "INSTANT")]
    new_since: Option<Instant>,
    /// What ran where at that instant
    #[arg(long, value_name = "INSTANT")]
    at: Option<Instant>,
}

/// A day of UTC or an instant, as epoch ms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instant(pub(crate) i64);

impl FromStr for Instant {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = |text: &str| {
            text.parse::<Date>()
                .ok()?
                .to_zoned(TimeZone::UTC)
                .ok()
                .map(|day| day.timestamp())
        };
        let instant = text
            .parse::<Timestamp>()
            .ok()
            .or_else(|| day(text).filter(|_| !text.contains(['T', ' '])));
        let instant =
            instant.ok_or("write a day of UTC, 2026-11-20, or an instant with its zone, 2026-11-20T14:00:00Z")?;
        Ok(Self(instant.as_millisecond()))
    }
}

pub(crate) fn run(arguments: &Arguments, repo: &Path, format: Option<Format>) -> Result<Outcome, CliError> {
    let Arguments { question, source } = arguments;
    let answers = source.read(repo)?;
    let (rows, outcome) = answers.rows()?;
    match question {
        Question { tag: Some(tag), .. } => tell_stops(&rows, tag, format),
        Question {
            new_since: Some(Instant(since)),
            ..
        } => tell_news(&rows, *since, format),
        Question { at, .. } => tell_running(&rows, at.map_or(i64::MAX, |Instant(at)| at), format),
    }?;
    Ok(outcome)
}

fn tell_stops(rows: &[Deployment<'_>], tag: &str, format: Option<Format>) -> Result<(), CliError> {
    let stops = version_stops(rows, tag);
    if stops.is_empty() {
        let known = rows.iter().filter_map(|row| row.version.as_deref());
        let advice = did_you_mean(tag, known).map_or_else(String::new, |question| format!("; {question}"));
        output::note(&format!(
            "none of {} has {tag}{advice}",
            output::count(rows.len(), "row")
        ));
    }
    if output::wants_json(format) {
        return output::say_json(&stops);
    }
    let lines: Vec<_> = stops
        .iter()
        .map(|stop| line(stop.place, &stop.deployment, stood(stop)))
        .collect();
    show("STOOD", &lines)
}

fn stood(stop: &VersionStop<'_>) -> String {
    let when = |at: Option<i64>| at.map_or_else(|| "?".to_owned(), instant);
    let span = |(number, span): (usize, &Span)| match span.until {
        None if stop.is_running && number + 1 == stop.stood.len() => format!("since {}", when(span.from)),
        until => format!("{} to {}", when(span.from), when(until)),
    };
    stop.stood.iter().enumerate().map(span).collect::<Vec<_>>().join(", ")
}

fn tell_news(rows: &[Deployment<'_>], since: i64, format: Option<Format>) -> Result<(), CliError> {
    let news = new_in_production(rows, since);
    if output::wants_json(format) {
        return output::say_json(&news);
    }
    let mut lines = Vec::new();
    for place in &news {
        let mut before = place.before.as_ref().and_then(|brief| brief.version);
        for change in &place.changes {
            let kind = match change.kind {
                PlaceChangeKind::Deployed => "deployed",
                PlaceChangeKind::Undone => "undone",
                PlaceChangeKind::RolledBack => "rolled back",
            };
            let versions = format!("{} → {}", before.unwrap_or(NOTHING), change.running.unwrap_or(NOTHING));
            lines.push(line(place.place, &change.deployment, format!("{kind}: {versions}")));
            before = change.running;
        }
    }
    show("CHANGE", &lines)
}

fn tell_running(rows: &[Deployment<'_>], at: i64, format: Option<Format>) -> Result<(), CliError> {
    let running = running_at(rows, at);
    if output::wants_json(format) {
        return output::say_json(&running);
    }
    let lines = running.iter().map(|stood| {
        let under_way = stood
            .under_way
            .iter()
            .filter_map(|brief| brief.version)
            .collect::<Vec<_>>()
            .join(", ");
        line(stood.place, &stood.deployment, under_way)
    });
    let lines: Vec<_> = lines.collect();
    show("UNDER WAY", &lines)
}

fn show(last: &str, lines: &[Vec<String>]) -> Result<(), CliError> {
    let titles = [
        "SERVICE",
        "ENVIRONMENT",
        "REGION",
        "VERSION",
        "STATUS",
        "WHEN",
        "BY",
        last,
    ];
    output::say(&table(&titles, lines))
}

fn line(place: PlaceName<'_>, brief: &DeploymentBrief<'_>, last: String) -> Vec<String> {
    [
        place.service.to_owned(),
        place.environment.to_owned(),
        place.region.unwrap_or_default().to_owned(),
        brief.version.unwrap_or_default().to_owned(),
        brief.status.as_str().to_owned(),
        brief.at.map(instant).unwrap_or_default(),
        brief.by.unwrap_or_default().to_owned(),
        last,
    ]
    .map(|text| if text.is_empty() { NOTHING.to_owned() } else { text })
    .to_vec()
}
