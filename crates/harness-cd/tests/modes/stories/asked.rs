//! What a chosen service asks for in turn.

use harness_cd::{DeployCheck, DeployQuestion, LinearPatterns, Ports};
use harness_cd_model::{AskedKind, AskedQuestion, Utc};
use pollster::block_on;
use serde_json::{Value, json};

use super::Story;
use super::inputs::saves_for;
use crate::teller::Teller;

pub(super) const STORIES: &[Story] = &[
    Story {
        name: "what a chosen service asks for in turn",
        tell: asked,
        shows: "
            asked for: tag, value
            refused …/tag: Tag of stage roll is missing; the pipeline requires it
            refused …/tag: “latest” does not have the form of Tag of stage roll…
            sent: {…\"sources\":[{\"identifier\":\"image\",\"spec\":{\"tag\":\"v1.2\"},\"type\":\"DockerRegistry\"}]…
        ",
    },
    Story {
        name: "a chosen service that asks for nothing",
        tell: nothing_asked,
        shows: "
            asked for:
            sent: nothing
        ",
    },
    Story {
        name: "what a chosen service asks for, given whole",
        tell: given_whole,
        shows: "
            sent: {\"serviceDefinition\":{\"type\":\"Kubernetes\"}}
        ",
    },
    Story {
        name: "what a service asks for in turn that an input set chose",
        tell: chosen_by_set,
        shows: "
            refused …/tag: Tag of stage roll is missing; the pipeline requires it
            sent: {…\"tag\":\"v1.2\"…
        ",
    },
    Story {
        name: "what a service asks for in turn, given whole by an input set",
        tell: whole_by_set,
        shows: "
            sent: {\"serviceDefinition\":{\"type\":\"Kubernetes\"}}
        ",
    },
    Story {
        name: "what chosen services and infrastructure definitions of a list ask for in turn",
        tell: of_elements,
        shows: "
            refused …/tag: Tag of shop of stage roll is missing; the pipeline requires it
            refused …/namespace: Namespace of lab of stage roll is missing; the pipeline requires it
            sent services: {\"values\":[{\"serviceInputs\":{…\"tag\":\"v1.2\"…},\"serviceRef\":\"shop\"},{\"serviceRef\":\"mail\"}]}
            sent environment: {…[{\"identifier\":\"int_stable_euw1_k8s\"},{\"identifier\":\"lab\",\"inputs\":{\"identifier\":\"lab\",\"spec\":{\"namespace\":\"shop\"},\"type\":\"KubernetesDirect\"}}]}
        ",
    },
    Story {
        name: "chosen GitOps clusters are sent with their agents",
        tell: clusters,
        shows: "
            sent environment: {…[{\"agentIdentifier\":\"account.agent\",\"identifier\":\"incluster\"}]}
        ",
    },
];

const SPEC: &str = "/pipeline/stages/0/stage/spec/service";
const TAG: &str = "serviceInputs/serviceDefinition/spec/artifacts/primary/sources/0/spec/tag";

fn asked(teller: &mut Teller<'_>) -> Option<()> {
    asks(teller, "shop")?;
    checks(teller, &json!({ reference(): "shop" }));
    checks(
        teller,
        &json!({ reference(): "shop", format!("{SPEC}/{TAG}"): "latest" }),
    );
    checks(teller, &json!({ reference(): "shop", format!("{SPEC}/{TAG}"): "v1.2" }));
    Some(())
}

fn nothing_asked(teller: &mut Teller<'_>) -> Option<()> {
    asks(teller, "mail")?;
    checks(teller, &json!({ reference(): "mail" }));
    Some(())
}

fn of_elements(teller: &mut Teller<'_>) -> Option<()> {
    let spec = "/pipeline/stages/0/stage/spec";
    let (services, environment) = (format!("{spec}/services/values"), format!("{spec}/environment"));
    let infrastructures = format!("{environment}/infrastructureDefinitions");
    let mut inputs = json!({
        services.as_str(): ["shop", "mail"], format!("{environment}/environmentRef"): "int_stable",
        infrastructures.as_str(): ["int_stable_euw1_k8s", "lab"],
    });
    let places = ["services", "environment"];
    checks_of(teller, "several", &[], &inputs, &places);
    inputs[format!("{services}/shop/{TAG}")] = json!("v1.2");
    inputs[format!("{infrastructures}/lab/inputs/spec/namespace")] = json!("shop");
    checks_of(teller, "several", &[], &inputs, &places);
    Some(())
}

fn clusters(teller: &mut Teller<'_>) -> Option<()> {
    let clusters = "/pipeline/stages/0/stage/spec/environment/gitOpsClusters";
    checks_of(
        teller,
        "gitops",
        &[],
        &json!({ clusters: ["incluster"] }),
        &["environment"],
    );
    Some(())
}

fn given_whole(teller: &mut Teller<'_>) -> Option<()> {
    let whole = "serviceDefinition:\n  type: Kubernetes\n";
    checks(
        teller,
        &json!({ reference(): "shop", format!("{SPEC}/serviceInputs"): whole }),
    );
    Some(())
}

fn chosen_by_set(teller: &mut Teller<'_>) -> Option<()> {
    saves(teller, "{serviceRef: shop}");
    checks_with(teller, &["saved"], &json!({}));
    checks_with(teller, &["saved"], &json!({ format!("{SPEC}/{TAG}"): "v1.2" }));
    Some(())
}

fn whole_by_set(teller: &mut Teller<'_>) -> Option<()> {
    saves(
        teller,
        "{serviceRef: shop, serviceInputs: {serviceDefinition: {type: Kubernetes}}}",
    );
    checks_with(teller, &["saved"], &json!({}));
    Some(())
}

fn saves(teller: &Teller<'_>, service: &str) {
    let stage = format!("{{identifier: roll, type: Deployment, spec: {{service: {service}}}}}");
    let set = format!(
        "inputSet: {{name: saved, identifier: saved, orgIdentifier: default, projectIdentifier: platform, pipeline: \
         {{identifier: open, stages: [{{stage: {stage}}}]}}}}"
    );
    saves_for("open", teller, "", &set);
}

fn reference() -> String {
    format!("{SPEC}/serviceRef")
}

fn asks(teller: &mut Teller<'_>, service: &str) -> Option<()> {
    let question = AskedQuestion {
        of: AskedKind::Service,
        service: Some(service.to_owned()),
        ..AskedQuestion::default()
    };
    let pipeline = teller.scope.pipeline("open");
    let answer = block_on(
        teller
            .product
            .asked(&pipeline, &format!("{SPEC}/serviceInputs"), &question),
    );
    let inputs = teller.said(answer)?;
    let names: Vec<&str> = inputs
        .iter()
        .filter_map(|input| input.pointer.rsplit('/').next())
        .collect();
    teller.say(format!("asked for: {}", names.join(", ")).trim_end());
    Some(())
}

fn checks(teller: &mut Teller<'_>, inputs: &Value) {
    checks_with(teller, &[], inputs);
}

fn checks_with(teller: &mut Teller<'_>, sets: &[&str], inputs: &Value) {
    checks_of(teller, "open", sets, inputs, &[]);
}

/// What a check says: what is refused, or what is sent at places of the stage, and without one for the service's inputs.
fn checks_of(teller: &mut Teller<'_>, pipeline: &str, sets: &[&str], inputs: &Value, places: &[&str]) {
    let question = DeployQuestion {
        request: json!({ "inputs": inputs, "inputSets": sets }).to_string(),
        pipeline: teller.scope.pipeline(pipeline.to_owned()),
        rules: None,
        claim: None,
    };
    let ports = Ports {
        zones: &Utc,
        patterns: &LinearPatterns,
    };
    let Some(check) = teller.said(block_on(teller.product.check(&question, ports))) else {
        return;
    };
    match check {
        DeployCheck::Rejected { violations } => {
            for violation in violations {
                teller.say(format!(
                    "refused {}: {}",
                    violation.path.replace("~1", "/"),
                    violation.message
                ));
            }
        }
        DeployCheck::Allowed(allowed) => {
            let body: Value = serde_json::from_str(&allowed.body).unwrap();
            for place in places {
                let sent = body.pointer(&format!("/pipeline/stages/0/stage/spec/{place}"));
                teller.say(format!("sent {place}: {}", sent.unwrap_or(&Value::Null)));
            }
            if !places.is_empty() {
                return;
            }
            let sent = body.pointer(&format!("{SPEC}/serviceInputs"));
            let sent = sent.map_or_else(|| "nothing".to_owned(), Value::to_string);
            teller.say(format!("sent: {sent}"));
        }
    }
}
