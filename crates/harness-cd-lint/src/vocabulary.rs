//! The words of Harness's language: which keys stand in which body, and which types there are.
//!
//! These are facts of Harness's published schemas, which leave bodies open: a misspelt key passes there without a
//! word. A few keys that the schemas lack, and Harness's own editor writes, stand beside them. What is not in here is
//! open here too. Lists are words separated by spaces.

/// The keys of a body.
pub(crate) struct Body {
    /// Where it stands: see [`crate::place::Place::is_at`].
    pub(crate) path: &'static str,
    /// The types, named beside the body, for which these keys hold; `""` for all.
    pub(crate) of: &'static str,
    /// `""` where others than the required ones may stand.
    pub(crate) keys: &'static str,
    pub(crate) required: &'static str,
}

const fn body(path: &'static str, of: &'static str, keys: &'static str, required: &'static str) -> Body {
    Body {
        path,
        of,
        keys,
        required,
    }
}

/// Keys that stand in any body.
pub(crate) const ANYWHERE: &str = "description metadata __uuid";

/// Of a variable; the schema of a service's leaves its `value` open.
const VARIABLE: &str = "default name required type value";

pub(crate) const BODIES: &[Body] = &[
    body(
        "/ pipeline",
        "",
        "\
        allowStageExecutions delegateSelectors fixedInputsOnRerun flowControl identifier name \
        notificationRules orgIdentifier projectIdentifier properties stages tags template timeout variables",
        "identifier name stages",
    ),
    body("stages []", "", "insert parallel stage", ""),
    body("/ pipeline variables []", "", VARIABLE, "type value"),
    body("stage variables []", "", VARIABLE, "type value"),
    body("stepGroup variables []", "", VARIABLE, "type value"),
    body("/ environment variables []", "", VARIABLE, "type value"),
    body("/ service serviceDefinition spec", "", "", ""),
    body("/ service serviceDefinition spec manifests []", "", "", ""),
    body(
        "/ service serviceDefinition spec manifests manifest",
        "",
        "",
        "identifier spec type",
    ),
    body("/ service serviceDefinition spec manifests manifest spec", "", "", ""),
    body(
        "/ service serviceDefinition spec manifests manifest spec store",
        "",
        "",
        "spec type",
    ),
    body(
        "/ service serviceDefinition spec manifests manifest spec store spec",
        "Git Github Gitlab Bitbucket AzureRepo",
        "",
        "connectorRef gitFetchType",
    ),
    body("/ service serviceDefinition spec artifacts", "", "", ""),
    body("/ service serviceDefinition spec artifacts primary", "", "", ""),
    body(
        "/ service serviceDefinition spec artifacts primary sources []",
        "",
        "",
        "identifier",
    ),
    body(
        "/ service serviceDefinition spec artifacts primary sources spec",
        "DockerRegistry",
        "",
        "connectorRef imagePath",
    ),
    body(
        "/ service serviceDefinition spec artifacts primary sources spec",
        "Gcr",
        "",
        "connectorRef imagePath registryHostname",
    ),
    body(
        "/ service serviceDefinition spec artifacts primary sources spec",
        "Ecr",
        "",
        "connectorRef imagePath region",
    ),
    body(
        "sources spec",
        "Acr",
        "",
        "connectorRef registry repository subscriptionId",
    ),
    body("/ connector spec credential", "", "", "type"),
    body("/ connector spec auth", "", "", "type"),
    body("/ connector spec authentication", "", "", "spec type"),
    body("/ connector spec apiAccess", "", "", "type"),
    body("step spec policySpec", "Custom", "payload", "payload"),
    body(
        "stage",
        "",
        "\
        delegateSelectors failureStrategies identifier name objective pipelineVariables runMode \
        skipInstances spec strategy tags template timeout type variables when",
        "identifier name type",
    ),
    body(
        "stage spec",
        "Deployment",
        "\
        customDeploymentRef deploymentMetadata deploymentType environment environmentGroup environments \
        execution gitOpsEnabled infrastructure multiDeploymentConfig service serviceConfig services",
        "execution",
    ),
    body("stage spec", "Approval Custom", "environment execution", "execution"),
    body(
        "stage spec",
        "CI",
        "\
        buildIntelligence caching cloneCodebase execution infrastructure platform runtime \
        serviceDependencies sharedPaths slsa_provenance",
        "",
    ),
    body(
        "stage spec",
        "SecurityTests",
        "cloneCodebase execution infrastructure platform runtime serviceDependencies sharedPaths",
        "",
    ),
    body(
        "stage spec",
        "Pipeline",
        "inputSetReferences inputs org outputs pipeline pipelineInputs project",
        "org pipeline project",
    ),
    body("stage spec execution", "", "rollbackSteps steps", "steps"),
    body("/ template spec spec execution", "", "rollbackSteps steps", "steps"),
    // Of a deployment template: the steps are templates of their own.
    body("/ template spec execution", "", "stepTemplateRefs", ""),
    body("steps []", "", "insert parallel step stepGroup", ""),
    body("rollbackSteps []", "", "insert parallel step stepGroup", ""),
    body(
        "stepGroup",
        "",
        "\
        delegateSelectors failureStrategies identifier name platform sharedPaths stepGroupInfra steps \
        strategy template variables when",
        "identifier name",
    ),
    body(
        "step",
        "",
        "enforce failureStrategies identifier identities name spec strategy template timeout type when",
        "identifier name type",
    ),
    body(
        "step spec",
        "K8sApply",
        "\
        commandFlags delegateSelectors filePaths manifestSource overrides skipDryRun skipRendering \
        skipSteadyStateCheck",
        "",
    ),
    body(
        "step spec",
        "K8sRollingDeploy",
        "commandFlags delegateSelectors pruningEnabled skipDryRun",
        "",
    ),
    body(
        "step spec",
        "K8sRollingRollback",
        "commandFlags delegateSelectors pruningEnabled",
        "",
    ),
    body(
        "step spec",
        "K8sCanaryDeploy",
        "\
        canaryType commandFlags delegateSelectors instanceSelection skipDryRun targetPercentage \
        trafficRouting",
        "",
    ),
    body(
        "step spec",
        "K8sCanaryDelete K8sBGSwapServices",
        "delegateSelectors skipDryRun",
        "",
    ),
    body(
        "step spec",
        "K8sBlueGreenStageScaleDown",
        "delegateSelectors deleteResources",
        "",
    ),
    body(
        "step spec",
        "K8sBlueGreenDeploy",
        "\
        commandFlags delegateSelectors pruningEnabled skipDeploymentIfSameManifest skipDryRun skipUnchangedManifest trafficRouting",
        "",
    ),
    body(
        "step spec",
        "K8sProgressiveCanaryRollback",
        "commandFlags delegateSelectors",
        "",
    ),
    body(
        "step spec",
        "K8sDelete",
        "commandFlags delegateSelectors deleteResources",
        "deleteResources",
    ),
    body(
        "step spec",
        "K8sScale",
        "delegateSelectors instanceSelection skipSteadyStateCheck workload",
        "instanceSelection workload",
    ),
    body("step spec", "K8sDryRun", "delegateSelectors encryptYamlOutput", ""),
    body(
        "step spec",
        "K8sTrafficRouting",
        "delegateSelectors trafficRouting type",
        "trafficRouting type",
    ),
    body(
        "step spec",
        "HelmDeploy",
        "\
        commandFlags delegateSelectors environmentVariables ignoreReleaseHistFailStatus runChartTests \
        skipCleanup skipSteadyStateCheck useUpgradeInstall",
        "",
    ),
    body(
        "step spec",
        "HelmRollback",
        "commandFlags delegateSelectors environmentVariables runChartTests skipSteadyStateCheck",
        "",
    ),
    body(
        "step spec",
        "Verify",
        "configurableProperties monitoredService spec type",
        "spec type",
    ),
    body(
        "step spec",
        "HarnessApproval",
        "\
        approvalMessage approverInputs approvers autoApproval callbackId includePipelineExecutionHistory \
        isAutoRejectEnabled",
        "approvers includePipelineExecutionHistory",
    ),
    body(
        "step spec",
        "JiraApproval",
        "\
        approvalCriteria connectorRef delegateSelectors issueKey issueType projectKey rejectionCriteria \
        retryInterval",
        "approvalCriteria connectorRef issueKey",
    ),
    body(
        "step spec",
        "ServiceNowApproval",
        "\
        approvalCriteria changeWindow connectorRef delegateSelectors rejectionCriteria retryInterval \
        ticketNumber ticketType",
        "approvalCriteria connectorRef ticketNumber ticketType",
    ),
    body(
        "step spec",
        "CustomApproval",
        "\
        approvalCriteria delegateSelectors environmentVariables outputVariables rejectionCriteria \
        retryInterval scriptTimeout shell source",
        "approvalCriteria retryInterval scriptTimeout shell source",
    ),
    body(
        "step spec",
        "JiraCreate",
        "connectorRef delegateSelectors fields issueType projectKey",
        "connectorRef issueType projectKey",
    ),
    body(
        "step spec",
        "JiraUpdate",
        "connectorRef delegateSelectors fields issueKey issueType projectKey transitionTo",
        "connectorRef issueKey",
    ),
    body(
        "step spec",
        "ServiceNowCreate",
        "connectorRef createType delegateSelectors fields templateName ticketType useServiceNowTemplate",
        "connectorRef ticketType",
    ),
    body(
        "step spec",
        "ServiceNowUpdate",
        "\
        connectorRef delegateSelectors fields templateName ticketNumber ticketType updateMultiple \
        useServiceNowTemplate",
        "connectorRef ticketType useServiceNowTemplate",
    ),
    body(
        "step spec",
        "Policy",
        "metadata policySets policySpec type",
        "policySets",
    ),
    body(
        "step spec",
        "ShellScript",
        "\
        delegateSelectors environmentVariables executionTarget includeInfraSelectors metadata onDelegate \
        outputAlias outputVariables shell source",
        "shell source",
    ),
    body(
        "step spec",
        "Http",
        "assertion delegateSelectors headers inputVariables method outputVariables requestBody url",
        "method url",
    ),
    body("step spec", "Wait", "duration metadata", "duration"),
    body(
        "step spec",
        "Email",
        "body cc ccUserGroups delegateSelectors fireAndForget inputVariables subject to toUserGroups",
        "subject",
    ),
    body("step spec", "Barrier", "barrierRef", "barrierRef"),
    body("step spec", "Queue", "key scope", "key scope"),
    body("spec instanceSelection", "", "spec type", "type spec"),
    body("commandFlags []", "", "commandType flag", "commandType"),
    body(
        "step spec spec",
        "Auto Rolling Canary BlueGreen LoadTest",
        "deploymentTag duration sensitivity supportedDataTypesForVerification trafficSplitPercentage",
        "duration",
    ),
    body("spec monitoredService", "", "spec type", "spec type"),
    body(
        "spec approvers",
        "",
        "disallowPipelineExecutor disallowedUserEmails minimumCount serviceAccounts userGroups",
        "disallowPipelineExecutor minimumCount",
    ),
    body(
        "approverInputs []",
        "",
        "allowedValues defaultValue name regex required selectManyFrom selectOneFrom",
        "",
    ),
    body("stage when", "", "condition pipelineStatus", "pipelineStatus"),
    body("step when", "", "condition stageStatus", "stageStatus"),
    body("stepGroup when", "", "condition stageStatus", "stageStatus"),
    body("failureStrategies []", "", "onFailure", "onFailure"),
    body("failureStrategies onFailure", "", "action errors", "action errors"),
    body("onFailure action", "", "spec type", "type"),
    body(
        "pipeline template",
        "",
        "gitBranch label templateInputs templateOverrides templateRef templateVariables versionLabel",
        "templateRef",
    ),
    body(
        "stage template",
        "",
        "gitBranch label templateInputs templateOverrides templateRef templateVariables versionLabel",
        "templateRef",
    ),
    body(
        "step template",
        "",
        "gitBranch label templateInputs templateOverrides templateRef templateVariables versionLabel",
        "templateRef",
    ),
    body(
        "stepGroup template",
        "",
        "gitBranch label templateInputs templateOverrides templateRef templateVariables versionLabel",
        "templateRef",
    ),
    body(
        "stage spec service",
        "",
        "disableArtifactValidation failureStrategies gitBranch serviceInputs serviceRef useFromStage",
        "",
    ),
    body(
        "stage spec environment",
        "",
        "\
        deployToAll environmentInputs environmentRef failureStrategies filters gitBranch gitOpsClusters \
        infrastructureDefinition infrastructureDefinitions provisioner serviceOverrideInputs \
        servicesOverrides useFromStage",
        "",
    ),
    body(
        "environments values []",
        "",
        "\
        deployToAll environmentInputs environmentRef failureStrategies filters gitBranch gitOpsClusters \
        infrastructureDefinition infrastructureDefinitions provisioner serviceOverrideInputs \
        servicesOverrides useFromStage",
        "",
    ),
    body("infrastructureDefinitions []", "", "identifier inputs", "identifier"),
    body(
        "infrastructureDefinitions inputs",
        "",
        "identifier spec type",
        "identifier type",
    ),
    body(
        "/ service",
        "",
        "\
        gitOpsEnabled identifier name orgIdentifier projectIdentifier serviceDefinition tags useFromStage",
        "identifier name",
    ),
    body("/ service serviceDefinition", "", "spec type", "spec type"),
    body(
        "/ environment",
        "",
        "identifier name orgIdentifier overrides projectIdentifier tags type variables",
        "identifier name orgIdentifier projectIdentifier type",
    ),
    body(
        "/ infrastructureDefinition",
        "",
        "\
        allowSimultaneousDeployments deploymentType environmentRef identifier name orgIdentifier \
        projectIdentifier scopedServices spec tags type",
        "identifier name deploymentType environmentRef orgIdentifier projectIdentifier spec type",
    ),
    body(
        "/ infrastructureDefinition spec",
        "KubernetesDirect",
        "connectorRef namespace provisioner releaseName",
        "connectorRef namespace releaseName",
    ),
    body(
        "infrastructureDefinitions inputs spec",
        "KubernetesDirect",
        "connectorRef namespace provisioner releaseName",
        "",
    ),
    body(
        "/ infrastructureDefinition spec",
        "KubernetesAws",
        "caCertData cluster connectorRef endpoint namespace provisioner region releaseName",
        "cluster connectorRef namespace releaseName",
    ),
    body(
        "infrastructureDefinitions inputs spec",
        "KubernetesAws",
        "caCertData cluster connectorRef endpoint namespace provisioner region releaseName",
        "",
    ),
    body(
        "/ infrastructureDefinition spec",
        "KubernetesAzure",
        "\
        cluster connectorRef namespace provisioner releaseName resourceGroup subscriptionId \
        useClusterAdminCredentials",
        "cluster connectorRef namespace releaseName resourceGroup subscriptionId",
    ),
    body(
        "infrastructureDefinitions inputs spec",
        "KubernetesAzure",
        "\
        cluster connectorRef namespace provisioner releaseName resourceGroup subscriptionId \
        useClusterAdminCredentials",
        "",
    ),
    body(
        "/ infrastructureDefinition spec",
        "KubernetesGcp",
        "cluster connectorRef namespace project provisioner releaseName",
        "cluster connectorRef namespace releaseName",
    ),
    body(
        "infrastructureDefinitions inputs spec",
        "KubernetesGcp",
        "cluster connectorRef namespace project provisioner releaseName",
        "",
    ),
    body(
        "/ infrastructureDefinition spec",
        "KubernetesRancher",
        "cluster connectorRef namespace provisioner releaseName",
        "cluster connectorRef namespace releaseName",
    ),
    body(
        "infrastructureDefinitions inputs spec",
        "KubernetesRancher",
        "cluster connectorRef namespace provisioner releaseName",
        "",
    ),
    body(
        "/ connector",
        "",
        "\
        accountIdentifier identifier name orgIdentifier parentUniqueId projectIdentifier spec tags type \
        uniqueId",
        "identifier name spec type",
    ),
    body(
        "/ connector spec",
        "K8sCluster",
        "credential delegateSelectors ignoreTestConnection",
        "credential",
    ),
    body(
        "/ connector spec",
        "DockerRegistry",
        "\
        auth delegateSelectors dockerRegistryUrl executeOnDelegate ignoreTestConnection providerType proxy",
        "dockerRegistryUrl providerType",
    ),
    body(
        "/ connector spec",
        "Github Gitlab Bitbucket AzureRepo",
        "\
        apiAccess authentication delegateSelectors executeOnDelegate ignoreTestConnection proxy type url \
        validationRepo",
        "authentication type url",
    ),
    body(
        "/ connector spec",
        "Git",
        "\
        branchName connectionType delegateSelectors executeOnDelegate ignoreTestConnection isAnonymous proxy \
        spec type url validationRepo",
        "connectionType spec type url",
    ),
    body(
        "/ connector spec",
        "Gcp",
        "credential delegateSelectors executeOnDelegate ignoreTestConnection proxy",
        "credential",
    ),
    body(
        "/ connector spec",
        "Artifactory",
        "artifactoryServerUrl auth delegateSelectors executeOnDelegate ignoreTestConnection proxy",
        "artifactoryServerUrl",
    ),
    body(
        "/ connector spec",
        "Nexus",
        "auth delegateSelectors ignoreTestConnection nexusServerUrl version",
        "nexusServerUrl version",
    ),
    body(
        "/ connector spec",
        "Jira",
        "auth delegateSelectors ignoreTestConnection jiraUrl passwordRef username usernameRef",
        "auth jiraUrl",
    ),
    body(
        "/ connector spec",
        "ServiceNow",
        "auth delegateSelectors ignoreTestConnection passwordRef serviceNowUrl username usernameRef",
        "auth serviceNowUrl",
    ),
    body(
        "/ inputSet",
        "",
        "identifier name orgIdentifier pipeline projectIdentifier tags",
        "identifier name pipeline",
    ),
    body(
        "/ secret",
        "",
        "identifier name orgIdentifier parentUniqueId projectIdentifier spec tags type uniqueId",
        "identifier name spec type",
    ),
    body(
        "trigger",
        "",
        "\
        enabled encryptedWebhookSecretIdentifier identifier inputSetRefs inputYaml name orgIdentifier \
        pipelineBranchName pipelineIdentifier projectIdentifier source stagesToExecute tags",
        "identifier orgIdentifier pipelineIdentifier projectIdentifier source",
    ),
    body("trigger source", "", "pollInterval spec type webhookId", "spec type"),
    body("payloadConditions []", "", "key operator value", "key operator value"),
    body("headerConditions []", "", "key operator value", "key operator value"),
];

/// A key whose value is one of a list of words.
pub(crate) struct Words {
    pub(crate) path: &'static str,
    /// What a message calls it.
    pub(crate) kind: &'static str,
    pub(crate) words: &'static str,
    /// Whether Harness adds no word to the list.
    pub(crate) is_closed: bool,
}

/// A list to which Harness adds words.
const fn one_of(path: &'static str, kind: &'static str, words: &'static str) -> Words {
    Words {
        path,
        kind,
        words,
        is_closed: false,
    }
}

/// A list that is complete: Harness refuses any other word.
const fn one_of_all(path: &'static str, kind: &'static str, words: &'static str) -> Words {
    Words {
        is_closed: true,
        ..one_of(path, kind, words)
    }
}

pub(crate) const WORDS: &[Words] = &[
    one_of("stage type", "stage type", STAGE_TYPES),
    one_of("stage spec deploymentType", "deployment type", DEPLOYMENT_TYPES),
    one_of(
        "infrastructureDefinition deploymentType",
        "deployment type",
        DEPLOYMENT_TYPES,
    ),
    one_of("/ service serviceDefinition type", "deployment type", DEPLOYMENT_TYPES),
    one_of(
        "/ infrastructureDefinition type",
        "infrastructure type",
        INFRASTRUCTURE_TYPES,
    ),
    one_of(
        "infrastructureDefinitions inputs type",
        "infrastructure type",
        INFRASTRUCTURE_TYPES,
    ),
    one_of("/ connector type", "connector type", CONNECTOR_TYPES),
    one_of_all("manifests manifest type", "manifest type", MANIFEST_TYPES),
    one_of("artifacts primary sources type", "artifact source type", ARTIFACT_TYPES),
    one_of_all("/ pipeline variables type", "variable type", VARIABLE_TYPES),
    one_of_all("stage variables type", "variable type", VARIABLE_TYPES),
    one_of_all("/ environment variables type", "variable type", VARIABLE_TYPES),
    one_of_all("/ environment type", "environment type", "PreProduction Production"),
    one_of_all(
        "/ secret type",
        "secret type",
        "SecretFile SecretText SSHKey WinRmCredentials",
    ),
    one_of(
        "trigger source type",
        "trigger type",
        "Webhook Artifact Manifest Scheduled MultiRegionArtifact SystemEvent",
    ),
    one_of(
        "trigger source spec type",
        "trigger type",
        "\
        AzureRepo Github Gitlab Bitbucket Custom AwsCodeCommit Harness EventRelay HarnessArtifactRegistry \
        Gcr Ecr DockerRegistry Nexus3Registry Nexus2Registry ArtifactoryRegistry Acr AmazonS3 Jenkins \
        CustomArtifact GoogleArtifactRegistry GithubPackageRegistry AzureArtifacts AmazonMachineImage \
        GoogleCloudStorage GceImage Bamboo HelmChart Cron Pipeline",
    ),
    one_of_all("stage when pipelineStatus", "status", "Success Failure All"),
    one_of_all("step when stageStatus", "status", "Success Failure All"),
    one_of_all("stepGroup when stageStatus", "status", "Success Failure All"),
    one_of_all("store spec gitFetchType", "way to fetch from Git", "Branch Commit"),
    one_of_all("instanceSelection type", "way to count instances", "Count Percentage"),
    one_of_all("step spec canaryType", "kind of canary", "Standard Progressive"),
    one_of("step spec spec sensitivity", "sensitivity", "HIGH MEDIUM LOW"),
];

/// How a connector comes by its credentials, by its type. Harness refuses any other word.
pub(crate) const CREDENTIALS: &[(&str, &str)] = &[
    ("K8sCluster", "InheritFromDelegate ManualConfig"),
    (
        "Aws",
        "InheritFromDelegate ManualConfig Irsa OidcAuthentication CredentialBroker",
    ),
    ("Azure Gcp", "InheritFromDelegate ManualConfig OidcAuthentication"),
    ("Spot", "PermanentTokenConfig"),
    ("Tas", "ManualConfig"),
];

/// Keys of which an artifact source has exactly one, by its type.
pub(crate) const EITHER: &[(&str, [&str; 2])] = &[
    (
        "Acr DockerRegistry Ecr Gcr Nexus2Registry Nexus3Registry",
        ["tag", "tagRegex"],
    ),
    (
        "AmazonMachineImage AzureArtifacts GceImage GithubPackageRegistry GoogleArtifactRegistry",
        ["version", "versionRegex"],
    ),
    ("AmazonS3", ["filePath", "filePathRegex"]),
];

const VARIABLE_TYPES: &str = "String Number Secret";

const MANIFEST_TYPES: &str = "\
    HelmChart HelmRepoOverride K8sManifest Kustomize KustomizePatches OpenshiftParam OpenshiftTemplate Values \
    ServerlessAwsLambda ReleaseRepo DeploymentRepo EcsTaskDefinition EcsServiceDefinition \
    EcsScalableTargetDefinition EcsScalingPolicyDefinition EcsScheduledActionDefinition TasManifest TasVars \
    TasAutoScaler AsgLaunchTemplate AsgConfiguration AsgAdditionalConfiguration AsgScalingPolicy \
    AsgScheduledUpdateGroupAction GoogleCloudFunctionDefinition GoogleCloudFunctionGenOneDefinition \
    AwsLambdaFunctionDefinition AwsLambdaFunctionAliasDefinition AwsSamDirectory GoogleCloudRunService \
    GoogleCloudRunJob AzureContainerAppsConfiguration GoogleMigInstanceTemplate GoogleMigConfiguration \
    GoogleMigAutoscalerConfiguration GoogleMigHealthCheckConfiguration SalesforceManifest AgentConfig";

const ARTIFACT_TYPES: &str = "\
    DockerRegistry Gcr Ecr Nexus3Registry Nexus2Registry ArtifactoryRegistry CustomArtifact Acr Jenkins AmazonS3 \
    GoogleArtifactRegistry GithubPackageRegistry AzureArtifacts AmazonMachineImage Bamboo GoogleCloudStorage \
    GoogleCloudSource Har SalesforceOrg SalesforcePackage SalesforceDxProject GceImage";

/// What a service is deployed as.
const DEPLOYMENT_TYPES: &str = "\
    Kubernetes NativeHelm Ssh WinRm ServerlessAwsLambda AzureWebApp AzureFunction CustomDeployment ECS \
    Elastigroup TAS Asg GoogleCloudFunctions AwsLambda AWS_SAM GoogleCloudRun AzureContainerApps Salesforce \
    GoogleManagedInstanceGroup AiAgent";

const CONNECTOR_TYPES: &str = "\
    K8sCluster Git Splunk AppDynamics Prometheus Dynatrace Vault AzureKeyVault DockerRegistry Local AwsKms \
    GcpKms AwsSecretManager Gcp Aws Azure Artifactory Jira Nexus Github Gitlab Bitbucket Codecommit CEAws \
    CEAzure GcpCloudCost CEK8sCluster HttpHelmRepo NewRelic Datadog SumoLogic PagerDuty CustomHealth \
    ServiceNow ErrorTracking Pdc AzureRepo Jenkins OciHelmRepo CustomSecretManager ElasticSearch \
    GcpSecretManager AzureArtifacts Tas Spot Bamboo TerraformCloud SignalFX Harness Rancher JDBC Zoom MsTeams \
    Confluence Slack Salesforce LangSmith MLFlow OpsGenie GithubMcp Mcp OpenAI Anthropic GoogleChat XMatters";

const INFRASTRUCTURE_TYPES: &str = "\
    KubernetesDirect KubernetesGcp KubernetesAzure Pdc SshWinRmAzure ServerlessAwsLambda AzureWebApp \
    AzureFunction SshWinRmAws CustomDeployment ECS Elastigroup TAS Asg GoogleCloudFunctions AWS_SAM AwsLambda \
    KubernetesAws KubernetesRancher GoogleCloudRun Salesforce GoogleManagedInstanceGroup AzureContainerApps";

/// The types of steps, by the types of stages that take them: each stands once. Harness adds some every month.
pub(crate) const STEPS: &[(&str, &str)] = &[
    (
        "Deployment",
        "\
        AiVerify AnalyzeDeploymentImpact AppResize AppRollback AsgPhasedDeploy AsgRollback AsgScale AsgSetup \
        AsgShiftTraffic AwsLambdaCanaryDeploy AwsLambdaCanaryRollback AwsLambdaTrafficShift AzureSlotDeployment \
        AzureSwapSlot AzureTrafficShift AzureWebAppRollback BGAppSetup BasicAppSetup CanaryAppSetup \
        CloudFunctionRollback CloudFunctionTrafficShift Command DeployCloudFunction DeployCloudFunctionGenOne \
        DeployCloudFunctionWithNoTraffic EcsBasicRollback EcsBlueGreenCreateService EcsBlueGreenRollback \
        EcsBlueGreenSwapTargetGroups EcsBlueGreenTrafficShift EcsCanaryDelete EcsCanaryDeploy EcsRollingDeploy \
        EcsRollingRollback EcsRunTask EcsServiceSetup EcsUpgradeContainer ElastigroupBGStageSetup \
        ElastigroupBlueGreenTrafficShift ElastigroupDeploy ElastigroupRollback ElastigroupSetup \
        ElastigroupSwapRoute FetchInstanceScript GitOpsFetchLinkedApps GitOpsGetAppDetails GitOpsRollback \
        GitOpsRollout GitOpsSync GitOpsUpdateReleaseRepo HelmBGDeploy HelmBlueGreenSwapStep HelmCanaryDelete \
        HelmCanaryDeploy HelmDeploy HelmRollback K8sApply K8sBGSwapServices K8sBlueGreenDeploy \
        K8sBlueGreenStageScaleDown K8sBlueGreenStageScaleUp K8sCanaryDelete K8sCanaryDeploy K8sDelete K8sDiff \
        K8sDryRun K8sPatch K8sProgressiveCanaryRollback K8sRollingDeploy K8sRollingRollback K8sRollout K8sScale \
        K8sTrafficRouting MergePR RevertPR RollbackCloudFunctionGenOne RouteMapping ServerlessAwsLambdaDeploy \
        ServerlessAwsLambdaRollback StandAloneTrafficShiftRollback SwapRollback SwapRoutes TanzuCommand \
        TasRollingDeploy TasRollingRollback UpdateGitOpsApp Verify",
    ),
    (
        "Custom Deployment FeatureFlag",
        "\
        AISRE_CreateAlert AISRE_CreateIncident AsgSteadyState AwsCdkBootstrap AwsCdkDeploy AwsCdkDestroy \
        AwsCdkDiff AwsCdkRollback AwsCdkSynth AwsLambdaRollback AzureARMRollback AzureCreateARMResource \
        AzureCreateBPResource BambooBuild CreateStack DeleteStack DownloadAwsS3 DownloadGcs DownloadHarnessStore \
        DownloadManifests FmeFlagAddRemoveFlagsets FmeFlagAddRemoveIndividualTargets FmeFlagArchive \
        FmeFlagCreate FmeFlagDefaultAllocation FmeFlagDefinitionInstructions FmeFlagDelete FmeFlagKill \
        FmeFlagLimitExposure FmeFlagPatchDefinition FmeFlagReallocateTraffic FmeFlagRestore \
        FmeFlagSetDynamicConfigurations FmeFlagSetImpressionTracking FmeFlagSetIndividualTargets \
        FmeFlagSetTargetingRules FmeFlagSetTreatments FmeFlagUpdate FmeFlagsetCreate FmeFlagsetDelete \
        FmeMetricCheck FmeSegmentAddRemoveTargets FmeSegmentCreate FmeSegmentDelete FmeSegmentSetTargetingRules \
        FmeSegmentUpdate GCEProvisionBackendService GoogleCloudRunJob JenkinsBuild RollbackStack \
        SalesforceApexTest SalesforceCreateScratchOrg SalesforceDeleteScratchOrg SalesforceDeploy \
        SalesforceDownloadDeployables SalesforceDownloadOrg SalesforceEvaluateDiff SalesforceQuickDeploy \
        SalesforceRollback SalesforceSourceBackup SalesforceValidate ShellScriptProvision TerraformApply \
        TerraformCloudRollback TerraformCloudRun TerraformDestroy TerraformPlan TerraformRollback \
        TerragruntApply TerragruntDestroy TerragruntPlan TerragruntRollback",
    ),
    (
        "CI SecurityTests",
        "\
        AWSECR AWSSecurityHub Anchore AquaSecurity AquaTrivy Bandit BlackDuck Brakeman Burp Checkmarx \
        CheckmarxOne Clair CodeQL CortexCloud Coverity DataTheorem DockerContentTrust FortifyOnDemand Fossa \
        GitHubAdvancedSecurity Grype HarnessSAST HarnessSCA JfrogXray Mend Metasploit ModelScan MythosAgent \
        Nessus NexusIQ Nikto Nmap OpenAi Openvas OsvScanner Owasp PrismaCloud Prowler Qualys Reapsaw Semgrep \
        ShiftLeft Sniper SscaAibomOrchestration SscaArtifactSigning SscaCompliance SscaJunitAttestation \
        SscaPrAttestation Sysdig Tenable Traceable Veracode Zap",
    ),
    (
        "Deployment FeatureFlag",
        "\
        AsgBlueGreenDeploy AsgBlueGreenRollback AsgBlueGreenSwapService AsgCanaryDelete AsgCanaryDeploy \
        AsgRollingDeploy AsgRollingRollback AwsLambdaDeploy AwsSamBuild AwsSamDeploy AwsSamRollback \
        AzureContainerAppsDeploy AzureContainerAppsPrepareRollbackData AzureContainerAppsRollback \
        AzureContainerAppsTrafficShift AzureFunctionDeploy AzureFunctionRollback DeployAwsAgentCoreRevision \
        DeployGoogleAgentRuntimeRevision GoogleCloudRunDeploy GoogleCloudRunPrepareRollbackData \
        GoogleCloudRunRollback GoogleCloudRunTrafficShift GoogleMigBlueGreenDeploy GoogleMigBlueGreenRollback \
        GoogleMigDeploy GoogleMigSteadyState GoogleMigTrafficShift RollbackAwsAgentCoreRevision \
        RollbackGoogleAgentRuntimeRevision ServerlessAwsLambdaDeployV2 ServerlessAwsLambdaPackageV2 \
        ServerlessAwsLambdaPrepareRollbackV2 ServerlessAwsLambdaRollbackV2 ShiftAwsAgentCoreTraffic \
        ShiftGoogleAgentRuntimeTraffic",
    ),
    (
        "CI",
        "\
        ArtifactoryUpload Bitrise BuildAndPushACR BuildAndPushDockerRegistry BuildAndPushECR BuildAndPushGAR \
        BuildAndPushGCR GCSUpload HarUpload HsaRepoScan RestoreCache RestoreCacheAzure RestoreCacheGCS \
        RestoreCacheS3 RunTests SaveCache SaveCacheAzure SaveCacheGCS SaveCacheS3 Test provenance",
    ),
    (
        "Approval CompositeLoadTest Custom DRTest Deployment FeatureFlag IACM",
        "\
        Barrier Container CustomApproval Email HarnessApproval Http JiraApproval JiraCreate JiraUpdate Queue \
        ServiceNowApproval ServiceNowCreate ServiceNowImportSet ServiceNowUpdate ShellScript",
    ),
    (
        "IACM",
        "\
        IACMAnsiblePlugin IACMApproval IACMAwsCdkPlugin IACMBlastRadiusAgent IACMCheckov IACMModuleTestPlugin \
        IACMOpenTofuPlugin IACMRemediationAgent IACMTFCompliance IACMTFLint IACMTFSec IACMTerraformPlugin \
        IACMTerragruntPlugin",
    ),
    (
        "IDP",
        "\
        CookieCutter CreateCatalog CreateOrganization CreateProject CreateRepo CreateResource DirectPush \
        RegisterCatalog UpdateCatalogProperty",
    ),
    (
        "Custom Deployment",
        "\
        AIVerifyNG DBSchemaRollbackSQL DBSchemaUpdateSQL DBTestAndPreview EcsScale FlywayCommand HelmDelete",
    ),
    (
        "CI Deployment SecurityTests",
        "\
        DeployAttestation EnforceAttestation SlsaVerification SscaArtifactVerification SscaEnforcement \
        SscaOrchestration",
    ),
    ("CI IACM SecurityTests", "Checkov Gitleaks Security Snyk Sonarqube"),
    (
        "CompositeLoadTest Custom DRTest Deployment FeatureFlag",
        "\
        Chaos ChaosAction ChaosFault ChaosProbe LoadTest",
    ),
    (
        "Approval CI CompositeLoadTest Custom DRTest Deployment FeatureFlag IACM",
        "\
        ChangeAdvisor EventListener RONotify Wait",
    ),
    (
        "Approval Custom Deployment",
        "AIExperiment DBSchemaApply DBSchemaRollback LiquibaseCommand",
    ),
    ("CI Custom Deployment", "AiEval AiTestAutomation S3Upload"),
    (
        "CI Custom Deployment FeatureFlag IACM IDP SecurityTests",
        "GitClone Plugin Run",
    ),
    (
        "Approval CI CompositeLoadTest Custom DRTest Deployment FeatureFlag IACM IDP SecurityTests",
        "\
        IdpAction Policy",
    ),
    ("Approval Deployment", "CdSscaEnforcement CdSscaOrchestration"),
    ("CI Custom Deployment IACM SecurityTests", "CustomIngest Wiz"),
    ("Approval Custom Deployment IACM", "FilesUpload"),
    ("CI Custom Deployment FeatureFlag SecurityTests", "Background"),
    ("CI Custom Deployment IACM IDP SecurityTests", "Agent"),
    ("CI FeatureFlag IACM SecurityTests", "Action"),
    ("Custom DRTest Deployment FeatureFlag IDP", "SlackNotify"),
    ("Custom FeatureFlag", "FlagConfiguration"),
];

const STAGE_TYPES: &str = "\
    Approval CI CompositeLoadTest Custom DRTest Deployment Dynamic FeatureFlag IACM IDP Pipeline SecurityTests";

/// A key that Harness takes without a word and does nothing with.
pub(crate) struct Ignored {
    /// The body in which it stands.
    pub(crate) path: &'static str,
    /// The types, named beside the body, for which this holds; `""` for all.
    pub(crate) of: &'static str,
    pub(crate) key: &'static str,
    pub(crate) message: &'static str,
    pub(crate) hint: &'static str,
}

const ON_THE_CONNECTOR: &str = "an infrastructure has no delegate selectors: these choose no delegate";
const MOVE_TO_CONNECTOR: &str = "set `delegateSelectors` on the connector, the step, the stage or the pipeline";

pub(crate) const IGNORED: &[Ignored] = &[
    Ignored {
        path: "/ pipeline",
        of: "",
        key: "triggers",
        message: "triggers inside a pipeline have no effect: a trigger is an entity of its own",
        hint: "move them to files of their own",
    },
    Ignored {
        path: "stage spec service",
        of: "",
        key: "serviceDefinition",
        message: "a service definition inside a pipeline has no effect: the service is an entity of its own",
        hint: "move it to the service entity, and bind its inputs with `serviceInputs`",
    },
    Ignored {
        path: "/ infrastructureDefinition spec",
        of: "",
        key: "delegateSelectors",
        message: ON_THE_CONNECTOR,
        hint: MOVE_TO_CONNECTOR,
    },
    Ignored {
        path: "infrastructureDefinitions inputs spec",
        of: "",
        key: "delegateSelectors",
        message: ON_THE_CONNECTOR,
        hint: MOVE_TO_CONNECTOR,
    },
    Ignored {
        path: "step spec",
        of: "Verify",
        key: "duration",
        message: "the duration stands one level too high, where Harness does not look",
        hint: "move it to `spec.spec.duration`",
    },
];

/// Keys whose value is a list of mappings.
pub(crate) const LISTS_OF_MAPPINGS: &[&str] = &[
    "/ pipeline stages",
    "/ pipeline variables",
    "execution steps",
    "execution rollbackSteps",
    "stepGroup steps",
    "stage failureStrategies",
    "step failureStrategies",
    "stage variables",
    "step spec commandFlags",
    "step spec approverInputs",
    "environment infrastructureDefinitions",
    "spec payloadConditions",
    "spec headerConditions",
    "/ environment variables",
    "/ service serviceDefinition spec manifests",
    "/ service serviceDefinition spec artifacts primary sources",
];

/// Lists that have one item or more.
pub(crate) const NOT_EMPTY: &[&str] = &["/ pipeline stages", "execution steps", "stepGroup steps"];

/// What the value of a key is, in every body that has the key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Truth,
    Mapping,
    List,
}

/// Keys of bodies, by the shape of their values; lists of mappings stand in [`LISTS_OF_MAPPINGS`].
pub(crate) const SHAPES: &[(Shape, &[&str])] = &[
    (
        Shape::Text,
        &[
            "approvalMessage",
            "barrierRef",
            "branch",
            "condition",
            "connectorRef",
            "deploymentTag",
            "deploymentType",
            "dockerRegistryUrl",
            "duration",
            "environmentRef",
            "gitFetchType",
            "identifier",
            "imagePath",
            "issueKey",
            "issueType",
            "jiraUrl",
            "key",
            "method",
            "name",
            "namespace",
            "operator",
            "orgIdentifier",
            "payload",
            "pipelineIdentifier",
            "pipelineStatus",
            "primaryArtifactRef",
            "projectIdentifier",
            "projectKey",
            "providerType",
            "releaseName",
            "retryInterval",
            "scope",
            "sensitivity",
            "serviceNowUrl",
            "serviceRef",
            "shell",
            "stageStatus",
            "subject",
            "tag",
            "templateRef",
            "ticketNumber",
            "ticketType",
            "timeout",
            "type",
            "url",
            "value",
            "versionLabel",
        ],
    ),
    (
        Shape::Truth,
        &[
            "allowSimultaneousDeployments",
            "allowStageExecutions",
            "deployToAll",
            "enabled",
            "executeOnDelegate",
            "fixedInputsOnRerun",
            "gitOpsEnabled",
        ],
    ),
    (
        Shape::Mapping,
        &[
            "action",
            "apiAccess",
            "approvalCriteria",
            "approvers",
            "artifacts",
            "auth",
            "authentication",
            "credential",
            "environment",
            "execution",
            "instanceSelection",
            "manifest",
            "monitoredService",
            "onFailure",
            "policySpec",
            "primary",
            "rejectionCriteria",
            "service",
            "serviceDefinition",
            "serviceInputs",
            "spec",
            "stage",
            "step",
            "stepGroup",
            "store",
            "tags",
            "template",
            "when",
        ],
    ),
    (
        Shape::List,
        &[
            "delegateSelectors",
            "errors",
            "filePaths",
            "policySets",
            "stagesToExecute",
            "userGroups",
        ],
    ),
];

/// The types of the stages that take a step of that type; `None` where the type is unknown.
pub(crate) fn stages_of_step(step: &str) -> Option<&'static str> {
    let known = STEPS.iter().find(|(_, steps)| words(steps).any(|word| word == step));
    known.map(|(stages, _)| *stages)
}

/// The words of a list.
pub(crate) fn words(list: &str) -> impl Iterator<Item = &str> + Clone {
    list.split_ascii_whitespace()
}
