//! Sixty pipelines of one project as several people wrote them by hand over the years, with what stands around them.
//!
//! Five shapes: rolling through all environments, a canary behind an approval, blue-green, Helm, and what a config
//! repository cannot say. In each some are otherwise than the others.

use std::collections::BTreeMap;
use std::fmt::Write;

/// A token that somebody wrote into a pipeline.
pub(crate) const SECRET: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

const OWNERS: [&str; 4] = ["payments-team", "orders-team", "search-team", "core-team"];

/// Entity files by name.
pub(crate) fn project() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    places(&mut files);
    for number in 0..60 {
        let shape = match number {
            0..20 => Shape::Rolling,
            20..32 => Shape::Canary,
            32..42 => Shape::BlueGreen,
            42..52 => Shape::Helm,
            _ => Shape::Unsayable,
        };
        Own { number, shape }.write(&mut files);
    }
    files
}

fn places(files: &mut BTreeMap<String, String>) {
    let scope = "  orgIdentifier: default\n  projectIdentifier: platform\n";
    for (name, kind) in [
        ("dev", "PreProduction"),
        ("staging", "PreProduction"),
        ("prod", "Production"),
        ("Sandbox", "PreProduction"),
    ] {
        let text = format!(
            "environment:\n  name: {name}\n  identifier: {name}\n{scope}  tags: {{}}\n  type: {kind}\n  variables: []\n"
        );
        files.insert(format!("environments/{name}.yaml"), text);
        let connector = format!("k8s_{}", name.to_lowercase());
        let release = if name == "prod" {
            "release-<+INFRA_KEY>"
        } else {
            "release-<+INFRA_KEY_SHORT_ID>"
        };
        let (kind, cluster, reached) = reached(name);
        let text = format!(
            "infrastructureDefinition:\n  name: {name}-eu\n  identifier: {name}_eu_k8s\n{scope}  environmentRef: {name}\n  deploymentType: Kubernetes\n  type: {kind}\n  spec:\n    connectorRef: {connector}\n{cluster}    namespace: <+service.name>-{}\n    releaseName: {release}\n  allowSimultaneousDeployments: false\n",
            name.to_lowercase()
        );
        files.insert(format!("infrastructures/{name}-eu.yaml"), text);
        let text = format!(
            "connector:\n  name: K8s {name}\n  identifier: {connector}\n  description: \"\"\n{scope}{reached}    delegateSelectors:\n      - delegate-{}\n",
            name.to_lowercase()
        );
        files.insert(format!("connectors/{connector}.yaml"), text);
    }
    let others = [
        (
            "github",
            format!(
                "connector:\n  name: GitHub\n  identifier: github\n{scope}  type: Github\n  spec:\n    url: https://github.com/acme/manifests\n    type: Repo\n    authentication:\n      type: Http\n      spec:\n        type: UsernameToken\n        spec:\n          username: acme-bot\n          tokenRef: account.github_token\n    executeOnDelegate: false\n"
            ),
        ),
        (
            "docker",
            format!(
                "connector:\n  name: docker\n  identifier: docker\n{scope}  type: DockerRegistry\n  spec:\n    dockerRegistryUrl: https://registry.acme.example\n    providerType: Other\n    auth:\n      type: UsernamePassword\n      spec:\n        username: puller\n        passwordRef: docker_password\n    delegateSelectors:\n      - delegate-dev\n"
            ),
        ),
        (
            "aws_images",
            format!(
                "connector:\n  name: aws_images\n  identifier: aws_images\n{scope}  type: Aws\n  spec:\n    credential:\n      type: Irsa\n    delegateSelectors:\n      - delegate-images\n"
            ),
        ),
        (
            "gcp_images",
            format!(
                "connector:\n  name: gcp_images\n  identifier: gcp_images\n{scope}  type: Gcp\n  spec:\n    credential:\n      type: ManualConfig\n      spec:\n        secretKeyRef: account.gcp_key\n    delegateSelectors:\n      - delegate-images\n"
            ),
        ),
        (
            "jira",
            format!(
                "connector:\n  name: Jira\n  identifier: jira\n{scope}  type: Jira\n  spec:\n    jiraUrl: https://acme.atlassian.net\n    auth:\n      type: UsernamePassword\n      spec:\n        username: bot\n        passwordRef: jira_password\n"
            ),
        ),
    ];
    for (name, text) in others {
        files.insert(format!("connectors/{name}.yaml"), text);
    }
}

/// How a cluster is reached: the type of its infrastructure definition, what that says of it, and type and credential of
/// its connector.
fn reached(environment: &str) -> (&'static str, &'static str, &'static str) {
    match environment {
        "staging" => (
            "KubernetesAws",
            "    cluster: eu-west-1/staging\n",
            "  type: Aws\n  spec:\n    credential:\n      type: ManualConfig\n      spec:\n        accessKeyRef: aws_key\n        secretKeyRef: aws_secret\n",
        ),
        "prod" => (
            "KubernetesDirect",
            "",
            "  type: K8sCluster\n  spec:\n    credential:\n      type: ManualConfig\n      spec:\n        masterUrl: https://prod.acme.example\n        auth:\n          type: ServiceAccount\n          spec:\n            serviceAccountTokenRef: prod_token\n            caCertRef: org.prod_ca\n",
        ),
        _ => (
            "KubernetesDirect",
            "",
            "  type: K8sCluster\n  spec:\n    credential:\n      type: InheritFromDelegate\n",
        ),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Rolling,
    Canary,
    BlueGreen,
    Helm,
    Unsayable,
}

/// A service and its pipeline.
struct Own {
    number: usize,
    shape: Shape,
}

impl Own {
    fn name(&self) -> String {
        let kinds = ["cart", "order", "price", "stock", "tax", "mail"];
        let kind = kinds.iter().cycle().nth(self.number).unwrap();
        // One word is name and identifier alike.
        match self.number {
            7 => "ledger".to_owned(),
            number => format!("{kind}-service-{number}"),
        }
    }

    fn identifier(&self) -> String {
        self.name().replace('-', "_")
    }

    fn owner(&self) -> &'static str {
        OWNERS.iter().cycle().nth(self.number).unwrap()
    }

    /// Every sixth pipeline is called as nobody would guess.
    fn pipeline(&self) -> String {
        match self.number % 6 {
            5 => format!("deploy_{}", self.identifier()),
            _ => format!("{}_cd", self.identifier()),
        }
    }

    fn timeout(&self) -> &'static str {
        match self.number % 5 {
            0 => "30m",
            _ => "20m",
        }
    }

    fn write(&self, files: &mut BTreeMap<String, String>) {
        let (name, pipeline) = (self.name(), self.pipeline());
        files.insert(format!("services/{name}.yaml"), self.service());
        files.insert(format!("pipelines/{pipeline}.yaml"), self.text());
        if !self.number.is_multiple_of(4) {
            files.insert(format!("triggers/{pipeline}.yaml"), self.trigger());
        }
    }

    fn service(&self) -> String {
        let (name, identifier, owner) = (self.name(), self.identifier(), self.owner());
        let kind = if self.shape == Shape::Helm {
            "NativeHelm"
        } else {
            "Kubernetes"
        };
        // Some never had a tag.
        let tags = match self.number % 9 {
            8 => "{}".to_owned(),
            _ => format!("\n    owner: {owner}"),
        };
        let (registry, source) = self.source();
        format!(
            "service:\n  name: {name}\n  identifier: {identifier}\n  tags: {tags}\n  serviceDefinition:\n    type: {kind}\n    spec:\n      artifacts:\n        primary:\n          primaryArtifactRef: main\n          sources:\n            - identifier: main\n              type: {registry}\n              spec:\n{source}      manifests:\n        - manifest:\n            identifier: manifests\n            type: K8sManifest\n            spec:\n              store:\n                type: Github\n                spec:\n                  connectorRef: github\n                  gitFetchType: Branch\n                  branch: main\n                  paths:\n                    - {name}/k8s\n"
        )
    }

    /// Where its image is: the type of the artifact source, and what that says.
    fn source(&self) -> (&'static str, String) {
        let name = self.name();
        match self.number % 10 {
            2 | 3 => (
                "Ecr",
                format!(
                    "                connectorRef: aws_images\n                registryId: \"123456789012\"\n                region: eu-west-1\n                imagePath: acme/{name}\n                tag: <+input>\n"
                ),
            ),
            4 => (
                "GoogleArtifactRegistry",
                format!(
                    "                connectorRef: gcp_images\n                repositoryType: docker\n                project: acme-images\n                region: europe-west1\n                repositoryName: containers\n                package: {name}\n                version: <+input>\n"
                ),
            ),
            _ => (
                "DockerRegistry",
                format!(
                    "                connectorRef: docker\n                imagePath: acme/{name}\n                tag: <+input>\n"
                ),
            ),
        }
    }

    fn trigger(&self) -> String {
        let (name, pipeline) = (self.name(), self.pipeline());
        let source = match self.number % 3 {
            0 => "  source:\n    type: Scheduled\n    spec:\n      type: Cron\n      spec:\n        expression: 0 4 * * MON\n".to_owned(),
            _ => format!("  source:\n    type: Webhook\n    spec:\n      type: Custom\n      spec:\n        payloadConditions:\n          - key: <+trigger.payload.service>\n            operator: Equals\n            value: {name}\n        headerConditions: []\n"),
        };
        let identifier = if self.number % 2 == 1 {
            "app_image_trigger"
        } else {
            "nightly"
        };
        format!(
            "trigger:\n  name: {name} trigger\n  identifier: {identifier}\n  enabled: true\n  orgIdentifier: default\n  projectIdentifier: platform\n  pipelineIdentifier: {pipeline}\n{source}  inputYaml: |\n    pipeline:\n      identifier: {pipeline}\n"
        )
    }

    fn text(&self) -> String {
        let (name, pipeline, owner) = (self.name(), self.pipeline(), self.owner());
        let title = match self.number % 10 {
            9 => format!("Deploy {name}"),
            _ => format!("{name}-cd"),
        };
        let mut text = format!(
            "pipeline:\n  name: {title}\n  identifier: {pipeline}\n  projectIdentifier: platform\n  orgIdentifier: default\n  description: Rolls out {name} # by hand\n  tags:\n    owner: {owner}\n  stages:\n"
        );
        for stage in self.stages() {
            for line in stage.lines() {
                _ = writeln!(text, "    {line}");
            }
        }
        // The older half tells another channel.
        let channel = if self.number.is_multiple_of(2) {
            "slack_new"
        } else {
            "slack_old"
        };
        _ = write!(
            text,
            "  notificationRules:\n    - name: Failed\n      identifier: Failed\n      pipelineEvents:\n        - type: PipelineFailed\n      notificationMethod:\n        type: Slack\n        spec:\n          userGroups: []\n          webhookUrl: <+secrets.getValue(\"{channel}\")>\n      enabled: {}\n",
            self.number % 8 != 3
        );
        text
    }

    fn stages(&self) -> Vec<String> {
        let all = ["dev", "staging", "prod"];
        match self.shape {
            Shape::Rolling => all
                .iter()
                .map(|environment| self.deploy(environment, &self.rolling()))
                .collect(),
            Shape::Canary => {
                let dev = self.deploy("dev", &self.rolling());
                let prod = self.deploy("prod", &self.canary());
                match self.number {
                    // Somebody was in a hurry.
                    23 => vec![dev, prod],
                    _ => vec![dev, self.approval(), prod],
                }
            }
            Shape::BlueGreen => ["staging", "prod"]
                .iter()
                .map(|environment| self.deploy(environment, &self.blue_green()))
                .collect(),
            Shape::Helm => ["dev", "prod"]
                .iter()
                .map(|environment| self.deploy(environment, &self.helm()))
                .collect(),
            Shape::Unsayable => self.unsayable(),
        }
    }

    fn unsayable(&self) -> Vec<String> {
        let rolling = self.deploy("dev", &self.rolling());
        match self.number {
            52 | 53 => vec!["- stage:\n    name: Release\n    identifier: release\n    type: Pipeline\n    spec:\n      org: default\n      project: platform\n      pipeline: cart_service_0_cd\n".to_owned()],
            54 => vec!["- stage:\n    name: Build\n    identifier: build\n    type: CI\n    spec:\n      cloneCodebase: true\n      execution:\n        steps: []\n".to_owned(), rolling],
            55 => vec!["- stage:\n    name: From template\n    identifier: from_template\n    template:\n      templateRef: golden_deploy\n      versionLabel: v1\n".to_owned()],
            56 => vec![self.deploy("Sandbox", &self.rolling())],
            57 => vec![rolling.replace("environmentRef: dev", "environmentRef: <+input>")],
            58 => vec![rolling.replace("command: smoke", &format!("command: curl -H 'token {SECRET}' https://acme.example"))],
            _ => vec![rolling.replace(&format!("serviceRef: {}", self.identifier()), "serviceRef: ledger")],
        }
    }

    fn deploy(&self, environment: &str, steps: &str) -> String {
        let (identifier, kind) = (
            self.identifier(),
            if self.shape == Shape::Helm {
                "NativeHelm"
            } else {
                "Kubernetes"
            },
        );
        let mut text = format!(
            "- stage:\n    name: {environment}\n    identifier: deploy_{environment}\n    description: {} to {environment}\n    type: Deployment\n    spec:\n      deploymentType: {kind}\n      service:\n        serviceRef: {identifier}\n      environment:\n        environmentRef: {environment}\n        deployToAll: false\n        infrastructureDefinitions:\n          - identifier: {environment}_eu_k8s\n      execution:\n",
            self.name()
        );
        for line in steps.lines() {
            _ = writeln!(text, "        {line}");
        }
        text += "    tags: {}\n    failureStrategies:\n      - onFailure:\n          errors:\n            - AllErrors\n          action:\n            type: StageRollback\n";
        text
    }

    /// A step that some have before their deployment; number 58 has a secret in it.
    fn extra(&self) -> &'static str {
        if self.number % 7 == 3 || self.number == 58 {
            "  - step:\n      type: ShellScript\n      name: Smoke\n      identifier: smoke\n      timeout: 5m\n      spec:\n        shell: Bash\n        source:\n          type: Inline\n          spec:\n            script: |\n              set -e\n              echo \"{{VERSION}} <+artifact.tag>\"\n        environmentVariables: []\n        command: smoke\n"
        } else {
            ""
        }
    }

    fn rolling(&self) -> String {
        let (timeout, extra, is_dry) = (self.timeout(), self.extra(), self.number % 11 == 4);
        format!(
            "steps:\n{extra}  - step:\n      type: K8sRollingDeploy\n      name: Roll {}\n      identifier: roll\n      timeout: {timeout}\n      spec:\n        skipDryRun: {is_dry}\n        pruningEnabled: false\nrollbackSteps:\n  - step:\n      type: K8sRollingRollback\n      name: Back\n      identifier: back\n      timeout: 10m\n      spec: {{}}\n",
            self.name()
        )
    }

    fn canary(&self) -> String {
        let timeout = self.timeout();
        format!(
            "steps:\n  - stepGroup:\n      name: Canary\n      identifier: canary\n      steps:\n        - step:\n            type: K8sCanaryDeploy\n            name: Some\n            identifier: some\n            timeout: {timeout}\n            spec:\n              skipDryRun: false\n              instanceSelection:\n                type: Percentage\n                spec:\n                  percentage: 25\n        - step:\n            type: K8sCanaryDelete\n            name: None\n            identifier: none\n            timeout: 10m\n            spec: {{}}\n  - step:\n      type: K8sRollingDeploy\n      name: All\n      identifier: all\n      timeout: {timeout}\n      spec:\n        skipDryRun: false\nrollbackSteps:\n  - step:\n      type: K8sCanaryDelete\n      name: None\n      identifier: back_none\n      timeout: 10m\n      spec: {{}}\n  - step:\n      type: K8sRollingRollback\n      name: Back\n      identifier: back\n      timeout: 10m\n      spec: {{}}\n"
        )
    }

    fn approval(&self) -> String {
        let (name, owner, count) = (
            self.name(),
            self.owner().replace('-', "_"),
            1 + usize::from(self.number == 25),
        );
        format!(
            "- stage:\n    name: Approve\n    identifier: approve\n    type: Approval\n    spec:\n      execution:\n        steps:\n          - step:\n              type: HarnessApproval\n              name: Owner\n              identifier: owner\n              timeout: 1d\n              spec:\n                approvalMessage: |-\n                  {name} wants to prod.\n                  Run <+pipeline.sequenceId>\n                includePipelineExecutionHistory: true\n                approvers:\n                  userGroups:\n                    - {owner}\n                  minimumCount: {count}\n                  disallowPipelineExecutor: true\n                approverInputs: []\n    tags: {{}}\n"
        )
    }

    fn blue_green(&self) -> String {
        let timeout = self.timeout();
        format!(
            "steps:\n{}  - step:\n      type: K8sBlueGreenDeploy\n      name: Stage\n      identifier: stage_new\n      timeout: {timeout}\n      spec:\n        skipDryRun: false\n  - step:\n      type: K8sBGSwapServices\n      name: Swap\n      identifier: swap\n      timeout: 10m\n      spec:\n        skipDryRun: false\nrollbackSteps:\n  - step:\n      type: K8sBGSwapServices\n      name: Swap back\n      identifier: swap_back\n      timeout: 10m\n      spec:\n        skipDryRun: false\n",
            self.extra()
        )
    }

    fn helm(&self) -> String {
        let timeout = self.timeout();
        format!(
            "steps:\n  - step:\n      type: HelmDeploy\n      name: Helm\n      identifier: helm\n      timeout: {timeout}\n      spec:\n        skipDryRun: false\nrollbackSteps:\n  - step:\n      type: HelmRollback\n      name: Back\n      identifier: back\n      timeout: 10m\n      spec: {{}}\n"
        )
    }
}
