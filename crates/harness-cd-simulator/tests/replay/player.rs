use std::fmt::Write;
use std::time::Duration;

use serde_json::Value;

use crate::call::Call;
use crate::expectation::{SHOWN, differs, lines};
use crate::known_differences::KnownDifference;
use crate::pointer::{at, covers, elements};
use crate::server::{Reply, Server};
use crate::story::{Client, Keep, Step, Story};
use crate::variables::{Unknown, Variables};

/// What came of a story.
pub(crate) struct Outcome {
    /// Steps that differ and should not.
    pub(crate) failures: Vec<String>,
    /// Steps that should differ and do not.
    pub(crate) agreed: Vec<String>,
}

/// What a step has sent and got, for people.
#[derive(Default)]
struct Trace {
    sent: String,
    answer: String,
}

/// Why a step was not as expected.
enum Problem {
    Differs(String),
    /// An earlier step did not bring what this one needs.
    NotPlayed(Unknown),
}

impl From<String> for Problem {
    fn from(why: String) -> Self {
        Self::Differs(why)
    }
}

impl From<Unknown> for Problem {
    fn from(unknown: Unknown) -> Self {
        Self::NotPlayed(unknown)
    }
}

/// Plays the steps in order. One that differs does not end the story, but what it would have kept is missing.
pub(crate) fn play(story: &Story, server: &Server, known: &[KnownDifference]) -> Outcome {
    let mut variables = server.variables();
    let mut outcome = Outcome {
        failures: Vec::new(),
        agreed: Vec::new(),
    };
    let mut not_played = Vec::new();
    for (place, step) in story.steps.iter().enumerate() {
        let mut trace = Trace::default();
        let is_known = known
            .iter()
            .any(|one| story.file.ends_with(one.file) && one.step == step.name);
        match play_step(&story.client, step, server, &mut variables, &mut trace) {
            Err(Problem::NotPlayed(Unknown(name))) if !is_known => {
                not_played.push(format!("{} (no `{name}`)", place + 1))
            }
            Err(Problem::Differs(why)) if !is_known => outcome.failures.push(told(story, place, step, &trace, &why)),
            Ok(()) if is_known => outcome.agreed.push(step.name.clone()),
            _ => {}
        }
    }
    if !not_played.is_empty() {
        let steps = not_played.join(", ");
        outcome.failures.push(format!(
            "{}\n  not played, for want of what earlier steps keep: {steps}\n",
            story.file
        ));
    }
    outcome
}

fn told(story: &Story, place: usize, step: &Step, trace: &Trace, why: &str) -> String {
    let mut text = format!("{}\n  step {:<4} {}\n", story.file, place + 1, step.name);
    let fact = step.fact.as_deref().unwrap_or("none: the simulator's own");
    let answer: String = trace.answer.chars().take(SHOWN).collect();
    for (label, value) in [("fact", fact), ("sent", &trace.sent), ("", why), ("answer", &answer)] {
        if label.is_empty() {
            let _ = writeln!(text, "  {value}");
        } else if !value.is_empty() {
            let _ = writeln!(
                text,
                "  {label:<9} {}",
                value.trim_end().replace('\n', "\n            ")
            );
        }
    }
    text
}

fn play_step(
    client: &Client,
    step: &Step,
    server: &Server,
    variables: &mut Variables,
    trace: &mut Trace,
) -> Result<(), Problem> {
    let mut passed = Duration::ZERO;
    let reply = loop {
        let reply = send(client, step, server, variables, trace)?;
        match (differs(&step.expect, &reply, variables)?, &step.until) {
            (None, _) => break reply,
            (Some(_), Some(until)) if passed < until.within.0 => {
                server.pass(until.every)?;
                passed += until.every.0;
            }
            (Some(why), _) => return Err(Problem::Differs(why)),
        }
    };
    for (name, keep) in &step.keep {
        let value = kept(keep, &reply.body, variables)?;
        variables.set(name, value);
    }
    Ok(())
}

fn send(
    client: &Client,
    step: &Step,
    server: &Server,
    variables: &Variables,
    trace: &mut Trace,
) -> Result<Reply, Problem> {
    let reply = if let Some(request) = &step.request {
        let call = Call::new(client, request, variables)?;
        trace.sent = format!(
            "{} {} {}",
            call.method,
            call.path,
            call.body.as_deref().unwrap_or_default()
        );
        server.send(&call.method, &call.path, &call.headers, call.body.as_deref())?
    } else {
        let control = step.control.as_ref().expect("a step is a request or a control");
        let body = variables.value(&control.json)?;
        trace.sent = format!("POST /simulator/{} {body}", control.what);
        server.control(&control.what, &body)?
    };
    trace.answer = format!("{} {}", reply.status, reply.body);
    Ok(reply)
}

fn kept(keep: &Keep, body: &Value, variables: &Variables) -> Result<Value, Problem> {
    let (found, place) = match keep {
        Keep::At(pointer) => (at(body, pointer), pointer.clone()),
        Keep::Found { from, r#where, take } => {
            let wanted = variables.value(r#where)?;
            let found = at(body, from)
                .and_then(|group| elements(group).into_iter().find(|one| covers(one, &wanted)))
                .and_then(|one| at(one, take));
            (found, format!("{from} where {wanted}, its {take}"))
        }
    };
    found
        .cloned()
        .ok_or_else(|| Problem::Differs(lines(&format!("{place} to keep"), "nothing")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "{ client: a test, fact: none, headers: { x-api-key: '${key}' } }";

    const STORY: &str = "
story: one step agrees, one differs, one cannot be played
steps:
  - name: agrees
    fact: harness-api §12.20
    request: { method: GET, path: /no/such/path }
    expect: { status: 400, code: RESOURCE_NOT_FOUND_EXCEPTION, message: Not Found }
    keep: { id: /correlationId }
  - name: differs
    fact: harness-api §12.20
    request: { method: GET, path: '/no/such/path/${id}' }
    expect: { status: [200, 404] }
  - name: takes one refusal for another
    fact: harness-api §12.20
    request: { method: GET, path: /no/such/path }
    expect: { status: 400 }
  - name: lacks something
    fact: harness-api §12.20
    request: { method: GET, path: '/${nothing}' }
";

    #[test]
    fn a_failure_says_file_step_fact_expected_and_got() {
        let outcome = play(&Story::of(CLIENT, STORY), &Server::simulator(), &[]);
        let [differs, mistaken, not_played] = outcome.failures.as_slice() else {
            panic!("{:?}", outcome.failures);
        };
        for part in [
            "test.yaml",
            "2 ",
            "differs",
            "§12.20",
            "status 200 or 404",
            "got       status 400",
        ] {
            assert!(differs.contains(part), "{part}: {differs}");
        }
        assert!(mistaken.contains("a path that is there"), "{mistaken}");
        assert!(not_played.contains("4 (no `nothing`)"), "{not_played}");
    }

    #[test]
    fn a_known_difference_has_to_differ() {
        let known = ["agrees", "differs"].map(|step| KnownDifference {
            file: "test.yaml",
            step,
            reason: "a test of the list itself",
        });
        let outcome = play(&Story::of(CLIENT, STORY), &Server::simulator(), &known);
        assert_eq!(outcome.agreed, ["agrees"]);
        assert_eq!(outcome.failures.len(), 2);
    }
}
