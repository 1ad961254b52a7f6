//! Change windows, read from the policies that check them where those are of the product's own form.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::underscored;
use harness_cd_model::{EntityRef, Level, TimeOfDay, Weekday};

use super::Notes;
use super::connectors::Entries;
use super::platform::level_entry;
use super::sources::PolicyText;
use crate::draft::Draft;

/// When deploying is allowed, as a policy says it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    zone: String,
    /// `Mon`, `Tue`
    days: Vec<String>,
    /// Times of day, as `10:00`.
    from: String,
    to: String,
    /// Dates, as `2026-12-24`, or `12-24` of every year.
    closed_on: Vec<String>,
    open_on: Vec<String>,
}

/// The names of the windows that a policy set checks, by its identifier.
pub(super) type WindowsOfSets = BTreeMap<String, Vec<String>>;

/// `changeWindows` for the policy sets that pipelines check, and which of them each checks. What is not known of one is
/// asked for, and until then it opens for a minute.
pub(super) fn windows(
    policies: &[PolicyText],
    sets: &BTreeSet<&String>,
    notes: &mut Notes,
) -> (Vec<Draft>, WindowsOfSets) {
    let mut found: Vec<(String, Span, Level)> = Vec::new();
    let mut of_sets = WindowsOfSets::new();
    for set in sets {
        let (scope, identifier) = EntityRef::split(set);
        let policy = policies.iter().find(|policy| underscored(&policy.name) == identifier);
        let known = policy.and_then(|policy| Some(named(policy, spans(&policy.text)?, policies)));
        let own = known.unwrap_or_else(|| {
            let what = "the days and hours of the change windows in platform.yaml; until then each opens for a minute";
            notes.ask_for(what, Some(set));
            vec![(identifier.to_owned(), Span::closed())]
        });
        let names = own.iter().map(|(name, _)| name.clone());
        of_sets.insert((*set).clone(), names.collect());
        for (name, span) in own {
            if found.iter().all(|(known, ..)| *known != name) {
                found.push((name, span, Level::of(scope)));
            }
        }
    }
    let drafts = found.iter().map(|(name, span, level)| span.draft(name, *level));
    (drafts.collect(), of_sets)
}

/// The windows of a policy with their names: its own where it has one. Each of several has a policy of its own beside
/// the one that they have together.
fn named(policy: &PolicyText, spans: Vec<Span>, policies: &[PolicyText]) -> Vec<(String, Span)> {
    if let [only] = spans.as_slice() {
        return vec![(policy.name.clone(), only.clone())];
    }
    let is_of = |other: &PolicyText, span: &Span| self::spans(&other.text).is_some_and(|own| own == [span.clone()]);
    let named = spans.into_iter().enumerate().map(|(place, span)| {
        let own = policies.iter().find(|other| is_of(other, &span));
        let name = own.map_or_else(|| format!("{}-{}", policy.name, place + 1), |own| own.name.clone());
        (name, span)
    });
    named.collect()
}

/// Whether one of the policies refuses tags that move.
pub(super) fn wants_immutable_tags(policies: &[PolicyText]) -> bool {
    let mut own = policies.iter().filter(|policy| spans(&policy.text).is_some());
    own.any(|policy| policy.text.contains("\nmoving_tags := "))
}

/// The windows of a policy as the product writes it; `None` for any other text.
fn spans(rego: &str) -> Option<Vec<Span>> {
    let (_, list) = rego.split_once("\nwindows := [\n")?;
    let (list, _) = list.split_once("\n]\n")?;
    list.lines().map(span).collect()
}

fn span(line: &str) -> Option<Span> {
    let between = |before: &str, after: &str| Some(line.split_once(before)?.1.split_once(after)?.0);
    let time = |before: &str, after: &str| {
        let minutes: u16 = between(before, after)?.parse().ok()?;
        let text = format!("{:02}:{:02}", minutes / 60, minutes % 60);
        TimeOfDay::parse(&text).map(|_| text)
    };
    let days = between("\"days\": {", "}")?.split(", ").map(|day| {
        let full = day.trim_matches('"');
        let known = Weekday::ALL.iter().find(|known| known.full_name() == full)?;
        known.full_name().get(..3).map(str::to_owned)
    });
    Some(Span {
        zone: between("\"zone\": \"", "\"")?.to_owned(),
        days: days.collect::<Option<_>>()?,
        from: time("\"from\": ", ",")?,
        to: time("\"to\": ", ",")?,
        closed_on: dates(between("\"closed_on\": ", ", \"open_on\"")?)?,
        open_on: dates(line.split_once("\"open_on\": ")?.1.strip_suffix("},")?)?,
    })
}

/// The dates of a set, as `time.date` says them, `{[2026, 12, 24]}`; those of every year are `{[12, 24]}`.
fn dates(set: &str) -> Option<Vec<String>> {
    if set == "set()" {
        return Some(Vec::new());
    }
    let inner = set.strip_prefix("{[")?.strip_suffix("]}")?;
    let date = |numbers: &str| {
        let parts: Vec<u16> = numbers.split(", ").map(str::parse).collect::<Result<_, _>>().ok()?;
        match parts.as_slice() {
            [year, month, day] => Some(format!("{year:04}-{month:02}-{day:02}")),
            [month, day] => Some(format!("{month:02}-{day:02}")),
            _ => None,
        }
    };
    inner.split("], [").map(date).collect()
}

impl Span {
    /// All but closed: what is not known yet lets nothing through.
    fn closed() -> Self {
        Self {
            zone: "UTC".to_owned(),
            days: vec!["Mon".to_owned()],
            from: "00:00".to_owned(),
            to: "00:01".to_owned(),
            closed_on: Vec::new(),
            open_on: Vec::new(),
        }
    }

    fn draft(&self, name: &str, level: Level) -> Draft {
        let mut entries: Entries = vec![
            ("name", Draft::text(name)),
            ("days", Draft::texts(&self.days)),
            ("from", Draft::text(&self.from)),
            ("to", Draft::text(&self.to)),
            ("timeZone", Draft::text(&self.zone)),
        ];
        for (key, dates) in [("closedOn", &self.closed_on), ("openOn", &self.open_on)] {
            if !dates.is_empty() {
                entries.push((key, Draft::texts(dates)));
            }
        }
        entries.extend(level_entry(level, Level::Project));
        Draft::map(entries)
    }
}
