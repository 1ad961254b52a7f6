//! Scheduled triggers: the clock starts their pipelines.

use chrono::{DateTime, TimeZone};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds};

use super::is_enabled;
use crate::api::webhooks::processing;
use crate::engine::run::Origin;
use crate::state::entity::{Entity, Kind};
use crate::tables::expression::Context;
use crate::tables::invented::MOST_OCCURRENCES;
use crate::tables::reading::text;
use crate::world::World;

/// Starts the pipelines of the scheduled triggers for every time that has come since time last went on, in the order of
/// the times. What cannot be started is not started: who is told of it no fact says.
///
/// Gives the time until which all are started. Of very many the first alone are, so that the server does not hang; the
/// others follow when time goes on again.
pub(crate) fn start_due(world: &mut World, now: i64) -> i64 {
    let mut due = due_until(world, now);
    let until = match due.get(MOST_OCCURRENCES - 1..=MOST_OCCURRENCES) {
        Some([(last, _), ..]) => *last,
        _ => now,
    };
    due.retain(|(at, _)| *at <= until);
    for (at, trigger) in due {
        let origin = Origin::Cron {
            trigger: trigger.identifier.clone(),
        };
        // The verdict of a webhook belongs to its event; here there is none.
        drop(processing::start(world, &trigger, origin, &Context::new(), at));
    }
    until
}

/// What is wrong with the schedule of a trigger that has one.
pub(super) fn problem(trigger: &Entity) -> Option<String> {
    Schedule::of(trigger)?.err()
}

/// Whether more runs are due until a time than can be started at once.
pub(crate) fn are_too_many_due(world: &World, until: i64) -> bool {
    due_until(world, until).len() > MOST_OCCURRENCES
}

/// What is due, in the order of the times; of very many the first ones.
fn due_until(world: &World, now: i64) -> Vec<(i64, Entity)> {
    if !has_whole_second(world.advanced_to, now) {
        return Vec::new();
    }
    let mut due: Vec<(i64, Entity)> = Vec::new();
    for trigger in world
        .store
        .everywhere(Kind::Trigger)
        .filter(|trigger| is_enabled(trigger))
    {
        if let Some(Ok(schedule)) = Schedule::of(trigger) {
            // A trigger is about the times after it was saved.
            let since = world.advanced_to.max(trigger.updated_at);
            due.extend(schedule.between(since, now).into_iter().map(|at| (at, trigger.clone())));
        }
    }
    due.sort_by_key(|(at, _)| *at);
    due
}

/// Whether a whole second lies after one time and not after another. A schedule knows no shorter time, so that between
/// two requests there is mostly nothing to look for.
fn has_whole_second(since: i64, until: i64) -> bool {
    since.div_euclid(1000) < until.div_euclid(1000)
}

/// When a trigger is due.
struct Schedule {
    cron: Cron,
    zone: Tz,
}

impl Schedule {
    /// Source: harness-api §2 [SCH cron_trigger_spec]: `expression`, `type`, `timezone`; HUB: UNIX with five fields unless
    /// the type says QUARTZ, with seconds first and Sunday as day 1; in UTC unless a zone is named.
    ///
    /// Nothing for a trigger of another kind; a sentence for a schedule that cannot be read.
    fn of(trigger: &Entity) -> Option<Result<Self, String>> {
        let is = |pointer: &str, wanted: &str| text(&trigger.body, pointer).as_deref() == Some(wanted);
        (is("/source/type", "Scheduled") && is("/source/spec/type", "Cron")).then(|| Self::read(trigger))
    }

    fn read(trigger: &Entity) -> Result<Self, String> {
        let spec = |key: &str| text(&trigger.body, &format!("/source/spec/spec/{key}"));
        let is_quartz = spec("type").as_deref() == Some("QUARTZ");
        let seconds = if is_quartz {
            Seconds::Required
        } else {
            Seconds::Disallowed
        };
        let parser = CronParser::builder()
            .seconds(seconds)
            .alternative_weekdays(is_quartz)
            .build();
        let expression = spec("expression").unwrap_or_default();
        let zone = spec("timezone").unwrap_or_else(|| "UTC".to_owned());
        Ok(Self {
            cron: parser
                .parse(&expression)
                .map_err(|error| format!("[{expression}] is no cron expression: {error}"))?,
            zone: zone.parse().map_err(|_| format!("[{zone}] is no time zone"))?,
        })
    }

    /// The times after one until another, epoch ms. One more than can be started at once tells that there are more.
    fn between(&self, since: i64, until: i64) -> Vec<i64> {
        let Some(since) = self.zone.timestamp_millis_opt(since).single() else {
            return Vec::new();
        };
        let times = self
            .cron
            .iter_after(since)
            .map(|time: DateTime<Tz>| time.timestamp_millis());
        times.take_while(|at| *at <= until).take(MOST_OCCURRENCES + 1).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::scope::Scope;
    use serde_json::json;

    fn times(spec: serde_json::Value) -> Vec<String> {
        let body = json!({ "trigger": { "identifier": "t", "source": { "type": "Scheduled", "spec": { "type": "Cron", "spec": spec } } } });
        let trigger = Entity::new(Kind::Trigger, Scope::default(), "", &body).unwrap();
        // Thursday, 2026-01-01 00:00 UTC, and two days later.
        let times = Schedule::of(&trigger)
            .unwrap()
            .map(|schedule| schedule.between(1_767_225_600_000, 1_767_398_400_000));
        let shown = |at: &i64| {
            DateTime::from_timestamp_millis(*at)
                .unwrap()
                .format("%d %H:%M")
                .to_string()
        };
        times.unwrap_or_default().iter().map(shown).collect()
    }

    #[test]
    fn a_whole_second_counts_for_the_time_that_it_ends() {
        assert!(has_whole_second(1_999, 2_000));
        assert!(has_whole_second(-1, 0));
        assert!(!has_whole_second(2_000, 2_999));
        assert!(!has_whole_second(3_000, 2_000));
    }

    /// harness-api §2 [SCH]
    #[test]
    fn a_schedule_has_its_zone_and_its_dialect() {
        for (spec, expected) in [
            (json!({ "expression": "0 4 * * *" }), &["01 04:00", "02 04:00"][..]),
            (
                json!({ "expression": "0 4 * * *", "timezone": "Europe/Berlin" }),
                &["01 03:00", "02 03:00"],
            ),
            (json!({ "expression": "30 4 * * 5" }), &["02 04:30"]),
            (json!({ "expression": "0 30 4 ? * 6", "type": "QUARTZ" }), &["02 04:30"]),
            (json!({ "expression": "0 0 1 1 *" }), &[]),
            (json!({ "expression": "now and then" }), &[]),
            (json!({ "expression": "0 4 * * *", "timezone": "Moon" }), &[]),
        ] {
            assert_eq!(times(spec.clone()), expected, "{spec}");
        }
    }
}
