//! `timeline --environment prod --status failed --from-file FILE.json`, or from Harness

use std::path::Path;

use clap::ValueEnum;
use harness_cd::record::{DeploymentFilter, RegionOutcome, Story, StoryOutcome, TimelineCursor, timeline};
use harness_cd_model::StatusGroup;

use crate::Format;
use crate::error::{CliError, Outcome};
use crate::output;
use crate::release::Instant;
use crate::source::Source;
use crate::table::{NOTHING, instant, table};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// An environment's identifier, for example int_stable
    #[arg(long, value_name = "ENV")]
    environment: Option<String>,
    /// A region, or an infrastructure definition where none can be read off it
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// What became of it
    #[arg(long, value_enum)]
    status: Option<Status>,
    /// What was deployed: an image's tag, a digest or a chart's version
    #[arg(long, value_name = "VERSION")]
    tag: Option<String>,
    /// Who asked for it: a name, a mail address or a catalog entity
    #[arg(long, value_name = "WHO")]
    person: Option<String>,
    /// Begun then or later
    #[arg(long, value_name = "INSTANT")]
    since: Option<Instant>,
    /// Begun before
    #[arg(long, value_name = "INSTANT")]
    until: Option<Instant>,
    /// Words that it has all of; `#12` is the run of that number
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// Stories at once
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
    /// Go on behind this place, as the part before has told it
    #[arg(long, value_name = "PLACE")]
    after: Option<TimelineCursor>,
    #[command(flatten)]
    source: Source,
}

#[derive(Clone, Copy, ValueEnum)]
enum Status {
    Running,
    Waiting,
    Succeeded,
    Failed,
    Stopped,
}

impl From<Status> for StatusGroup {
    fn from(status: Status) -> Self {
        match status {
            Status::Running => Self::Running,
            Status::Waiting => Self::Waiting,
            Status::Succeeded => Self::Succeeded,
            Status::Failed => Self::Failed,
            Status::Stopped => Self::Stopped,
        }
    }
}

pub(crate) fn run(arguments: &Arguments, repo: &Path, format: Option<Format>) -> Result<Outcome, CliError> {
    let filter = DeploymentFilter {
        environment: arguments.environment.clone(),
        region: arguments.region.clone(),
        status: arguments.status.map(StatusGroup::from),
        tag: arguments.tag.clone(),
        person: arguments.person.clone(),
        from_ms: arguments.since.map(|Instant(since)| since),
        to_ms: arguments.until.map(|Instant(until)| until),
        text: arguments.text.clone(),
    };
    let faults: Vec<_> = filter.faults().iter().map(ToString::to_string).collect();
    if !faults.is_empty() {
        return Err(CliError::Input(faults.join("; ")));
    }
    let answers = arguments.source.read(repo)?;
    let (rows, outcome) = answers.rows()?;
    let told = timeline(&rows, &filter, arguments.after.as_ref(), arguments.limit.into());
    if output::wants_json(format) {
        output::say_json(&told)?;
        return Ok(outcome);
    }
    let header = ["WHEN", "OUTCOME", "SERVICE", "ENVIRONMENT", "REGIONS", "BY", "ATTEMPTS"];
    output::say(&table(&header, &told.stories.iter().map(row).collect::<Vec<_>>()))?;
    if let Some(next) = told.next {
        output::note(&format!("there are more: --after {next}"));
    }
    Ok(outcome)
}

fn row(story: &Story<'_>) -> Vec<String> {
    let newest = story.attempts.last();
    [
        story.at.map(instant).unwrap_or_default(),
        outcome(story.outcome).to_owned(),
        story.service_name.or(story.service).unwrap_or_default().to_owned(),
        story
            .environment_name
            .or(story.environment)
            .unwrap_or_default()
            .to_owned(),
        story.regions.iter().map(region).collect::<Vec<_>>().join(", "),
        newest
            .and_then(|attempt| attempt.deployment.by)
            .unwrap_or_default()
            .to_owned(),
        story.attempts.len().to_string(),
    ]
    .map(|text| if text.is_empty() { NOTHING.to_owned() } else { text })
    .to_vec()
}

/// `euw1 v2.3.1 Failed`
fn region(told: &RegionOutcome<'_>) -> String {
    let undone = told.is_undone.then_some("undone");
    let words = told
        .region
        .into_iter()
        .chain(told.deployment.version)
        .chain([told.deployment.status.as_str()])
        .chain(undone);
    words.collect::<Vec<_>>().join(" ")
}

fn outcome(outcome: StoryOutcome) -> &'static str {
    match outcome {
        StoryOutcome::Running => "running",
        StoryOutcome::Waiting => "waiting",
        StoryOutcome::Succeeded => "succeeded",
        StoryOutcome::Partial => "partial",
        StoryOutcome::Failed => "failed",
        StoryOutcome::Undone => "undone",
        StoryOutcome::Stopped => "stopped",
    }
}
