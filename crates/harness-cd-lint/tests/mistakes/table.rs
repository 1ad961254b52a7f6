//! The mistakes. `¦` marks where a finding has to stand; each mark has its code and a part of its words.

/// A mistake, by what was done to the example.
pub(crate) struct Mistake {
    pub(crate) name: &'static str,
    pub(crate) edits: &'static [Edit],
}

/// A part of a file of the example, what stands there instead, and what is told at each `¦` in it.
pub(crate) struct Edit {
    pub(crate) file: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) told: &'static [(&'static str, &'static str)],
}

const PLATFORM: &str = "platform.yaml";
const SERVICES: &str = "services.yaml";
const JOB: &str = "templates/job-pipeline-template.yaml";
const API: &str = "templates/api-pipeline-template.yaml";
const WORKER: &str = "templates/worker-pipeline-template.yaml";
const FUNCTION: &str = "templates/funktion-pipeline-template.yaml";
const CORE: &str = "templates/kern-pipeline-template.yaml";
const SHOP: &str = "templates/laden-pipeline-template.yaml";
const HALL: &str = "templates/halle-pipeline-template.yaml";

macro_rules! mistakes {
    ($($name:literal: $($file:ident $from:literal => $to:literal $([$($told:expr),*])?),+;)*) => {
        &[$(Mistake {
            name: $name,
            edits: &[$(Edit { file: $file, from: $from, to: $to, told: &[$($($told),*)?] }),+],
        }),*]
    };
}

/// Those of a company with two organizations: `tests/fixtures/config-repos/two-organizations`.
#[rustfmt::skip]
pub(crate) const OF_A_COMPANY: &[Mistake] = mistakes! {
    // Where services go.
    "a team without its dash": SERVICES "team: basis-team" => "team: ¦basisteam" [("HCD0103", "did you mean `basis-team`?")];
    "a team in capitals": SERVICES "team: lager-team" => "team: ¦Lager-Team" [("HCD0103", "write `project: shop` here")];
    "a team whose scope is misspelt": SERVICES "team: lager-team" => "team: ¦acount.lager-team" [("HCD0101", "did you mean `account.lager-team`?")];
    "a project with the name of the platform's own":
        PLATFORM "  - name: lager\n    org" => "  - name: ¦shop\n    org" [("HCD0102", "rename this one")];
    "a service of a project that there is not":
        SERVICES "image: basis/identitaet" => "image: basis/identitaet\n    project: ¦basiss" [("HCD0103", "did you mean `basis`?")];
    "the list of services without its key": SERVICES "services:\n  -" => "  ¦-" [("HCD0022", "write `services:`")];

    // Clusters.
    "a cluster by the name of one in another region":
        PLATFORM "cluster: eu-north-1/prod," => "cluster: ¦eu-central-1/prod," [("HCD0141", "name the cluster in `eu-north-1`")];
    "a cluster by the name of its neighbour":
        PLATFORM "credentials: {type: Eks, cluster: eu-central-1/prod-green," => "credentials: ¦{type: Eks, cluster: eu-central-1/prod-blue,"
        [("HCD0102", "would be deployed there twice in `prod`")];
    "production by the name of another environment's cluster":
        PLATFORM "credentials: {type: Eks, cluster: eu-north-1/prod," => "credentials: ¦{type: Eks, cluster: eu-north-1/abnahme,"
        [("HCD0157", "unless they are of two accounts")];
    "a cluster that lost what it is called":
        PLATFORM "    infrastructure: prod-fra-green\n" => "",
        CORE "# Digest" => "¦# Digest" [("HCD0139", "none there is called `prod_fra_green`")],
        SHOP "# Digest" => "¦# Digest" [("HCD0139", "if the platform description says what is meant")],
        HALL "# Digest" => "¦# Digest" [("HCD0139", "the cluster `eks-prod-fra-green` of `prod`")];
    "a template by hand, and a cluster that lost what it is called":
        PLATFORM "    infrastructure: prod-sto\n" => "",
        CORE "# Digest" => "# digest",
        CORE "identifier: prod_sto" => "identifier: ¦prod_sto" [("HCD0117", "say by `infrastructure` of the cluster that it is called so")],
        SHOP "# Digest" => "¦# Digest" [("HCD0139", "prod_sto")];
    "a function that goes to one region from all":
        PLATFORM "      region: '{{REGION}}'\n\nmanifests" => "      region: ¦eu-central-1\n\nmanifests" [("HCD0141", "write `{{REGION}}`")];
    "a workload in small letters": PLATFORM "workload: Lambda" => "workload: ¦lambda" [("HCD0023", "did you mean `Lambda`?")];
    "an environment twice": PLATFORM "  - name: abnahme\n    type" => "  - name: ¦dev\n    type" [("HCD0102", "stands here twice")];
    "two regions of one identifier": PLATFORM "  - name: eu-north-1\n    identifier: sto" => "  - ¦name: eu-north-1\n    identifier: fra" [("HCD0102", "both have the identifier `fra`")];
    "two environments of one identifier":
        PLATFORM "  - name: dev\n    type" => "  - name: dev\n    identifier: stage\n    type",
        PLATFORM "  - name: abnahme\n    type" => "  - name: abnahme\n    identifier: ¦stage\n    type" [("HCD0102", "both have the identifier `account.stage`")];

    // Levels.
    "an approval by a group of another level":
        PLATFORM "approvals: [account.release-managers]" => "approvals: [¦org.release-managers]" [("HCD0110", "did you mean `account.release-managers`?")];
    "an approval by a group without its level":
        PLATFORM "approvals: [account.release-managers]" => "approvals: [¦release-managers]" [("HCD0110", "did you mean `account.release-managers`?")];
    "a group whose scope is misspelt":
        PLATFORM "approvalGroups: [account.release-managers]" => "approvalGroups: [¦acount.release-managers]" [("HCD0101", "did you mean `account.release-managers`?")];
    "a connector whose scope is misspelt": PLATFORM "connector: account.jira" => "connector: ¦acount.jira" [("HCD0112", "did you mean `account.jira`?")];
    "a secret whose scope is misspelt": PLATFORM "tokenRef: org.github_pat" => "tokenRef: ¦ogr.github_pat" [("HCD0112", "did you mean `org.github_pat`?")];
    "a stage of an environment without its level":
        FUNCTION "environmentRef: account.prod" => "environmentRef: ¦prod" [("HCD0116", "did you mean `account.prod`?")];
    "a stage of an environment of another level":
        FUNCTION "environmentRef: account.prod" => "environmentRef: ¦org.prod" [("HCD0116", "did you mean `account.prod`?")];
    "a stage of a misspelt environment":
        FUNCTION "environmentRef: account.prod" => "environmentRef: ¦account.prd" [("HCD0116", "did you mean `account.prod`?")];
    "a group without its level in a template":
        CORE "- account.release_managers" => "- ¦release_managers" [("HCD0116", "did you mean `account.release_managers`?")];
    "a window without its level in a template":
        CORE "- account.prod_fenster" => "- ¦prod_fenster" [("HCD0116", "did you mean `account.prod_fenster`?")];
    "a misspelt connector of the account":
        CORE "connectorRef: account.jira" => "connectorRef: ¦account.jirra" [("HCD1059", "did you mean `account.jira`?")];

    // Manifests.
    "a placeholder of a path that is misspelt":
        PLATFORM "      chart: '{{CHART_PATH}}'\n      files:\n        - '{{CHART_PATH}}/values.yaml'\n        - '{{CHART_PATH}}/values" => "      chart: '{{CHARTPATH}}'\n      files:\n        - '{{CHARTPATH}}/values.yaml'\n        - '{{CHARTPATH}}/values",
        SERVICES "values: {CHART_PATH: helm/bestand}" => "values: ¦{CHART_PATH: helm/bestand}" [("HCD0113", "did you mean `CHART_PATH`, which it says?")],
        SERVICES "values: {CHART_PATH: legacy/picking/chart}" => "values: ¦{CHART_PATH: legacy/picking/chart}" [("HCD0113", "did you mean `CHART_PATH`")],
        HALL "# Digest" => "¦# Digest" [("HCD0139", "by now")];
    "a placeholder in small letters":
        SERVICES "values: {CHART_PATH: helm/bestand}" => "values: {¦chart_path: helm/bestand}" [("HCD0113", "write `CHART_PATH`")];
    "a path without a service":
        PLATFORM "  paths:\n    folder: 'apps/{{SERVICE_NAME}}/overlays/{{ENVIRONMENT}}-{{REGION}}'" => "  paths:\n    ¦folder: 'apps/overlays/{{ENVIRONMENT}}-{{REGION}}'" [("HCD0160", "write `{{SERVICE_NAME}}`")],
        CORE "# Digest" => "¦# Digest" [("HCD0139", "by now")],
        SHOP "# Digest" => "¦# Digest" [("HCD0139", "by now")];

    // Conditions.
    "a stage of the first environment in every run":
        FUNCTION "condition: <+pipeline.variables.targetEnvironment> == \"dev\"" => "condition: ¦\"true\"" [("HCD0159", "deploys to `dev` first")];
    "a run that goes on to the next environment":
        FUNCTION "condition: <+pipeline.variables.targetEnvironment> == \"abnahme\"" => "condition: ¦<+pipeline.variables.targetEnvironment> != \"prod\"" [("HCD0158", "a run for `dev` goes on to `abnahme`")];
    "a stage by the name of another environment":
        FUNCTION "condition: <+pipeline.variables.targetEnvironment> == \"dev\"" => "condition: ¦<+pipeline.variables.targetEnvironment> == \"prod\"" [("HCD0117", "no stage deploys to `dev` in a run for it")];

    // What the parser stumbles over.
    "a key without its colon": SERVICES "  - name: identitaet\n    archetype: kern" => "  - name identitaet\n    archetype¦: kern" [("HCD0004", "a colon stands here where no key can")];
    "an item among keys": SERVICES "    image: shop/kasse" => "    - ¦image: shop/kasse" [("HCD0004", "among keys")];
    "a key among items": PLATFORM "org: handel\nproject" => "- org: handel\n¦project" [("HCD0004", "among the items of a list")];
    "a dash without its space": SERVICES "  - name: suche\n" => "  ¦-name: suche\n" [("HCD0004", "among the items of a list")];
    "a brace too many": SERVICES "values: {CHART_PATH: helm/bestand}" => "values: {CHART_PATH: helm/bestand}¦}" [("HCD0004", "closes nothing")];
    "a comma is missing": PLATFORM "{from: 12-20, to: 01-06}" => "{from: 12-20 to¦: 01-06}" [("HCD0004", "a comma is missing")];
    "a text of several lines that begins in its first": SERVICES "image: shop/kasse" => "image: ¦|shop/kasse" [("HCD0004", "begin the text in the next line")];
    "a dash for a name": SERVICES "  - name: suche\n" => "  - name: ¦-\n" [("HCD0004", "an item of a list begins here")];
    "a backslash in double quotes": SERVICES "values: {CHART_PATH: helm/bestand}" => "values: {CHART_PATH: ¦\"helm\\picking\"}" [("HCD0004", "two backslashes")];
};

#[rustfmt::skip]
pub(crate) const MISTAKES: &[Mistake] = mistakes! {
    // What is no YAML, or none that everybody reads alike.
    "a tab indents":
        PLATFORM "    network: network-b" => "¦\tnetwork: network-b" [("HCD0004", "a tab")];
    "a tab among the spaces that indent":
        SERVICES "    team: orders-team" => "  ¦\tteam: orders-team" [("HCD0004", "a tab")];
    "a tab behind a colon":
        SERVICES "team: orders-team" => "team:¦\torders-team" [("HCD0004", "behind the colon")];
    "a list is not closed":
        PLATFORM "regions: [euw1, euw2]" => "regions: ¦[euw1, euw2" [("HCD0004", "`[` is not closed")];
    "a list inside an item is not closed":
        PLATFORM "approvals: [team, platform-team]" => "approvals: ¦[team, platform-team" [("HCD0004", "`[` is not closed")];
    "a mapping in braces is not closed":
        PLATFORM "  - name: network-b\n    cidr: 10.2.0.0/16\n" => "  - ¦{name: network-b, cidr: 10.2.0.0/16\n"
        [("HCD0004", "`{` is not closed")];
    "a bracket is closed by a brace":
        SERVICES "regions: [euw1]" => "regions: ¦[euw1}" [("HCD0004", "`[` is not closed")];
    "a bracket that was never opened":
        SERVICES "regions: [euw1]" => "regions: ¦euw1]" [("HCD0022", "a list is wanted")];
    "a double quote is not closed":
        PLATFORM "from: \"10:00\"" => "from: ¦\"10:00" [("HCD0004", "quote is not closed")];
    "a single quote is not closed":
        PLATFORM "managedBy: platform-next" => "managedBy: ¦'platform-next" [("HCD0004", "quote is not closed")];
    "an apostrophe in single quotes":
        PLATFORM "description: A long-running service behind traffic." => "description: 'It'¦s behind traffic.'"
        [("HCD0004", "`''`")];
    "a key is a space too deep":
        PLATFORM "  - name: pre-stable\n    type" => "  - name: pre-stable\n     ¦type" [("HCD0004", "indented by")];
    "a key is a space too shallow":
        PLATFORM "  - name: network-b\n    cidr" => "  - name: network-b\n   ¦cidr" [("HCD0004", "indented by")];
    "an item is a space too shallow":
        SERVICES "  - name: order-service" => " ¦- name: order-service" [("HCD0004", "indented by")];
    "a merge conflict":
        PLATFORM "regions: [euw1, euw2]\n"
        => "¦<<<<<<< HEAD\nregions: [euw1, euw2]\n=======\nregions: [euw1]\n>>>>>>> add-region\n"
        [("HCD0004", "merge conflict")];
    "a merge conflict in a list":
        SERVICES "    team: orders-team\n"
        => "¦<<<<<<< HEAD\n    team: orders-team\n||||||| 5f2a\n    team: order-team\n=======\n    team: shop-team\n>>>>>>> shop\n"
        [("HCD0004", "merge conflict")];
    "the end of a merge conflict stayed":
        SERVICES "  - name: settlement-job" => "¦>>>>>>> main\n  - name: settlement-job" [("HCD0004", "merge conflict")];
    "a merge conflict in a template":
        API "    team: {{TEAM}}\n" => "¦<<<<<<< ours\n    team: {{TEAM}}\n=======\n    team: x\n>>>>>>> theirs\n"
        [("HCD0004", "merge conflict")];
    "a key stands twice":
        PLATFORM "approvalGroups: [platform-team]" => "approvalGroups: [platform-team]\n¦regions: [euw1]"
        [("HCD0010", "`regions` stands here twice, first in line 30")];
    "a dash is missing":
        SERVICES "  - name: order-service" => "    ¦name: order-service" [("HCD0010", "begin it with `- `")];
    "no-break spaces indent":
        PLATFORM "    cidr: 10.2.0.0/16" => "¦\u{a0}\u{a0}\u{a0}\u{a0}cidr: 10.2.0.0/16" [("HCD0014", "no-break space")];
    "a no-break space behind a colon":
        SERVICES "team: orders-team" => "team:¦\u{a0}orders-team" [("HCD0014", "no-break space")];
    "a zero-width space in a name":
        PLATFORM "    environment: prod\n" => "    environment: prod¦\u{200b}\n" [("HCD0014", "zero width space")];
    "a zero-width space in a key":
        SERVICES "    team: orders-team" => "    te¦\u{200b}am: orders-team" [("HCD0014", "zero width space")];
    "a byte order mark where two files were put together":
        PLATFORM "\nclusters:\n" => "\n¦\u{feff}clusters:\n" [("HCD0014", "U+FEFF")];
    "a character that turns the writing around":
        SERVICES "image: project/order-service" => "image: project/¦\u{202e}order-service" [("HCD0014", "U+202E")];
    "typographic quotes around a time":
        PLATFORM "from: \"10:00\"" => "from: ¦“10:00”" [("HCD0128", "typographic quotes")];
    "typographic quotes around a word":
        PLATFORM "    type: Production" => "    type: ¦“Production”" [("HCD0023", "typographic quotes")];
    "no space behind a colon":
        PLATFORM "project: platform" => "project¦:platform" [("HCD0004", "a space is missing behind the colon")];
    "no space behind the colon in an item":
        SERVICES "    team: orders-team" => "    team¦:orders-team" [("HCD0004", "a space is missing behind the colon")];
    "a colon in a text":
        PLATFORM "description: A long-running service behind traffic." => "description: Note¦: a service behind traffic."
        [("HCD0004", "put quotes")];
    "a text that begins with an at sign":
        PLATFORM "username: harness-bot" => "username: ¦@harness-bot" [("HCD0004", "put quotes")];
    "a text that begins with a percent sign":
        PLATFORM "branch: main" => "branch: ¦%main" [("HCD0004", "put quotes")];
    "a comment without its sign":
        PLATFORM "# From first to last." => "¦From first to last." [("HCD0004", "#")];
    "an anchor and two aliases":
        PLATFORM "    cidr: 10.1.0.0/16" => "    cidr: ¦&cidr 10.1.0.0/16" [("HCD0008", "anchor")],
        PLATFORM "    cidr: 10.2.0.0/16" => "    cidr: ¦*cidr" [("HCD0008", "alias")];
    "a tag":
        SERVICES "team: orders-team" => "team: ¦!!str orders-team" [("HCD0009", "tag")];
    "a second document":
        SERVICES "  - name: report-job" => "¦---\n  - name: report-job" [("HCD0007", "second document")];
    "a placeholder of a template in a description":
        SERVICES "image: project/order-service" => "image: ¦{{IMAGE}}" [("HCD0011", "quotes")];
    "a placeholder at the head of a name":
        PLATFORM "\nimageTags:" => "\nnames:\n  pipelineIdentifier: ¦{{SERVICE_IDENTIFIER}}_deploy\n\nimageTags:" [("HCD0011", "quotes")];

    // Other types than are wanted.
    "yes for true":
        PLATFORM "immutableOnly: true" => "immutableOnly: ¦yes" [("HCD0022", "true or false")];
    "a number where a text is wanted":
        SERVICES "team: orders-team" => "team: ¦42" [("HCD0022", "put quotes around `42`")];
    "a truth value where a name is wanted":
        PLATFORM "  - name: pre-stable\n" => "  - name: ¦true\n" [("HCD0022", "a boolean stands where a text")];
    "a text for a number":
        PLATFORM "percentage: 10" => "percentage: ¦10%" [("HCD0022", "a whole number")];
    "a duration for minutes":
        PLATFORM "verifyMinutes: 10" => "verifyMinutes: ¦10m" [("HCD0022", "a whole number")];
    "a list for a name":
        PLATFORM "changeWindow: prod-change-window" => "changeWindow: ¦[prod-change-window]" [("HCD0022", "a list stands")];
    "a name for a list":
        PLATFORM "approvals: [team, platform-team]" => "approvals: ¦team" [("HCD0022", "a list is wanted")];
    "a group for the list of those who approve":
        PLATFORM "approvals: [team, platform-team]" => "approvals: ¦platform-team" [("HCD0022", "as in `[platform-team]`")];
    "days from one to another":
        PLATFORM "days: [Mon, Tue, Wed, Thu]" => "days: ¦Mon-Thu" [("HCD0022", "as in `[Mon, Tue, Wed]`")];
    "a region for the list of regions":
        PLATFORM "regions: [euw1, euw2]" => "regions: ¦euw1" [("HCD0022", "a list is wanted")];
    "regions with commas and no brackets":
        SERVICES "regions: [euw1]" => "regions: ¦euw1, euw2" [("HCD0022", "a list is wanted")];
    "nothing behind a key":
        PLATFORM "cidr: 10.1.0.0/16" => "¦cidr:" [("HCD0020", "`cidr` is empty")];
    "environments by name instead of in a list":
        PLATFORM "environments:\n  - name: int-stable\n    type: PreProduction\n  - name: pre-stable\n    type: PreProduction\n  - name: prod\n    type: Production\n"
        => "environments:\n  ¦int-stable:\n    type: PreProduction\n  pre-stable:\n    type: PreProduction\n  prod:\n    type: Production\n"
        [("HCD0022", "a list is wanted")];
    "an empty item":
        SERVICES "  - name: report-job" => "  -¦\n  - name: report-job" [("HCD0022", "nothing stands where a mapping")];
    "a service as a text":
        SERVICES "  - name: report-job\n    archetype: job\n    team: analytics-team\n    image: project/report-job\n    environments: [int-stable, pre-stable]\n"
        => "  - ¦report-job\n" [("HCD0022", "a text stands where a mapping")];

    // Keys and words that there are not.
    "a misspelt key that must be there":
        PLATFORM "environments:" => "¦enviroments:" [("HCD0021", "did you mean `environments`?")];
    "a misspelt key in an item":
        PLATFORM "    network: network-b" => "    ¦netwrok: network-b" [("HCD0021", "did you mean `network`?")];
    "a misspelt key of an environment":
        PLATFORM "    type: Production" => "    ¦typ: Production" [("HCD0021", "did you mean `type`?")];
    "a misspelt key of a service":
        SERVICES "    archetype: worker" => "    ¦archtype: worker" [("HCD0021", "did you mean `archetype`?")];
    "a key with a capital":
        PLATFORM "  - name: network-a" => "  - ¦Name: network-a" [("HCD0021", "did you mean `name`?")];
    "a misspelt word":
        PLATFORM "    type: Production" => "    type: ¦Prodction" [("HCD0023", "did you mean `Production`?")];
    "a word in small letters":
        PLATFORM "workload: CronJob" => "workload: ¦cronjob" [("HCD0023", "did you mean `CronJob`?")];
    "a whole weekday":
        PLATFORM "days: [Mon," => "days: [¦Monday," [("HCD0023", "use one of Mon")];
    "a key of a service that there is not":
        SERVICES "    regions: [euw1]" => "    ¦replicas: 3" [("HCD0021", "`replicas` is not known")];
    "a key that is missing":
        SERVICES "    team: orders-team\n" => "",
        SERVICES "  - name: order-service" => "  - ¦name: order-service" [("HCD0020", "`team` is missing")];

    // Names that are not declared, and what is declared and wrong.
    "a misspelt environment of a cluster":
        PLATFORM "    environment: pre-stable\n" => "    environment: ¦pre-stabel\n" [("HCD0103", "did you mean `pre-stable`?")];
    "a misspelt delegate":
        PLATFORM "    delegate: harness-delegate-prod-euw1\n" => "    delegate: ¦harness-delegate-prod-ew1\n"
        [("HCD0103", "did you mean `harness-delegate-prod-euw1`?")];
    "the delegate of another network":
        PLATFORM "    delegate: harness-delegate-int-euw2\n" => "    delegate: ¦harness-delegate-prod-euw2\n"
        [("HCD0104", "cannot reach")];
    "a renamed environment":
        PLATFORM "  - name: int-stable" => "  - name: integration",
        PLATFORM "    environment: int-stable\n    region: euw1" => "    environment: ¦int-stable\n    region: euw1"
        [("HCD0103", "int-stable")],
        PLATFORM "    environment: int-stable\n    region: euw2" => "    environment: ¦int-stable\n    region: euw2"
        [("HCD0103", "int-stable")],
        SERVICES "environments: [int-stable" => "environments: [¦int-stable" [("HCD0103", "int-stable")];
    "a removed region":
        PLATFORM "regions: [euw1, euw2]" => "regions: [euw1]",
        PLATFORM "environment: int-stable\n    region: euw2" => "environment: int-stable\n    region: ¦euw2"
        [("HCD0103", "euw2")],
        PLATFORM "environment: pre-stable\n    region: euw2" => "environment: pre-stable\n    region: ¦euw2"
        [("HCD0103", "euw2")],
        PLATFORM "environment: prod\n    region: euw2" => "environment: prod\n    region: ¦euw2" [("HCD0103", "euw2")];
    "a region with a capital":
        PLATFORM "regions: [euw1, euw2]" => "regions: [euw1, ¦Euw2]" [("HCD0101", "lower-case")];
    "an environment with capitals":
        PLATFORM "  - name: prod\n" => "  - name: ¦Prod\n" [("HCD0101", "lower-case")];
    "a renamed approval group":
        PLATFORM "approvalGroups: [platform-team]" => "approvalGroups: [platform]",
        PLATFORM "approvals: [team, platform-team]" => "approvals: [team, ¦platform-team]" [("HCD0110", "platform-team")];
    "a renamed change window":
        PLATFORM "changeWindow: prod-change-window" => "changeWindow: ¦prod-change-window" [("HCD0103", "prod-change-window")],
        PLATFORM "  - name: prod-change-window" => "  - name: prod-window";
    "a network that is none":
        PLATFORM "cidr: 10.1.0.0/16" => "cidr: ¦10.1.0.0/33" [("HCD0112", "CIDR")];
    "an environment without its type":
        PLATFORM "  - name: int-stable\n    type: PreProduction\n" => "  - ¦name: int-stable\n" [("HCD0020", "`type` is missing")];
    "two environments of one name":
        PLATFORM "# How each kind" => "  - name: ¦prod\n    type: Production\n# How each kind"
        [("HCD0102", "twice, first in line")];
    "a region twice":
        PLATFORM "regions: [euw1, euw2]" => "regions: [euw1, euw2, ¦euw2]" [("HCD0102", "twice")];
    "two clusters in one place":
        PLATFORM "    environment: prod\n    region: euw2" => "    environment: prod\n    region: euw1",
        PLATFORM "  - name: k8s-prod-euw2" => "  - ¦name: k8s-prod-euw2" [("HCD0107", "both stand for")];
    "two services of one name":
        SERVICES "  - name: ledger-service" => "  - name: ¦payment-service" [("HCD0102", "twice, first in line")];
    "two services that Harness takes for one":
        SERVICES "  - name: ledger-service" => "  - name: ¦payment_service" [("HCD0102", "both make the identifier")];
    "a registry that there is not":
        SERVICES "    regions: [euw1]" => "    registry: ¦gcr" [("HCD0103", "there is no registry `gcr`")];
    "an archetype that there is not":
        SERVICES "archetype: worker" => "archetype: ¦wroker" [("HCD0111", "did you mean `worker`?")];
    "a region of a service that there is not":
        SERVICES "    regions: [euw1]" => "    regions: [¦euw3]" [("HCD0103", "there is no region `euw3`")];
    "a region twice, and one that there is not":
        PLATFORM "regions: [euw1, euw2]" => "regions: [euw1, ¦euw1, euw2]" [("HCD0102", "twice")],
        SERVICES "    regions: [euw1]" => "    regions: [¦euw3]" [("HCD0103", "known: euw1, euw2")];
    "a place without a cluster":
        PLATFORM "  - name: k8s-prod-euw2\n    environment: prod\n    region: euw2\n    network: network-c\n    delegate: harness-delegate-prod-euw2\n" => "",
        SERVICES "    regions: [euw1]" => "    environments: [¦prod]\n    regions: [euw2]"
        [("HCD0106", "`prod` has no cluster")];
    "a region of a service without a cluster in its environments":
        PLATFORM "  - name: k8s-prod-euw2\n    environment: prod\n    region: euw2\n    network: network-c\n    delegate: harness-delegate-prod-euw2\n" => "",
        PLATFORM "  - name: k8s-pre-stable-euw2\n    environment: pre-stable\n    region: euw2\n    network: network-b\n    delegate: harness-delegate-pre-euw2\n" => "",
        SERVICES "    regions: [euw1]" => "    environments: [pre-stable, prod]\n    regions: [¦euw2]"
        [("HCD0106", "none of pre-stable, prod has a cluster in `euw2`")];

    "a comma that is missing between regions":
        PLATFORM "regions: [euw1, euw2]" => "regions: [¦euw1 euw2]" [("HCD0101", "a comma is missing between them: `euw1, euw2`")];
    "a comma that is missing between environments of a service":
        SERVICES "environments: [int-stable, pre-stable]" => "environments: [¦int-stable pre-stable]"
        [("HCD0103", "a comma is missing between them: `int-stable, pre-stable`")];
    "a space that is missing in braces":
        PLATFORM "    delegate: harness-delegate-prod-euw1\n" => "    delegate: harness-delegate-prod-euw1\n    credentials: {¦type:Gke, cluster: europe-west1/prod}\n"
        [("HCD0004", "write `type: Gke`")];
    "no clusters at all":
        PLATFORM "\nclusters:\n" => "\nx-clusters:\n",
        PLATFORM "# What the platform team writes down once: where services run, who reaches what, who approves, and when.\n# References by name are checked; identifiers in Harness follow from the names (int-stable -> int_stable).\norg:"
        => "¦org:" [("HCD0020", "`clusters` is missing")];
    "the platform's own project once more":
        PLATFORM "managedBy: platform-next\n" => "managedBy: platform-next\nprojects:\n  - name: ¦platform\n" [("HCD0102", "the platform's own project")];
    "production that nobody approves":
        PLATFORM "  - name: pre-stable\n    type: PreProduction" => "  - name: ¦pre-stable\n    type: Production" [("HCD0144", "nobody approves")];

    // Dates, times, forms.
    "a bracket in the name of a service":
        SERVICES "  - name: report-job\n" => "  - name: report-job\n    displayName: ¦Reports (old)\n" [("HCD0112", "did you mean `Reports old`?")];
    "more bits than an address has":
        PLATFORM "cidr: 10.2.0.0/16" => "cidr: ¦10.2.0.0/33" [("HCD0112", "did you mean `10.2.0.0/16`?")];
    "the account of a connector misspelt":
        PLATFORM "    changeWindow: prod-change-window\n    requiredFields: [changeTicket, rollbackPlan]\n"
        => "    changeWindow: prod-change-window\n    ticket:\n      {system: Jira, connector: ¦acount.jira, project: CHG, type: Change, keyField: Status, approved: Approved, rejected: Rejected, done: Done}\n"
        [("HCD0112", "did you mean `account.jira`?")];
    "an hour that there is not":
        PLATFORM "to: \"16:00\"" => "to: ¦\"25:00\"" [("HCD0128", "time of day")];
    "a time as people say it":
        PLATFORM "from: \"10:00\"" => "from: ¦10am" [("HCD0128", "time of day")];
    "a window that closes when it opens":
        PLATFORM "to: \"16:00\"" => "to: \"10:00\"",
        PLATFORM "  - name: prod-change-window" => "  - ¦name: prod-change-window" [("HCD0109", "opens and closes at")];
    "a misspelt time zone":
        PLATFORM "timeZone: UTC" => "timeZone: ¦Europe/Berln" [("HCD0112", "did you mean `Europe/Berlin`?")];
    "a clock for a time zone":
        PLATFORM "timeZone: UTC" => "timeZone: ¦GMT+2" [("HCD0112", "a place")];
    "an abbreviation that is nearly another":
        PLATFORM "timeZone: UTC" => "timeZone: ¦EEST" [("HCD0112", "a place")];
    "a city alone":
        PLATFORM "timeZone: UTC" => "timeZone: ¦Helsinki" [("HCD0112", "did you mean `Europe/Helsinki`?")];
    "a time zone in small letters":
        PLATFORM "timeZone: UTC" => "timeZone: ¦utc" [("HCD0112", "did you mean `UTC`?")];
    "a window by day that closes before it opens":
        PLATFORM "from: \"10:00\"\n    to: \"16:00\"" => "from: \"16:00\"\n    to: ¦\"10:00\"" [("HCD0154", "for 18 h 00 min")];
    "days that end before they begin":
        PLATFORM "timeZone: UTC" => "timeZone: UTC\n    closedOn: [¦{from: 2026-12-24, to: 2026-12-01}]" [("HCD0142", "the earlier date")];
    "a first day that there is not":
        PLATFORM "timeZone: UTC" => "timeZone: UTC\n    closedOn: [{from: ¦2026-02-30, to: 2026-12-01}]" [("HCD0142", "2026-02-30")];
    "a cluster of Amazon without its region":
        PLATFORM "    delegate: harness-delegate-prod-euw1\n" => "    delegate: harness-delegate-prod-euw1\n    credentials: {type: Eks, cluster: ¦prod}\n"
        [("HCD0112", "eu-west-1/prod")];
    "a cluster of Google without its region":
        PLATFORM "    delegate: harness-delegate-prod-euw1\n" => "    delegate: harness-delegate-prod-euw1\n    credentials: {type: Gke, cluster: ¦prod}\n"
        [("HCD0112", "europe-west1/prod")];
    "a day that there is not":
        PLATFORM "timeZone: UTC" => "timeZone: UTC\n    closedOn: [2026-12-24, ¦2026-02-30]" [("HCD0142", "2026-02-30")];
    "an image with its tag":
        SERVICES "image: project/order-service" => "image: ¦project/order-service:v1" [("HCD0112", "without registry and tag")];
    "a service with capitals":
        SERVICES "  - name: order-service" => "  - name: ¦Order-Service" [("HCD0101", "lower-case")];
    "a name that is too long":
        SERVICES "  - name: order-service" => "  - name: ¦the-order-service-of-the-european-web-shop-and-its-partners"
        [("HCD0108", "shorten")];
    "a value under a name in small letters":
        SERVICES "    regions: [euw1]" => "    values:\n      ¦minReplicas: 2" [("HCD0113", "MIN_REPLICAS")];

    // Templates.
    "a misspelt placeholder":
        API "team: {{TEAM}}" => "team: ¦{{TAEM}}" [("HCD0201", "did you mean `{{TEAM}}`?")];
    "a placeholder that no service gives a value":
        API "archetype: {{ARCHETYPE}}" => "archetype: ¦{{OWNER_CHAT}}" [("HCD0201", "add `OWNER_CHAT` to the `values`")];
    "a value that one service has and others lack":
        SERVICES "    team: orders-team" => "    team: orders-team\n    values: {TEAMS: orders}",
        API "team: {{TEAM}}" => "team: ¦{{TEAMS}}" [("HCD0201", "add `TEAMS` to the `values`")];
    "a placeholder that is not closed":
        API "service: {{SERVICE_NAME}}" => "service: ¦{{SERVICE_NAME}" [("HCD0202", "{{SERVICE_NAME}}")];
    "a placeholder that is not opened":
        API "Deploys {{SERVICE_NAME}} to" => "Deploys ¦{SERVICE_NAME}} to" [("HCD0202", "{{SERVICE_NAME}}")];
    "a placeholder with three braces":
        API "service: {{SERVICE_NAME}}" => "service: ¦{{{SERVICE_NAME}}}" [("HCD0202", "{{SERVICE_NAME}}")];
    "a placeholder in small letters":
        API "service: {{SERVICE_NAME}}" => "service: ¦{{service_name}}" [("HCD0202", "{{SERVICE_NAME}}")];
    "an expression that is not closed":
        API "tag: <+pipeline.variables.imageTag>" => "tag: ¦<+pipeline.variables.imageTag" [("HCD1071", "nothing closes")];
    "a template with a key too deep":
        API "  projectIdentifier: platform" => "   ¦projectIdentifier: platform" [("HCD0004", "indented by")];
    "a template of another project":
        API "projectIdentifier: platform" => "projectIdentifier: ¦plattform" [("HCD0115", "platform")];
    "a placeholder that is not closed at all":
        API "team: {{TEAM}}" => "team: ¦{{TEAM" [("HCD0202", "write `{{TEAM}}`")];
    "the service that a template misspells":
        API "serviceRef: {{SERVICE_IDENTIFIER}}" => "serviceRef: ¦{{SERVICE_IDENTIFER}}"
        [("HCD0201", "did you mean `{{SERVICE_IDENTIFIER}}`?")];
    "a stage of a template that runs for earlier environments as well":
        API "identifier: deploy_prod\n        type: Deployment\n        when:\n          pipelineStatus: Success\n          condition: <+pipeline.variables.targetEnvironment> == \"prod\""
        => "identifier: deploy_prod\n        type: Deployment\n        when:\n          pipelineStatus: Success\n          condition: ¦<+pipeline.variables.targetEnvironment> != \"int-stable\""
        [("HCD0158", "a run for `pre-stable` goes on to `prod`")];
    "a key of a template that has to be there, misspelt":
        API "        failureStrategies:" => "        ¦failureStrategys:" [("HCD1021", "did you mean `failureStrategies`?")];
    "an environment that a template misspells":
        API "environmentRef: prod" => "environmentRef: ¦prd" [("HCD0116", "`prd`")];
    "a group that a template misspells":
        API "- platform_team" => "- ¦platfrom_team" [("HCD0116", "`platfrom_team`")];
    "a window that a template misspells":
        API "- prod_change_window" => "- ¦prod_change_windw" [("HCD0116", "`prod_change_windw`")];
    "a step that there is not":
        API "type: K8sCanaryDelete" => "type: ¦K8sCanaryDelte" [("HCD1062", "K8sCanaryDelete")];

    // The same kinds in other places.
    "a list of services is not closed":
        SERVICES "environments: [int-stable, pre-stable]" => "environments: ¦[int-stable, pre-stable" [("HCD0004", "`[` is not closed")];
    "a quote is not closed in the last line of a list":
        PLATFORM "timeZone: UTC" => "timeZone: ¦\"UTC" [("HCD0004", "quote is not closed")];
    "a quote is closed by the other":
        SERVICES "team: orders-team" => "team: ¦\"orders-team'" [("HCD0004", "quote is not closed")];
    "a tab behind a key in braces":
        PLATFORM "  - name: network-b\n    cidr: 10.2.0.0/16\n" => "  - name: network-b\n\u{20}\u{20}¦\t  cidr: 10.2.0.0/16\n"
        [("HCD0004", "a tab")];
    "the middle of a merge conflict stayed":
        PLATFORM "approvalGroups: [platform-team]\n" => "¦=======\napprovalGroups: [platform-team]\n" [("HCD0004", "merge conflict")];
    "a whole item is a space too deep":
        SERVICES "  - name: order-service\n    archetype: api" => "  - name: order-service\n      ¦archetype: api" [("HCD0004", "indented by 6")];
    "a narrow no-break space in an address":
        PLATFORM "url: https://gcr.io" => "url: https://gcr¦\u{202f}.io" [("HCD0014", "narrow no-break space")];
    "a soft hyphen in a region":
        SERVICES "regions: [euw1]" => "regions: [eu¦\u{ad}w1]" [("HCD0014", "soft hyphen")];
    "a zero-width joiner in the name of a network":
        PLATFORM "  - name: network-a" => "  - name: net¦\u{200d}work-a" [("HCD0014", "zero width joiner")];
    "an alias of nothing":
        SERVICES "team: orders-team" => "team: ¦*team" [("HCD0008", "alias")];
    "a key under another that has a value":
        PLATFORM "managedBy: platform-next\n" => "managedBy: platform-next\n  ¦team: x\n" [("HCD0004", "indented by 2")];
    "an equal sign for a colon":
        SERVICES "    team: orders-team" => "    ¦team = orders-team" [("HCD0004", "no key")];
    "a key of two words without its colon":
        PLATFORM "org: default" => "¦org default" [("HCD0004", "no key")];
    "the list of delegates by a misspelt key":
        PLATFORM "delegates:" => "¦delegate:" [("HCD0021", "did you mean `delegates`?")];
    "the list of clusters by a misspelt key":
        PLATFORM "clusters:" => "¦cluster:" [("HCD0021", "did you mean `clusters`?")];
    "the key of the registry in capitals":
        PLATFORM "registry:" => "¦Registry:" [("HCD0021", "did you mean `registry`?")];
    "the change windows by a misspelt key":
        PLATFORM "changeWindows:" => "¦changeWindow:" [("HCD0021", "did you mean `changeWindows`?")];
    "the groups by a misspelt key":
        PLATFORM "approvalGroups:" => "¦aprovalGroups:" [("HCD0021", "did you mean `approvalGroups`?")];
    "a misspelt key of a secret":
        PLATFORM "  passwordRef: gcr_json_key" => "  ¦passwordref: gcr_json_key" [("HCD0021", "did you mean `passwordRef`?")];
    "a misspelt key of the manifests":
        PLATFORM "  tokenRef:" => "  ¦tokenRefs:" [("HCD0021", "did you mean `tokenRef`?")];
    "a misspelt connector":
        PLATFORM "  connector: gcr_connector" => "  ¦conector: gcr_connector" [("HCD0021", "did you mean `connector`?")];
    "a misspelt key of a canary phase":
        PLATFORM "      - percentage: 10\n" => "      - ¦percent: 10\n" [("HCD0021", "percentage")];
    "a misspelt strategy":
        PLATFORM "workload: CronJob\n    strategy: Rolling" => "workload: CronJob\n    strategy: ¦Roling" [("HCD0023", "did you mean `Rolling`?")];
    "a misspelt environment of an override":
        PLATFORM "      prod: Canary" => "      ¦prd: Canary" [("HCD0021", "did you mean `prod`?")];
    "a percentage that is none":
        PLATFORM "percentage: 50" => "percentage: ¦150" [("HCD0024", "between 1 and 99")];
    "phases in the wrong order":
        PLATFORM "percentage: 10" => "percentage: 60",
        PLATFORM "      - percentage: 50" => "      - ¦percentage: 50" [("HCD0122", "comes after one of 60")];
    "all phases of a canary as texts":
        PLATFORM "percentage: 10" => "percentage: ¦\"10\"" [("HCD0022", "a whole number")],
        PLATFORM "percentage: 50" => "percentage: ¦\"50\"" [("HCD0022", "a whole number")];
    "a required field that there is not":
        PLATFORM "requiredFields: [changeTicket, rollbackPlan]" => "requiredFields: [¦changeTickets, rollbackPlan]"
        [("HCD0023", "did you mean `changeTicket`?")];
    "a required field without a list":
        PLATFORM "requiredFields: [changeTicket, rollbackPlan]" => "requiredFields: ¦changeTicket" [("HCD0022", "a list is wanted")];
    "a renamed network":
        PLATFORM "  - name: network-c" => "  - name: network-prod",
        PLATFORM "harness-delegate-prod-euw1\n    network: network-c" => "harness-delegate-prod-euw1\n    network: ¦network-c" [("HCD0103", "network-c")],
        PLATFORM "harness-delegate-prod-euw2\n    network: network-c" => "harness-delegate-prod-euw2\n    network: ¦network-c" [("HCD0103", "network-c")],
        PLATFORM "region: euw1\n    network: network-c" => "region: euw1\n    network: ¦network-c" [("HCD0103", "network-c")],
        PLATFORM "region: euw2\n    network: network-c" => "region: euw2\n    network: ¦network-c" [("HCD0103", "network-c")];
    "a renamed delegate":
        PLATFORM "  - name: harness-delegate-prod-euw1" => "  - name: harness-delegate-prod-eu-west-1",
        PLATFORM "    delegate: harness-delegate-prod-euw1" => "    delegate: ¦harness-delegate-prod-euw1" [("HCD0103", "there is no delegate")];
    "a delegate in two networks":
        PLATFORM "  - name: harness-delegate-int-euw2\n    network: network-a" => "  - name: harness-delegate-int-euw2\n    network: network-a\n  - name: ¦harness-delegate-int-euw2\n    network: network-b"
        [("HCD0105", "two networks")];
    "an environment without a name":
        PLATFORM "  - name: pre-stable\n    type: PreProduction" => "  - ¦type: PreProduction" [("HCD0020", "`name` is missing")];
    "a cluster without its region":
        PLATFORM "environment: prod\n    region: euw2\n" => "environment: prod\n",
        PLATFORM "  - name: k8s-prod-euw2" => "  - ¦name: k8s-prod-euw2" [("HCD0020", "`region` is missing")];
    "all clusters of an environment removed":
        PLATFORM "  - name: k8s-prod-euw1\n    environment: prod\n    region: euw1\n    network: network-c\n    delegate: harness-delegate-prod-euw1\n  - name: k8s-prod-euw2\n    environment: prod\n    region: euw2\n    network: network-c\n    delegate: harness-delegate-prod-euw2\n" => "",
        PLATFORM "clusters:\n  - name" => "clusters:\n  ¦- name" [("HCD0106", "`prod` has no cluster")];
    "a delegate for two clusters":
        PLATFORM "    delegate: harness-delegate-prod-euw2\n" => "    delegate: ¦harness-delegate-prod-euw1\n" [("HCD0129", "the cluster in which it runs")];
    "an organization with a dash":
        PLATFORM "org: default" => "org: ¦my-org" [("HCD0101", "")];
    "the secret itself":
        PLATFORM "tokenRef: github_platform_next_pat" => "tokenRef: ¦ghp_0123456789abcdef" [("HCD0112", "never belongs into a file")];
    "an address without its scheme":
        PLATFORM "  url: https://gcr.io" => "  url: ¦gcr.io" [("HCD0112", "https://")];
    "a day twice":
        PLATFORM "days: [Mon, Tue, Wed, Thu]" => "days: [Mon, Tue, ¦Mon, Thu]" [("HCD0126", "twice")];
    "a date in another order":
        PLATFORM "timeZone: UTC" => "timeZone: UTC\n    closedOn: [¦24.12.2026]" [("HCD0142", "YYYY-MM-DD")];
    "no days":
        PLATFORM "days: [Mon, Tue, Wed, Thu]" => "days: [] ",
        PLATFORM "  - name: prod-change-window" => "  - ¦name: prod-change-window" [("HCD0127", "never opens")];
    "a template that is not there":
        SERVICES "archetype: worker" => "archetype: ¦batch" [("HCD0111", "`batch`")];
    "an environment of a service that there is not":
        SERVICES "environments: [int-stable, pre-stable]" => "environments: [int-stable, ¦staging]" [("HCD0103", "staging")];
    "a service without a name":
        SERVICES "  - name: order-service\n    archetype: api" => "  - ¦archetype: api" [("HCD0020", "`name` is missing")];
    "a team that is another's identifier":
        SERVICES "team: orders-team" => "team: ¦payments_team" [("HCD0102", "both make the identifier")];
    "an entity that is none":
        SERVICES "    regions: [euw1]" => "    entity: ¦Component payment" [("HCD0112", "component:default/payment-service")];
    "two services that are one release":
        SERVICES "team: orders-team" => "team: orders-team\n    names: {namespace: 'orders-{{ENVIRONMENT}}', releaseName: orders}",
        SERVICES "    regions: [euw1]" => "    regions: [euw1]\n    names: ¦{namespace: 'orders-{{ENVIRONMENT}}', releaseName: orders}"
        [("HCD0102", "in `int-stable` the services `order-service` and `invoice-worker` are both the release `orders` in the namespace `orders-int-stable`")];
    "a namespace of a service with capitals":
        SERVICES "    regions: [euw1]" => "    names: {namespace: ¦'Picking_{{ENVIRONMENT}}'}" [("HCD0101", "`Picking_int-stable` is none that Kubernetes takes")];
    "a namespace of all services with an underscore":
        PLATFORM "imageTags:" => "names: {namespace: ¦'{{SERVICE_NAME}}-{{ENVIRONMENT_IDENTIFIER}}'}\nimageTags:" [("HCD0101", "`a-int_stable` is none")];
    "a year for one end of days of every year alone":
        PLATFORM "timeZone: UTC" => "timeZone: UTC\n    closedOn: [¦{from: 12-20, to: 2027-01-05}]" [("HCD0142", "both without")];
    "days that are the whole year":
        PLATFORM "timeZone: UTC" => "timeZone: UTC\n    closedOn: [¦{from: 12-20, to: 12-19}]" [("HCD0142", "the whole year")];
    "a day that no year has":
        PLATFORM "timeZone: UTC" => "timeZone: UTC\n    closedOn: [¦02-30]" [("HCD0142", "MM-DD for every year")];
    "a day of every year on which it opens":
        PLATFORM "timeZone: UTC" => "timeZone: UTC\n    openOn: [¦12-30]" [("HCD0142", "write it as YYYY-MM-DD: ")];
    "half a placeholder in the name of pipelines":
        PLATFORM "imageTags:" => "names: {pipeline: ¦'Deploy {{SERVICE_NAME'}\nimageTags:" [("HCD0202", "write `{{SERVICE_NAME}}`")];
    "half a placeholder in the namespace of all services":
        PLATFORM "imageTags:" => "names: {namespace: ¦'{{SERVICE_NAME}}-{ENVIRONMENT}}'}\nimageTags:" [("HCD0202", "`{ENVIRONMENT}}` is no placeholder")];
    "half a placeholder in the namespace of a service":
        SERVICES "    regions: [euw1]" => "    names: {namespace: ¦'picking-{{ENVIRONMENT}'}" [("HCD0202", "`{{ENVIRONMENT}` is no placeholder")];
    "half a placeholder before a whole one in a path":
        PLATFORM "    workload: CronJob" => "    paths: {folder: ¦'apps/{{ENVIRONMENT}-{{REGION}}'}\n    workload: CronJob" [("HCD0202", "`{{ENVIRONMENT}` is no placeholder")];
    "half a placeholder in a message":
        PLATFORM "    workload: CronJob" => "    approvalMessage: ¦'Look at {SERVICE_NAME}}.'\n    workload: CronJob" [("HCD0202", "write `{{SERVICE_NAME}}`")];
    "a description of an archetype that is misspelt":
        PLATFORM "  - name: worker\n    description" => "  - name: ¦workre\n    description" [("HCD0103", "did you mean `worker`?")];
    "an archetype that no service has":
        PLATFORM "  - name: worker\n    description" => "  - name: ¦batch\n    workload: Deployment\n    strategy: Rolling\n  - name: worker\n    description" [("HCD0161", "no service has the archetype `batch`")];
    "days of every year but one":
        PLATFORM "timeZone: UTC" => "timeZone: UTC\n    closedOn: [¦{from: 12-20, to: 12-18}]" [("HCD0162", "closed on 365 days")];
    "a freeze with its ends the wrong way round":
        PLATFORM "timeZone: UTC" => "timeZone: UTC\n    closedOn: [¦{from: 01-07, to: 12-18}]" [("HCD0162", "closed on 347 days")];
    "a team that is misspelt for one of several services":
        SERVICES "team: analytics-team" => "team: ¦paymants-team" [("HCD0163", "did you mean `payments-team`?")];
    "a release with a space":
        SERVICES "    regions: [euw1]" => "    names: {releaseName: ¦pick ing}" [("HCD0101", "`pick ing` is no name of a release")];
    "a release of all services with capitals":
        PLATFORM "imageTags:" => "names: {releaseName: ¦'{{SERVICE_NAME}}-Next'}\nimageTags:" [("HCD0101", "`a-Next` is no name of a release")];
    "a registry without encryption":
        PLATFORM "  url: https://gcr.io" => "  url: ¦http://gcr.io" [("HCD0112", "write it with https://")];
    "an image with its registry":
        SERVICES "image: project/order-service" => "image: ¦gcr.io/project/order-service" [("HCD1058", "repeats the registry `gcr.io`")];
    "an unknown placeholder":
        API "archetype: {{ARCHETYPE}}" => "archetype: ¦{{CLUSTER}}" [("HCD0201", "{{CLUSTER}}")];
    "a placeholder in small letters between quotes":
        API "name: \"{{PIPELINE_NAME}}\"" => "name: \"¦{{pipeline_name}}\"" [("HCD0202", "{{PIPELINE_NAME}}")];
    "a key twice in a template":
        API "  orgIdentifier: default" => "  orgIdentifier: default\n  ¦projectIdentifier: platform" [("HCD0010", "twice")];
    "another canary than the platform's":
        API "percentage: 50" => "percentage: 40",
        API "    - stage:\n        name: Deploy prod" => "    - stage:\n        ¦name: Deploy prod" [("HCD0120", "[10, 40]")];
};

/// What is none.
#[rustfmt::skip]
pub(crate) const NO_MISTAKES: &[Mistake] = mistakes! {
    "a byte order mark at the head": SERVICES "# One entry" => "\u{feff}# One entry" [];
    "a no-break space and a tab in a comment": SERVICES "# One entry" => "#\u{a0}One\tentry" [];
    "a time without quotes": PLATFORM "from: \"10:00\"" => "from: 10:00" [];
    "a window by night":
        PLATFORM "from: \"10:00\"\n    to: \"16:00\"" => "from: \"22:00\"\n    to: \"05:00\"" [];
    "days from one to another that nobody deploys on":
        PLATFORM "timeZone: UTC" => "timeZone: UTC\n    closedOn: [2026-11-02, {from: 2026-12-24, to: 2027-01-01}]" [];
    "two services in one namespace, each with its release":
        SERVICES "team: orders-team" => "team: orders-team\n    names: {namespace: shared, releaseName: orders}",
        SERVICES "    regions: [euw1]" => "    regions: [euw1]\n    names: {namespace: shared, releaseName: invoices}" [];
    "two services that are one release in different regions":
        SERVICES "team: orders-team" => "team: orders-team\n    regions: [euw2]\n    names: {namespace: shared, releaseName: orders}",
        SERVICES "    regions: [euw1]" => "    regions: [euw1]\n    names: {namespace: shared, releaseName: orders}" [];
    "two services in one namespace with the usual release":
        PLATFORM "imageTags:" => "names: {namespace: 'apps-{{ENVIRONMENT}}'}\nimageTags:" [];
    "days of every year":
        PLATFORM "timeZone: UTC" => "timeZone: UTC\n    closedOn: [12-24, {from: 12-28, to: 01-05}]\n    openOn: [2026-12-30]" [];
    "a cluster that Harness fills in":
        PLATFORM "    delegate: harness-delegate-prod-euw1\n" => "    delegate: harness-delegate-prod-euw1\n    credentials: {type: Eks, cluster: <+variable.cluster>}\n" [];
    "a country that other readers take for false": SERVICES "team: orders-team" => "team: no" [];
    "typographic quotes in a description":
        PLATFORM "description: A long-running service" => "description: A “long-running” service",
        API "# Digest" => "¦# Digest" [("HCD0139", "")];
    "lines of equal signs in a text":
        PLATFORM "    description: |\n      CronJobs." => "    description: |\n      CronJobs\n      =======\n      ",
        JOB "# Digest" => "¦# Digest" [("HCD0139", "")];
};

/// A mistake in an entry of the platform, and what it leaves out: each by its kind and name.
pub(crate) struct Broken {
    pub(crate) mistake: Mistake,
    pub(crate) left_out: &'static [&'static str],
}

macro_rules! broken {
    ($($name:literal: $($file:ident $from:literal => $to:literal $([$($told:expr),*])?),+; leaves [$($left_out:literal),*];)*) => {
        &[$(Broken {
            mistake: Mistake {
                name: $name,
                edits: &[$(Edit { file: $file, from: $from, to: $to, told: &[$($($told),*)?] }),+],
            },
            left_out: &[$($left_out),*],
        }),*]
    };
}

#[rustfmt::skip]
pub(crate) const BROKEN: &[Broken] = broken! {
    "an archetype with a misspelt workload":
        PLATFORM "workload: CronJob" => "workload: ¦CronJb" [("HCD0023", "did you mean `CronJob`?")];
        leaves ["Service settlement-job", "Service report-job"];
    "an archetype with a misspelt key":
        PLATFORM "    strategy: Rolling\n    overrides:\n" => "    strategy: Rolling\n    ¦override:\n" [("HCD0021", "did you mean `overrides`?")];
        leaves ["Service payment-service", "Service ledger-service", "Service order-service"];
    "an archetype whose strategy does not fit":
        PLATFORM "workload: CronJob\n    strategy: Rolling" => "workload: CronJob\n    strategy: ¦BlueGreen" [("HCD0121", "does not deploy a CronJob")];
        leaves ["Service settlement-job", "Service report-job"];
    "an archetype that applies the files of a chart":
        PLATFORM "workload: CronJob\n    strategy: Rolling" => "workload: CronJob\n    manifests: HelmChart\n    strategy: ¦Apply" [("HCD0121", "a chart")];
        leaves ["Service settlement-job", "Service report-job"];
    "an archetype with a canary of what has none, in environments that have no phases":
        PLATFORM "workload: CronJob\n    strategy: Rolling" => "workload: CronJob\n    strategy: ¦Canary" [("HCD0121", "does not deploy a CronJob")];
        leaves ["Service settlement-job", "Service report-job"];
    "an archetype outside Kubernetes with a strategy":
        PLATFORM "workload: CronJob\n    strategy: Rolling" => "workload: CloudRun\n    ¦strategy: Rolling" [("HCD0021", "says nothing beside `workload: CloudRun`")];
        leaves ["Service settlement-job", "Service report-job"];
    "templates that are older than an approval":
        PLATFORM "  - name: pre-stable\n    type: PreProduction\n" => "  - name: pre-stable\n    type: PreProduction\n    approvals: [team]\n",
        API "# Digest" => "¦# Digest" [("HCD0139", "run `harness-cd template new`")],
        WORKER "# Digest" => "¦# Digest" [("HCD0139", "run `harness-cd template new`")],
        JOB "# Digest" => "¦# Digest" [("HCD0139", "run `harness-cd template new`")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker",
            "Service invoice-worker", "Service settlement-job", "Service report-job"
        ];
    "an archetype without a name":
        PLATFORM "  - name: job\n    description" => "  - ¦description" [("HCD0020", "`name` is missing")];
        leaves ["Service settlement-job", "Service report-job"];
    "two archetypes of one name":
        PLATFORM "  - name: job\n    description" => "  - name: ¦worker\n    description" [("HCD0102", "twice")];
        leaves ["Service notification-worker", "Service invoice-worker", "Service settlement-job", "Service report-job"];
    "an archetype of a registry that there is not":
        PLATFORM "    workload: CronJob" => "    registry: ¦gcr\n    workload: CronJob" [("HCD0103", "there is no registry `gcr`")];
        leaves ["Service settlement-job", "Service report-job"];
    "a canary of an archetype in an environment without phases":
        PLATFORM "    overrides:\n      prod: Canary" => "    overrides:\n      prod: Canary\n      pre-stable: ¦Canary" [("HCD0122", "`pre-stable` has no canary phases")];
        leaves ["Service payment-service", "Service ledger-service", "Service order-service"];
    "a cluster whose delegate is in another network":
        PLATFORM "    delegate: harness-delegate-prod-euw2\n" => "    delegate: ¦harness-delegate-int-euw2\n" [("HCD0104", "cannot reach")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service settlement-job",
            "Cluster k8s-prod-euw2", "Delegate harness-delegate-int-euw1", "Delegate harness-delegate-int-euw2", "Delegate harness-delegate-pre-euw1", "Delegate harness-delegate-pre-euw2",
            "Delegate harness-delegate-prod-euw1", "Delegate harness-delegate-prod-euw2"
        ];
    "a cluster without its network":
        PLATFORM "region: euw2\n    network: network-a\n" => "region: euw2\n",
        PLATFORM "  - name: k8s-int-stable-euw2" => "  - ¦name: k8s-int-stable-euw2" [("HCD0020", "`network` is missing")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service settlement-job", "Service report-job",
            "Cluster k8s-int-stable-euw2", "Delegate harness-delegate-int-euw2"
        ];
    "a cluster of a service in its region alone":
        PLATFORM "    delegate: harness-delegate-prod-euw1\n" => "    delegate: harness-delegate-prod-euw1\n    credentials: {type: ¦Eksx}\n"
        [("HCD0023", "Eksx")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service invoice-worker", "Service settlement-job",
            "Cluster k8s-prod-euw1", "Delegate harness-delegate-prod-euw1"
        ];
    "a cluster beside one that has a stage of its own, which no template has yet":
        PLATFORM "    delegate: harness-delegate-prod-euw1\n" => "    delegate: harness-delegate-prod-euw1\n    infrastructure: prod-a\n",
        PLATFORM "    delegate: harness-delegate-prod-euw2\n" => "    delegate: harness-delegate-prod-euw2\n    infrastructure: prod-b\n    credentials: {type: ¦Eksx}\n"
        [("HCD0023", "Eksx")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service invoice-worker", "Service settlement-job",
            "Cluster k8s-prod-euw2", "Delegate harness-delegate-prod-euw2"
        ];
    "a cluster that two regions may have":
        PLATFORM "environment: prod\n    region: euw2\n" => "environment: prod\n",
        PLATFORM "  - name: k8s-prod-euw2" => "  - ¦name: k8s-prod-euw2" [("HCD0020", "`region` is missing")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service invoice-worker", "Service settlement-job",
            "Cluster k8s-prod-euw2", "Delegate harness-delegate-prod-euw2"
        ];
    "two clusters in one place, one of which belongs elsewhere":
        PLATFORM "    environment: prod\n    region: euw2" => "    environment: prod\n    region: euw1",
        PLATFORM "  - name: k8s-prod-euw2" => "  - ¦name: k8s-prod-euw2" [("HCD0107", "both stand for")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service invoice-worker", "Service settlement-job", "Service report-job",
            "Cluster k8s-prod-euw1", "Cluster k8s-prod-euw2",
            "Delegate harness-delegate-int-euw1", "Delegate harness-delegate-int-euw2", "Delegate harness-delegate-pre-euw1", "Delegate harness-delegate-pre-euw2",
            "Delegate harness-delegate-prod-euw1", "Delegate harness-delegate-prod-euw2"
        ];
    "a delegate that two clusters share":
        PLATFORM "    delegate: harness-delegate-prod-euw2\n" => "    delegate: ¦harness-delegate-prod-euw1\n" [("HCD0129", "the cluster in which it runs")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service invoice-worker", "Service settlement-job",
            "Cluster k8s-prod-euw1", "Cluster k8s-prod-euw2", "Delegate harness-delegate-int-euw1", "Delegate harness-delegate-int-euw2", "Delegate harness-delegate-pre-euw1", "Delegate harness-delegate-pre-euw2",
            "Delegate harness-delegate-prod-euw1", "Delegate harness-delegate-prod-euw2"
        ];
    "a service that names the place of a broken cluster":
        PLATFORM "    delegate: harness-delegate-prod-euw2\n" => "    delegate: ¦harness-delegate-int-euw2\n" [("HCD0104", "cannot reach")],
        SERVICES "    regions: [euw1]" => "    environments: [prod]\n    regions: [euw2]";
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service invoice-worker", "Service settlement-job",
            "Cluster k8s-prod-euw2", "Delegate harness-delegate-int-euw1", "Delegate harness-delegate-int-euw2", "Delegate harness-delegate-pre-euw1", "Delegate harness-delegate-pre-euw2",
            "Delegate harness-delegate-prod-euw1", "Delegate harness-delegate-prod-euw2"
        ];
    "a delegate with more replicas than there may be":
        PLATFORM "  - name: harness-delegate-pre-euw2\n" => "  - name: harness-delegate-pre-euw2\n    replicas: ¦200\n" [("HCD0024", "between 1 and 20")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service settlement-job", "Service report-job",
            "Cluster k8s-pre-stable-euw2", "Delegate harness-delegate-pre-euw2"
        ];
    "the delegate that reaches the registry of all":
        PLATFORM "  - name: harness-delegate-int-euw1\n" => "  - name: harness-delegate-int-euw1\n    cpu: ¦none\n" [("HCD0022", "a whole number")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service invoice-worker", "Service settlement-job", "Service report-job",
            "Cluster k8s-int-stable-euw1", "Delegate harness-delegate-int-euw1", "Registry gcr_connector"
        ];
    "a network with a range that is none":
        PLATFORM "cidr: 10.3.0.0/16" => "cidr: ¦10.3.0.0/160" [("HCD0112", "CIDR")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service invoice-worker", "Service settlement-job",
            "Cluster k8s-prod-euw1", "Cluster k8s-prod-euw2", "Delegate harness-delegate-prod-euw1", "Delegate harness-delegate-prod-euw2"
        ];
    "a network that nobody stands in":
        PLATFORM "  - name: network-c\n" => "  - name: network-d\n    cidr: ¦nowhere\n  - name: network-c\n" [("HCD0112", "CIDR")];
        leaves [];
    "the registry of all without its password":
        PLATFORM "  passwordRef: gcr_json_key\n" => "",
        PLATFORM "  connector: gcr_connector" => "  ¦connector: gcr_connector" [("HCD0112", "needs `passwordRef`")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service invoice-worker", "Service settlement-job", "Service report-job",
            "Registry gcr_connector"
        ];
    "the registry of one service":
        PLATFORM "\nregistry:\n" => "\nregistries:\n  - connector: hub\n    url: ¦hub.docker.com\n    username: bot\n    passwordRef: hub_token\n    delegate: harness-delegate-int-euw1\nregistry:\n" [("HCD0112", "https://")],
        SERVICES "    regions: [euw1]" => "    registry: hub";
        leaves ["Service invoice-worker", "Registry hub"];
    "a notification rule through a channel that there is not":
        PLATFORM "\nimageTags:" => "\nnotifications:\n  - name: Failed\n    channel: ¦Slakc\n    events: [PipelineFailed]\n    webhookRef: slack\n\nimageTags:"
        [("HCD0023", "did you mean `Slack`?")];
        leaves [];
    "an archetype and a cluster":
        PLATFORM "workload: CronJob" => "workload: ¦CronJb" [("HCD0023", "did you mean `CronJob`?")],
        PLATFORM "    delegate: harness-delegate-prod-euw2\n" => "    delegate: ¦harness-delegate-int-euw2\n" [("HCD0104", "cannot reach")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service settlement-job", "Service report-job",
            "Cluster k8s-prod-euw2", "Delegate harness-delegate-int-euw1", "Delegate harness-delegate-int-euw2", "Delegate harness-delegate-pre-euw1", "Delegate harness-delegate-pre-euw2",
            "Delegate harness-delegate-prod-euw1", "Delegate harness-delegate-prod-euw2"
        ];
    "an environment, whose stage each pipeline has":
        PLATFORM "type: Production" => "type: ¦Prodction" [("HCD0023", "did you mean `Production`?")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service invoice-worker", "Service settlement-job", "Service report-job"
        ];
    "a change window":
        PLATFORM "to: \"16:00\"" => "to: ¦\"25:00\"" [("HCD0128", "time of day")];
        leaves [
            "Service payment-service", "Service ledger-service", "Service order-service", "Service notification-worker", "Service invoice-worker", "Service settlement-job", "Service report-job"
        ];
};
