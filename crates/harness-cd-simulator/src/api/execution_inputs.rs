//! What a run asks for while it goes on.

use serde_json::{Value, json};

use super::route::{Access, Call, Route};
use crate::engine::run::{Run, What};
use crate::launch::answers;
use crate::state::people::Permission::Execute;
use crate::tables::status::Status;
use crate::tables::yaml;
use crate::wire::body::read_yaml;
use crate::wire::respond::{Failure, Outcome, Reply};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "pipeline/api/pipeline/execution-input/{}",
        Access::Project(Execute),
        get,
    )
    .hidden(),
    Route::new(
        "POST",
        "pipeline/api/pipeline/execution-input/{}",
        Access::Project(Execute),
        answer,
    )
    .hidden(),
];

/// A node that asks, or asked.
struct Asking {
    run: u32,
    path: String,
    /// `step` or `stage`.
    root: &'static str,
    asked: Value,
    status: Status,
}

/// Source: run-inputs §8 [CORE ExecutionInputResource].
fn find(world: &World, call: &Call<'_>) -> Result<Asking, Failure> {
    let id = call.capture(0);
    let absent = || {
        Failure::invalid(format!(
            "Execution Input template does not exist for input execution id : {id}"
        ))
    };
    let run = world
        .runs
        .of_id(id)
        .filter(|run| run.scope == call.scope)
        .ok_or_else(absent)?;
    let snapshot = world.runs.at(run, call.now);
    let stages = snapshot.leaves().filter(|stage| stage.has_begun());
    let stages = stages.map(|stage| {
        (
            &stage.path,
            "stage",
            stage.stage.asks.as_ref().map(|asks| &asks.template),
            stage.status,
        )
    });
    let steps = snapshot.working_steps();
    let steps = steps.map(|step| (&step.path, "step", step.node.asks.as_ref(), step.status));
    let node = stages.chain(steps).find(|(path, ..)| run.node_id(path) == id);
    let (path, root, asked, status) = node.ok_or_else(absent)?;
    Ok(Asking {
        run: run.number,
        path: path.clone(),
        root,
        asked: asked.ok_or_else(absent)?.clone(),
        status,
    })
}

fn given<'r>(run: &'r Run, path: &str) -> Option<&'r str> {
    run.happenings.iter().find_map(|happening| match &happening.what {
        What::Answer { node, yaml } if node == path => Some(yaml.as_str()),
        _ => None,
    })
}

fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let asking = find(world, call)?;
    let run = world.runs.get(asking.run);
    let template = yaml::write(&json!({ asking.root: asking.asked }));
    Ok(Reply::Enveloped(json!({
        "nodeExecutionId": call.capture(0), "inputInstanceId": run.map(|run| run.instance_id(&asking.path)),
        "inputTemplate": template, "userInput": run.and_then(|run| given(run, &asking.path)),
        "fieldYaml": template,
    })))
}

/// Source: run-inputs §8 [CORE]: an empty body means the defaults; a node that no longer waits is answered `Failed`
/// ([weak]: the value exists, when it is given is not told).
fn answer(world: &mut World, call: &Call<'_>) -> Outcome {
    let asking = find(world, call)?;
    let (text, document) = read_yaml(call.request)?;
    let given = document.get(asking.root).unwrap_or(&document);
    answers::check(world, &asking.asked, given)?;
    let status = if asking.status == Status::InputWaiting {
        "Success"
    } else {
        "Failed"
    };
    if asking.status == Status::InputWaiting {
        answers::answer(world, asking.run, &asking.path, text, given, call.now);
    }
    Ok(Reply::Enveloped(
        json!({ "nodeExecutionId": call.capture(0), "status": status }),
    ))
}
