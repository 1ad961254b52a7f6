//! Rows to ask: five sets that are written down, and random histories.

use harness_cd_history::{HistoryOptions, shape_history};
use harness_cd_model::{Deployment, EnvironmentType, ExecutionStatus};
use proptest::prelude::*;

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
/// 2026-11-02 00:00 UTC, a Monday.
pub(crate) const MONDAY: i64 = 1_793_577_600_000;

/// A stage of `run` that began at a time and took ten minutes, in the only run of its execution.
pub(crate) fn row(run: &str, place: &str, version: &str, status: &str, began: i64) -> Deployment<'static> {
    let mut parts = place.split('/').map(|part| Some(part).filter(|part| !part.is_empty()));
    let [service, environment, region] = [(); 3].map(|()| parts.next().flatten().map(|part| part.to_owned().into()));
    let status = ExecutionStatus::parse(status);
    let phase = status.phase_with_end();
    let end = phase.is_terminal().then_some(began + 10 * MINUTE);
    let stage = place.replace('/', "_");
    let environment_type = match environment.as_deref() {
        Some("prod") => Some(EnvironmentType::Production),
        Some(_) => Some(EnvironmentType::PreProduction),
        None => None,
    };
    Deployment {
        id: format!("{run}/{stage}"),
        execution_id: run.to_owned().into(),
        pipeline: format!("{}_cd", place.split('/').next().unwrap()).into(),
        pipeline_name: None,
        run_number: None,
        stage: stage.into(),
        stage_name: None,
        waiting_for: status.waiting_for(),
        status,
        phase,
        whole_run: false,
        service,
        service_name: None,
        environment,
        environment_name: None,
        environment_type,
        infrastructure: None,
        infrastructure_name: None,
        region,
        image: None,
        image_tag: Some(version.to_owned().into()).filter(|_| !version.is_empty()),
        version: Some(version.to_owned().into()).filter(|_| !version.is_empty()),
        run_created_at: Some(began),
        run_started_at: Some(began),
        run_ended_at: end,
        run_duration_ms: end.map(|end| end - began),
        started_at: Some(began),
        ended_at: end,
        duration_ms: end.map(|end| end - began),
        trigger_type: None,
        triggered_by: Some("Ana".into()),
        triggered_by_email: None,
        started_by: None,
        failure: None,
        child: None,
        is_rollback: false,
        rerun_of: None,
        is_retry: false,
        is_undone: false,
        change_ticket: None,
        links: None,
    }
}

/// The sets, by their names.
pub(crate) fn sets() -> Vec<(&'static str, Vec<Deployment<'static>>)> {
    vec![
        ("empty", Vec::new()),
        ("one row", vec![row("r1", "shop/prod/east", "v1", "Success", MONDAY)]),
        ("a quiet month", quiet()),
        ("a bad week", bad()),
        ("a saved page", saved()),
    ]
}

/// Twenty versions that go through three environments of two regions.
fn quiet() -> Vec<Deployment<'static>> {
    let mut rows = Vec::new();
    for number in 0..20 {
        let began = MONDAY + number * 36 * HOUR;
        let version = format!("v1.{number}");
        for (place, after) in [("int", 0), ("pre", 3 * HOUR), ("prod", 20 * HOUR)] {
            for region in ["east", "west"] {
                // Every third version stops before production.
                if place != "prod" || number % 3 != 2 {
                    let place = format!("shop/{place}/{region}");
                    let run = format!("quiet{number}");
                    let row = row(&run, &place, &version, "Success", began + after + number * MINUTE);
                    rows.push(Deployment {
                        run_started_at: Some(began + number * MINUTE),
                        run_ended_at: Some(began + 21 * HOUR),
                        ..row
                    });
                }
            }
        }
    }
    rows
}

/// What goes wrong: failures, what is undone, rolled back, refused, waits, and clocks that disagree.
fn bad() -> Vec<Deployment<'static>> {
    let at = |hour: i64| MONDAY + hour * HOUR;
    let undone = Deployment {
        is_undone: true,
        run_ended_at: Some(at(6)),
        ..row("b5", "shop/prod/east", "v3", "Success", at(4))
    };
    let rollback = Deployment {
        is_rollback: true,
        ..row("b9", "shop/prod/west", "v3", "Success", at(9))
    };
    let waiting = Deployment {
        whole_run: true,
        service: None,
        version: None,
        ..row("b11", "shop/prod/east", "", "ApprovalWaiting", at(12))
    };
    let refused = Deployment {
        whole_run: true,
        ..row("b12", "shop/prod/east", "v5", "ApprovalRejected", at(13))
    };
    let odd = Deployment {
        ended_at: Some(at(3)),
        duration_ms: None,
        ..row("b13", "cart/prod/", "c2", "Success", at(14))
    };
    let timeless = Deployment {
        started_at: None,
        ended_at: None,
        run_created_at: None,
        run_started_at: None,
        run_ended_at: None,
        ..row("b14", "cart/prod/", "c0", "Success", at(1))
    };
    vec![
        row("b1", "shop/int/east", "v1", "Success", at(0)),
        row("b1", "shop/prod/east", "v1", "Success", at(1)),
        row("b1", "shop/prod/west", "v1", "Success", at(1)),
        row("b2", "shop/int/east", "v2", "Success", at(2)),
        row("b3", "shop/prod/east", "v2", "Failed", at(3)),
        row("b3", "shop/prod/west", "v2", "Skipped", at(3)),
        row("b4", "shop/int/east", "v3", "Success", at(3)),
        undone,
        row("b6", "shop/prod/west", "v3", "Success", at(7)),
        row("b7", "shop/prod/east", "v2", "Success", at(8)),
        rollback,
        row("b10", "shop/prod/west", "v4", "Aborted", at(10)),
        row("b10", "shop/prod/east", "v4", "Running", at(10)),
        waiting,
        refused,
        odd,
        timeless,
        row("b15", "cart/prod/", "c1", "IgnoreFailed", at(2)),
        row("b16", "shop/int/east", "v5", "Success", at(15)),
        row("b17", "/prod/", "x", "Failed", at(16)),
    ]
}

fn saved() -> Vec<Deployment<'static>> {
    const PAGE: &str = include_str!("../../../../tests/fixtures/executions/page.json");
    let options = HistoryOptions {
        regions: vec!["euw1".into(), "euw2".into()],
        environments: vec!["int-stable".into(), "pre-stable".into(), "prod".into()],
        ..HistoryOptions::default()
    };
    shape_history(PAGE.as_bytes(), Box::leak(Box::new(options)))
        .unwrap()
        .deployments
}

/// A random history: a few services, environments, regions, versions and runs, all kinds of ends, in any order.
pub(crate) fn histories() -> impl Strategy<Value = Vec<Deployment<'static>>> {
    let statuses = prop::sample::select(vec![
        "Success",
        "Success",
        "Success",
        "Success",
        "IgnoreFailed",
        "Failed",
        "Failed",
        "Errored",
        "Aborted",
        "ApprovalRejected",
        "Running",
        "ApprovalWaiting",
        "Queued",
        "Skipped",
        "SuccessWithWarnings",
    ]);
    let place = (0..3_usize, 0..4_usize, 0..3_usize);
    let times = (
        0..40_i64,
        prop_oneof![4 => 0..90_i64, 1 => -90..0_i64],
        0..300_i64,
        0..20_u8,
    );
    let flags = (0..12_u8, 0..12_u8, 0..12_u8, 0..12_u8);
    let one = (place, 0..25_usize, 0..6_usize, statuses, times, flags).prop_map(
        |((service, environment, region), run, version, status, (quarter, took, more, known), flags)| {
            let service = ["shop", "cart", ""][service];
            let environment = ["int", "pre", "prod", ""][environment];
            let region = ["east", "west", ""][region];
            let version = ["v1", "v2", "v3", "v4", "v5", ""][version];
            let began = MONDAY + quarter * 6 * HOUR;
            let mut row = row(
                &format!("r{run}"),
                &format!("{service}/{environment}/{region}"),
                version,
                status,
                began,
            );
            row.pipeline = ["shop_cd", "cart_cd", "both_cd"][run % 3].into();
            let is_over = row.phase.is_terminal();
            row.ended_at = is_over.then_some(began + took * MINUTE);
            row.duration_ms = row.ended_at.map(|end| end - began).filter(|ms| *ms >= 0);
            row.run_ended_at = is_over.then_some(began + more * MINUTE);
            row.is_undone = flags.0 == 0;
            row.is_rollback = flags.1 == 0;
            row.whole_run = flags.2 == 0;
            row.is_retry = flags.3 == 0;
            row.rerun_of = (flags.3 == 1).then(|| format!("r{}", (run + 1) % 25).into());
            match known {
                0 => (row.started_at, row.ended_at, row.duration_ms) = (None, None, None),
                1 => (row.run_started_at, row.run_ended_at) = (None, None),
                2 => {
                    (row.started_at, row.ended_at, row.duration_ms) = (None, None, None);
                    (row.run_started_at, row.run_ended_at, row.run_created_at) = (None, None, None);
                }
                _ => {}
            }
            row
        },
    );
    prop::collection::vec(one, 0..60).prop_map(|mut rows| {
        for (number, row) in rows.iter_mut().enumerate() {
            row.id = format!("{}/{number}", row.execution_id);
        }
        rows
    })
}
