//! The client against a scripted transport: what is sent, how often, and what becomes of every answer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::cell::{Cell, RefCell};

use harness_cd_client::{
    ClientOptions, ExecutionQuery, FailureCode, Generation, HarnessClient, HarnessFailure, ListedArtifact, LostRun,
    Method, Request, Response, RunOutcome, RunRequest, Transport, TransportError,
};
use harness_cd_model::{ArtifactRegistry, ExecutionStatus, HarnessScope, PipelineRef};
use pollster::block_on;
use serde_json::{Value, json};

const KEY: &str = "pat.ACC.0123.verysecret";
const NONCE: &str = "nonce-0123456789";
const START_MS: i64 = 1_795_000_000_000;

type Answer = Result<Response, TransportError>;

/// Answers by a script, and keeps its own time.
struct Script<F> {
    answer: F,
    sent: RefCell<Vec<Request>>,
    slept: RefCell<Vec<u32>>,
    now: Cell<i64>,
}

impl<F: Fn(&Request, usize) -> Answer> Script<F> {
    /// `answer` gets the request and how many came before it.
    fn new(answer: F) -> Self {
        Self {
            answer,
            sent: RefCell::default(),
            slept: RefCell::default(),
            now: Cell::new(START_MS),
        }
    }

    fn runs(&self) -> usize {
        self.sent.borrow().iter().filter(|request| is_run(request)).count()
    }
}

impl<F: Fn(&Request, usize) -> Answer> Transport for &Script<F> {
    async fn send(&self, request: &Request) -> Answer {
        if let Some(pipeline) = pipeline_before_run(request) {
            return pipeline;
        }
        let before = self.sent.borrow().len();
        self.sent.borrow_mut().push(request.clone());
        self.now.set(self.now.get() + 10);
        (self.answer)(request, before)
    }
    async fn sleep(&self, ms: u32) {
        self.slept.borrow_mut().push(ms);
        self.now.set(self.now.get() + i64::from(ms));
    }
    fn now_ms(&self) -> i64 {
        self.now.get()
    }
}

/// Every run reads its pipeline first; scripts are about what comes after.
fn pipeline_before_run(request: &Request) -> Option<Answer> {
    let asked = request.url.contains("/pipeline/api/pipelines/payment_service_cd?");
    asked.then(|| answer(200, &json!({ "data": { "yamlPipeline": CHECKED } })))
}

fn is_run(request: &Request) -> bool {
    request.url.contains("/pipeline/execute/")
}

fn options() -> ClientOptions {
    ClientOptions {
        base_url: "https://app.harness.io/".into(),
        api_key: KEY.into(),
        account: "ACC".into(),
        timeout_ms: 10_000,
    }
}

fn scope() -> HarnessScope {
    HarnessScope {
        account: "ACC".into(),
        org: "default".into(),
        project: "platform".into(),
    }
}

fn client<F: Fn(&Request, usize) -> Answer>(script: &Script<F>) -> HarnessClient<&Script<F>> {
    HarnessClient::new(options(), script).unwrap()
}

fn answer(status: u16, body: &Value) -> Answer {
    text(status, &body.to_string())
}

fn text(status: u16, body: &str) -> Answer {
    Ok(Response {
        status,
        body: body.as_bytes().to_vec(),
        content_type: None,
    })
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    answer(
        status,
        &json!({ "status": "ERROR", "code": code, "message": message, "correlationId": "c-1", "detailedMessage": null,
            "responseMessages": [{ "code": code, "level": "ERROR", "message": message }], "metadata": null }),
    )
}

const BODY: &str = r#"{"pipeline":{"identifier":"payment_service_cd","variables":[]}}"#;

/// The pipeline, as it was checked.
const CHECKED: &str = "pipeline:\n  tags: {}\n";

fn run() -> RunRequest {
    RunRequest {
        pipeline: scope().pipeline("payment_service_cd"),
        generation: Generation::Classic,
        checked: CHECKED.into(),
        body: BODY.into(),
        input_sets: Vec::new(),
        stages: Vec::new(),
        notes: "Started from Backstage.\nÜber".into(),
        nonce: NONCE.into(),
    }
}

fn started(outcome: &Result<RunOutcome, HarnessFailure>) -> &str {
    match outcome {
        Ok(RunOutcome::Started { execution_id, .. }) => execution_id,
        other => panic!("{other:?}"),
    }
}

/// The executions of the pipeline, of which the second is ours.
fn search(request: &Request) -> Answer {
    if request.url.contains("/execution/summary") {
        let row = |id: &str| json!({ "planExecutionId": id, "status": "Running" });
        return answer(
            200,
            &json!({ "status": "SUCCESS", "data": { "content": [row("strange"), null, row("ours")] } }),
        );
    }
    let notes = if request.url.contains("/execution/ours/notes") {
        format!("by me [harness-cd:{NONCE}]")
    } else {
        "other".into()
    };
    answer(200, &json!({ "status": "SUCCESS", "data": { "notes": notes } }))
}

#[test]
fn what_is_known_before_a_run_keeps_it_from_being_sent() {
    let gone = || {
        error(
            404,
            "ENTITY_NOT_FOUND",
            "Pipeline with the given ID: gone does not exist or has been deleted",
        )
    };
    let cases: [(Answer, FailureCode); 3] = [
        (Err(TransportError::Network("refused".into())), FailureCode::Unavailable),
        (error(401, "INVALID_TOKEN", "bad key"), FailureCode::Unauthorized),
        (gone(), FailureCode::PipelineNotFound),
    ];
    for (before, code) in cases {
        let script = Script::new(|_: &Request, _| before.clone());
        let run = RunRequest {
            pipeline: scope().pipeline("gone"),
            ..run()
        };
        assert_eq!(
            block_on(client(&script).run_pipeline(&run, |_| ())).unwrap_err().code,
            code
        );
        assert_eq!(script.runs(), 0, "{code:?}");
    }
}

#[test]
fn a_pipeline_that_was_changed_after_its_check_is_not_run() {
    for (checked, place) in [
        (
            "pipeline:\n  tags: {service: x}\n",
            ", first in line 2: `tags: {}` was `tags: {service: x}`",
        ),
        ("pipeline:\n", ", first in line 2: `tags: {}` was nothing"),
        (
            "pipeline:\n  tags: {}\n  more: 1\n",
            ", first in line 3: nothing was `more: 1`",
        ),
        ("pipeline:\n  tags: {}", ""),
    ] {
        let script = Script::new(|_: &Request, _| panic!("nothing but the pipeline is asked for"));
        let run = RunRequest {
            checked: checked.into(),
            ..run()
        };
        let refusal = block_on(client(&script).run_pipeline(&run, |_| ())).unwrap_err();
        assert_eq!(refusal.code, FailureCode::Conflict);
        let expected = format!("the pipeline was changed while the request was checked{place}; nothing was started");
        assert!(refusal.message.starts_with(&expected), "{}", refusal.message);
        assert_eq!(script.runs(), 0);
    }
}

/// Source: run-inputs §10, harness-api §0.2.
#[test]
fn a_pipeline_of_harness_3_is_run_by_the_newer_call() {
    let script = Script::new(|request: &Request, _| match request.method {
        Method::Get => answer(200, &json!({ "data": { "yamlPipeline": CHECKED } })),
        _ => answer(
            200,
            &json!({ "execution_details": { "execution_id": "e3", "status": "RUNNING" } }),
        ),
    });
    let run = RunRequest {
        pipeline: PipelineRef {
            branch: Some("main".into()),
            ..scope().pipeline("typed")
        },
        generation: Generation::V1,
        body: r#"{"inputs":{"tag":"v1"}}"#.into(),
        ..run()
    };
    assert_eq!(started(&block_on(client(&script).run_pipeline(&run, |_| ()))), "e3");
    let sent = script.sent.borrow();
    let post = sent.iter().find(|request| request.method == Method::Post).unwrap();
    let (path, query) = post.url.split_once('?').unwrap();
    assert!(
        path.ends_with("/v1/orgs/default/projects/platform/pipelines/typed/execute"),
        "{path}"
    );
    assert!(query.contains("branch_name=main") && query.contains(NONCE), "{query}");
    assert!(!query.contains("accountIdentifier"), "{query}");
    assert!(post.headers.contains(&("harness-account".to_owned(), "ACC".to_owned())));
    let body: Value = serde_json::from_slice(&post.body.as_ref().unwrap().bytes).unwrap();
    assert_eq!(body, json!({ "inputs_yaml": r#"{"inputs":{"tag":"v1"}}"# }));
}

#[test]
fn a_pipeline_in_git_is_read_and_run_from_its_branch() {
    let script = Script::new(|_: &Request, _| {
        let both = json!({ "planExecution": { "uuid": "e1" }, "yamlPipeline": CHECKED });
        answer(200, &json!({ "data": both }))
    });
    let run = RunRequest {
        pipeline: PipelineRef {
            branch: Some("release/2.4".into()),
            ..scope().pipeline("remote")
        },
        ..run()
    };
    assert_eq!(started(&block_on(client(&script).run_pipeline(&run, |_| ()))), "e1");
    let sent = script.sent.borrow();
    assert_eq!(sent.len(), 2, "read and run");
    assert!(sent.iter().all(|request| request.url.contains("&branch=release%2F2.4")));
}

#[test]
fn a_branch_that_is_gone_is_named() {
    let script = Script::new(|_: &Request, _| error(400, "SCM_BAD_REQUEST", "File not found"));
    let on_a_branch = PipelineRef {
        branch: Some("release/2.4".into()),
        ..scope().pipeline("remote")
    };
    let told = "Git holds no pipeline `remote` on the branch `release/2.4`; the branch may have been deleted: Harness \
                refused the request: File not found";
    let failure = block_on(client(&script).get_pipeline(&on_a_branch)).unwrap_err();
    assert_eq!(
        (failure.code, failure.message.as_str()),
        (FailureCode::InvalidRequest, told)
    );
    let run = RunRequest {
        pipeline: on_a_branch,
        ..run()
    };
    assert_eq!(
        block_on(client(&script).run_pipeline(&run, |_| ()))
            .unwrap_err()
            .message,
        told
    );
    let elsewhere = block_on(client(&script).get_pipeline(&scope().pipeline("remote"))).unwrap_err();
    assert_eq!(elsewhere.message, "Harness refused the request: File not found");
}

#[test]
fn a_pipeline_in_git_that_harness_finds_invalid_is_refused_in_its_words() {
    for (wrapper, said) in [
        (
            json!({ "schemaErrors": [{ "message": "$.pipeline.stages: is missing" }, { "message": "b" }] }),
            "$.pipeline.stages: is missing; b",
        ),
        (Value::Null, "it does not say why; open the pipeline in Harness"),
    ] {
        let script = Script::new(|_: &Request, _| {
            answer(
                200,
                &json!({ "data": { "yamlPipeline": "pipeline: {}", "entityValidityDetails": { "valid": false },
                    "yamlSchemaErrorWrapper": wrapper } }),
            )
        });
        let refusal = block_on(client(&script).get_pipeline(&scope().pipeline("p"))).unwrap_err();
        assert_eq!(refusal.code, FailureCode::InvalidRequest);
        assert_eq!(
            refusal.message,
            format!("Harness finds the YAML of the pipeline `p` in Git invalid: {said}")
        );
    }
}

#[test]
fn a_run_is_one_post_with_inputs_and_notes() {
    let script = Script::new(|_: &Request, _| {
        answer(
            200,
            &json!({ "status": "SUCCESS", "data": { "planExecution": { "uuid": "e1", "status": "QUEUED",
            "governanceMetadata": { "deny": false, "details": [] } } } }),
        )
    });
    let outcome = block_on(client(&script).run_pipeline(&run(), |_| ()));
    assert_eq!(
        outcome.unwrap(),
        RunOutcome::Started {
            execution_id: "e1".into(),
            status: ExecutionStatus::Queued,
            url: "https://app.harness.io/ng/account/ACC/module/cd/orgs/default/projects/platform/pipelines/payment_service_cd/executions/e1/pipeline".into(),
        }
    );
    let sent = script.sent.borrow();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].method, Method::Post);
    assert_eq!(
        sent[0].url,
        "https://app.harness.io/pipeline/api/pipeline/execute/payment_service_cd?accountIdentifier=ACC&orgIdentifier=default&projectIdentifier=platform&moduleType=CD&notesForPipelineExecution=%5Bharness-cd%3Anonce-0123456789%5D%20Started%20from%20Backstage.%0A%C3%9Cber"
    );
    let body = sent[0].body.as_ref().unwrap();
    assert_eq!(body.content_type, "application/yaml");
    assert_eq!(str::from_utf8(&body.bytes), Ok(BODY));
}

#[test]
fn a_mark_that_the_notes_hold_is_not_put_twice() {
    let script = Script::new(|_: &Request, _| answer(200, &json!({ "data": { "planExecution": { "uuid": "e1" } } })));
    let run = RunRequest {
        input_sets: Vec::new(),
        stages: Vec::new(),
        notes: format!("x [harness-cd:{NONCE}]"),
        ..run()
    };
    block_on(client(&script).run_pipeline(&run, |_| ())).unwrap();
    let sent = script.sent.borrow();
    assert_eq!(sent[0].url.matches(NONCE).count(), 1);
}

#[test]
fn a_policy_that_denies_is_an_outcome() {
    for (details, policies, messages) in [
        ("details", "policyMetadata", "denyMessages"),
        ("detailsList", "policyMetadataList", "denyMessagesList"),
    ] {
        let script = Script::new(|_: &Request, _| {
            let governance = json!({ "deny": true, "status": "error", "message": "",
                details: [null, { "deny": true, policies: [{ messages: ["outside the window", "outside the window"] }, {}] }] });
            answer(
                200,
                &json!({ "status": "SUCCESS", "data": { "planExecution": { "uuid": "e1", "governanceMetadata": governance } } }),
            )
        });
        let outcome = block_on(client(&script).run_pipeline(&run(), |_| ())).unwrap();
        assert_eq!(
            outcome,
            RunOutcome::Denied {
                messages: vec!["outside the window".into()]
            }
        );
    }
    let script = Script::new(|_: &Request, _| {
        answer(
            200,
            &json!({ "data": { "planExecution": { "governanceMetadata": { "deny": true } } } }),
        )
    });
    assert!(
        matches!(block_on(client(&script).run_pipeline(&run(), |_| ())), Ok(RunOutcome::Denied { messages }) if messages.len() == 1)
    );
}

fn ambiguous_answers() -> Vec<(&'static str, Answer)> {
    let started = json!({ "status": "SUCCESS", "data": { "planExecution": { "uuid": "e1" } } }).to_string();
    vec![
        ("connection", Err(TransportError::Network("reset".into()))),
        ("timeout", Err(TransportError::Timeout)),
        ("500", error(500, "GENERAL_ERROR", "oops")),
        ("502", text(502, "")),
        ("503", text(503, "{}")),
        ("504 page", text(504, "<html>gateway</html>")),
        ("page with 200", text(200, "<!DOCTYPE html>")),
        ("page with 403", text(403, " <html>blocked</html>")),
        ("cut body", text(200, &started[..30])),
        ("empty body", text(200, "")),
        ("other JSON", text(200, "[1]")),
        ("error with 200", error(200, "INVALID_REQUEST", "no")),
        ("redirect", text(302, "")),
        ("408", text(408, "{}")),
    ]
}

#[test]
fn a_lost_run_is_found_and_never_sent_again() {
    for (name, lost) in ambiguous_answers() {
        let script = Script::new(|request: &Request, _| if is_run(request) { lost.clone() } else { search(request) });
        let outcome = block_on(client(&script).run_pipeline(&run(), |_| ()));
        assert_eq!(started(&outcome), "ours", "{name}");
        assert_eq!(script.runs(), 1, "{name}");
    }
}

#[test]
fn a_lost_run_that_is_not_found_is_unknown_and_never_sent_again() {
    let nothing = |_: &Request| {
        answer(
            200,
            &json!({ "data": { "content": [{ "planExecutionId": "strange" }] }, "notes": "x" }),
        )
    };
    let broken = |_: &Request| -> Answer { Err(TransportError::Network("reset".into())) };
    let refused = |_: &Request| error(401, "INVALID_TOKEN", "bad key");
    let searches: [fn(&Request) -> Answer; 3] = [nothing, broken, refused];
    for (name, lost) in ambiguous_answers() {
        for search in searches {
            let script =
                Script::new(|request: &Request, _| if is_run(request) { lost.clone() } else { search(request) });
            let error = block_on(client(&script).run_pipeline(&run(), |_| ())).unwrap_err();
            assert_eq!(error.code, FailureCode::OutcomeUnknown, "{name}");
            assert!(
                !error.message.contains(NONCE) && error.message.contains("Before running it again"),
                "{name}"
            );
            assert!(!error.message.contains("<html"), "{name}");
            let answered = lost.as_ref().ok().map(|response| response.status);
            assert_eq!(error.status, answered, "{name}");
            assert_eq!(script.runs(), 1, "{name}");
            assert!(script.now.get() - START_MS < 60_000, "{name}: the search ends");
        }
    }
}

#[test]
fn a_lost_run_that_is_visible_late_is_found() {
    let looks = Cell::new(0);
    let script = Script::new(|request: &Request, _| {
        if is_run(request) {
            return Err(TransportError::Timeout);
        }
        if request.url.contains("/execution/summary") {
            looks.set(looks.get() + 1);
            if looks.get() < 4 {
                return answer(
                    200,
                    &json!({ "data": { "content": [{ "planExecutionId": "strange" }] } }),
                );
            }
        }
        search(request)
    });
    let outcome = block_on(client(&script).run_pipeline(&run(), |_| ()));
    assert_eq!(started(&outcome), "ours");
    let sent = script.sent.borrow();
    let notes_of_strange = sent
        .iter()
        .filter(|request| request.url.contains("/strange/notes"))
        .count();
    assert_eq!((script.runs(), notes_of_strange), (1, 1), "a stranger is asked once");
    let filter: Value = serde_json::from_slice(&sent[1].body.as_ref().unwrap().bytes).unwrap();
    assert_eq!(filter["pipelineIdentifiers"], json!(["payment_service_cd"]));
    assert!(sent[1].url.ends_with("&page=0&size=100"), "{}", sent[1].url);
    let first_times: Vec<i64> = (sent.iter().filter(|request| request.url.contains("/execution/summary")))
        .map(|request| serde_json::from_slice::<Value>(&request.body.as_ref().unwrap().bytes).unwrap())
        .map(|filter| filter["timeRange"]["startTime"].as_i64().unwrap() - START_MS)
        .collect();
    // Near first, and then an hour, as Harness's clock is not ours.
    assert_eq!(first_times, [-120_000, -120_000, -3_600_000, -3_600_000]);
}

fn lost(nonce: &str) -> LostRun {
    LostRun {
        nonce: nonce.to_owned(),
        since: START_MS,
    }
}

/// A list of so many executions before ours, in pages of 100, as Harness answers it.
fn page_of(request: &Request, others: usize) -> Answer {
    let page: usize = request.url.split("&page=").nth(1).unwrap()[..1].parse().unwrap();
    let ids = (0..others)
        .map(|index| format!("other{index}"))
        .chain(["ours".to_owned()]);
    let rows: Vec<Value> = (ids.skip(page * 100).take(100))
        .map(|id| json!({ "planExecutionId": id, "status": "Running" }))
        .collect();
    answer(200, &json!({ "data": { "content": rows } }))
}

fn is_list(request: &Request) -> bool {
    request.url.contains("/execution/summary")
}

#[test]
fn one_look_serves_all_lost_runs_however_far_down_they_are_listed() {
    let script = Script::new(|request: &Request, _| match is_list(request) {
        true => page_of(request, 250),
        false => search(request),
    });
    let others: Vec<String> = (0..250).map(|index| format!("other{index}")).collect();
    let lost = [lost("of-another-start"), lost(NONCE)];
    let sighting = block_on(client(&script).look_for_runs(&run().pipeline, &lost, &others));
    let found: Vec<_> = sighting.found.iter().map(|found| found.nonce.as_str()).collect();
    assert_eq!((found, sighting.complete), (vec![NONCE], true));
    let sent = script.sent.borrow();
    let lists = sent.iter().filter(|request| is_list(request)).count();
    assert_eq!((lists, sent.len()), (3, 4), "no notes are read of what is known");
}

#[test]
fn a_run_that_moves_to_the_next_page_during_a_look_is_found_once() {
    let script = Script::new(|request: &Request, _| {
        if !is_list(request) {
            return search(request);
        }
        let row = |id: &str| json!({ "planExecutionId": id, "status": "Running", "notesExistForPlanExecutionId": id == "ours" });
        let rows = match request.url.contains("&page=0&") {
            true => (0..99).map(|_| row("other")).chain([row("ours")]).collect(),
            false => vec![row("ours")],
        };
        answer(200, &json!({ "data": { "content": Value::Array(rows) } }))
    });
    let lost = [lost(NONCE), lost("of-another-start")];
    let sighting = block_on(client(&script).look_for_runs(&run().pipeline, &lost, &[]));
    assert_eq!((sighting.found.len(), sighting.complete), (1, true));
    let lists = script.sent.borrow().iter().filter(|request| is_list(request)).count();
    assert_eq!(lists, 2, "the other is looked for on every page");
}

#[test]
fn a_look_that_could_not_see_all_says_so() {
    let no_lists = |request: &Request| {
        if is_list(request) {
            text(403, "{}")
        } else {
            search(request)
        }
    };
    let no_notes = |request: &Request| {
        if is_list(request) {
            search(request)
        } else {
            text(403, "{}")
        }
    };
    let strange_list = |_: &Request| answer(200, &json!({ "data": {} }));
    let endless = |request: &Request| {
        let rows = vec![json!({ "planExecutionId": "other", "notesExistForPlanExecutionId": false }); 100];
        match is_list(request) {
            true => answer(200, &json!({ "data": { "content": rows } })),
            false => search(request),
        }
    };
    let answers: [fn(&Request) -> Answer; 4] = [no_lists, no_notes, strange_list, endless];
    for (index, answer) in answers.into_iter().enumerate() {
        let script = Script::new(|request: &Request, _| answer(request));
        let sighting = block_on(client(&script).look_for_runs(&run().pipeline, &[lost(NONCE)], &[]));
        assert_eq!((sighting.found, sighting.complete), (vec![], false), "{index}");
        assert!(script.sent.borrow().len() <= 20, "{index}");
    }
}

#[test]
fn an_execution_without_notes_is_asked_nothing() {
    let script = Script::new(|request: &Request, _| {
        let row = json!({ "planExecutionId": "ours", "notesExistForPlanExecutionId": false });
        match is_list(request) {
            true => answer(200, &json!({ "data": { "content": [row] } })),
            false => search(request),
        }
    });
    let sighting = block_on(client(&script).look_for_runs(&run().pipeline, &[lost(NONCE)], &[]));
    assert_eq!((sighting.found, sighting.complete), (vec![], true));
    assert_eq!(script.sent.borrow().len(), 1);
}

#[test]
fn a_search_has_calls_left_where_starts_have_used_up_theirs() {
    let script = Script::new(|request: &Request, _| search(request));
    let harness = client(&script);
    let tired = Cell::new(0);
    while script.slept.borrow().is_empty() {
        let _ = block_on(harness.get_pipeline(&scope().pipeline("p")));
        tired.set(tired.get() + 1);
    }
    script.slept.borrow_mut().clear();
    let sighting = block_on(harness.look_for_runs(&run().pipeline, &[lost(NONCE)], &["strange".into()]));
    assert_eq!(sighting.found.len(), 1);
    assert!(script.slept.borrow().is_empty(), "it waits for nobody");
}

#[test]
fn the_notes_of_an_execution_are_read_once_for_all_who_look() {
    let script = Script::new(|request: &Request, _| search(request));
    let harness = client(&script);
    let look = |nonce: &str| block_on(harness.find_run(&run().pipeline, &lost(nonce), &[]));
    let notes = || {
        script
            .sent
            .borrow()
            .iter()
            .filter(|request| request.url.contains("/notes?"))
            .count()
    };
    assert!(look("of-another-start").is_none());
    assert_eq!(notes(), 2, "each once, in all of the looks");
    assert!(look(NONCE).is_some(), "it is found among what was looked at before");
    assert_eq!(notes(), 2);
}

#[test]
fn a_found_run_that_a_policy_denied_is_denied() {
    let script = Script::new(|request: &Request, _| {
        if is_run(request) {
            return text(502, "");
        }
        if request.url.contains("/execution/summary") {
            let row = json!({ "planExecutionId": "ours", "status": "Errored", "governanceMetadata": { "deny": true, "message": "no" } });
            return answer(200, &json!({ "data": { "content": [row] } }));
        }
        search(request)
    });
    assert_eq!(
        block_on(client(&script).run_pipeline(&run(), |_| ())).unwrap(),
        RunOutcome::Denied {
            messages: vec!["no".into()]
        }
    );
}

#[test]
fn a_clear_refusal_of_a_run_is_believed() {
    for (lost, code) in [
        (
            error(
                400,
                "INVALID_REQUEST",
                "Pipeline with the given ID: x does not exist or has been deleted",
            ),
            FailureCode::PipelineNotFound,
        ),
        (error(404, "ENTITY_NOT_FOUND", "gone"), FailureCode::PipelineNotFound),
        (text(404, ""), FailureCode::PipelineNotFound),
        (
            error(400, "INVALID_REQUEST", "Value not provided for required variable"),
            FailureCode::InvalidRequest,
        ),
        (error(401, "EXPIRED_TOKEN", "expired"), FailureCode::Unauthorized),
        (
            error(403, "NG_ACCESS_DENIED", "Missing permission core_pipeline_execute"),
            FailureCode::Forbidden,
        ),
        (error(409, "DUPLICATE_FIELD", "twice"), FailureCode::Conflict),
        (text(429, ""), FailureCode::RateLimited),
        (text(429, "<html>too many</html>"), FailureCode::RateLimited),
        (text(414, "<html>too long</html>"), FailureCode::InvalidRequest),
    ] {
        let script = Script::new(|_: &Request, _| lost.clone());
        assert_eq!(
            block_on(client(&script).run_pipeline(&run(), |_| ())).unwrap_err().code,
            code
        );
        assert_eq!(script.sent.borrow().len(), 1, "{code:?}");
    }
}

#[test]
fn runs_that_cannot_be_asked_are_not_sent() {
    let script = Script::new(|_: &Request, _| text(200, ""));
    for run in [
        RunRequest {
            pipeline: scope().pipeline("../../x"),
            ..run()
        },
        RunRequest {
            pipeline: scope().pipeline(""),
            ..run()
        },
        RunRequest {
            nonce: "short".into(),
            ..run()
        },
        RunRequest {
            nonce: "with a space".into(),
            ..run()
        },
    ] {
        assert_eq!(
            block_on(client(&script).run_pipeline(&run, |_| ())).unwrap_err().code,
            FailureCode::InvalidRequest
        );
    }
    assert!(script.sent.borrow().is_empty());
}

#[test]
fn a_read_is_repeated_after_a_passing_failure() {
    for passing in [
        Err(TransportError::Timeout),
        Err(TransportError::Network("x".into())),
        text(500, "{}"),
        text(502, "<html>"),
        text(503, ""),
        text(504, ""),
    ] {
        let script = Script::new(|_: &Request, before| if before < 3 { passing.clone() } else { text(200, "{}") });
        assert_eq!(
            block_on(client(&script).list_executions(&scope(), &ExecutionQuery::default())).unwrap(),
            b"{}"
        );
        let slept = script.slept.borrow();
        assert_eq!(slept.len(), 3);
        assert!(
            (500..1000).contains(&slept[0]) && (1000..2000).contains(&slept[1]) && (2000..4000).contains(&slept[2]),
            "{slept:?}"
        );
    }
}

#[test]
fn after_too_many_calls_nothing_goes_out_for_a_while() {
    let script = Script::new(|_: &Request, before| if before < 3 { text(429, "") } else { text(200, "{}") });
    let client = client(&script);
    block_on(client.list_executions(&scope(), &ExecutionQuery::default())).unwrap();
    assert_eq!(script.sent.borrow().len(), 4);
    let waited: u32 = script.slept.borrow().iter().sum();
    assert!((14_000..30_000).contains(&waited), "{waited}");
}

#[test]
fn a_run_is_not_sent_where_the_calls_are_used_up() {
    let script = Script::new(|_: &Request, _| text(429, ""));
    let client = client(&script);
    for _ in 0..5 {
        let _ = block_on(client.list_executions(&scope(), &ExecutionQuery::default()));
    }
    let error = block_on(client.run_pipeline(&run(), |_| ())).unwrap_err();
    assert_eq!(
        (error.code, script.runs()),
        (FailureCode::RateLimited, 0),
        "{}",
        error.message
    );
}

#[test]
fn many_who_follow_do_not_keep_a_run_from_going_out() {
    let script = Script::new(
        |request: &Request, _| match request.url.contains("/pipeline/execute/") {
            true => answer(200, &json!({ "data": { "planExecution": { "uuid": "e1" } } })),
            false => text(200, "{}"),
        },
    );
    let client = client(&script);
    for _ in 0..75 {
        block_on(client.get_execution(&scope(), "e1", None)).unwrap();
    }
    assert!(script.slept.borrow().is_empty());
    block_on(client.run_pipeline(&run(), |_| ())).unwrap();
    assert!(script.slept.borrow().is_empty(), "a person waits for nothing");
    assert_eq!(script.runs(), 1);
}

#[test]
fn a_read_gives_up_after_three_repetitions_and_never_repeats_a_refusal() {
    let unavailable = Script::new(|_: &Request, _| text(503, ""));
    let error_code = block_on(client(&unavailable).get_pipeline(&scope().pipeline("p")))
        .unwrap_err()
        .code;
    assert_eq!(
        (error_code, unavailable.sent.borrow().len()),
        (FailureCode::Unavailable, 4)
    );
    for refusal in [
        error(400, "INVALID_REQUEST", "no"),
        error(401, "X", ""),
        text(200, "<html>"),
        text(404, ""),
        text(501, ""),
    ] {
        let script = Script::new(|_: &Request, _| refusal.clone());
        assert!(block_on(client(&script).list_executions(&scope(), &ExecutionQuery::default())).is_err());
        assert_eq!(script.sent.borrow().len(), 1);
    }
}

#[test]
fn a_read_ends_at_its_deadline() {
    let script = Script::new(|_: &Request, _| Err(TransportError::Timeout));
    let options = ClientOptions {
        timeout_ms: 300,
        ..options()
    };
    let client = HarnessClient::new(options, &script).unwrap();
    assert_eq!(
        block_on(client.get_execution(&scope(), "e", None)).unwrap_err().code,
        FailureCode::Timeout
    );
    assert!(script.now.get() - START_MS <= 900);
    assert!(script.sent.borrow().iter().all(|request| request.timeout_ms <= 300));
}

fn image(registry: ArtifactRegistry) -> ListedArtifact<'static> {
    ListedArtifact {
        registry,
        service: "org.shop",
        fqn: "pipeline.stages.roll.spec.service.serviceInputs.serviceDefinition.spec.artifacts.primary.spec.tag",
        run: "{}".to_owned(),
    }
}

#[test]
fn tags_are_asked_for_once_for_as_long_as_a_delegate_may_take() {
    let listed =
        json!({ "data": { "buildDetailsList": [{ "tag": "v2" }, { "tag": "v1" }, { "tag": "v2" }, { "tag": "" }] } });
    for (registry, path, timeout_ms) in [
        (
            ArtifactRegistry::Docker,
            "/ng/api/artifacts/docker/getBuildDetailsV2?",
            35_000,
        ),
        (
            ArtifactRegistry::Artifactory,
            "/ng/api/artifacts/artifactory/getBuildDetailsV2?",
            65_000,
        ),
        (
            ArtifactRegistry::GithubPackages,
            "/ng/api/artifacts/githubpackages/v2/versions?",
            95_000,
        ),
    ] {
        let script = Script::new(|_: &Request, _| answer(200, &listed));
        let tags = block_on(client(&script).list_tags(&scope().pipeline("p"), &image(registry))).unwrap();
        assert_eq!(tags, ["v2", "v1"]);
        let sent = script.sent.borrow();
        let [request] = sent.as_slice() else {
            panic!("{} requests", sent.len());
        };
        assert!(request.url.contains(path), "{}", request.url);
        assert!(
            request
                .url
                .contains("pipelineIdentifier=p&serviceId=org.shop&fqnPath=pipeline.stages.roll.spec.")
        );
        assert_eq!(request.timeout_ms, timeout_ms);
    }
}

#[test]
fn a_delegate_that_does_not_answer_keeps_no_other_call_from_going_out() {
    let script = Script::new(|request: &Request, before| match request.url.contains("/artifacts/") {
        true if before % 2 == 0 => Err(TransportError::Timeout),
        true => text(504, ""),
        false => text(200, "{}"),
    });
    let client = client(&script);
    for _ in 0..12 {
        let error = block_on(client.list_tags(&scope().pipeline("p"), &image(ArtifactRegistry::Docker))).unwrap_err();
        assert!(matches!(error.code, FailureCode::Timeout | FailureCode::Unavailable));
    }
    assert_eq!(script.sent.borrow().len(), 12, "none is repeated");
    block_on(client.get_execution(&scope(), "e1", None)).unwrap();
    assert!(script.slept.borrow().is_empty());
}

#[test]
fn pipelines_are_asked_for_by_tag() {
    let listed = r#"{"data":{"content":[
        {"identifier":"shop_cd","name":"shop-cd","tags":{"service":"shop"}},
        {"identifier":"of_another","name":"x","tags":{"service":"shop2"}},
        {"identifier":"a_word","name":"y","tags":{"shop":""}},
        {"identifier":"untagged"}, null]}}"#;
    let script = Script::new(|_: &Request, _| text(200, listed));
    let found = block_on(client(&script).list_tagged_pipelines(&scope(), ("service", "shop"))).unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|pipeline| (&*pipeline.identifier, &*pipeline.name))
        .collect();
    assert_eq!(found, [("shop_cd", "shop-cd")]);
    let sent = script.sent.borrow()[0].clone();
    assert!(
        sent.url
            .starts_with("https://app.harness.io/pipeline/api/pipelines/list?")
    );
    assert!(sent.url.ends_with("&page=0&size=20"));
    assert_eq!(
        serde_json::from_slice::<Value>(&sent.body.as_ref().unwrap().bytes).unwrap(),
        json!({ "filterType": "PipelineSetup", "pipelineTags": [{ "key": "service", "value": "shop" }] })
    );
    for (status, body, code) in [
        (200, "{}", FailureCode::MalformedResponse),
        (200, "[", FailureCode::MalformedResponse),
        (403, "{}", FailureCode::Forbidden),
        (404, "{}", FailureCode::NotFound),
    ] {
        let script = Script::new(|_: &Request, _| text(status, body));
        let error = block_on(client(&script).list_tagged_pipelines(&scope(), ("service", "shop"))).unwrap_err();
        assert_eq!(error.code, code, "{status} {body}");
    }
}

#[test]
fn a_pipeline_is_found_in_the_list_by_its_identifier() {
    let listed = r#"{"data":{"content":[
        {"identifier":"shop_cd_2","tags":{"service":"other"}},
        {"identifier":"shop_cd","tags":{"service":"shop","odd":1}}]}}"#;
    let script = Script::new(|_: &Request, _| text(200, listed));
    let shop = scope().pipeline("shop_cd");
    let found = block_on(client(&script).find_listed_pipeline(&shop)).unwrap().unwrap();
    let tags: Vec<_> = found.text_tags().into_iter().collect();
    assert_eq!(tags, [("service".to_owned(), "shop".to_owned())]);
    assert_eq!(
        serde_json::from_slice::<Value>(&script.sent.borrow()[0].body.as_ref().unwrap().bytes).unwrap(),
        json!({ "filterType": "PipelineSetup", "pipelineIdentifiers": ["shop_cd"] })
    );
    let gone = scope().pipeline("gone");
    assert_eq!(block_on(client(&script).find_listed_pipeline(&gone)).unwrap(), None);
}

#[test]
fn executions_are_asked_for_by_filter_and_page() {
    let script = Script::new(|_: &Request, _| text(200, "{}"));
    let query = ExecutionQuery {
        pipelines: vec!["p".into()],
        services: vec!["s".into()],
        environments: vec!["e".into()],
        executions: vec!["x".into()],
        statuses: vec![ExecutionStatus::Failed, ExecutionStatus::QueuedPlanCreation],
        from_ms: Some(5),
        to_ms: Some(9),
        page: 2,
        size: 50,
        all_attempts: true,
    };
    block_on(client(&script).list_executions(&scope(), &query)).unwrap();
    let sent = script.sent.borrow()[0].clone();
    assert!(
        sent.url
            .starts_with("https://app.harness.io/pipeline/api/pipelines/execution/summary?")
    );
    assert!(sent.url.ends_with("&page=2&size=50&showAllExecutions=true"));
    assert_eq!(sent.method.as_str(), "POST");
    assert_eq!(
        serde_json::from_slice::<Value>(&sent.body.as_ref().unwrap().bytes).unwrap(),
        json!({ "filterType": "PipelineExecution", "pipelineIdentifiers": ["p"], "planExecutionIds": ["x"],
            "status": ["Failed", "QUEUED_PLAN_CREATION"],
            "timeRange": { "startTime": 5, "endTime": 9 },
            "moduleProperties": { "cd": { "serviceIdentifiers": ["s"], "envIdentifiers": ["e"] } } })
    );
    for (about, properties) in [
        (
            ExecutionQuery {
                services: vec!["s".into()],
                ..ExecutionQuery::default()
            },
            json!({ "cd": { "serviceIdentifiers": ["s"] } }),
        ),
        (
            ExecutionQuery {
                environments: vec!["e".into()],
                ..ExecutionQuery::default()
            },
            json!({ "cd": { "envIdentifiers": ["e"] } }),
        ),
        (ExecutionQuery::default(), Value::Null),
    ] {
        block_on(client(&script).list_executions(&scope(), &about)).unwrap();
        let sent = script.sent.borrow();
        assert!(sent.last().unwrap().url.ends_with("&page=0&size=25"));
        let body: Value = serde_json::from_slice(&sent.last().unwrap().body.as_ref().unwrap().bytes).unwrap();
        assert_eq!(body["moduleProperties"], properties);
        assert_eq!(body["timeRange"], Value::Null);
    }
    for size in [0, 1001] {
        let error =
            block_on(client(&script).list_executions(&scope(), &ExecutionQuery { size, ..query.clone() })).unwrap_err();
        assert_eq!(error.code, FailureCode::InvalidRequest);
    }
}

#[test]
fn an_execution_is_asked_for_with_its_steps() {
    let script = Script::new(|_: &Request, _| text(200, "{}"));
    block_on(client(&script).get_execution(&scope(), "e-1_", None)).unwrap();
    block_on(client(&script).get_execution(&scope(), "e", Some("a b"))).unwrap();
    let sent = script.sent.borrow();
    assert!(sent[0].url.contains("/execution/v2/e-1_?") && sent[0].url.ends_with("&renderFullBottomGraph=true"));
    assert!(sent[1].url.ends_with("&stageNodeId=a%20b"));
    assert_eq!(sent[1].method.as_str(), "GET");
    let shown = format!("{:?}", sent[1]);
    assert!(
        shown.contains("stageNodeId") && shown.contains("(redacted)") && !shown.contains(KEY),
        "{shown}"
    );
    assert!(block_on(client(&script).get_execution(&scope(), "..", None)).is_err());
}

#[test]
fn a_pipeline_is_its_yaml() {
    let script = Script::new(|_: &Request, _| {
        answer(
            200,
            &json!({ "data": { "yamlPipeline": "pipeline: {}\n", "version": 3 } }),
        )
    });
    let pipeline = block_on(client(&script).get_pipeline(&scope().pipeline("p"))).unwrap();
    assert_eq!((pipeline.yaml.as_str(), pipeline.version), ("pipeline: {}\n", Some(3)));
    let script = Script::new(|_: &Request, _| text(200, r#"{"data":{}}"#));
    assert_eq!(
        block_on(client(&script).get_pipeline(&scope().pipeline("p")))
            .unwrap_err()
            .code,
        FailureCode::MalformedResponse
    );
}

fn read_error(answer: Answer) -> HarnessFailure {
    let script = Script::new(|_: &Request, _| answer.clone());
    block_on(client(&script).get_execution(&scope(), "e", None)).unwrap_err()
}

#[test]
fn the_three_envelopes_are_read() {
    let classic = read_error(answer(
        400,
        &json!({ "status": "ERROR", "code": "HINT", "message": "Bad input", "correlationId": "c-1",
            "responseMessages": [{ "message": "Bad input" }, null, { "message": "Check the tag" }, { "message": "" }] }),
    ));
    assert_eq!((classic.code, classic.status), (FailureCode::InvalidRequest, Some(400)));
    assert_eq!(
        (classic.harness_code.as_deref(), classic.correlation_id.as_deref()),
        (Some("HINT"), Some("c-1"))
    );
    assert_eq!(classic.message, "Harness refused the request: Bad input; Check the tag");
    let v1 = read_error(answer(
        400,
        &json!({ "message": "invalid", "code": "INVALID_ARGUMENT", "errors": [{ "field_name": "size", "message": "too large" }] }),
    ));
    assert_eq!(v1.message, "Harness refused the request: invalid; size too large");
    let repeated = read_error(answer(
        400,
        &json!({ "status": "ERROR", "message": "null", "responseMessages": [{ "message": "no tag." },
            { "message": "" }, { "message": "no tag given." }, { "message": "no tag" }] }),
    ));
    assert_eq!(repeated.message, "Harness refused the request: no tag given");
    let goa = read_error(answer(
        400,
        &json!({ "name": "bad_request", "id": "x", "message": "no", "temporary": false, "timeout": false, "fault": false }),
    ));
    assert_eq!(
        (goa.harness_code.as_deref(), goa.message.as_str()),
        (Some("bad_request"), "Harness refused the request: no")
    );
}

#[test]
fn failures_have_their_codes() {
    for (answer, code) in [
        (error(200, "INVALID_REQUEST", "no"), FailureCode::InvalidRequest),
        (error(400, "INVALID_TOKEN", "no"), FailureCode::Unauthorized),
        (
            error(404, "RESOURCE_NOT_FOUND", "Project with identifier [x] not found"),
            FailureCode::WrongScope,
        ),
        (
            error(400, "INVALID_REQUEST", "Organization x does not exist"),
            FailureCode::WrongScope,
        ),
        (
            answer(
                400,
                &json!({ "errors": [{ "fieldId": "accountIdentifier", "error": "must not be null" }] }),
            ),
            FailureCode::WrongScope,
        ),
        (
            error(400, "INVALID_REQUEST", "Pipeline x does not exist in project y"),
            FailureCode::NotFound,
        ),
        (error(404, "RESOURCE_NOT_FOUND", ""), FailureCode::NotFound),
        (
            error(
                400,
                "INVALID_REQUEST",
                "Service [s] does not exist in project [platform]",
            ),
            FailureCode::InvalidRequest,
        ),
        (error(412, "OPTIMISTIC_LOCKING_EXCEPTION", ""), FailureCode::Conflict),
        (text(200, "<html>"), FailureCode::MalformedResponse),
        (text(403, "<html>"), FailureCode::Forbidden),
        (text(302, ""), FailureCode::MalformedResponse),
        (Err(TransportError::Timeout), FailureCode::Timeout),
        (Err(TransportError::Network("refused".into())), FailureCode::Unavailable),
    ] {
        assert_eq!(read_error(answer.clone()).code, code, "{answer:?}");
    }
}

/// Each of Harness's own codes counts more than the status, which is 400 for much that has a status of its own.
#[test]
fn harness_s_codes_say_more_than_its_statuses() {
    for (harness_code, code) in [
        ("INVALID_TOKEN", FailureCode::Unauthorized),
        ("EXPIRED_TOKEN", FailureCode::Unauthorized),
        ("REVOKED_TOKEN", FailureCode::Unauthorized),
        ("INVALID_CREDENTIAL", FailureCode::Unauthorized),
        ("NG_ACCESS_DENIED", FailureCode::Forbidden),
        ("ACCESS_DENIED", FailureCode::Forbidden),
        ("DUPLICATE_FIELD", FailureCode::Conflict),
        ("RESOURCE_ALREADY_EXISTS", FailureCode::Conflict),
        ("OPTIMISTIC_LOCKING_EXCEPTION", FailureCode::Conflict),
        ("TOO_MANY_REQUESTS", FailureCode::RateLimited),
        ("SOMETHING_ELSE", FailureCode::InvalidRequest),
    ] {
        for status in [200, 400] {
            let answer = error(status, harness_code, "no");
            assert_eq!(read_error(answer).code, code, "{status} {harness_code}");
        }
        // What failed may be anything, whatever it says of itself.
        assert_eq!(
            read_error(error(500, harness_code, "no")).code,
            FailureCode::Unavailable
        );
        assert_eq!(
            read_error(error(429, harness_code, "no")).code,
            FailureCode::RateLimited
        );
    }
}

#[test]
fn a_scope_that_is_none_is_said_with_harness_s_words() {
    let failure = read_error(error(400, "INVALID_REQUEST", "Project with identifier [x] not found"));
    assert_eq!(
        (failure.code, failure.message.as_str()),
        (
            FailureCode::WrongScope,
            "account, organization and project do not fit together; correct them in the configuration: \
             Project with identifier [x] not found"
        )
    );
}

#[test]
fn statuses_without_a_word_have_their_codes_and_sentences() {
    for (status, code, part) in [
        (400, FailureCode::InvalidRequest, "Harness refused the request"),
        (401, FailureCode::Unauthorized, "the API key was refused"),
        (403, FailureCode::Forbidden, "the API key may not do this"),
        (404, FailureCode::NotFound, "does not exist in this project"),
        (408, FailureCode::Timeout, "did not answer in time"),
        (409, FailureCode::Conflict, "somebody else changed"),
        (412, FailureCode::Conflict, "somebody else changed"),
        (414, FailureCode::InvalidRequest, "address is too long"),
        (418, FailureCode::InvalidRequest, "Harness refused the request"),
        (429, FailureCode::RateLimited, "too many requests"),
        (500, FailureCode::Unavailable, "Harness failed (status 500)"),
        (599, FailureCode::Unavailable, "Harness failed (status 599)"),
        (
            300,
            FailureCode::MalformedResponse,
            "status 300, which was not expected",
        ),
        (
            302,
            FailureCode::MalformedResponse,
            "status 302, which was not expected",
        ),
    ] {
        let found = read_error(text(status, ""));
        assert_eq!((found.code, found.status), (code, Some(status)), "{status}");
        assert!(found.message.contains(part), "{status}: {}", found.message);
    }
}

#[test]
fn the_first_thing_that_is_named_is_the_one_that_is_missing() {
    for (thing, code) in [
        ("pipeline", FailureCode::NotFound),
        ("execution", FailureCode::NotFound),
        ("Project", FailureCode::WrongScope),
        ("organization", FailureCode::WrongScope),
        ("account", FailureCode::WrongScope),
        ("Service", FailureCode::InvalidRequest),
        ("environment", FailureCode::InvalidRequest),
        ("infrastructure", FailureCode::InvalidRequest),
        ("connector", FailureCode::InvalidRequest),
        ("template", FailureCode::InvalidRequest),
        ("something", FailureCode::InvalidRequest),
    ] {
        for phrase in [
            "does not exist",
            "doesn't exist",
            "not found",
            "has been deleted",
            "does not belong",
        ] {
            let said = format!("{thing} [x] {phrase}");
            assert_eq!(read_error(error(400, "INVALID_REQUEST", &said)).code, code, "{said}");
            let elsewhere = format!("{said} here, where a pipeline and a project are");
            let expected = if thing == "something" {
                FailureCode::NotFound
            } else {
                code
            };
            assert_eq!(
                read_error(error(400, "INVALID_REQUEST", &elsewhere)).code,
                expected,
                "{elsewhere}"
            );
        }
        let said = format!("{thing} [x] is odd");
        assert_eq!(
            read_error(error(400, "INVALID_REQUEST", &said)).code,
            FailureCode::InvalidRequest,
            "{said}"
        );
        // A refusal of the key or of its rights is not about what is named.
        for status in [401, 403] {
            let refused = read_error(error(status, "INVALID_REQUEST", &format!("{thing} [x] not found"))).code;
            assert!(matches!(refused, FailureCode::Unauthorized | FailureCode::Forbidden));
        }
    }
    for field in ["accountIdentifier", "orgIdentifier", "projectIdentifier"] {
        let missing = json!({ "errors": [{ "fieldId": field, "error": "must not be null" }] });
        assert_eq!(
            read_error(answer(400, &missing)).code,
            FailureCode::WrongScope,
            "{field}"
        );
    }
}

#[test]
fn harness_s_pages_are_at_the_origin_of_its_api() {
    for (base_url, origin) in [
        ("https://app.harness.io", "https://app.harness.io"),
        ("https://app.harness.io/", "https://app.harness.io"),
        ("https://app.harness.io/gateway", "https://app.harness.io"),
        ("http://127.0.0.1:4000/a/b/", "http://127.0.0.1:4000"),
        ("https://h/gateway", "https://h"),
    ] {
        let script = Script::new(|_: &Request, _| text(200, ""));
        let options = ClientOptions {
            base_url: base_url.into(),
            ..options()
        };
        assert_eq!(
            HarnessClient::new(options, &script).unwrap().ui_base(),
            origin,
            "{base_url}"
        );
    }
}

#[test]
fn the_key_goes_out_in_the_clear_to_this_machine_alone() {
    for (base_url, is_fine) in [
        ("https://harness.acme.example", true),
        ("http://localhost:4000", true),
        ("http://LOCALHOST/gateway", true),
        ("http://127.9.9.9:4000/gateway", true),
        ("http://[::1]:4000", true),
        ("http://harness.acme.example", false),
        ("http://127.0.0.1.acme.example", false),
        ("http://localhost.acme.example", false),
        ("http://10.0.0.1:80", false),
        ("http://[fe80::1]", false),
    ] {
        let script = Script::new(|_: &Request, _| text(200, ""));
        let options = ClientOptions {
            base_url: base_url.into(),
            ..options()
        };
        let refusal = HarnessClient::new(options, &script).err().map(|error| error.code);
        let expected = (!is_fine).then_some(FailureCode::InvalidConfig);
        assert_eq!(refusal, expected, "{base_url}");
    }
}

#[test]
fn failures_that_pass_are_told_from_those_that_stay() {
    let passing = [
        FailureCode::RateLimited,
        FailureCode::Unavailable,
        FailureCode::Timeout,
        FailureCode::MalformedResponse,
    ];
    let not_visible_yet = [FailureCode::NotFound, FailureCode::InvalidRequest];
    for code in FailureCode::ALL {
        assert_eq!(code.is_passing(), passing.contains(code), "{code:?}");
        assert_eq!(code.is_not_visible_yet(), not_visible_yet.contains(code), "{code:?}");
    }
}

#[test]
fn neither_the_key_nor_a_page_is_repeated() {
    let echo = read_error(error(401, KEY, &format!("the token {KEY} is\nrevoked")));
    assert_eq!(echo.code, FailureCode::Unauthorized);
    assert!(
        !format!("{echo:?}").contains(KEY) && echo.message.contains("(redacted) is revoked"),
        "{echo:?}"
    );
    let network = read_error(Err(TransportError::Network(format!("header {KEY}"))));
    assert!(!format!("{network:?}").contains(KEY));
    let page = read_error(text(200, "<html>secret page</html>"));
    assert!(!page.message.contains("secret"));
    for (status, word) in [(429, "too many requests"), (414, "too long")] {
        let page = read_error(text(status, "<html>secret page</html>"));
        assert!(page.message.contains(word) && !page.message.contains("page"), "{page}");
    }
    let script = Script::new(|_: &Request, _| text(200, "{}"));
    block_on(client(&script).get_execution(&scope(), "e", None)).unwrap();
    assert!(!format!("{:?}", script.sent.borrow()).contains(KEY));
    let shown = format!("{:?}", options());
    assert!(
        shown.contains("app.harness.io") && shown.contains("(redacted)") && !shown.contains(KEY),
        "{shown}"
    );
    assert!(
        script.sent.borrow()[0]
            .headers
            .contains(&("x-api-key".into(), KEY.into())),
        "and yet it is sent"
    );
}

#[test]
fn a_client_that_cannot_work_is_not_made() {
    let script = Script::new(|_: &Request, _| text(200, "{}"));
    let with_key = |key: &str| ClientOptions {
        api_key: key.into(),
        ..options()
    };
    let with_url = |url: &str| ClientOptions {
        base_url: url.into(),
        ..options()
    };
    let with_account = |account: &str| ClientOptions {
        account: account.into(),
        ..options()
    };
    for bad in [
        with_key(""),
        with_key("pat\n"),
        with_key("pat x"),
        with_key("pät"),
        with_url(""),
        with_url("app.harness.io"),
        with_url("ftp://x"),
        with_url("https://"),
        with_url("https://u:p@h"),
        with_url("https://h\n"),
        with_account(""),
        with_account("a\u{7}"),
    ] {
        let error = HarnessClient::new(bad, &script).err().unwrap();
        assert_eq!(error.code, FailureCode::InvalidConfig);
        assert!(!error.message.contains("pat"), "{}", error.message);
    }
    for good in ["http://127.0.0.1:8080", "https://h/gateway", "HTTPS://h"] {
        assert!(HarnessClient::new(with_url(good), &script).is_ok());
    }
}

#[test]
fn a_call_says_which_project_it_is_about() {
    let script = Script::new(|_: &Request, _| text(200, "{}"));
    let harness = client(&script);
    let shop = HarnessScope {
        org: "retail".into(),
        project: "shop".into(),
        ..scope()
    };
    block_on(harness.list_executions(&shop, &ExecutionQuery::default())).unwrap();
    block_on(harness.get_execution(&shop, "e", None)).unwrap();
    let _ = block_on(harness.get_pipeline(&shop.pipeline("shop_cd")));
    assert_eq!(script.sent.borrow().len(), 3);
    for request in script.sent.borrow().iter() {
        assert!(
            request
                .url
                .contains("?accountIdentifier=ACC&orgIdentifier=retail&projectIdentifier=shop"),
            "{}",
            request.url
        );
    }
    assert_eq!(
        harness.pipeline_page(&shop.pipeline("shop_cd")),
        "https://app.harness.io/ng/account/ACC/module/cd/orgs/retail/projects/shop/pipelines/shop_cd"
    );
}

#[test]
fn nothing_is_asked_of_a_project_that_the_key_cannot_reach() {
    let script = Script::new(|_: &Request, _| text(200, "{}"));
    let elsewhere = |account: &str, org: &str, project: &str| HarnessScope {
        account: account.into(),
        org: org.into(),
        project: project.into(),
    };
    for (scope, said) in [
        (elsewhere("OTHER", "default", "platform"), "`ACC`"),
        (elsewhere("ACC", "", "platform"), "org and project"),
        (elsewhere("ACC", "default", ""), "org and project"),
        (elsewhere("ACC", "default", "a\u{7}"), "org and project"),
    ] {
        let run = RunRequest {
            pipeline: scope.pipeline("p"),
            ..run()
        };
        for failure in [
            block_on(client(&script).list_executions(&scope, &ExecutionQuery::default())).unwrap_err(),
            block_on(client(&script).get_execution(&scope, "e", None)).unwrap_err(),
            block_on(client(&script).get_pipeline(&scope.pipeline("p"))).unwrap_err(),
            block_on(client(&script).run_pipeline(&run, |_| ())).unwrap_err(),
        ] {
            assert_eq!(failure.code, FailureCode::WrongScope);
            assert!(failure.message.contains(said), "{}", failure.message);
        }
    }
    assert_eq!(script.sent.borrow().len(), 0);
}

fn in_git() -> PipelineRef<'static> {
    PipelineRef {
        branch: Some("release/2.4".into()),
        ..run().pipeline
    }
}

/// A page of input sets with as many of them.
fn input_sets(count: usize) -> Answer {
    let set = |index: usize| json!({ "identifier": format!("set{index}"), "inputSetType": "OVERLAY_INPUT_SET" });
    answer(
        200,
        &json!({ "data": { "content": (0..count).map(set).collect::<Vec<_>>() } }),
    )
}

#[test]
fn input_sets_are_read_page_by_page_from_the_branch_of_the_pipeline() {
    let script = Script::new(|_, before| input_sets(if before == 0 { 100 } else { 1 }));
    let sets = block_on(client(&script).list_input_sets(&in_git())).unwrap();
    assert_eq!(
        (sets.len(), sets[0].name.as_str(), sets[0].is_overlay),
        (101, "set0", true)
    );
    let sent = script.sent.borrow();
    let pages: Vec<bool> = [0, 1]
        .iter()
        .map(|page| {
            let url = &sent[*page].url;
            url.contains(&format!("pageIndex={page}&pageSize=100")) && url.contains("&branch=release%2F2.4")
        })
        .collect();
    assert_eq!((sent.len(), pages), (2, vec![true, true]));
}

#[test]
fn an_input_set_says_where_harness_finds_that_it_does_not_fit() {
    let errors = json!({ "errors": [{ "message": "Field not a runtime input" }] });
    let wrapper = json!({ "uuidToErrorResponseMap": { "pipeline.variables.zone": errors } });
    for (data, unfit) in [
        (json!({ "inputSetYaml": "inputSet: {}" }), None),
        (
            json!({ "inputSetYaml": "inputSet: {}", "errorResponse": true, "inputSetErrorWrapper": wrapper }),
            Some("Field not a runtime input"),
        ),
        (
            json!({ "inputSetYaml": "inputSet: {}", "outdated": true }),
            Some("Harness does not say why"),
        ),
    ] {
        let script = Script::new(|_, _| answer(200, &json!({ "data": data })));
        let set = block_on(client(&script).get_input_set(&in_git(), "europe")).unwrap();
        assert_eq!((set.yaml.as_str(), set.unfit.as_deref()), ("inputSet: {}", unfit));
        let url = &script.sent.borrow()[0].url;
        assert!(
            url.contains("/inputSets/europe?") && url.contains("pipelineBranch=release%2F2.4"),
            "{url}"
        );
    }
}

#[test]
fn an_answer_in_mid_run_is_sent_once_and_not_known_where_nobody_says_so() {
    for (given, expected) in [
        (answer(200, &json!({ "data": { "status": "Success" } })), Ok(true)),
        (answer(200, &json!({ "data": { "status": "Failed" } })), Ok(false)),
        (
            error(400, "INVALID_REQUEST", "Some fields are not valid"),
            Err(FailureCode::InvalidRequest),
        ),
        (answer(200, &json!({})), Err(FailureCode::OutcomeUnknown)),
        (text(502, ""), Err(FailureCode::OutcomeUnknown)),
        (Err(TransportError::Timeout), Err(FailureCode::OutcomeUnknown)),
    ] {
        let script = Script::new(|_, _| given.clone());
        let taken = block_on(client(&script).answer_execution_input(&scope(), "node1", "step: {}".to_owned()));
        assert_eq!(taken.map_err(|failure| failure.code), expected, "{given:?}");
        assert_eq!(script.sent.borrow().len(), 1, "{given:?}");
    }
}

#[test]
fn chosen_stages_are_run_by_a_request_of_their_own() {
    let chosen = RunRequest {
        stages: vec!["build".to_owned()],
        input_sets: vec!["europe".to_owned()],
        ..run()
    };
    let script = Script::new(|_, _| answer(200, &json!({ "data": { "planExecution": { "uuid": "e1" } } })));
    block_on(client(&script).run_pipeline(&chosen, |_| ())).unwrap();
    let sent = script.sent.borrow();
    let body: Value = serde_json::from_slice(&sent[0].body.as_ref().unwrap().bytes).unwrap();
    assert_eq!(
        body,
        json!({ "runtimeInputYaml": chosen.body, "stageIdentifiers": ["build"], "expressionValues": {} })
    );
    let url = &sent[0].url;
    assert!(url.contains("/execute/payment_service_cd/stages?"), "{url}");
    assert!(
        url.contains("inputSetIdentifiers=europe") && url.contains("notesForPipelineExecution="),
        "{url}"
    );
}
