//! Where a version has been, what is new in production, what ran at an instant.

use harness_cd_model::Deployment;
use harness_cd_record::{PlaceChangeKind, Span, new_in_production, running_at, version_stops};
use proptest::prelude::*;
use serde_json::to_value;

use crate::rows::{DAY, HOUR, MINUTE, MONDAY, histories, row, sets};
use crate::sql::{lines, tables};

fn agrees(rows: &[Deployment<'_>], instant: i64, name: &str) {
    let db = tables(rows);
    let place = |service: &str, environment: &str, region: Option<&str>| {
        format!("{service}|{environment}|{}", region.unwrap_or("–"))
    };

    let mut stood: Vec<_> = running_at(rows, instant)
        .iter()
        .map(|at| {
            format!(
                "{}|{}",
                place(at.place.service, at.place.environment, at.place.region),
                at.deployment.id
            )
        })
        .collect();
    stood.sort();
    let asked = format!(
        "SELECT service, environment, region, stands FROM moment m WHERE stands IS NOT NULL AND n = (
            SELECT MAX(n) FROM moment o WHERE o.service = m.service AND o.environment = m.environment
                AND o.region IS m.region AND (o.at IS NULL OR o.at <= {instant}))"
    );
    assert_eq!(stood, lines(&db, &asked), "what ran at {instant} in {name}");

    let mut news = Vec::new();
    for told in new_in_production(rows, instant) {
        for change in &told.changes {
            let kind = change.kind as i64;
            let place = place(told.place.service, told.place.environment, told.place.region);
            let running = change.running.unwrap_or("–");
            news.push(format!(
                "{place}|{}|{kind}|{}|{running}",
                change.at, change.deployment.id
            ));
        }
    }
    news.sort();
    let asked = format!(
        "SELECT m.service, m.environment, m.region, at, kind, m.id, d.version FROM moment m LEFT JOIN d ON d.id = stands
        WHERE at > {instant} AND m.environment IN (SELECT environment FROM raw WHERE type = 'Production')"
    );
    assert_eq!(news, lines(&db, &asked), "what is new since {instant} in {name}");

    for version in ["v1", "v2", "v3", "v1.7"] {
        let mut stops: Vec<_> = version_stops(rows, version)
            .iter()
            .map(|stop| format!("{}|{}", stop.deployment.id, i64::from(stop.is_running)))
            .collect();
        stops.sort();
        let asked = format!("SELECT id, id IN (SELECT id FROM stands) FROM d WHERE version = '{version}'");
        assert_eq!(stops, lines(&db, &asked), "where {version} has been in {name}");
    }
}

#[test]
fn they_are_what_sql_says_of_the_same_rows() {
    for (name, rows) in sets() {
        for instant in [0, MONDAY + 90 * MINUTE, MONDAY + 5 * HOUR, MONDAY + 8 * DAY, i64::MAX] {
            agrees(&rows, instant, name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn they_are_what_sql_says_of_any_history(rows in histories(), quarter in 0..45_i64) {
        agrees(&rows, MONDAY + quarter * 6 * HOUR + 7 * MINUTE, "a random history");
    }
}

#[test]
fn a_version_stands_again_when_what_came_after_is_rolled_back() {
    let at = |hour: i64| MONDAY + hour * HOUR;
    let end = |hour: i64| at(hour) + 10 * MINUTE;
    let rollback = Deployment {
        is_rollback: true,
        ..row("e3", "shop/prod/east", "v2", "Success", at(3))
    };
    let undone = Deployment {
        is_undone: true,
        run_ended_at: Some(at(5)),
        ..row("e4", "shop/prod/east", "v3", "Success", at(4))
    };
    let rows = [
        row("e1", "shop/prod/east", "v1", "Success", at(1)),
        row("e2", "shop/prod/east", "v2", "Success", at(2)),
        rollback,
        undone,
        row("e5", "shop/prod/east", "v4", "Running", at(6)),
    ];
    let span = |from: i64, until: Option<i64>| Span {
        from: Some(from),
        until,
    };
    let stops = version_stops(&rows, "v1");
    assert_eq!(
        stops[0].stood,
        [
            span(end(1), Some(end(2))),
            span(end(3), Some(end(4))),
            span(at(5), None)
        ]
    );
    assert!(stops[0].is_running);

    let version = |instant: i64| {
        running_at(&rows, instant)
            .first()
            .and_then(|stood| stood.deployment.version)
            .map(str::to_owned)
    };
    for (instant, expected) in [
        (at(1), None),
        (end(1), Some("v1")),
        (end(2), Some("v2")),
        (end(3) - 1, Some("v2")),
        (end(3), Some("v1")),
        (end(4), Some("v3")),
        (at(5), Some("v1")),
    ] {
        assert_eq!(version(instant).as_deref(), expected, "{instant}");
    }
    assert_eq!(running_at(&rows, at(7))[0].under_way[0].version, Some("v4"));

    let news = new_in_production(&rows, end(2));
    assert_eq!(news[0].before.as_ref().and_then(|brief| brief.version), Some("v2"));
    assert_eq!(news[0].now.as_ref().and_then(|brief| brief.version), Some("v1"));
    let kinds: Vec<_> = news[0].changes.iter().map(|change| change.kind).collect();
    assert_eq!(
        kinds,
        [
            PlaceChangeKind::RolledBack,
            PlaceChangeKind::Deployed,
            PlaceChangeKind::Undone
        ]
    );
}

#[test]
fn a_stop_is_written_with_its_place() {
    let rows = [row("e1", "shop/prod/east", "v1", "Success", MONDAY)];
    let stop = to_value(&version_stops(&rows, "v1")[0]).unwrap();
    assert_eq!(
        (&stop["service"], &stop["environment"], &stop["region"]),
        (&"shop".into(), &"prod".into(), &"east".into())
    );
    assert_eq!(stop["stood"][0]["from"], MONDAY + 10 * MINUTE);
}
