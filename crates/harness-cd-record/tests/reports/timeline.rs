//! What happened, as stories.

use std::collections::BTreeSet;

use harness_cd_model::{Deployment, StatusGroup, StatusPhase};
use harness_cd_record::{AttemptKind, DeploymentFilter, StoryOutcome, Timeline, TimelineCursor, timeline};
use proptest::prelude::*;

use crate::rows::{HOUR, MONDAY, histories, row};

fn at(hour: i64) -> i64 {
    MONDAY + hour * HOUR
}

fn all<'a>(rows: &'a [Deployment<'a>]) -> Timeline<'a> {
    timeline(rows, &DeploymentFilter::default(), None, usize::MAX)
}

fn rerun(run: &str, of: &str, place: &str, status: &str, hour: i64) -> Deployment<'static> {
    Deployment {
        rerun_of: Some(of.to_owned().into()),
        ..row(run, place, "v2", status, at(hour))
    }
}

#[test]
fn partial_success_is_told_by_region() {
    let rows = [
        row("e1", "shop/prod/east", "v2", "Success", at(1)),
        row("e1", "shop/prod/west", "v2", "Failed", at(1)),
    ];
    let told = all(&rows);
    assert_eq!(
        (told.stories.len(), told.stories[0].outcome),
        (1, StoryOutcome::Partial)
    );
    let regions: Vec<_> = told.stories[0]
        .regions
        .iter()
        .map(|one| (one.region.unwrap(), one.deployment.phase))
        .collect();
    assert_eq!(
        regions,
        [("east", StatusPhase::Succeeded), ("west", StatusPhase::Failed)]
    );
}

#[test]
fn a_rerun_after_a_failure_is_the_same_story_and_after_a_success_another() {
    for (first, outcome, stories) in [
        ("Failed", StoryOutcome::Succeeded, 1),
        ("Success", StoryOutcome::Succeeded, 2),
    ] {
        let rows = [
            row("e1", "shop/prod/east", "v2", "Success", at(1)),
            row("e1", "shop/prod/west", "v2", first, at(1)),
            rerun("e2", "e1", "shop/prod/west", "Success", 3),
        ];
        let told = all(&rows);
        assert_eq!(
            (told.stories.len(), told.stories[0].outcome),
            (stories, outcome),
            "{first}"
        );
        assert_eq!(told.stories[0].at, Some(at(3)));
        let kinds: Vec<_> = told.stories[0].attempts.iter().map(|attempt| attempt.kind).collect();
        assert_eq!(kinds.last(), Some(&AttemptKind::Rerun));
        assert_eq!(kinds.len() + stories, 3);
    }
}

#[test]
fn a_retry_belongs_to_what_failed_with_the_same_version_in_the_same_place() {
    let retry = |version: &str| Deployment {
        is_retry: true,
        ..row("e3", "shop/prod/east", version, "Success", at(3))
    };
    for (version, attempts) in [("v2", 2), ("v1", 1)] {
        let rows = [
            row("e1", "shop/prod/east", "v1", "Success", at(1)),
            row("e2", "shop/prod/east", "v2", "Failed", at(2)),
            retry(version),
        ];
        assert_eq!(all(&rows).stories[0].attempts.len(), attempts, "{version}");
    }
}

#[test]
fn a_run_that_ended_before_it_deployed_is_an_attempt_of_its_story() {
    let build = Deployment {
        whole_run: true,
        service: None,
        ..row("e1", "//", "", "Failed", at(1))
    };
    let mut rows = vec![Deployment {
        pipeline: "shop_cd".into(),
        ..build
    }];
    assert_eq!(all(&rows).stories[0].outcome, StoryOutcome::Failed);
    rows.push(rerun("e2", "e1", "shop/prod/east", "Success", 2));
    let told = all(&rows);
    assert_eq!((told.stories.len(), told.stories[0].attempts.len()), (1, 2));
    assert_eq!(
        (told.stories[0].outcome, told.stories[0].environment),
        (StoryOutcome::Succeeded, Some("prod"))
    );
}

#[test]
fn outcomes_follow_from_the_regions() {
    let undone = Deployment {
        is_undone: true,
        ..row("e1", "shop/prod/east", "v2", "Success", at(1))
    };
    for (east, west, outcome) in [
        (undone.clone(), "Success", StoryOutcome::Partial),
        (undone.clone(), "Skipped", StoryOutcome::Undone),
        (undone, "Failed", StoryOutcome::Failed),
        (
            row("e1", "shop/prod/east", "v2", "Success", at(1)),
            "Skipped",
            StoryOutcome::Succeeded,
        ),
        (
            row("e1", "shop/prod/east", "v2", "Aborted", at(1)),
            "Skipped",
            StoryOutcome::Stopped,
        ),
        (
            row("e1", "shop/prod/east", "v2", "Failed", at(1)),
            "Running",
            StoryOutcome::Running,
        ),
        (
            row("e1", "shop/prod/east", "v2", "Running", at(1)),
            "ApprovalWaiting",
            StoryOutcome::Waiting,
        ),
    ] {
        let status = east.status.clone();
        let rows = [east, row("e1", "shop/prod/west", "v2", west, at(1))];
        assert_eq!(all(&rows).stories[0].outcome, outcome, "{status:?} {west}");
    }
}

#[test]
fn a_filter_shows_the_stories_in_which_one_row_meets_all_of_it() {
    let started = Deployment {
        started_by: Some("user:default/ben".to_owned()),
        triggered_by: Some("portal".into()),
        ..row("e3", "shop/int/east", "v3", "Running", at(5))
    };
    let rows = [
        row("e1", "shop/prod/east", "v2", "Success", at(1)),
        row("e1", "shop/prod/west", "v2", "Failed", at(1)),
        rerun("e2", "e1", "shop/prod/west", "Success", 3),
        started,
        row("e4", "shop/prod/east", "v4", "Failed", at(7)),
    ];
    let none = DeploymentFilter::default;
    let text = |text: &str| Some(text.to_owned());
    for (filter, expected) in [
        (none(), &["e4", "e3", "e1"][..]),
        (
            DeploymentFilter {
                environment: text("prod"),
                ..none()
            },
            &["e4", "e1"],
        ),
        // That it failed at first does not count any more.
        (
            DeploymentFilter {
                status: Some(StatusGroup::Failed),
                ..none()
            },
            &["e4"],
        ),
        (
            DeploymentFilter {
                region: text("west"),
                tag: text("v2"),
                ..none()
            },
            &["e1"],
        ),
        (
            DeploymentFilter {
                region: text("west"),
                tag: text("v4"),
                ..none()
            },
            &[],
        ),
        (
            DeploymentFilter {
                person: text("Ben"),
                ..none()
            },
            &["e3"],
        ),
        (
            DeploymentFilter {
                person: text("ana"),
                ..none()
            },
            &["e4", "e1"],
        ),
        (
            DeploymentFilter {
                from_ms: Some(at(3)),
                to_ms: Some(at(7)),
                ..none()
            },
            &["e3", "e1"],
        ),
        (
            DeploymentFilter {
                text: text("INT v3"),
                ..none()
            },
            &["e3"],
        ),
    ] {
        let told = timeline(&rows, &filter, None, 10);
        let found: Vec<_> = told
            .stories
            .iter()
            .map(|story| story.attempts[0].deployment.execution_id)
            .collect();
        assert_eq!(found, expected, "{filter:?}");
    }
}

#[test]
fn words_are_looked_for_in_what_a_person_may_know() {
    // The same cases hold the portal's own search: `holds.test.ts` of the backend.
    let row = Deployment {
        pipeline: "payment_service_cd".into(),
        pipeline_name: Some("Payment Service CD".into()),
        run_number: Some(112),
        environment_name: Some("int-stable".into()),
        started_by: Some("user:default/ana".to_owned()),
        triggered_by: None,
        ..row("e1", "payment_service/int_stable/euw1", "v2.3.1", "Success", MONDAY)
    };
    for (text, expected) in [
        ("", true),
        ("  ", true),
        ("PAYMENT", true),
        ("v2.3 euw1", true),
        ("v2.3 euw2", false),
        ("ana", true),
        ("int-stable", true),
        ("service cd", true),
        ("112", true),
        ("#112", true),
        ("#11", false),
        ("undefined", false),
    ] {
        let filter = DeploymentFilter {
            text: Some(text.to_owned()),
            ..DeploymentFilter::default()
        };
        assert_eq!(filter.matches(&row), expected, "{text:?}");
    }
}

#[test]
fn all_that_is_wrong_with_a_filter_is_told_with_its_field() {
    let filter = DeploymentFilter {
        region: Some(" ".to_owned()),
        from_ms: Some(2),
        to_ms: Some(2),
        ..DeploymentFilter::default()
    };
    let fields: Vec<_> = filter.faults().iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["region", "toMs"]);
    for text in ["", "7", "x.e1/shop/prod", "7."] {
        assert_eq!(text.parse::<TimelineCursor>().unwrap_err().field, "after", "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn parts_make_the_whole_and_what_is_new_on_top_moves_nothing(rows in histories(), limit in 1..7_usize) {
        let whole = all(&rows);
        // What has not begun is newer than all that has.
        let newer = Deployment {
            started_at: None,
            run_started_at: None,
            run_created_at: None,
            ..row("z", "other/prod/east", "v9", "Queued", MONDAY)
        };
        let grown: Vec<_> = [newer].into_iter().chain(rows.iter().cloned()).collect();
        let mut told = Vec::new();
        let mut after: Option<TimelineCursor> = None;
        loop {
            // From the second part on there is a new story on top.
            let rows = if after.is_some() { &grown } else { &rows };
            let part = timeline(rows, &DeploymentFilter::default(), after.as_ref(), limit);
            prop_assert!(part.stories.len() <= limit);
            told.extend(part.stories.iter().map(|story| story.id.clone()));
            match part.next {
                Some(next) => after = Some(next.parse().unwrap()),
                None => break,
            }
        }
        let ids: Vec<_> = whole.stories.iter().map(|story| story.id.clone()).collect();
        prop_assert_eq!(&told, &ids);
        prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn each_execution_that_did_anything_is_in_a_story(rows in histories()) {
        let whole = all(&rows);
        let told: BTreeSet<_> = whole.stories.iter().flat_map(|story| &story.attempts).map(|one| one.deployment.execution_id).collect();
        let done = rows.iter().filter(|row| row.phase != StatusPhase::Skipped);
        prop_assert!(done.clone().all(|row| told.contains(row.execution_id.as_ref())), "{told:?}");
    }
}
