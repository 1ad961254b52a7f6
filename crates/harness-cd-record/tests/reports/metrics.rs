//! How well delivery goes.

use std::collections::BTreeMap;

use harness_cd_model::Deployment;
use harness_cd_record::{
    Dimension, MIN_FOR_RATE, MetricsGroup, MetricsOptions, ProjectRows, Spread, metrics, metrics_of_projects,
};
use proptest::prelude::*;

use crate::rows::{DAY, HOUR, MINUTE, MONDAY, histories, row, sets};
use crate::sql::{lines, tables};

/// Deployments as a whole, outages, and what waited; the period and what is told apart stand in `asked`.
const TABLES: &str = "
CREATE TABLE production AS SELECT DISTINCT environment FROM raw WHERE type = 'Production' AND environment IS NOT NULL;

CREATE TABLE whole AS
SELECT execution, service, environment, MAX(settled) settled, MIN(version) version,
    CASE WHEN MAX(phase NOT IN ('succeeded', 'failed')) THEN 'under way'
        WHEN MAX(undone OR id IN (SELECT id FROM gone) OR (phase = 'failed'
            AND status NOT IN ('Aborted', 'AbortedByFreeze', 'ApprovalRejected', 'Suspended'))) THEN 'failed'
        WHEN MAX(status IN ('Aborted', 'AbortedByFreeze', 'ApprovalRejected', 'Suspended')) THEN 'stopped'
        ELSE 'succeeded' END outcome,
    MAX(CASE WHEN undone THEN run_ended END) undone_at, MAX(undone) undone,
    MAX((started > ended) IS TRUE OR (run_started > run_ended) IS TRUE) odd, MIN(started) started
FROM d WHERE NOT whole AND NOT rollback GROUP BY execution, service, environment;

CREATE TABLE lead AS
SELECT w.service, w.environment, w.settled at,
    w.settled - (SELECT MIN(begun) FROM d WHERE NOT whole AND NOT rollback AND d.service = w.service
        AND d.version = w.version) ms
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY service, environment, version ORDER BY settled NULLS FIRST) n
    FROM whole WHERE outcome = 'succeeded' AND version IS NOT NULL) w
WHERE n = 1;

CREATE TABLE event AS
SELECT service, environment, settled at, 0 mended FROM whole WHERE outcome = 'failed' AND settled IS NOT NULL
UNION ALL SELECT service, environment, settled, 1 FROM whole WHERE outcome = 'succeeded' AND settled IS NOT NULL
UNION ALL SELECT service, environment, MAX(COALESCE(settled, undone_at), COALESCE(undone_at, settled)), 1 FROM whole
    WHERE outcome = 'failed' AND undone AND COALESCE(settled, undone_at) IS NOT NULL
UNION ALL SELECT service, environment, settled, 1 FROM d
    WHERE rollback AND NOT whole AND phase = 'succeeded' AND settled IS NOT NULL;

CREATE TABLE outage AS
WITH begins AS (
    SELECT f.service, f.environment, f.at,
        (SELECT MIN(at) FROM event m WHERE m.mended AND m.service = f.service AND m.environment = f.environment
            AND m.at >= f.at) until
    FROM event f WHERE NOT mended
)
SELECT service, environment, MIN(at) at, until - MIN(at) ms FROM begins GROUP BY service, environment, until;

CREATE TABLE waited AS
SELECT w.service, w.environment, w.settled at, w.outcome, w.started - MAX(before) ms FROM whole w
JOIN (
    SELECT execution, ended before FROM d WHERE NOT whole AND NOT rollback AND ended IS NOT NULL
    UNION SELECT execution, run_started FROM d WHERE NOT whole AND NOT rollback AND run_started IS NOT NULL
) b ON b.execution = w.execution AND before <= w.started
WHERE w.started IS NOT NULL GROUP BY w.execution, w.service, w.environment;

CREATE TABLE fact AS
SELECT 'd' kind, service, environment, settled at, outcome what, odd ms FROM whole WHERE outcome <> 'under way'
UNION ALL SELECT 'lead', service, environment, at, NULL, ms FROM lead WHERE ms IS NOT NULL
UNION ALL SELECT 'restored', service, environment, at, NULL, ms FROM outage
UNION ALL SELECT 'waited', service, environment, at, NULL, ms FROM waited WHERE outcome <> 'under way'
UNION ALL SELECT 'now', service, environment, begun, NULL, 1 FROM d WHERE status = 'ApprovalWaiting'
UNION ALL SELECT 'stage', service, environment, settled, pipeline || '/' || stage, took FROM d
    WHERE phase = 'succeeded' AND NOT whole AND NOT rollback AND took IS NOT NULL;
";

/// A figure of each group as a line. `{key}` are the columns that tell groups apart, `{where}` says what counts.
const FIGURES: &str = "
WITH told AS (SELECT {key} key, kind, what, ms FROM fact WHERE at >= {from} AND at < {to} AND ({where})),
spread AS (
    SELECT key, kind, CASE kind WHEN 'stage' THEN what END what, ms,
        ROW_NUMBER() OVER (PARTITION BY key, kind, CASE kind WHEN 'stage' THEN what END ORDER BY ms) rank,
        COUNT(*) OVER (PARTITION BY key, kind, CASE kind WHEN 'stage' THEN what END) n
    FROM told WHERE kind IN ('lead', 'restored', 'waited', 'stage') AND ms IS NOT NULL
)
SELECT key, 'counts', COALESCE(SUM(kind = 'd' AND what IN ('succeeded', 'failed')), 0),
    COALESCE(SUM(kind = 'd' AND what = 'succeeded'), 0), COALESCE(SUM(kind = 'd' AND what = 'failed'), 0),
    COALESCE(SUM(kind = 'd' AND what = 'stopped'), 0), COALESCE(SUM(CASE kind WHEN 'd' THEN ms END), 0),
    SUM(kind = 'restored' AND ms IS NULL), SUM(kind = 'now'),
    CASE WHEN SUM(kind = 'd' AND what IN ('succeeded', 'failed')) >= 10
        THEN 1.0 * SUM(kind = 'd' AND what = 'failed') / SUM(kind = 'd' AND what IN ('succeeded', 'failed')) END
FROM told GROUP BY key
UNION ALL
SELECT key, kind, what, n, CASE WHEN n >= 5 THEN MAX(CASE WHEN rank = (n * 50 + 99) / 100 THEN ms END) END,
    CASE WHEN n >= 10 THEN MAX(CASE WHEN rank = (n * 90 + 99) / 100 THEN ms END) END,
    CASE WHEN n >= 20 THEN MAX(CASE WHEN rank = (n * 95 + 99) / 100 THEN ms END) END, NULL, NULL, NULL
FROM spread GROUP BY key, kind, what";

const FROM: i64 = MONDAY + DAY;
const TO: i64 = MONDAY + 25 * DAY;

fn options(by: &[Dimension]) -> MetricsOptions {
    MetricsOptions {
        from_ms: FROM,
        to_ms: TO,
        by: by.to_vec(),
        production: Vec::new(),
        teams: BTreeMap::from([("shop".to_owned(), "sales".to_owned())]),
    }
}

fn told(rows: &[Deployment<'_>], options: &MetricsOptions) -> Vec<String> {
    let metrics = metrics(rows, options);
    let mut lines: Vec<String> = metrics.groups.iter().flat_map(told_group).collect();
    lines.sort();
    lines
}

fn told_group(group: &MetricsGroup<'_>) -> Vec<String> {
    let words = [group.key.team, group.key.service, group.key.environment];
    let mut key = words.map(|word| word.unwrap_or("–")).join(" ");
    key.push_str(&format!(
        " {}",
        group.key.week_ms.map_or("–".to_owned(), |week| week.to_string())
    ));
    let rate = group
        .change_failure_rate
        .map_or("–".to_owned(), |rate| format!("{rate:.6}"));
    let counts = [
        group.deployments,
        group.succeeded,
        group.failed,
        group.stopped,
        group.odd_clocks,
        group.unrestored,
        group.waiting_now,
    ];
    let counts = counts.map(|count| count.to_string()).join("|");
    let mut lines = vec![format!("{key}|counts|{counts}|{rate}")];
    let mut spread = |kind: &str, what: &str, spread: &Spread| {
        let percentiles = [spread.p50_ms, spread.p90_ms, spread.p95_ms];
        let percentiles = percentiles
            .map(|ms| ms.map_or("–".to_owned(), |ms| ms.to_string()))
            .join("|");
        if spread.n > 0 {
            lines.push(format!("{key}|{kind}|{what}|{}|{percentiles}|–|–|–", spread.n));
        }
    };
    spread("lead", "–", &group.lead_time);
    spread("restored", "–", &group.time_to_restore);
    spread("waited", "–", &group.wait_before);
    for stage in &group.stages {
        spread("stage", &format!("{}/{}", stage.pipeline, stage.stage), &stage.took);
    }
    lines
}

fn asked(by: &[Dimension]) -> String {
    let column = |dimension: Dimension, column: &str| {
        if by.contains(&dimension) {
            format!("COALESCE({column}, '–')")
        } else {
            "'–'".to_owned()
        }
    };
    // SQLite counts weeks from Sunday; a day is moved to its Monday.
    let monday = "strftime('%s', at / 1000, 'unixepoch', '-6 days', 'weekday 1', 'start of day') * 1000";
    let key = [
        column(Dimension::Team, "CASE service WHEN 'shop' THEN 'sales' END"),
        column(Dimension::Service, "service"),
        column(Dimension::Environment, "environment"),
        column(Dimension::Week, monday),
    ];
    let counts = if by.contains(&Dimension::Environment) {
        "1"
    } else {
        "kind = 'stage' OR environment IN production"
    };
    FIGURES
        .replace("{key}", &key.join(" || ' ' || "))
        .replace("{where}", counts)
        .replace("{from}", &FROM.to_string())
        .replace("{to}", &TO.to_string())
}

fn agrees(rows: &[Deployment<'_>], name: &str) {
    use Dimension::{Environment, Service, Team, Week};
    let db = tables(rows);
    db.execute_batch(TABLES).unwrap();
    for by in [
        &[][..],
        &[Service],
        &[Team, Week],
        &[Environment],
        &[Service, Environment, Week],
    ] {
        assert_eq!(told(rows, &options(by)), lines(&db, &asked(by)), "{name} by {by:?}");
    }
}

#[test]
fn they_are_what_sql_says_of_the_same_rows() {
    for (name, rows) in sets() {
        agrees(&rows, name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn they_are_what_sql_says_of_any_history(rows in histories()) {
        agrees(&rows, "a random history");
    }
}

#[test]
fn a_month_is_told_in_figures_that_can_be_counted_by_hand() {
    let rows = sets().into_iter().find(|(name, _)| *name == "a quiet month").unwrap().1;
    let options = MetricsOptions {
        from_ms: MONDAY,
        to_ms: MONDAY + 35 * DAY,
        ..MetricsOptions::default()
    };
    let metrics = metrics(&rows, &options);
    let [group] = metrics.groups.as_slice() else {
        panic!("{:?}", metrics.groups)
    };
    // Fourteen of twenty versions, each twenty hours and ten minutes after it began, in five weeks.
    assert_eq!((group.deployments, group.failed), (14, 0));
    assert_eq!((group.change_failure_rate, group.per_week), (Some(0.0), Some(2.8)));
    let day = 20 * HOUR + 10 * MINUTE;
    assert_eq!(
        (group.lead_time.n, group.lead_time.p50_ms, group.lead_time.p90_ms),
        (14, Some(day), Some(day))
    );
    assert_eq!(
        group.lead_time.p95_ms, None,
        "of fourteen none lies beyond the 95th percentile"
    );
    // From the end in pre-production, three hours and ten minutes after the begin.
    assert_eq!(group.wait_before.p50_ms, Some(20 * HOUR - 3 * HOUR - 10 * MINUTE));
}

#[test]
fn few_deployments_have_no_rate() {
    let rate = |count: i64| {
        let status = |number| if number == 0 { "Failed" } else { "Success" };
        let rows: Vec<_> = (0..count)
            .map(|number| {
                row(
                    &format!("e{number}"),
                    "shop/prod/east",
                    "v1",
                    status(number),
                    MONDAY + number * HOUR,
                )
            })
            .collect();
        let options = MetricsOptions {
            from_ms: MONDAY,
            to_ms: MONDAY + 2 * DAY,
            ..MetricsOptions::default()
        };
        let metrics = metrics(&rows, &options);
        let group = &metrics.groups[0];
        assert_eq!(group.deployments, count.unsigned_abs());
        assert_eq!(group.per_week, None, "two days are no week");
        group.change_failure_rate
    };
    let least = i64::try_from(MIN_FOR_RATE).unwrap();
    assert_eq!((rate(least - 1), rate(least)), (None, Some(0.1)));
}

#[test]
fn an_outage_lasts_until_the_next_success_and_has_one_begin() {
    let at = |hour: i64| MONDAY + hour * HOUR;
    let undone = Deployment {
        is_undone: true,
        run_ended_at: Some(at(9) + 30 * MINUTE),
        ..row("e5", "shop/prod/east", "v4", "Success", at(9))
    };
    let rows = [
        row("e1", "shop/prod/east", "v1", "Failed", at(1)),
        row("e2", "shop/prod/east", "v2", "Failed", at(2)),
        row("e3", "shop/prod/east", "v2", "Aborted", at(3)),
        row("e4", "shop/prod/east", "v3", "Success", at(5)),
        undone,
        row("e6", "shop/prod/east", "v5", "Failed", at(12)),
    ];
    let options = MetricsOptions {
        from_ms: MONDAY,
        to_ms: MONDAY + DAY,
        ..MetricsOptions::default()
    };
    let metrics = metrics(&rows, &options);
    let group = &metrics.groups[0];
    assert_eq!((group.failed, group.stopped, group.succeeded), (4, 1, 1));
    assert_eq!((group.time_to_restore.n, group.unrestored), (2, 1));
    assert_eq!(group.time_to_restore.p50_ms, None);
}

proptest! {
    #[test]
    fn several_projects_are_told_as_if_their_services_had_names_of_their_own(
        one in histories(),
        other in histories(),
        by in proptest::sample::select(vec![vec![], vec![Dimension::Team], vec![Dimension::Environment, Dimension::Week]]),
    ) {
        let options = MetricsOptions { from_ms: 0, to_ms: i64::MAX, by, ..MetricsOptions::default() };
        let team = |rows: &[Deployment<'_>], team: &str| -> BTreeMap<String, String> {
            let services = rows.iter().filter_map(|row| row.service.as_deref());
            services.map(|service| (service.to_owned(), team.to_owned())).collect()
        };
        let projects = [
            ProjectRows { teams: team(&one, "a"), rows: one.clone() },
            ProjectRows { teams: team(&other, "b"), rows: other.clone() },
        ];
        let renamed = other.iter().cloned().map(|row| Deployment {
            id: format!("other-{}", row.id),
            execution_id: format!("other-{}", row.execution_id).into(),
            pipeline: format!("other-{}", row.pipeline).into(),
            rerun_of: row.rerun_of.map(|run| format!("other-{run}").into()),
            service: row.service.map(|service| format!("other-{service}").into()),
            ..row
        });
        let together: Vec<_> = one.iter().cloned().chain(renamed).collect();
        let mut teams = team(&one, "a");
        teams.extend(team(&together.iter().skip(one.len()).cloned().collect::<Vec<_>>(), "b"));
        let options_of_one = MetricsOptions { teams, ..options.clone() };
        let (told, wanted) = (metrics_of_projects(&projects, &options), metrics(&together, &options_of_one));
        let figures = |groups: &[MetricsGroup<'_>]| -> Vec<String> {
            // Stages are told by their pipelines, which have other names here.
            groups.iter().map(|group| format!("{:?}", MetricsGroup { stages: Vec::new(), ..group.clone() })).collect()
        };
        prop_assert_eq!(figures(&told.groups), figures(&wanted.groups));
        prop_assert_eq!(told.unplaced, wanted.unplaced);
    }
}
