//! A project as it stands in Harness, imported: what is written renders what was there, but for what the report names.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot set itself up ends here, and says what it skips"
)]

#[path = "support/pipelines.rs"]
mod pipelines;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use harness_cd_simulator::{Options, start};
use serde_json::{Value, json};
use support::{harness_cd, tree, workspace};
use tempfile::TempDir;

const KEY: &str = "pat.demo-account.import-test.9f1c7e";

fn files_in(folder: &Path) -> BTreeMap<String, String> {
    let files = tree(folder).into_iter();
    files
        .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap()))
        .collect()
}

fn write(files: &BTreeMap<String, String>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The report as JSON, and the folder that was written.
fn import_files(folder: &Path, options: &[&str]) -> (Value, TempDir) {
    let out = tempfile::tempdir().unwrap();
    let run = harness_cd()
        .args(["import", "--format", "json", "--from-files"])
        .arg(folder);
    let run = run.args(options).arg("--out").arg(out.path()).run();
    assert!(run.code < 2, "{}", run.stderr);
    (serde_json::from_str(&run.stdout).unwrap(), out)
}

/// What an entity is told by: its kind, what it belongs to, its identifier.
fn told(document: &Value) -> Option<(&'static str, String)> {
    let kinds = [
        ("pipeline", "pipeline", ""),
        ("inputSet", "input set", "/pipeline/identifier"),
        ("trigger", "trigger", "/pipelineIdentifier"),
        ("service", "service", ""),
        ("environment", "environment", ""),
        (
            "infrastructureDefinition",
            "infrastructure definition",
            "/environmentRef",
        ),
        ("connector", "connector", ""),
    ];
    kinds.iter().find_map(|(root, kind, parent)| {
        let body = document.get(root)?;
        let identifier = body["identifier"].as_str()?.to_owned();
        let above = match (*kind, body.get("orgIdentifier"), body.get("projectIdentifier")) {
            ("environment" | "infrastructure definition" | "connector", Some(_), None) => "org.",
            ("environment" | "infrastructure definition" | "connector", None, None) => "account.",
            _ => "",
        };
        let told = match *parent {
            "" => format!("{above}{identifier}"),
            parent => format!("{above}{}/{identifier}", body.pointer(parent)?.as_str()?),
        };
        Some((*kind, told))
    })
}

type Entities = BTreeMap<(&'static str, String), Value>;

/// The entities of files, read by another reader than the product's.
fn entities(files: impl IntoIterator<Item = String>) -> Entities {
    let documents = files
        .into_iter()
        .filter_map(|text| serde_saphyr::from_str::<Value>(&text).ok());
    documents
        .filter_map(|document| Some((told(&document)?, document)))
        .collect()
}

fn render(repo: &Path) -> Entities {
    let out = tempfile::tempdir().unwrap();
    let run = harness_cd().repo(repo).args(["render", "--out"]).arg(out.path()).run();
    assert!(run.code < 2, "{}", run.stderr);
    let files = files_in(out.path())
        .into_iter()
        .filter(|(name, _)| !name.starts_with("delegates/"));
    entities(files.map(|(_, text)| text))
}

/// A difference: kind, entity, pointer, what it is and what it is rendered.
type Found = (String, String, String, Option<String>, Option<String>);

/// What differs between two documents, found by code of its own.
fn differences(kind: &str, entity: &str, imported: &Value, rendered: &Value) -> Vec<Found> {
    let mut found = Vec::new();
    walk("", Some(imported), Some(rendered), &mut |pointer, one, other| {
        let text = |value: Option<&Value>| value.map(Value::to_string);
        found.push((kind.to_owned(), entity.to_owned(), pointer, text(one), text(other)));
    });
    found
}

/// What stands below a node, by name.
type Named = Vec<(String, Value)>;

fn walk(
    pointer: &str,
    one: Option<&Value>,
    other: Option<&Value>,
    visit: &mut impl FnMut(String, Option<&Value>, Option<&Value>),
) {
    let pairs = match (one, other) {
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let keyed = |map: &serde_json::Map<String, Value>| {
                map.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
            };
            (keyed(one), keyed(other))
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            let (one, other) = (by_name(one), by_name(other));
            let common = |side: &[(String, Value)], other: &[(String, Value)]| -> Value {
                let names = side
                    .iter()
                    .filter(|(name, _)| other.iter().any(|(known, _)| known == name));
                names.map(|(name, _)| json!(name)).collect()
            };
            let orders = (common(&one, &other), common(&other, &one));
            if orders.0 != orders.1 {
                visit(format!("{pointer}/(order)"), Some(&orders.0), Some(&orders.1));
            }
            (one, other)
        }
        _ if one == other => return,
        _ => return visit(pointer.to_owned(), one, other),
    };
    let (one, other): (Named, Named) = pairs;
    let names: BTreeSet<&String> = one.iter().chain(&other).map(|(name, _)| name).collect();
    for name in names {
        let value = |side: &[(String, Value)]| {
            side.iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        let below = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        walk(&below, value(&one).as_ref(), value(&other).as_ref(), visit);
    }
}

/// Items by their identifier, name or key where that is their own, and by their place otherwise.
fn by_name(items: &[Value]) -> Vec<(String, Value)> {
    let name = |item: &Value| {
        let own = |value: &Value| {
            let keys = ["identifier", "name", "key"];
            keys.iter().find_map(|key| value.get(key)?.as_str().map(str::to_owned))
        };
        let map = item.as_object()?;
        let wrapped = || {
            if map.len() == 1 {
                own(map.values().next()?)
            } else {
                None
            }
        };
        own(item).or_else(wrapped)
    };
    let names: Vec<_> = items.iter().map(name).collect();
    let numbered = items.iter().zip(&names).enumerate();
    numbered
        .map(|(place, (item, name))| {
            let is_own = name.is_some() && names.iter().filter(|other| *other == name).count() == 1;
            (
                if is_own {
                    name.clone().unwrap()
                } else {
                    place.to_string()
                },
                item.clone(),
            )
        })
        .collect()
}

/// The differences that a report names.
fn reported(report: &Value) -> Vec<Found> {
    let mut found = Vec::new();
    for difference in report["differences"].as_array().unwrap() {
        for change in difference["changes"].as_array().unwrap() {
            for entity in change["entities"].as_array().unwrap() {
                let text = |key: &str| change.get(key).map(Value::to_string);
                found.push((
                    difference["kind"].as_str().unwrap().to_owned(),
                    entity.as_str().unwrap().to_owned(),
                    change["pointer"].as_str().unwrap().to_owned(),
                    text("imported"),
                    text("rendered"),
                ));
            }
        }
    }
    found.sort();
    found
}

/// The entities that a report names in a list of groups of them.
fn named(groups: &Value) -> BTreeSet<(String, String)> {
    let of_group = |kind: &str, entities: &Value| -> Vec<(String, String)> {
        let entities = entities.as_array().unwrap().iter();
        entities
            .map(|entity| (kind.to_owned(), entity.as_str().unwrap().to_owned()))
            .collect()
    };
    match groups {
        Value::Object(by_kind) => by_kind
            .iter()
            .flat_map(|(kind, entities)| of_group(kind, entities))
            .collect(),
        groups => {
            let groups = groups.as_array().unwrap().iter();
            groups
                .flat_map(|group| of_group(group["kind"].as_str().unwrap(), &group["entities"]))
                .collect()
        }
    }
}

/// Nothing is lost in silence, and nothing is told that is not so: what was there is rendered as it was, or the report
/// says in which field not, or that it is left alone.
fn hold_report_against(originals: &Entities, report: &Value, repo: &Path) {
    let rendered = render(repo);
    let mut found = Vec::new();
    let mut left = BTreeSet::new();
    for ((kind, entity), imported) in originals {
        match rendered.get(&(*kind, entity.clone())) {
            Some(rendered) => found.extend(differences(kind, entity, imported, rendered)),
            None => _ = left.insert(((*kind).to_owned(), entity.clone())),
        }
    }
    found.sort();
    assert_eq!(reported(report), found);
    let mut told = named(&report["leftAlone"]);
    told.retain(|(kind, _)| kind != "file");
    assert_eq!(told, left);
    let created = rendered.keys().filter(|key| !originals.contains_key(*key));
    let created: BTreeSet<_> = created
        .map(|(kind, entity)| ((*kind).to_owned(), entity.clone()))
        .collect();
    assert_eq!(named(&report["wouldCreate"]), created);
}

#[test]
fn sixty_pipelines_become_a_config_repo_that_renders_them_but_for_what_is_told() {
    let files = pipelines::project();
    assert_eq!(files.keys().filter(|name| name.starts_with("pipelines/")).count(), 60);
    let folder = write(&files);
    let options = Options {
        history: 0,
        ..Options::new(folder.path(), KEY)
    };
    let simulator = start(options).unwrap();
    let out = tempfile::tempdir().unwrap();
    let ask = |out: &Path| {
        let call = harness_cd()
            .env("HARNESS_BASE_URL", &simulator.base_url)
            .env("HARNESS_API_KEY", KEY);
        let call = call.args([
            "import",
            "--org",
            "default",
            "--project",
            "platform",
            "--format",
            "json",
            "--out",
        ]);
        call.arg(out).run()
    };
    let run = ask(out.path());
    assert_eq!(run.code, 1, "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let page = fs::read_to_string(out.path().join("import-report.md")).unwrap();
    hold_report_against(&entities(files.values().cloned()), &report, out.path());

    // Whatever lint finds is told.
    let lint = harness_cd().repo(out.path()).args(["lint", "--format", "json"]).run();
    let findings: Value = serde_json::from_str(&lint.stdout).unwrap();
    assert_eq!(report["findings"], findings);

    // What a token in a pipeline was is told nowhere.
    let written = files_in(out.path());
    for text in written.values().chain([&run.stdout, &run.stderr]) {
        assert!(!text.contains(pipelines::SECRET), "{text}");
    }

    // The same again gives the same, from Harness as from files; and nothing is written over.
    let again = ask(out.path());
    assert_eq!((again.code, again.stdout.as_str()), (2, ""));
    assert!(again.stderr.contains("holds files"), "{}", again.stderr);
    let (_, from_files) = import_files(folder.path(), &[]);
    assert_eq!(files_in(from_files.path()), written);

    // Nothing that runs is rendered under another name beside itself.
    let pointers: BTreeSet<String> = reported(&report).into_iter().map(|found| found.2).collect();
    for field in [
        "/pipeline/name",
        "/pipeline/identifier",
        "/infrastructureDefinition/spec/namespace",
    ] {
        assert!(!pointers.contains(field), "{field}\n{page}");
    }
    let kinds: Vec<&String> = report["wouldCreate"].as_object().unwrap().keys().collect();
    assert_eq!(kinds, ["input set", "trigger"]);
    let services = &written["services.yaml"];
    for own in [
        "\n    names:\n      pipelineIdentifier: deploy_mail_service_11\n",
        "\n    names:\n      pipeline: Deploy order-service-19\n",
    ] {
        assert!(services.contains(own), "{services}");
    }
    assert_eq!(services.matches("names:").count(), 12);
    let platform = &written["platform.yaml"];
    assert!(
        platform.contains("\nnames:\n  namespace: \"{{SERVICE_NAME}}-{{ENVIRONMENT}}\"\n"),
        "{platform}"
    );

    // Four shapes are templates, and one that deploys where nobody else does; of the others each is named with its reason.
    assert_eq!(report["templates"].as_array().unwrap().len(), 5, "{page}");
    for line in [
        "/steps/owner/step/spec/approvers/minimumCount` of 1 pipeline\n  - is `2`, rendered `1`: order_service_25_cd\n",
        "    - `30m`: cart-service-0, mail-service-5, stock-service-15, tax-service-10 (4)\n",
        "- pipeline: a secret stands in it in plain text; keep it in Harness's secrets, and import again: tax_service_58_cd\n",
        "- pipeline: a service has one pipeline, and that of `ledger` is `ledger_cd`: deploy_mail_service_59\n",
        "- pipeline: its stage `from_template` is made from the Harness template `golden_deploy`: order_service_55_cd\n",
        "- the approval of `team` before `prod`, which these templates have not; where they shall have it, add it to them and to the environment: blue-green, helm, rolling\n",
        "the description says nothing of them: `owner` (HarnessApproval) of `canary`\n",
        "- pipeline: the environment of its stage `deploy_dev` is chosen by each run: `<+input>`: stock_service_57_cd\n",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// Imports a folder, and holds the report to be whole.
fn imported_as_told(folder: &Path) -> (Value, TempDir) {
    let (report, repo) = import_files(folder, &[]);
    hold_report_against(&entities(files_in(folder).into_values()), &report, repo.path());
    (report, repo)
}

/// What a config repo renders, as far as Harness keeps it: delegates' values are files for Helm.
fn in_harness(repo: &Path) -> TempDir {
    let rendered = tempfile::tempdir().unwrap();
    let run = harness_cd()
        .repo(repo)
        .args(["render", "--out"])
        .arg(rendered.path())
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    fs::remove_dir_all(rendered.path().join("delegates")).unwrap();
    rendered
}

#[test]
fn what_the_example_renders_gives_the_example_back() {
    let rendered = in_harness(support::copy_of_config_repo().path());
    let (report, _) = imported_as_told(rendered.path());
    assert_eq!(report["leftAlone"], json!([]));
    assert_eq!(codes(&report), [""; 0]);
    // The triggers and input sets of who runs in fewer places than its template has stages for.
    assert_eq!(reported(&report).len(), 5, "{report}");
}

/// Every kind of registry, each with its services; the usual one is the first.
const REGISTRIES: &str = r#"registries:
  - {connector: gcr_connector, url: "https://gcr.io", username: _json_key, passwordRef: gcr_json_key, delegate: harness-delegate-int-euw1}
  - {type: Ecr, connector: ecr, url: "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com", credentials: {type: Irsa}, delegate: images}
  - {type: GoogleArtifactRegistry, connector: gar, url: "https://europe-west1-docker.pkg.dev/company/containers", credentials: {type: ServiceAccountKey, secretKeyRef: gcp_key}, delegate: images}
  - {type: Acr, connector: acr, url: "https://company.azurecr.io", subscription: 20d6a917, credentials: {type: ServicePrincipal, application: 0a1b2c, tenant: 3d4e5f, secretRef: azure_secret}, delegate: images}
  - {type: Artifactory, connector: jfrog, url: "https://company.jfrog.io", username: bot, passwordRef: jfrog_token, repository: docker-local, delegate: images}
  - {type: Nexus, connector: nexus, url: "https://nexus.company.example", username: bot, passwordRef: org.nexus, repository: docker, repositoryUrl: docker.company.example, delegate: images}
  - {type: GithubPackages, connector: ghcr, url: "https://github.com/company", username: bot, passwordRef: ghcr_token, delegate: images}
  - {type: Ecr, connector: account.shared_aws, url: "https://210987654321.dkr.ecr.us-east-1.amazonaws.com"}
names:
  pipeline: Deploy {{SERVICE_NAME}}
  pipelineIdentifier: deploy_{{SERVICE_IDENTIFIER}}
  namespace: "{{SERVICE_NAME}}-{{ENVIRONMENT}}-{{REGION}}"
  releaseName: "{{SERVICE_NAME}}"
"#;

/// How the clusters are reached, in their order; the last by the delegate in it.
const CREDENTIALS: [&str; 5] = [
    "{type: ServiceAccount, url: \"https://int.company.example\", tokenRef: int_token, caCertRef: account.int_ca}",
    "{type: Eks, cluster: eu-west-2/int, credentials: {type: AccessKey, accessKeyRef: aws_key, secretKeyRef: aws_secret}}",
    "{type: Gke, cluster: europe-west1/pre, credentials: {type: ServiceAccountKey, secretKeyRef: gke_key}}",
    "{type: Aks, cluster: pre, resourceGroup: shop, subscription: 20d6a917, credentials: {type: ServicePrincipal, application: a1, tenant: t1, secretRef: aks_secret}}",
    "{type: Eks, cluster: eu-west-1/prod, credentials: {type: Irsa}}",
];

/// The example as a company with all of it would have it.
fn company() -> TempDir {
    let repo = support::copy_of_config_repo();
    let path = repo.path().join("platform.yaml");
    let platform = fs::read_to_string(&path).unwrap();
    let (before, rest) = platform.split_once("registry:\n").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    let mut platform = format!("{before}{REGISTRIES}\n{after}");
    let sources = "delegates:\n  - {name: images, network: network-a}\n  - {name: sources, network: network-a}\n";
    platform = platform.replacen("delegates:\n", sources, 1);
    platform = platform.replacen("\nmanifests:\n", "\nmanifests:\n  delegate: sources\n", 1);
    let (before, clusters) = platform.split_once("\nclusters:\n").unwrap();
    let mut items = clusters.split("  - name: k8s-");
    let mut platform = format!("{before}\nclusters:\n{}", items.next().unwrap());
    for (item, credentials) in items.zip(CREDENTIALS.map(Some).into_iter().chain([None])) {
        let (own, rest) = item.split_at(item.find("    delegate: ").unwrap());
        platform += &format!("  - name: k8s-{own}");
        if let Some(credentials) = credentials {
            platform += &format!("    credentials: {credentials}\n");
        }
        platform += rest;
    }
    fs::write(&path, platform).unwrap();
    let services = fs::read_to_string(repo.path().join("services.yaml")).unwrap();
    // Each runs wherever its template deploys to.
    let services = services.replace("    environments: [int-stable, pre-stable]\n", "");
    let mut services = services.replace("    regions: [euw1]\n", "");
    for (name, registry) in [
        ("ledger-service", "ecr"),
        ("order-service", "gar"),
        ("notification-worker", "acr"),
        ("invoice-worker", "jfrog"),
        ("settlement-job", "nexus"),
        ("report-job", "ghcr"),
    ] {
        let image = format!("    image: project/{name}\n");
        services = services.replace(&image, &format!("{image}    registry: {registry}\n"));
    }
    services +=
        "  - {name: quote-service, archetype: api, team: sales-team, image: quotes, registry: account.shared_aws}\n";
    services += "  - name: rating-service\n    archetype: api\n    team: sales-team\n    image: ratings\n    names: {pipeline: Legacy Ratings, pipelineIdentifier: legacyRatings, namespace: \"ratings-{{ENVIRONMENT}}\"}\n";
    fs::write(repo.path().join("services.yaml"), services).unwrap();
    write_templates(repo.path());
    repo
}

/// The shell lines of the page "From 60 existing pipelines", block by block.
fn blocks_of_the_page() -> Vec<String> {
    let page = fs::read_to_string(support::config_repo().join("EXISTING-PIPELINES.md")).unwrap();
    let blocks = page.split("<!-- A test runs these lines. -->\n```sh\n").skip(1);
    let blocks: Vec<String> = blocks
        .map(|block| block.split_once("```\n").unwrap().0.to_owned())
        .collect();
    assert_eq!(page.matches("```sh\n").count(), blocks.len());
    blocks
}

/// Runs the lines of a block one after the other against a project; each finds something, or nothing.
fn follow(block: &str, project: &Path, folder: &Path) {
    let options = Options {
        history: 0,
        ..Options::new(project, KEY)
    };
    let simulator = start(options).unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_harness-cd")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    for line in block.lines() {
        let run = std::process::Command::new("sh")
            .args(["-c", line])
            .current_dir(folder)
            .env("PATH", &path)
            .env("HARNESS_BASE_URL", &simulator.base_url)
            .env("HARNESS_API_KEY", KEY)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.code().is_some_and(|code| code < 2), "{line}: {told}");
    }
}

#[test]
fn a_service_is_taken_over_as_the_page_says() {
    let files = pipelines::project();
    let project = write(&files);
    let folder = tempfile::tempdir().unwrap();
    let blocks = blocks_of_the_page();
    let [draft, complete, take_over, look] = blocks.as_slice() else {
        panic!("{blocks:?}");
    };
    for block in [draft, complete, take_over] {
        follow(block, project.path(), folder.path());
    }
    // What was rendered takes the place of what was there.
    let rendered = files_in(&folder.path().join("group"));
    let rendered = rendered.into_iter().filter(|(name, _)| !name.starts_with("delegates/"));
    let rendered: BTreeMap<_, _> = rendered
        .filter_map(|(name, text)| Some((told(&serde_saphyr::from_str(&text).ok()?)?, (name, text))))
        .collect();
    let stays =
        |text: &String| told(&serde_saphyr::from_str(text).unwrap()).is_none_or(|key| !rendered.contains_key(&key));
    let mut taken_over: BTreeMap<String, String> = files.into_iter().filter(|(_, text)| stays(text)).collect();
    taken_over.extend(
        rendered
            .values()
            .map(|(name, text)| (format!("taken-over/{name}"), text.clone())),
    );
    let project = write(&taken_over);
    follow(look, project.path(), folder.path());

    let page = |name: &str| fs::read_to_string(folder.path().join(name).join("import-report.md")).unwrap();
    let differs = |page: &str| {
        let (_, behind) = page.split_once("\n## Differences\n").unwrap();
        let (differences, _) = behind.split_once("\n## ").unwrap();
        differences.contains("ledger")
    };
    assert!(differs(&page("drafted")));
    assert!(!differs(&page("again")), "{}", page("again"));
}

#[test]
fn registries_credentials_and_names_come_back_as_they_were() {
    let company = company();
    let rendered = in_harness(company.path());
    let (report, repo) = imported_as_told(rendered.path());
    let written = files_in(repo.path());
    assert_eq!(report["leftAlone"], json!([]), "{}", written["import-report.md"]);
    assert_eq!(codes(&report), [""; 0]);
    assert_eq!(report["wouldCreate"], json!({}));
    assert_eq!(reported(&report), []);
    // What is not in Harness is asked for, and nothing else.
    let asked: Vec<&str> = report["toComplete"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["what"].as_str().unwrap())
        .collect();
    let networks = "the networks of the delegates and their ranges in platform.yaml";
    assert_eq!(asked, [networks], "{}", written["platform.yaml"]);
}

#[test]
fn infrastructures_under_names_of_their_own_come_back_as_they_were() {
    let original = everywhere();
    let path = original.path().join("platform.yaml");
    let platform = fs::read_to_string(&path).unwrap();
    let own = "    delegate: harness-delegate-prod-euw1\n";
    let further = "    infrastructure: eks-prod\n  - {name: k8s-batch, environment: prod, region: euw1, network: network-c, delegate: batch, infrastructure: prod_euw1_batch, archetypes: [job]}\n";
    let platform = platform.replace(own, &format!("{own}{further}"));
    let platform = platform.replace("delegates:\n", "delegates:\n  - {name: batch, network: network-c}\n");
    fs::write(&path, platform).unwrap();
    write_templates(original.path());
    comes_back_whole(original.path());
}

/// The example with services that run wherever their template deploys to.
fn everywhere() -> TempDir {
    let repo = support::copy_of_config_repo();
    let path = repo.path().join("services.yaml");
    let services = fs::read_to_string(&path).unwrap();
    let services = services.replace("    environments: [int-stable, pre-stable]\n", "");
    fs::write(&path, services.replace("    regions: [euw1]\n", "")).unwrap();
    repo
}

/// What a config repo renders is imported without any difference.
fn comes_back_whole(repo: &Path) {
    let rendered = in_harness(repo);
    let (report, repo) = imported_as_told(rendered.path());
    let page = fs::read_to_string(repo.path().join("import-report.md")).unwrap();
    for (key, nothing) in [
        ("leftAlone", json!([])),
        ("findings", json!([])),
        ("wouldCreate", json!({})),
    ] {
        assert_eq!(report.get(key), Some(&nothing), "{page}");
    }
    assert_eq!(reported(&report), [], "{page}");
}

/// Repositories of manifests by every host, each with a further one that the workers' are in.
const REPOSITORIES: [[&str; 2]; 3] = [
    [
        "manifests: {connector: lab, url: \"https://gitlab.com/company/manifests\", branch: main, username: bot, tokenRef: lab_token, delegate: harness-delegate-int-euw1}",
        "{connector: bucket, url: \"https://bitbucket.org/company/workers\", branch: release, username: bot, tokenRef: bucket_token, format: Kustomize}",
    ],
    [
        "manifests: {type: HarnessCode, repository: manifests, branch: main}",
        "{connector: azure, type: AzureRepo, url: \"https://git.company.example/shop/_git/workers\", branch: main, username: bot, tokenRef: org.azure_token}",
    ],
    [
        "manifests: {connector: git, url: \"https://github.com/company/charts\", branch: main, githubApp: {application: '12', installation: '34', privateKeyRef: app_key}, format: HelmChart, paths: {chart: 'apps/{{SERVICE_NAME}}'}}",
        "{name: workers, type: Bitbucket, connector: account.bucket, repository: workers, branch: main}",
    ],
];

#[test]
fn manifests_come_back_from_every_host() {
    for [usual, further] in REPOSITORIES {
        let original = everywhere();
        let path = original.path().join("platform.yaml");
        let platform = fs::read_to_string(&path).unwrap();
        let (before, rest) = platform.split_once("manifests:\n").unwrap();
        let (_, after) = rest.split_once("\n\n").unwrap();
        let name = further.split(['{', ',']).nth(1).unwrap().split_once(": ").unwrap().1;
        let platform = format!("{before}{usual}\nrepositories: [{further}]\n\n{after}");
        let worker = "    workload: Deployment\n    strategy: Rolling\n  - name: job\n";
        assert!(platform.contains(worker));
        let platform = platform.replace(worker, &format!("    repository: {name}\n{worker}"));
        fs::write(&path, platform).unwrap();
        write_templates(original.path());
        comes_back_whole(original.path());
    }
}

#[test]
fn what_stands_above_projects_comes_back() {
    let original = everywhere();
    let path = original.path().join("platform.yaml");
    let platform = fs::read_to_string(&path).unwrap();
    let levels = [
        ("int-stable", "org"),
        ("prod", "account"),
        ("prod-change-window", "account"),
        ("k8s-pre-stable-euw1", "org"),
        ("k8s-int-stable-euw2", "account"),
    ];
    let platform = levels.iter().fold(platform, |text, (name, level)| {
        let line = format!("  - name: {name}\n");
        assert!(text.contains(&line));
        text.replace(&line, &format!("{line}    level: {level}\n"))
    });
    fs::write(&path, platform).unwrap();
    write_templates(original.path());
    comes_back_whole(original.path());

    // Harness gives the same, but for policies and input sets, which it is not asked for.
    let rendered = in_harness(original.path());
    for folder in ["account/policies", "input-sets"] {
        fs::remove_dir_all(rendered.path().join(folder)).unwrap();
    }
    // The simulator looks for what is the account's in one folder.
    let flat = |name: &String| match name.strip_prefix("account/") {
        Some(below) => format!("account/{}", below.replace('/', "-")),
        None => name.clone(),
    };
    let files = files_in(rendered.path()).into_iter();
    let kept = write(&files.map(|(name, text)| (flat(&name), text)).collect());
    let options = Options {
        history: 0,
        ..Options::new(kept.path(), KEY)
    };
    let simulator = start(options).unwrap();
    let asked = || {
        let out = tempfile::tempdir().unwrap();
        let call = harness_cd()
            .env("HARNESS_BASE_URL", &simulator.base_url)
            .env("HARNESS_API_KEY", KEY)
            .args(["import", "--org", "default", "--project", "platform", "--out"]);
        let run = call.arg(out.path()).run();
        assert_eq!(run.code, 1, "{}", run.stderr);
        files_in(out.path())
    };
    let (_, from_files) = import_files(rendered.path(), &[]);
    let from_files = files_in(from_files.path());
    assert!(asked() == from_files, "{}", from_files["import-report.md"]);

    // A key that may not see the account: behind those of the project and the organization its environments are asked for.
    let fault = json!({ "path": "environmentsV2", "kind": "forbidden", "after": 2 });
    ureq::post(format!("{}/simulator/faults", simulator.base_url))
        .header("content-type", "application/json")
        .send(fault.to_string())
        .unwrap();
    let page = &asked()["import-report.md"];
    assert!(page.contains(": all of the account\n"), "{page}");
    let reason = "- pipeline: its environment `account.prod` is not among what was read: ";
    assert!(page.contains(reason), "{page}");

    // Without what stands there, the pipelines stay as they are.
    fs::remove_dir_all(rendered.path().join("account")).unwrap();
    let (_, repo) = imported_as_told(rendered.path());
    let page = fs::read_to_string(repo.path().join("import-report.md")).unwrap();
    assert!(page.contains(reason), "{page}");
}

#[test]
fn what_is_outside_kubernetes_comes_back() {
    let repo = tempfile::tempdir().unwrap();
    for (name, bytes) in tree(&workspace().join("tests/cases/config-repo")) {
        let path = repo.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let path = repo.path().join("platform.yaml");
    let platform = fs::read_to_string(&path).unwrap();
    let functions = "infrastructures:\n  - {archetypes: [lambda], environments: [dev, prod-eu], regions: [eu-west-1], type: AwsLambda, spec: {connectorRef: 'org.aws_{{ENVIRONMENT_IDENTIFIER}}', region: eu-west-1}}\n";
    fs::write(
        &path,
        platform.replace("\nclusters:\n", &format!("\n{functions}\nclusters:\n")),
    )
    .unwrap();
    for archetype in ["web", "batch", "stateful", "frontend"] {
        let call = harness_cd().repo(repo.path());
        let run = call.args(["template", "new", "--archetype", archetype]).run();
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    let (report, imported) = imported_as_told(in_harness(repo.path()).path());
    let written = files_in(imported.path());
    let told = |kind: &str, entity: &str| {
        let differs = reported(&report)
            .into_iter()
            .any(|found| (found.0.as_str(), found.1.as_str()) == (kind, entity));
        differs || named(&report["leftAlone"]).contains(&(kind.to_owned(), entity.to_owned()))
    };
    for (kind, entity) in [
        ("infrastructure definition", "dev/dev_eu_west_1_lambda"),
        ("infrastructure definition", "prod_eu/prod_eu_eu_west_1_lambda"),
        ("service", "price_alerts"),
        ("pipeline", "price_alerts_cd"),
    ] {
        assert!(
            !told(kind, entity),
            "{entity}\n{}\n{}",
            written["platform.yaml"],
            written["import-report.md"]
        );
    }
    assert!(
        written["platform.yaml"].contains("    workload: Lambda\n"),
        "{}",
        written["platform.yaml"]
    );
}

/// Writes the templates of the example's archetypes anew.
fn write_templates(repo: &Path) {
    for archetype in ["api", "worker", "job"] {
        let call = harness_cd().repo(repo);
        let run = call
            .args(["template", "new", "--force", "--archetype", archetype])
            .run();
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
}

/// The environments of the example with every kind of guard, in place of `pre-stable` and `prod`.
const GUARDED: &str = r#"  - name: pre-stable
    type: PreProduction
    approvals: [platform-team]
    ticket: {system: ServiceNow, connector: org.desk, type: change_request, keyField: state, approved: "-1", rejected: "4", done: "3"}
  - name: prod
    type: Production
    approvals: [account.cab, team, platform-team]
    changeWindows: [night, prod-change-window]
    requiredFields: [rollbackPlan]
    ticket:
      system: Jira
      project: OPS
      connector: jira
      type: Change
      keyField: Status
      approved: Approved
      rejected: Declined
      done: Done
      cancelled: Cancelled
      fields: {Priority: High}
"#;

/// The night, which goes over midnight and has exceptions, and what guards the environments.
fn guarded() -> TempDir {
    let repo = support::copy_of_config_repo();
    let path = repo.path().join("platform.yaml");
    let platform = fs::read_to_string(&path).unwrap();
    let (before, rest) = platform
        .split_once("  - name: pre-stable\n    type: PreProduction\n")
        .unwrap();
    let (_, canary) = rest.split_once("    # Canary phases").unwrap();
    let platform = format!("{before}{GUARDED}    # Canary phases{canary}");
    let groups = "approvalGroups: [platform-team, account.cab]\n";
    let platform = platform.replace("approvalGroups: [platform-team]\n", groups);
    let night = "changeWindows:\n  - {name: night, days: [Fri, Sat], from: \"22:00\", to: \"04:30\", timeZone: Europe/Berlin, closedOn: [2026-12-25, 2027-01-01], openOn: [2026-12-30]}\n";
    fs::write(&path, platform.replace("changeWindows:\n", night)).unwrap();
    write_templates(repo.path());
    repo
}

/// What a description says of guards: keys of the environments by their names, and the windows.
fn guards_in(repo: &Path) -> (BTreeMap<String, Value>, BTreeMap<String, Value>) {
    let text = fs::read_to_string(repo.join("platform.yaml")).unwrap();
    let platform: Value = serde_saphyr::from_str(&text).unwrap();
    let by_name = |key: &str, keep: fn(&str) -> bool| {
        let items = platform.get(key).and_then(Value::as_array).unwrap().iter();
        let named = items.map(|item| {
            let item = item.as_object().unwrap().clone();
            let name = item.get("name").and_then(Value::as_str).unwrap().to_owned();
            (name, item.into_iter().filter(|(key, _)| keep(key)).collect())
        });
        named.collect()
    };
    let of_guards = |key: &str| {
        [
            "approvals",
            "blueGreen",
            "changeWindow",
            "changeWindows",
            "requiredFields",
            "ticket",
        ]
        .contains(&key)
    };
    (by_name("environments", of_guards), by_name("changeWindows", |_| true))
}

#[test]
fn what_guards_environments_comes_back() {
    let original = guarded();
    let rendered = in_harness(original.path());
    let (report, repo) = imported_as_told(rendered.path());
    assert_eq!(report["leftAlone"], json!([]));
    assert_eq!(codes(&report), [""; 0]);
    // A group is known by its identifier.
    let (mut environments, windows) = guards_in(original.path());
    for (name, groups) in [
        ("pre-stable", json!(["platform_team"])),
        ("prod", json!(["account.cab", "team", "platform_team"])),
    ] {
        environments.get_mut(name).unwrap()["approvals"] = groups;
    }
    assert_eq!(guards_in(repo.path()), (environments, windows));

    // Without the policies nothing is known of the windows, and they let nothing through.
    fs::remove_dir_all(rendered.path().join("policies")).unwrap();
    let (report, repo) = import_files(rendered.path(), &[]);
    let (environments, windows) = guards_in(repo.path());
    assert_eq!(environments["prod"]["changeWindow"], "prod_change_windows");
    assert_eq!(windows["prod_change_windows"]["to"], "00:01");
    let asked = report["toComplete"].as_array().unwrap();
    let days = asked
        .iter()
        .find(|item| item["what"].as_str().unwrap().starts_with("the days and hours"));
    assert_eq!(days.unwrap()["of"], json!(["prod_change_windows"]));
}

/// The example with services that swap.
fn swapping() -> TempDir {
    let repo = support::copy_of_config_repo();
    let path = repo.path().join("platform.yaml");
    let platform = fs::read_to_string(&path).unwrap();
    let platform = platform.replace(
        "    overrides:\n      prod: Canary\n",
        "    overrides: {prod: BlueGreen, pre-stable: BlueGreen}\n",
    );
    let platform = platform.replace(
        "  - name: pre-stable\n",
        "  - name: pre-stable\n    blueGreen: {verifyMinutes: 15}\n",
    );
    let platform = platform.replace(
        "  - name: prod\n",
        "  - name: prod\n    blueGreen: {verifyMinutes: 10, approvals: [team, platform-team]}\n",
    );
    fs::write(&path, platform).unwrap();
    write_templates(repo.path());
    repo
}

#[test]
fn what_comes_before_a_swap_comes_back() {
    let original = swapping();
    let (report, repo) = imported_as_told(in_harness(original.path()).path());
    assert_eq!(codes(&report), [""; 0]);
    assert_eq!(report["leftAlone"], json!([]));
    // A group is known by its identifier.
    let of_swaps = |(environments, _): (BTreeMap<String, Value>, _)| -> Vec<String> {
        let said = environments.values().filter_map(|known| known.get("blueGreen"));
        said.map(|said| said.to_string().replace("platform-team", "platform_team"))
            .collect()
    };
    let found = of_swaps(guards_in(repo.path()));
    assert_eq!(found, of_swaps(guards_in(original.path())));
    assert_eq!(found.len(), 2);

    // Where one template swaps before its group is asked, that group is told.
    let rendered = in_harness(original.path());
    for service in ["payment-service", "ledger-service", "order-service"] {
        let path = rendered.path().join(format!("pipelines/{service}-cd.yaml"));
        let text = fs::read_to_string(&path).unwrap();
        let from = "identifier: platform_swap_approval\n";
        assert_eq!(text.matches(from).count(), 1, "{text}");
        let to = format!("{from}{}when: {{stageStatus: Failure}}\n", " ".repeat(18));
        fs::write(&path, text.replace(from, &to)).unwrap();
    }
    let (report, repo) = imported_as_told(rendered.path());
    let (environments, _) = guards_in(repo.path());
    assert_eq!(
        environments["prod"]["blueGreen"],
        json!({ "verifyMinutes": 10, "approvals": ["team"] })
    );
    let page = fs::read_to_string(repo.path().join("import-report.md")).unwrap();
    assert!(
        page.contains("`platform_swap_approval` (HarnessApproval) of `api`"),
        "{report}\n{page}"
    );
}

#[test]
fn what_guards_in_some_templates_alone_is_told() {
    let original = guarded();
    let rendered = in_harness(original.path());
    // Jobs go to production unasked by the board, and any of two groups may let workers.
    for (pipeline, from, to) in [
        (
            "settlement-job-cd",
            "                        - account.cab\n",
            "                        - account.cab\n                        - platform_team\n",
        ),
        ("notification-worker-cd", "type: JiraApproval", "type: CustomApproval"),
        ("invoice-worker-cd", "type: JiraApproval", "type: CustomApproval"),
    ] {
        let path = rendered.path().join(format!("pipelines/{pipeline}.yaml"));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replace(from, to)).unwrap();
    }
    let (_, repo) = imported_as_told(rendered.path());
    let (environments, _) = guards_in(repo.path());
    assert_eq!(environments["prod"]["approvals"], json!(["team", "platform_team"]));
    assert!(environments["prod"].get("ticket").is_none());
    assert!(environments["pre-stable"].get("ticket").is_some());
    let page = fs::read_to_string(repo.path().join("import-report.md")).unwrap();
    for line in [
        "- the approval of `account.cab` before `prod`, which these templates have not; where they shall have it, add it to them and to the environment: job",
        "- the ticket of Jira before `prod`, which these templates have not; where they shall have it, add it to them and to the environment: worker",
        "`await_ticket` (CustomApproval) of `worker`",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

#[test]
fn public_files_are_imported_project_by_project() {
    let corpus = workspace().join("../shared/corpus");
    if !corpus.is_dir() {
        eprintln!("skipped: there is no corpus beside the checkout");
        return;
    }
    let texts = files_in(&corpus);
    let mut projects: BTreeSet<(String, String)> = BTreeSet::new();
    for document in texts
        .values()
        .filter_map(|text| serde_saphyr::from_str::<Value>(text).ok())
    {
        let body = document.as_object().and_then(|map| map.values().next());
        let part = |key: &str| {
            body?
                .get(key)?
                .as_str()
                .filter(|text| !text.contains('$'))
                .map(str::to_owned)
        };
        projects.extend(part("orgIdentifier").zip(part("projectIdentifier")));
    }
    assert!(projects.len() > 5, "{projects:?}");
    for (org, project) in projects {
        let (report, repo) = import_files(&corpus, &["--org", &org, "--project", &project]);
        let named = named(&report["leftAlone"]);
        let imported: u64 = report["imported"]
            .as_object()
            .unwrap()
            .values()
            .map(|count| count.as_u64().unwrap())
            .sum();
        assert!(imported > 0, "{org}/{project}");
        // Each file is an entity that was imported, or is named.
        let files = texts
            .keys()
            .filter(|name| name.ends_with(".yaml") || name.ends_with(".yml"))
            .count();
        let not_imported = report["leftAlone"].as_array().unwrap().iter();
        let not_imported: usize = not_imported
            .filter(|left| {
                let reason = left["reason"].as_str().unwrap();
                left["kind"] == "file"
                    || reason.starts_with("it is of another project")
                    || reason.contains("a second time")
            })
            .map(|left| left["entities"].as_array().unwrap().len())
            .sum();
        assert_eq!(usize::try_from(imported).unwrap() + not_imported, files, "{named:?}");
        render(repo.path());
    }
}

#[test]
fn what_cannot_be_imported_is_said() {
    let nothing = tempfile::tempdir().unwrap();
    let out = nothing.path().join("out");
    for (arguments, sentence) in [
        (vec!["import"], "name the project to import"),
        (
            vec!["import", "--org", "default", "--project", "not-one"],
            "--project: `not-one` contains `-`",
        ),
        (
            vec!["import", "--from-files", nothing.path().to_str().unwrap()],
            "holds no .yaml or .yml file",
        ),
        (vec!["import", "--from-files", "/nowhere"], "/nowhere is not a folder"),
    ] {
        let run = harness_cd().args(&arguments).arg("--out").arg(&out).run();
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.stderr.contains(sentence), "{}", run.stderr);
        assert!(!out.exists());
    }
}
