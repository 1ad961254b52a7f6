//! What tags the product finds, whatever the registry is and whatever its delegate says.

use harness_cd::client::HarnessFailure;
use harness_cd::pipeline::{archetype_template, read_config_repo, render};
use harness_cd::{DeployCheck, DeployQuestion, HarnessCd, LinearPatterns, Ports};
use harness_cd_model::naming::template_path;
use harness_cd_model::{
    AskedKind, AskedQuestion, ChoiceKind, ChoiceQuestion, FailureCode, RuntimeInput, TagQuestion, Utc,
};
use pollster::block_on;
use serde_json::{Value, json};

use crate::harness::{Estate, Harness, KEY, scope};
use crate::support::example;

const SERVICE: &str = "/pipeline/stages/0/stage/spec/service";
const PORTS: Ports<'static> = Ports {
    zones: &Utc,
    patterns: &LinearPatterns,
};
const IMAGE: &str = "primary/sources/0/spec/tag";

/// The type of a source, that of its connector, the key of the build and the spec around it.
const SIDECARS: [(&str, &str, &str, &str); 7] = [
    ("Gcr", "Gcp", "tag", "registryHostname: gcr.io, imagePath: it"),
    ("Ecr", "Aws", "tag", "region: eu-west-1, imagePath: it"),
    ("Acr", "Azure", "tag", "subscriptionId: s, registry: r, repository: it"),
    (
        "GoogleArtifactRegistry",
        "Gcp",
        "version",
        "project: p, region: r, repositoryName: n, package: it",
    ),
    (
        "ArtifactoryRegistry",
        "Artifactory",
        "tag",
        "repository: r, artifactPath: it, repositoryFormat: docker",
    ),
    (
        "Nexus3Registry",
        "Nexus",
        "tag",
        "repository: r, repositoryFormat: docker, artifactPath: it",
    ),
    (
        "GithubPackageRegistry",
        "Github",
        "version",
        "packageType: container, packageName: it",
    ),
];

/// A Harness with a service that has an image, and a sidecar of every other registry; and one that lets a run
/// choose the image among two.
fn start(estate: &Estate) -> Harness {
    let harness = Harness::start(estate);
    let place = json!({ "orgIdentifier": "default", "projectIdentifier": "platform" });
    for kind in [
        "DockerRegistry",
        "Gcp",
        "Aws",
        "Azure",
        "Artifactory",
        "Nexus",
        "Github",
    ] {
        let mut connector = place.clone();
        connector["identifier"] = json!(kind);
        connector["name"] = json!(kind);
        connector["type"] = json!(kind);
        harness.data("POST", &at("/ng/api/connectors"), &json!({ "connector": connector }));
    }
    let sidecars: Vec<String> = SIDECARS
        .iter()
        .map(|(kind, connector, key, spec)| {
            format!("{{sidecar: {{identifier: {kind}, type: {kind}, spec: {{connectorRef: {connector}, {spec}, {key}: <+input>}}}}}}")
        })
        .collect();
    let image =
        "{identifier: image, type: DockerRegistry, spec: {connectorRef: DockerRegistry, imagePath: it, tag: <+input>}}";
    let spare = "{identifier: spare, type: DockerRegistry, spec: {connectorRef: none, imagePath: it, tag: '1'}}";
    let many = format!(
        "service: {{name: many, identifier: many, serviceDefinition: {{type: Kubernetes, spec: {{artifacts: {{primary: \
         {{primaryArtifactRef: image, sources: [{image}, {spare}]}}, sidecars: [{}]}}}}}}}}",
        sidecars.join(", ")
    );
    let pick = many
        .replace("many", "pick")
        .replace("primaryArtifactRef: image", "primaryArtifactRef: <+input>");
    for (name, yaml) in [("many", many), ("pick", pick)] {
        let mut service = place.clone();
        service["identifier"] = json!(name);
        service["name"] = json!(name);
        service["yaml"] = json!(yaml);
        harness.data("POST", &at("/ng/api/servicesV2"), &service);
    }
    harness.control("POST", "builds", &json!({ "image": "it", "tags": ["v2", "v1"] }));
    harness
}

fn at(path: &str) -> String {
    format!("{path}?accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform")
}

fn tags(harness: &Harness, below: &str) -> Result<Vec<String>, HarnessFailure> {
    let question = TagQuestion {
        input: format!("{SERVICE}/serviceInputs/serviceDefinition/spec/artifacts/{below}"),
        service: "many".to_owned(),
        source: None,
    };
    let product = HarnessCd::new(harness.client(KEY));
    block_on(product.tags(&scope("platform").pipeline("open"), &question))
}

#[test]
fn tags_are_those_of_the_artifact_that_an_input_belongs_to() {
    let harness = start(&Estate::new());
    assert_eq!(tags(&harness, IMAGE).unwrap(), ["v2", "v1"]);
    for (index, (kind, _, key, _)) in SIDECARS.iter().enumerate() {
        let found = tags(&harness, &format!("sidecars/{index}/sidecar/spec/{key}"));
        assert_eq!(found.unwrap(), ["v2", "v1"], "{kind}");
    }
    let other = tags(&harness, "primary/sources/0/spec/imagePath").unwrap_err();
    assert_eq!(other.code, FailureCode::InvalidRequest);
}

#[test]
fn tags_are_those_of_the_artifact_to_which_a_variable_gives_its_tag() {
    let harness = start(&Estate::new());
    harness.control(
        "POST",
        "builds",
        &json!({ "image": "project/payment-service", "tags": ["v9"] }),
    );
    let product = HarnessCd::new(harness.client(KEY));
    let pipeline = scope("platform").pipeline("payment_service_cd");
    let inputs = block_on(product.pipeline(&pipeline)).unwrap().inputs;
    let offers = |name: &str| {
        let input = inputs.iter().find(|input| input.name.as_deref() == Some(name)).unwrap();
        (
            input.pointer.clone(),
            input
                .choices
                .as_ref()
                .map(|choices| (choices.of, choices.within.clone())),
        )
    };
    let (input, choices) = offers("imageTag");
    assert_eq!(choices, Some((ChoiceKind::Tag, Some("payment_service".to_owned()))));
    assert_eq!(offers("targetRegion").1, None);
    let question = TagQuestion {
        input,
        service: "payment_service".to_owned(),
        source: None,
    };
    assert_eq!(block_on(product.tags(&pipeline, &question)).unwrap(), ["v9"]);
}

/// The example, whose production pulls from a mirror.
fn with_a_mirror() -> Estate {
    const MIRROR: &str = "
registries:
  - {name: mirror, type: Artifactory, connector: artifactory, url: 'https://mirror.example', repository: docker,
     username: robot, passwordRef: token, delegate: harness-delegate-prod-euw1, environments: [prod]}
";
    let mut files = example();
    let description = files.get_mut("platform.yaml").unwrap();
    description.extend_from_slice(MIRROR.as_bytes());
    let platform = read_config_repo(&files).platform.unwrap();
    let template = archetype_template(&platform, platform.archetype("api").unwrap());
    files.insert(template_path("api"), template.unwrap().unwrap().into_bytes());
    let rendered = render(&read_config_repo(&files), &["payment-service".to_owned()]);
    let files = rendered.into_files().files;
    files
        .iter()
        .fold(Estate::new(), |estate, (path, text)| estate.with(path, text))
}

#[test]
fn tags_are_those_of_the_registry_that_the_chosen_environment_pulls_from() {
    let harness = start(&with_a_mirror());
    let image = "project/payment-service";
    harness.control("POST", "builds", &json!({ "image": image, "tags": ["v9"] }));
    let product = HarnessCd::new(harness.client(KEY));
    let pipeline = scope("platform").pipeline("payment_service_cd");
    let inputs = block_on(product.pipeline(&pipeline)).unwrap().inputs;
    let named = |name: &str| inputs.iter().find(|input| input.name.as_deref() == Some(name)).unwrap();
    let choices = named("imageTag").choices.clone().unwrap();
    assert_eq!(choices.within.as_deref(), Some("payment_service"));
    assert_eq!(choices.source_input.as_ref(), Some(&named("targetEnvironment").pointer));
    let question = |environment: Option<&str>| TagQuestion {
        input: named("imageTag").pointer.clone(),
        service: "payment_service".to_owned(),
        source: environment.map(str::to_owned),
    };
    for (environment, registry) in [
        ("int-stable", "docker"),
        ("pre-stable", "docker"),
        ("prod", "artifactory"),
    ] {
        let found = block_on(product.tags(&pipeline, &question(Some(environment))));
        assert_eq!(found.unwrap(), ["v9"], "{environment}");
        let requests = harness.control("GET", "requests", &Value::Null);
        let asked = requests
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .filter_map(|one| one["path"].as_str());
        let asked = asked.into_iter().find(|path| path.contains("/artifacts/")).unwrap();
        assert!(
            asked.contains(&format!("/artifacts/{registry}/")),
            "{environment}: {asked}"
        );
    }
    let unknown = block_on(product.tags(&pipeline, &question(None))).unwrap_err();
    assert_eq!(unknown.code, FailureCode::InvalidRequest);
}

#[test]
fn what_is_asked_in_turn_says_that_it_is_a_tag_of_its_service() {
    let harness = start(&Estate::new());
    let product = HarnessCd::new(harness.client(KEY));
    let question = AskedQuestion {
        of: AskedKind::Service,
        service: Some("many".to_owned()),
        ..AskedQuestion::default()
    };
    let pipeline = scope("platform").pipeline("open");
    let inputs = block_on(product.asked(&pipeline, &format!("{SERVICE}/serviceInputs"), &question)).unwrap();
    assert_eq!(inputs.len(), 1 + SIDECARS.len());
    for input in inputs {
        let choices = input.choices.unwrap();
        let within = choices.within_input.as_deref();
        assert_eq!(
            (choices.of, within),
            (
                ChoiceKind::Tag,
                Some("/pipeline/stages/0/stage/spec/service/serviceRef")
            )
        );
    }
}

#[test]
fn artifact_sources_are_those_of_their_service() {
    let harness = start(&Estate::new());
    let product = HarnessCd::new(harness.client(KEY));
    let names = |service: &str, search: Option<&str>| {
        let question = ChoiceQuestion {
            of: ChoiceKind::ArtifactSource,
            within: Some(service.to_owned()),
            search: search.map(str::to_owned),
        };
        let list = block_on(product.choices(&scope("platform"), &question)).unwrap();
        assert!(!list.has_more);
        list.choices.into_iter().map(|choice| choice.value).collect::<Vec<_>>()
    };
    assert_eq!(names("many", None), ["image", "spare"]);
    assert_eq!(names("many", Some("ima")), ["image"]);
    assert!(names("mail", None).is_empty());
}

#[test]
fn tags_that_cannot_be_listed_are_a_failure_in_harness_s_words() {
    let harness = start(&Estate::new());
    let found = |builds: &str| {
        harness.control("POST", "modes", &json!({ "artifactBuilds": builds }));
        tags(&harness, IMAGE)
    };
    let absent = found("noDelegate").unwrap_err();
    assert_eq!(absent.code, FailureCode::Unavailable);
    assert!(absent.message.contains("delegate"), "{}", absent.message);
    let refused = found("refused").unwrap_err();
    assert_eq!(refused.code, FailureCode::InvalidRequest);
    assert!(
        refused.message.contains("Docker Get Builds task failure due to error"),
        "{}",
        refused.message
    );
    let many = found("many").unwrap();
    assert_eq!((many.len(), many[0].as_str()), (10_000, "1.0.9999"));
}

/// The inputs that stand for what is chosen at a pointer below the open service.
fn asked(harness: &Harness, pointer: &str, question: &AskedQuestion) -> Vec<RuntimeInput> {
    let product = HarnessCd::new(harness.client(KEY));
    block_on(product.asked(&scope("platform").pipeline("open"), pointer, question)).unwrap()
}

#[test]
fn a_chosen_source_asks_for_its_tag_which_is_found_and_sent() {
    let harness = start(&Estate::new());
    let object = format!("{SERVICE}/serviceInputs");
    let primary = format!("{object}/serviceDefinition/spec/artifacts/primary");
    let (reference, sources) = (format!("{primary}/primaryArtifactRef"), format!("{primary}/sources"));
    let of = |of: AskedKind, source: Option<&str>| AskedQuestion {
        of,
        service: Some("pick".to_owned()),
        source: source.map(str::to_owned),
        ..AskedQuestion::default()
    };

    let first = asked(&harness, &object, &of(AskedKind::Service, None));
    let by = first.iter().find(|input| input.pointer == sources).unwrap();
    let by = by.asked_by.as_ref().unwrap();
    assert_eq!((by.of, by.source_input.as_ref()), (AskedKind::Source, Some(&reference)));
    assert_eq!(by.service_input, Some(format!("{SERVICE}/serviceRef")));

    let tag = asked(&harness, &sources, &of(AskedKind::Source, Some("image")));
    let [tag] = tag.as_slice() else {
        panic!("{tag:?}");
    };
    assert_eq!(tag.pointer, format!("{primary}/sources/0/spec/tag"));
    let choices = tag.choices.as_ref().unwrap();
    assert_eq!(
        (choices.of, choices.source_input.as_ref()),
        (ChoiceKind::Tag, Some(&reference))
    );
    assert!(asked(&harness, &sources, &of(AskedKind::Source, Some("spare"))).is_empty());

    let product = HarnessCd::new(harness.client(KEY));
    let question = TagQuestion {
        input: tag.pointer.clone(),
        service: "pick".to_owned(),
        source: Some("image".to_owned()),
    };
    let found = block_on(product.tags(&scope("platform").pipeline("open"), &question));
    assert_eq!(found.unwrap(), ["v2", "v1"]);

    let sent = |source: &str, tag: Option<&str>| {
        let mut inputs = json!({ (format!("{SERVICE}/serviceRef")): "pick", (reference.clone()): source });
        for (index, (_, _, key, _)) in SIDECARS.iter().enumerate() {
            let sidecar = format!("{object}/serviceDefinition/spec/artifacts/sidecars/{index}/sidecar/spec/{key}");
            inputs[sidecar] = json!("v1");
        }
        if let Some(tag) = tag {
            inputs[format!("{primary}/sources/0/spec/tag")] = json!(tag);
        }
        let question = DeployQuestion {
            request: json!({ "inputs": inputs }).to_string(),
            pipeline: scope("platform").pipeline("open"),
            rules: None,
            claim: None,
        };
        match block_on(product.check(&question, PORTS)).unwrap() {
            DeployCheck::Allowed(allowed) => {
                let body: Value = serde_json::from_str(&allowed.body).unwrap();
                body.pointer(&primary).unwrap().to_string()
            }
            DeployCheck::Rejected { violations } => violations
                .iter()
                .map(|found| format!("{}: {}", found.path, found.message))
                .collect(),
        }
    };
    assert_eq!(
        sent("image", Some("v2")),
        r#"{"primaryArtifactRef":"image","sources":[{"identifier":"image","spec":{"tag":"v2"},"type":"DockerRegistry"}]}"#
    );
    assert_eq!(sent("spare", None), r#"{"primaryArtifactRef":"spare"}"#);
    let wrong = sent("imgae", Some("v2"));
    assert!(
        wrong.ends_with("Harness lists no “imgae” in pick for Primary artifact of stage roll; did you mean image?"),
        "{wrong}"
    );
    assert_eq!(wrong.matches("/inputs/").count(), 1, "a tag does not follow: {wrong}");
    assert!(
        sent("image", None).contains("sources~10~1spec~1tag: "),
        "{}",
        sent("image", None)
    );
}
