//! What runs where.

use harness_cd_model::Deployment;
use harness_cd_record::{DeploymentBrief, DriftKind, MatrixOptions, matrix};
use proptest::prelude::*;

use crate::rows::{DAY, HOUR, MINUTE, MONDAY, histories, row, sets};
use crate::sql::{lines, tables};

const NOW: i64 = MONDAY + 30 * DAY;

fn options() -> MatrixOptions {
    MatrixOptions {
        now_ms: NOW,
        environments: ["int", "int_stable", "org.int_stable", "pre", "pre_stable", "prod"]
            .map(str::to_owned)
            .to_vec(),
        regions: Vec::new(),
    }
}

/// Every cell as a line: place, what runs, since when, what is under way, what failed, was taken back and rolled back.
const CELLS: &str = "
WITH place AS (SELECT DISTINCT service, environment, region FROM d),
last AS (
    SELECT DISTINCT service, environment, FIRST_VALUE(d.id) OVER
        (PARTITION BY service, environment ORDER BY d.s DESC, d.b DESC, d.id DESC) id
    FROM stands JOIN d USING (id, service, environment)
),
cell AS (
    SELECT p.*, s.id running, r.settled, b.id before, b.s, b.b FROM place p
    LEFT JOIN stands s ON s.service = p.service AND s.environment = p.environment AND s.region IS p.region
    LEFT JOIN d r ON r.id = s.id
    LEFT JOIN last l ON l.service = p.service AND l.environment = p.environment AND p.region IS NULL
    LEFT JOIN d b ON b.id = COALESCE(s.id, l.id)
),
here AS (
    SELECT c.service, c.environment, c.region, d.*,
        c.before IS NULL OR (d.s, d.b, d.id) > (c.s, c.b, c.before) is_since
    FROM cell c JOIN d ON d.service = c.service AND d.environment = c.environment AND d.region IS c.region
)
SELECT * FROM (SELECT service, environment, region, running,
    CASE WHEN settled <= ?now THEN ?now - settled END,
    (SELECT GROUP_CONCAT(id, ',') FROM (SELECT id FROM d WHERE d.service = c.service AND d.environment = c.environment
        AND d.region IS c.region AND phase NOT IN ('succeeded', 'failed') ORDER BY s DESC, b DESC, id DESC)) in_flight,
    (SELECT id FROM here h WHERE h.service = c.service AND h.environment = c.environment AND h.region IS c.region
        AND is_since AND phase = 'failed' AND NOT rollback ORDER BY s DESC, b DESC, id DESC LIMIT 1) failed,
    (SELECT COUNT(*) FROM here h WHERE h.service = c.service AND h.environment = c.environment AND h.region IS c.region
        AND is_since AND phase = 'failed' AND NOT rollback),
    (SELECT id FROM here h WHERE h.service = c.service AND h.environment = c.environment AND h.region IS c.region
        AND is_since AND id IN (SELECT id FROM gone) ORDER BY s DESC, b DESC, id DESC LIMIT 1) taken_back,
    (SELECT id FROM here h WHERE h.service = c.service AND h.environment = c.environment AND h.region IS c.region
        AND is_since AND rollback AND phase IN ('succeeded', 'failed') ORDER BY s DESC, b DESC, id DESC LIMIT 1) rollback
FROM cell c) WHERE COALESCE(running, in_flight, failed, taken_back, rollback) IS NOT NULL";

fn cells(rows: &[Deployment<'_>]) -> Vec<String> {
    let options = options();
    let matrix = matrix(rows, &options);
    let id = |brief: &Option<DeploymentBrief<'_>>| brief.as_ref().map_or("–", |brief| brief.id).to_owned();
    let mut lines = Vec::new();
    for service in &matrix.services {
        for environment in &service.environments {
            for cell in &environment.regions {
                let in_flight: Vec<_> = cell.in_flight.iter().map(|brief| brief.id).collect();
                let in_flight = if in_flight.is_empty() {
                    "–".to_owned()
                } else {
                    in_flight.join(",")
                };
                let line = [
                    service.service.to_owned(),
                    environment.environment.to_owned(),
                    cell.region.or(cell.infrastructure).unwrap_or("–").to_owned(),
                    id(&cell.running),
                    cell.age_ms.map_or("–".to_owned(), |age| age.to_string()),
                    in_flight,
                    id(&cell.failed),
                    cell.failed_attempts.to_string(),
                    id(&cell.taken_back),
                    id(&cell.rollback),
                ];
                lines.push(line.join("|"));
            }
        }
    }
    lines.sort();
    lines
}

/// How each cell stands to the environment before and to the newest region.
const DRIFTS: &str = "
WITH known(environment, place) AS
    (VALUES ('int', 0), ('int_stable', 1), ('org.int_stable', 2), ('pre', 3), ('pre_stable', 4), ('prod', 5)),
ranked AS (
    SELECT service, environment, version,
        ROW_NUMBER() OVER (PARTITION BY service, environment ORDER BY MIN(s), version) rank
    FROM d WHERE phase = 'succeeded' AND NOT whole AND NOT rollback AND version IS NOT NULL
    GROUP BY service, environment, version
),
cell AS (
    SELECT s.service, s.environment, s.region, d.version, k.place, r.rank FROM stands s
    JOIN d ON d.id = s.id JOIN known k ON k.environment = s.environment
    LEFT JOIN ranked r ON r.service = s.service AND r.environment = s.environment AND r.version = d.version
),
pair AS (
    SELECT c.*, b.environment before,
        (SELECT o.version FROM cell o WHERE o.service = c.service AND o.environment = b.environment
            ORDER BY o.region IS c.region DESC, o.rank DESC NULLS LAST LIMIT 1) other
    FROM cell c LEFT JOIN cell b ON b.service = c.service AND b.place =
        (SELECT MAX(place) FROM cell l WHERE l.service = c.service AND l.place < c.place)
    GROUP BY c.service, c.environment, c.region
)
SELECT p.service, p.environment, p.region, before, other,
    CASE WHEN before IS NULL THEN NULL WHEN mine.rank IS NULL OR theirs.rank IS NULL THEN 'Other'
        WHEN mine.rank = theirs.rank THEN 'Same' WHEN mine.rank < theirs.rank THEN 'Behind' ELSE 'Ahead' END,
    ABS(COALESCE(mine.rank - theirs.rank, 0)),
    COALESCE((SELECT MAX(rank) FROM cell o WHERE o.service = p.service AND o.environment = p.environment) - p.rank, 0)
FROM pair p
LEFT JOIN ranked mine ON mine.service = p.service AND mine.environment = before AND mine.version = p.version
LEFT JOIN ranked theirs ON theirs.service = p.service AND theirs.environment = before AND theirs.version = other";

fn drifts(rows: &[Deployment<'_>]) -> Vec<String> {
    let options = options();
    let matrix = matrix(rows, &options);
    let mut lines = Vec::new();
    for service in &matrix.services {
        for environment in &service.environments {
            for cell in environment.regions.iter().filter(|cell| cell.running.is_some()) {
                let drift = cell.drift.as_ref();
                let line = [
                    service.service.to_owned(),
                    environment.environment.to_owned(),
                    cell.region.unwrap_or("–").to_owned(),
                    drift.map_or("–", |drift| drift.environment).to_owned(),
                    drift.and_then(|drift| drift.version).unwrap_or("–").to_owned(),
                    drift.map_or("–".to_owned(), |drift| format!("{:?}", drift.kind)),
                    drift.map_or(0, |drift| drift.versions).to_string(),
                    cell.behind_newest_region.to_string(),
                ];
                lines.push(line.join("|"));
            }
        }
    }
    lines.sort();
    lines
}

fn agrees(rows: &[Deployment<'_>], name: &str) {
    let db = tables(rows);
    assert_eq!(
        cells(rows),
        lines(&db, &CELLS.replace("?now", &NOW.to_string())),
        "cells of {name}"
    );
    assert_eq!(drifts(rows), lines(&db, DRIFTS), "drifts of {name}");
    let unplaced = "SELECT COUNT(*) FROM placed WHERE phase <> 'skipped' AND (service IS NULL OR environment IS NULL)";
    let options = options();
    assert_eq!(
        [matrix(rows, &options).unplaced.to_string()],
        lines(&db, unplaced)[..],
        "{name}"
    );
}

#[test]
fn it_is_what_sql_says_of_the_same_rows() {
    for (name, rows) in sets() {
        agrees(&rows, name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn it_is_what_sql_says_of_any_history(rows in histories()) {
        agrees(&rows, "a random history");
    }

    #[test]
    fn the_order_of_the_rows_is_of_no_account(rows in histories(), seed in any::<u64>()) {
        let options = options();
        let mut others = rows.clone();
        others.sort_by_key(|row| row.id.bytes().fold(seed, |hash, byte| hash.rotate_left(7) ^ u64::from(byte)));
        let text = |rows: &[Deployment<'_>]| serde_json::to_string(&matrix(rows, &options)).unwrap();
        prop_assert_eq!(text(&rows), text(&others));
    }
}

#[test]
fn what_failed_or_was_taken_back_stands_beside_what_runs() {
    let at = |hour: i64| MONDAY + hour * HOUR;
    let undone = Deployment {
        is_undone: true,
        ..row("e3", "shop/prod/east", "v3", "Success", at(3))
    };
    let rows = [
        row("e1", "shop/prod/east", "v1", "Success", at(1)),
        row("e2", "shop/prod/east", "v2", "Failed", at(2)),
        undone,
        row("e4", "shop/prod/east", "v4", "Running", at(4)),
    ];
    let options = MatrixOptions {
        now_ms: at(5) + 10 * MINUTE,
        ..MatrixOptions::default()
    };
    let matrix = matrix(&rows, &options);
    let cell = &matrix.services[0].environments[0].regions[0];
    let version =
        |brief: &Option<DeploymentBrief<'_>>| brief.as_ref().and_then(|brief| brief.version.map(str::to_owned));
    assert_eq!(version(&cell.running).as_deref(), Some("v1"));
    assert_eq!(cell.age_ms, Some(4 * HOUR));
    assert_eq!(version(&cell.failed).as_deref(), Some("v2"));
    assert_eq!(version(&cell.taken_back).as_deref(), Some("v3"));
    assert_eq!(cell.in_flight[0].version, Some("v4"));
}

#[test]
fn what_ended_before_its_region_was_known_is_told_until_something_succeeds_there() {
    let rejected = row("r1", "shop/prod/", "", "ApprovalRejected", MONDAY);
    let waiting = row("r2", "shop/prod/", "", "ApprovalWaiting", MONDAY + HOUR);
    let later = row("r3", "shop/prod/east", "v1", "Success", MONDAY + 2 * HOUR);
    assert_eq!(
        cells(std::slice::from_ref(&rejected)),
        ["shop|prod|–|–|–|–|r1/shop_prod_|1|–|–"]
    );
    let runs = "shop|prod|east|r3/shop_prod_east|2584200000|–|–|0|–|–";
    assert_eq!(cells(&[rejected.clone(), later.clone()]), [runs]);
    assert_eq!(
        cells(&[rejected, waiting, later]),
        [runs, "shop|prod|–|–|–|r2/shop_prod_|–|0|–|–"]
    );
}

#[test]
fn a_run_that_rolls_back_brings_back_what_stood_before() {
    let at = |hour: i64| MONDAY + hour * HOUR;
    let runs = |named: &str, status: &str| {
        let rollback = Deployment {
            is_rollback: true,
            ..row("e4", "shop/prod/east", named, status, at(4))
        };
        let stood = [("e1", "v1"), ("e2", "v2"), ("e3", "v3")];
        let mut rows: Vec<_> = (1..)
            .zip(stood)
            .map(|(hour, (run, version))| row(run, "shop/prod/east", version, "Success", at(hour)))
            .collect();
        rows.push(rollback);
        let options = options();
        let matrix = matrix(&rows, &options);
        let cell = &matrix.services[0].environments[0].regions[0];
        assert_eq!(cell.rollback.as_ref().map(|brief| brief.execution_id), Some("e4"));
        cell.running.as_ref().unwrap().version.unwrap().to_owned()
    };
    // Named is what it takes back, nothing, what runs after it, or what never ran.
    for (named, status, running) in [
        ("v3", "Success", "v2"),
        ("", "Success", "v2"),
        ("v1", "Success", "v1"),
        ("v9", "Success", "v3"),
        ("v3", "Failed", "v3"),
    ] {
        assert_eq!(runs(named, status), running, "{named} {status}");
    }
}

#[test]
fn a_hotfix_is_no_step_of_the_environment_before() {
    let at = |hour: i64| MONDAY + hour * HOUR;
    let rows = [
        row("e1", "shop/int/east", "v1", "Success", at(1)),
        row("e2", "shop/int/east", "v2", "Success", at(2)),
        row("e3", "shop/int/east", "v3", "Success", at(3)),
        row("e4", "shop/prod/east", "v1", "Success", at(4)),
        row("e5", "shop/prod/west", "v1.1", "Success", at(5)),
    ];
    let options = MatrixOptions::default();
    let matrix = matrix(&rows, &options);
    let prod = &matrix.services[0].environments[1];
    assert_eq!((prod.environment, prod.regions_differ), ("prod", true));
    let drift = |cell: usize| {
        prod.regions[cell]
            .drift
            .as_ref()
            .map(|drift| (drift.kind, drift.versions))
    };
    assert_eq!(drift(0), Some((DriftKind::Behind, 2)));
    assert_eq!(drift(1), Some((DriftKind::Other, 0)));
    assert_eq!(prod.regions[0].behind_newest_region, 1);
}

/// A row to an infrastructure definition.
fn to(infrastructure: &str, row: Deployment<'static>) -> Deployment<'static> {
    Deployment {
        id: format!("{}/{infrastructure}", row.execution_id),
        infrastructure: Some(infrastructure.to_owned().into()),
        ..row
    }
}

/// Region, infrastructure definition, what runs, what failed since.
fn spots(rows: &[Deployment<'_>]) -> Vec<String> {
    let options = options();
    let matrix = matrix(rows, &options);
    let cells = matrix.services[0].environments.iter().flat_map(|known| &known.regions);
    let version =
        |brief: &Option<DeploymentBrief<'_>>| brief.as_ref().and_then(|brief| brief.version).unwrap_or("–").to_owned();
    let line = |cell: &harness_cd_record::MatrixCell<'_>| {
        [
            cell.region.unwrap_or("–").to_owned(),
            cell.infrastructure.unwrap_or("–").to_owned(),
            version(&cell.running),
            version(&cell.failed),
            cell.behind_newest_region.to_string(),
        ]
        .join(" ")
    };
    cells.map(line).collect()
}

#[test]
fn several_clusters_of_a_region_have_a_cell_each() {
    let at = |run: &str, version: &str, status: &str, hours: i64| {
        row(run, "shop/prod/east", version, status, MONDAY + hours * HOUR)
    };
    let rows = [
        to("prod_east_k8s", at("r1", "v1", "Success", 0)),
        to("second_east", at("r1", "v1", "Success", 1)),
        to("prod_east_k8s", at("r2", "v2", "Success", 10)),
        to("second_east", at("r2", "v2", "Failed", 11)),
        // A run that waits for its approval does not say yet which it is for.
        at("r3", "v3", "ApprovalWaiting", 20),
    ];
    assert_eq!(
        spots(&rows),
        ["east – – – 0", "east prod_east_k8s v2 – 0", "east second_east v1 v2 1",]
    );
    // To which no run has deployed beside the other is the new name of the one that was there.
    let renamed = [
        to("prod_east_k8s", at("r1", "v1", "Success", 0)),
        to("second_east", at("r2", "v2", "Success", 10)),
    ];
    assert_eq!(spots(&renamed), ["east – v2 – 0"]);
    let without_region = [to("payments", row("r1", "shop/prod", "v1", "Success", MONDAY))];
    assert_eq!(spots(&without_region), ["– payments v1 – 0"]);
}
