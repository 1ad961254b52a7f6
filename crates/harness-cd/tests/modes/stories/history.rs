//! What ran.

use harness_cd::client::{ExecutionQuery, RunRequest};
use harness_cd_model::ExecutionStatus;
use pollster::block_on;

use super::{Story, deployment, of_payment};
use crate::teller::{MINUTE_MS, Teller, failure};

pub(super) const STORIES: &[Story] = &[
    Story {
        name: "every status is a filter",
        tell: filters,
        shows: "
            no other is refused
        ",
    },
    Story {
        name: "pages and filters of the history",
        tell: pages,
        shows: "
            started: Running
            started: Running
            started: Running
            3 in the history
            Success (Succeeded) v3 int-stable/euw1 by Portal
            Success (Succeeded) v2 int-stable/euw1 by Portal
            3 in the history
            Success (Succeeded) v1 int-stable/euw1 by Portal
            3 in the history
            Success (Succeeded) v3 int-stable/euw1 by Portal
            Success (Succeeded) v2 int-stable/euw1 by Portal
            0 in the history
        ",
    },
];

/// Harness refuses a list for a status that it does not know.
fn filters(teller: &mut Teller<'_>) -> Option<()> {
    for status in ExecutionStatus::KNOWN {
        let query = ExecutionQuery {
            statuses: vec![status.clone()],
            ..of_payment()
        };
        if let Err(error) = block_on(teller.client.list_executions(&teller.scope, &query)) {
            teller.say(format!("{}: {}", status.as_str(), failure(&error)));
        }
    }
    teller.say("no other is refused");
    Some(())
}

fn pages(teller: &mut Teller<'_>) -> Option<()> {
    for (nonce, tag) in [
        ("nonce-the-first", "v1"),
        ("nonce-the-second", "v2"),
        ("nonce-the-third", "v3"),
    ] {
        let run = RunRequest {
            nonce: nonce.to_owned(),
            ..deployment("int-stable", tag)
        };
        teller.starts(&run)?;
        teller.passes(MINUTE_MS);
    }
    let page = |page| ExecutionQuery {
        page,
        size: 2,
        ..of_payment()
    };
    teller.lists(&page(0))?;
    teller.lists(&page(1))?;
    let narrow = ExecutionQuery {
        services: vec!["payment_service".to_owned()],
        environments: vec!["int_stable".to_owned()],
        statuses: vec![ExecutionStatus::Success],
        ..page(0)
    };
    teller.lists(&narrow)?;
    let elsewhere = ExecutionQuery {
        environments: vec!["prod".to_owned()],
        ..page(0)
    };
    teller.lists(&elsewhere).map(drop)
}
