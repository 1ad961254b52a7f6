import { deployment as deploymentStage, FIXED_PLACE, stages } from '../pipelines.js';
import type { Form } from '../form.js';

/** What is given to a run, as the API, the scaffolder's action and the command line take it. */
export interface Given {
  inputs: Record<string, unknown>;
  inputSets?: string[];
  stages?: string[];
}

type Fill = (form: Form) => Promise<void>;

/** One shape of what a pipeline may ask for. */
export interface Shape {
  name: string;
  /** Where it is written down what Harness takes. */
  fact: string;
  /** The members of the pipeline besides its names. */
  pipeline: string;
  /** The whole text of a pipeline of Harness 3.0, in place of the members. */
  harness3?: string;
  /** The members on another branch of its repository, and its name: the entity's pipeline is the one there. */
  onBranch?: { branch: string; pipeline: string };
  /** Input sets of the pipeline, by identifier. */
  inputSets?: Record<string, string>;
  given: Given;
  /** The same, as a person gives it. */
  fill: Fill;
  /** What is posted: below `pipeline` and besides its names; of Harness 3.0 all of it. */
  body: object;
  /** Inputs that are wrong and the rest as before, the same as a person gives it, and what either is told. */
  wrong: { inputs: Record<string, unknown>; fill: Fill; told: string };
}

/** The one stage of a pipeline, which deploys. */
function deployment(spec: string, around: string = ''): string {
  return stages(deploymentStage(spec, around));
}

const PROJECT = 'orgIdentifier: default, projectIdentifier: platform';
const WAIT = 'execution: { steps: [{ step: { identifier: w, name: w, type: Wait, spec: { duration: 1s } } }] }';
const CUSTOM = `stages:
  - stage: { identifier: work, name: Work, type: Custom, spec: { ${WAIT} } }
`;

/** What Harness has besides pipelines and their input sets. */
export const HARNESS = [
  `service: { name: shelf, identifier: shelf, ${PROJECT}, serviceDefinition: { type: Kubernetes, spec: {} } }`,
  `service: { name: book, identifier: book, ${PROJECT}, serviceDefinition: { type: Kubernetes, spec: { artifacts: { primary: { primaryArtifactRef: <+input>, sources: [{ identifier: image, type: DockerRegistry, spec: { connectorRef: hub, imagePath: acme/book, tag: <+input> } }, { identifier: pinned, type: DockerRegistry, spec: { connectorRef: hub, imagePath: acme/book, tag: v1 } }] } } } } }`,
  `infrastructureDefinition: { name: open, identifier: open, ${PROJECT}, environmentRef: int_stable, deploymentType: Kubernetes, type: KubernetesDirect, spec: { connectorRef: k8s, namespace: <+input>, releaseName: r } }`,
  `gitOpsCluster: { name: shelves, clusterRef: shelves, agentIdentifier: account.agent, environmentRef: int_stable, ${PROJECT}, scope: PROJECT }`,
  `environmentGroup: { name: Stable, identifier: stable, ${PROJECT}, envIdentifiers: [int_stable, pre_stable] }`,
  `template: { name: breath, identifier: breath, versionLabel: v1, ${PROJECT}, type: Stage, spec: { type: Custom, spec: { execution: { steps: [{ step: { identifier: w, name: w, type: Wait, spec: { duration: <+input> } } }] } } } }`,
  `pipeline:
  name: child
  identifier: child
  orgIdentifier: default
  projectIdentifier: platform
  variables: [{ name: word, type: String, value: <+input> }]
  ${CUSTOM.replaceAll('\n', '\n  ')}`,
];

const SPEC = '/pipeline/stages/0/stage/spec';
/** What the example's order-service asks for, answered. */
const ORDER_SERVICE_INPUTS = {
  serviceDefinition: {
    type: 'Kubernetes',
    spec: {
      artifacts: {
        primary: { sources: [{ identifier: 'docker_image', type: 'DockerRegistry', spec: { tag: 'v7' } }] },
      },
      manifests: [
        {
          manifest: {
            identifier: 'k8s_manifests_gitops',
            type: 'K8sManifest',
            spec: { store: { type: 'Github', spec: { paths: ['deploy.yaml'] } } },
          },
        },
      ],
    },
  },
};
const ASKED = 'serviceInputs/serviceDefinition/spec';
const SERVICE_INPUTS = `${SPEC}/service/${ASKED}`;
/** A filter of what is deployed to. */
const EU_ONLY = {
  identifier: 'eu',
  type: 'tags',
  entities: ['infrastructures'],
  spec: { matchType: 'all', tags: { region: 'eu' } },
};
const FIXED_SERVICE = 'service: { serviceRef: shelf }\n';

/** What is posted for the stage of {@link deployment}. */
function stage(spec: object, around: object = {}) {
  return { stages: [{ stage: { identifier: 'roll_out', type: 'Deployment', ...around, spec } }] };
}

export const SHAPES: Shape[] = [
  {
    name: 'texts, numbers, booleans, choices and secrets',
    fact: 'run-inputs §8',
    pipeline: `${CUSTOM}variables:
  - { name: version, type: String, required: true, value: '<+input>.regex(v[0-9]+)' }
  - { name: replicas, type: Number, value: <+input> }
  - { name: market, type: String, value: '<+input>.allowedValues(europe,asia)' }
  - { name: tests, type: String, value: '<+input>.selectManyFrom(login,search)' }
  - { name: token, type: Secret, value: <+input> }
`,
    given: {
      inputs: { version: 'v7', replicas: 3, market: 'asia', tests: ['login', 'search'], token: 'account.hub' },
    },
    fill: async form => {
      await form.type(/version/, 'v7');
      await form.type(/replicas/, '3');
      await form.choose(/market/, 'asia');
      await form.choose(/tests/, 'login', 'search');
      await form.type(/token/, 'account.hub');
    },
    body: {
      variables: [
        { name: 'version', type: 'String', value: 'v7' },
        { name: 'replicas', type: 'Number', value: 3 },
        { name: 'market', type: 'String', value: 'asia' },
        { name: 'tests', type: 'String', value: 'login,search' },
        { name: 'token', type: 'Secret', value: 'account.hub' },
      ],
    },
    wrong: {
      inputs: { version: 'seven' },
      fill: form => form.type(/version/, 'seven'),
      told: '“seven” does not have the form of version',
    },
  },
  {
    name: 'durations, whole numbers and truth values where the place tells them',
    fact: 'run-inputs §8',
    pipeline: deployment(
      `${FIXED_SERVICE}environment:
  environmentRef: int_stable
  deployToAll: <+input>
`,
      `timeout: <+input>
strategy: { repeat: { items: [a, b], maxConcurrency: <+input> } }
`,
    ),
    given: {
      inputs: {
        '/pipeline/stages/0/stage/timeout': '20m',
        '/pipeline/stages/0/stage/strategy/repeat/maxConcurrency': 2,
        [`${SPEC}/environment/deployToAll`]: true,
      },
    },
    fill: async form => {
      await form.type(/Timeout/, '20m');
      await form.type(/Max concurrency/, '2');
      await form.choose(/Deploy to all/, 'true');
    },
    body: stage(
      { environment: { deployToAll: true } },
      { timeout: '20m', strategy: { repeat: { maxConcurrency: 2 } } },
    ),
    wrong: {
      inputs: { '/pipeline/stages/0/stage/timeout': 'soon' },
      fill: form => form.type(/Timeout/, 'soon'),
      told: 'a time span, such as 10m or 1h 30m',
    },
  },
  {
    name: 'a service, and what the chosen one asks for',
    fact: 'run-inputs §2',
    pipeline: deployment(`service: { serviceRef: <+input>, serviceInputs: <+input> }
${FIXED_PLACE}`),
    given: {
      inputs: {
        [`${SPEC}/service/serviceRef`]: 'order_service',
        [`${SERVICE_INPUTS}/artifacts/primary/sources/0/spec/tag`]: 'v7',
        [`${SERVICE_INPUTS}/manifests/0/manifest/spec/store/spec/paths`]: ['deploy.yaml'],
      },
    },
    fill: async form => {
      await form.choose(/Service/, /order-service/);
      await form.type(/Tag/, 'v7');
      await form.type(/Paths/, 'deploy.yaml');
    },
    body: stage({
      service: {
        serviceRef: 'order_service',
        serviceInputs: ORDER_SERVICE_INPUTS,
      },
    }),
    wrong: {
      inputs: { [`${SPEC}/service/serviceRef`]: 'order_servise' },
      fill: form => form.chooseTyped(/Service/, 'order_servise'),
      told: 'Harness lists no “order_servise” for Service of stage Roll out',
    },
  },
  {
    name: 'an environment and its infrastructure',
    fact: 'run-inputs §3',
    pipeline: deployment(
      `${FIXED_SERVICE}environment: { environmentRef: <+input>, environmentInputs: <+input>, infrastructureDefinitions: <+input> }
`,
    ),
    given: {
      inputs: {
        [`${SPEC}/environment/environmentRef`]: 'int_stable',
        [`${SPEC}/environment/infrastructureDefinitions`]: ['int_stable_euw1_k8s'],
      },
    },
    fill: async form => {
      await form.choose(/Environment/, /int-stable/);
      await form.choose(/Infrastructure/, /euw1/);
    },
    body: stage({
      environment: {
        environmentRef: 'int_stable',
        infrastructureDefinitions: [{ identifier: 'int_stable_euw1_k8s' }],
      },
    }),
    wrong: {
      inputs: { [`${SPEC}/environment/infrastructureDefinitions`]: ['pre_stable_euw1_k8s'] },
      fill: async form => {
        await form.choose(/Environment/, /int-stable/);
        await form.chooseTyped(/Infrastructure/, 'pre_stable_euw1_k8s');
      },
      told: 'Harness lists no “pre_stable_euw1_k8s” in int_stable for Infrastructure definitions of stage Roll out',
    },
  },
  {
    name: 'several services, and what each of them asks for',
    fact: 'run-inputs §2',
    pipeline: deployment(`services: { metadata: { parallel: true }, values: <+input> }\n${FIXED_PLACE}`),
    given: {
      inputs: {
        [`${SPEC}/services/values`]: ['order_service', 'shelf'],
        [`${SPEC}/services/values/order_service/${ASKED}/artifacts/primary/sources/0/spec/tag`]: 'v7',
        [`${SPEC}/services/values/order_service/${ASKED}/manifests/0/manifest/spec/store/spec/paths`]: ['deploy.yaml'],
      },
    },
    fill: async form => {
      await form.choose(/Services/, /order-service/, /shelf/);
      await form.type(/Tag/, 'v7');
      await form.type(/Paths/, 'deploy.yaml');
    },
    body: stage({
      services: {
        values: [{ serviceRef: 'order_service', serviceInputs: ORDER_SERVICE_INPUTS }, { serviceRef: 'shelf' }],
      },
    }),
    wrong: {
      inputs: { [`${SPEC}/services/values/order_service/${ASKED}/artifacts/primary/sources/0/spec/tag`]: '<+tag>' },
      fill: async form => {
        await form.choose(/Services/, /order-service/, /shelf/);
        await form.type(/Tag/, '<+tag>');
      },
      told: 'holds “<+”',
    },
  },
  {
    name: 'an artifact source, and the tag that it asks for',
    fact: 'run-inputs §4',
    pipeline: deployment(
      `service: { serviceRef: book, serviceInputs: { serviceDefinition: { type: Kubernetes, spec: { artifacts: { primary: { primaryArtifactRef: <+input>, sources: <+input> } } } } } }\n${FIXED_PLACE}`,
    ),
    given: {
      inputs: {
        [`${SERVICE_INPUTS}/artifacts/primary/primaryArtifactRef`]: 'image',
        [`${SERVICE_INPUTS}/artifacts/primary/sources/0/spec/tag`]: 'v7',
      },
    },
    fill: async form => {
      await form.choose(/artifact/i, 'image');
      await form.type(/Tag/, 'v7');
    },
    body: stage({
      service: {
        serviceInputs: {
          serviceDefinition: {
            type: 'Kubernetes',
            spec: {
              artifacts: {
                primary: {
                  primaryArtifactRef: 'image',
                  sources: [{ identifier: 'image', type: 'DockerRegistry', spec: { tag: 'v7' } }],
                },
              },
            },
          },
        },
      },
    }),
    wrong: {
      inputs: { [`${SERVICE_INPUTS}/artifacts/primary/primaryArtifactRef`]: 'imgae' },
      fill: form => form.chooseTyped(/artifact/i, 'imgae'),
      told: 'Harness lists no “imgae” in book for Primary artifact of stage Roll out',
    },
  },
  {
    name: 'what a chosen infrastructure definition asks for',
    fact: 'run-inputs §3',
    pipeline: deployment(
      `${FIXED_SERVICE}environment: { environmentRef: int_stable, infrastructureDefinitions: <+input> }\n`,
    ),
    given: {
      inputs: {
        [`${SPEC}/environment/infrastructureDefinitions`]: ['open'],
        [`${SPEC}/environment/infrastructureDefinitions/open/inputs/spec/namespace`]: 'shelf',
      },
    },
    fill: async form => {
      await form.choose(/Infrastructure/, 'open');
      await form.type(/Namespace/, 'shelf');
    },
    body: stage({
      environment: {
        infrastructureDefinitions: [
          {
            identifier: 'open',
            inputs: { identifier: 'open', type: 'KubernetesDirect', spec: { namespace: 'shelf' } },
          },
        ],
      },
    }),
    wrong: {
      inputs: { [`${SPEC}/environment/infrastructureDefinitions/open/inputs/spec/namespace`]: '<+x>' },
      fill: async form => {
        await form.choose(/Infrastructure/, 'open');
        await form.type(/Namespace/, '<+x>');
      },
      told: 'holds “<+”',
    },
  },
  {
    name: 'GitOps clusters, with their agents',
    fact: 'run-inputs §3',
    pipeline: deployment(
      `gitOpsEnabled: true\n${FIXED_SERVICE}environment: { environmentRef: int_stable, gitOpsClusters: <+input> }\n`,
    ),
    given: { inputs: { [`${SPEC}/environment/gitOpsClusters`]: ['shelves'] } },
    fill: form => form.choose(/clusters/i, /shelves/),
    body: stage({ environment: { gitOpsClusters: [{ identifier: 'shelves', agentIdentifier: 'account.agent' }] } }),
    wrong: {
      inputs: { [`${SPEC}/environment/gitOpsClusters`]: ['shelf'] },
      fill: form => form.chooseTyped(/clusters/i, 'shelf'),
      told: 'Harness lists no “shelf” in int_stable for Git ops clusters of stage Roll out',
    },
  },
  {
    name: 'several environments',
    fact: 'run-inputs §3',
    pipeline: deployment(`${FIXED_SERVICE}environments: { metadata: { parallel: <+input> }, values: <+input> }
`),
    given: {
      inputs: {
        [`${SPEC}/environments/metadata/parallel`]: true,
        [`${SPEC}/environments/values`]: ['int_stable', 'pre_stable'],
      },
    },
    fill: async form => {
      await form.choose(/Parallel/, 'true');
      await form.choose(/Environments/, /int-stable/, /pre-stable/);
    },
    body: stage({
      environments: {
        metadata: { parallel: true },
        values: [
          { environmentRef: 'int_stable', deployToAll: true },
          { environmentRef: 'pre_stable', deployToAll: true },
        ],
      },
    }),
    wrong: {
      inputs: { [`${SPEC}/environments/values`]: ['nowhere'] },
      fill: async form => {
        await form.choose(/Parallel/, 'true');
        await form.chooseTyped(/Environments/, 'nowhere');
      },
      told: 'Harness lists no “nowhere” for Environments of stage Roll out',
    },
  },
  {
    name: 'a group of environments, and which of its members',
    fact: 'run-inputs §3',
    pipeline: deployment(
      `${FIXED_SERVICE}environmentGroup: { envGroupRef: <+input>, metadata: { parallel: true }, deployToAll: <+input>, environments: <+input> }
`,
    ),
    given: {
      inputs: {
        [`${SPEC}/environmentGroup/envGroupRef`]: 'stable',
        [`${SPEC}/environmentGroup/deployToAll`]: false,
        [`${SPEC}/environmentGroup/environments`]: ['int_stable'],
      },
    },
    fill: async form => {
      await form.choose(/group/i, /Stable/);
      await form.choose(/Deploy to all/, 'false');
      await form.choose(/Environments/, /int-stable/);
    },
    body: stage({
      environmentGroup: {
        envGroupRef: 'stable',
        deployToAll: false,
        environments: [{ environmentRef: 'int_stable', deployToAll: true }],
      },
    }),
    wrong: {
      inputs: { [`${SPEC}/environmentGroup/environments`]: ['prod_stable'] },
      fill: async form => {
        await form.choose(/group/i, /Stable/);
        await form.choose(/Deploy to all/, 'false');
        await form.chooseTyped(/Environments/, 'prod_stable');
      },
      told: 'Harness lists no “prod_stable” in stable for Environments of stage Roll out',
    },
  },
  {
    name: 'the build of a codebase',
    fact: 'run-inputs §5',
    pipeline: `properties: { ci: { codebase: { connectorRef: account.github, repoName: shelf, build: <+input> } } }
stages:
  - stage:
      identifier: build
      name: Build
      type: CI
      spec: { cloneCodebase: true, platform: { os: Linux, arch: Amd64 }, runtime: { type: Cloud, spec: {} }, execution: { steps: [{ step: { identifier: r, name: r, type: Run, spec: { command: make } } }] } }
`,
    given: { inputs: { '/pipeline/properties/ci/codebase/build': { number: '12' } } },
    fill: async form => {
      await form.choose(/Branch, tag, pull request or commit/, 'Pull request');
      await form.type('Pull request', '12');
    },
    body: { properties: { ci: { codebase: { build: { type: 'PR', spec: { number: '12' } } } } } },
    wrong: {
      inputs: { '/pipeline/properties/ci/codebase/build': { number: '<+pr>' } },
      fill: async form => {
        await form.choose(/Branch, tag, pull request or commit/, 'Pull request');
        await form.type('Pull request', '<+pr>');
      },
      told: 'holds “<+”',
    },
  },
  {
    name: 'input sets, and own values over them',
    fact: 'run-inputs §6',
    pipeline: `${CUSTOM}variables:
  - { name: version, type: String, required: true, value: '<+input>.regex(v[0-9]+)' }
  - { name: market, type: String, value: <+input> }
`,
    inputSets: {
      usual: 'variables: [{ name: version, type: String, value: v4 }, { name: market, type: String, value: europe }]',
      asia: 'variables: [{ name: market, type: String, value: asia }]',
    },
    given: { inputs: { version: 'v5' }, inputSets: ['usual', 'asia'] },
    fill: async form => {
      await form.choose(/Input sets/, 'usual', 'asia');
      await form.type(/version/, 'v5');
    },
    body: {
      variables: [
        { name: 'version', type: 'String', value: 'v5' },
        { name: 'market', type: 'String', value: 'asia' },
      ],
    },
    wrong: {
      inputs: { version: 'five' },
      fill: form => form.type(/version/, 'five'),
      told: '“five” does not have the form of version',
    },
  },
  {
    name: 'chosen stages',
    fact: 'run-inputs §1.5',
    pipeline: `allowStageExecutions: true
stages:
  - stage: { identifier: first, name: First, type: Custom, spec: { ${WAIT} } }
  - stage: { identifier: second, name: Second, type: Custom, variables: [{ name: word, type: String, required: true, value: <+input> }], spec: { ${WAIT} } }
`,
    given: { inputs: { '/pipeline/stages/1/stage/variables/0/value': 'now' }, stages: ['second'] },
    fill: async form => {
      await form.choose(/Stages/, 'Second');
      await form.type(/word/, 'now');
    },
    body: {
      stages: [
        {
          stage: { identifier: 'second', type: 'Custom', variables: [{ name: 'word', type: 'String', value: 'now' }] },
        },
      ],
    },
    wrong: {
      inputs: { '/pipeline/stages/1/stage/variables/0/value': '<+pipeline.name>' },
      fill: async form => {
        await form.choose(/Stages/, 'Second');
        await form.type(/word/, '<+pipeline.name>');
      },
      told: 'holds “<+”',
    },
  },
  {
    name: 'a strategy, in YAML',
    fact: 'run-inputs §9',
    pipeline: deployment(FIXED_SERVICE + FIXED_PLACE, 'strategy: <+input>\n'),
    given: { inputs: { '/pipeline/stages/0/stage/strategy': { matrix: { size: ['s', 'm'] }, maxConcurrency: 1 } } },
    fill: form => form.type(/Strategy/, 'matrix:\n  size: [s, m]\nmaxConcurrency: 1'),
    body: {
      stages: [
        {
          stage: {
            identifier: 'roll_out',
            type: 'Deployment',
            strategy: { matrix: { size: ['s', 'm'] }, maxConcurrency: 1 },
          },
        },
      ],
    },
    wrong: {
      inputs: { '/pipeline/stages/0/stage/strategy': 'matrix: [s' },
      fill: form => form.type(/Strategy/, 'matrix: [s'),
      told: 'Strategy of stage Roll out cannot be read as YAML: line 1, column 9: the `[` is not closed',
    },
  },
  {
    name: 'filters of environments, in YAML',
    fact: 'run-inputs §3',
    pipeline: deployment(
      `${FIXED_SERVICE}environments: { metadata: { parallel: true }, values: [{ environmentRef: int_stable, deployToAll: true }], filters: <+input> }
`,
    ),
    given: { inputs: { [`${SPEC}/environments/filters`]: [EU_ONLY] } },
    fill: form =>
      form.type(
        /Filters/,
        '- identifier: eu\n  type: tags\n  entities: [infrastructures]\n  spec: { matchType: all, tags: { region: eu } }',
      ),
    body: stage({ environments: { filters: [EU_ONLY] } }),
    wrong: {
      inputs: { [`${SPEC}/environments/filters`]: '- identifier: [eu' },
      fill: form => form.type(/Filters/, '- identifier: [eu'),
      told: 'Filters of stage Roll out cannot be read as YAML: line 1, column 15: the `[` is not closed',
    },
  },
  {
    name: 'stages side by side',
    fact: 'run-inputs §9',
    pipeline: `stages:
  - parallel:
      - stage: { identifier: left, name: Left, type: Custom, spec: { ${WAIT} } }
      - stage: { identifier: right, name: Right, type: Custom, variables: [{ name: word, type: String, required: true, value: <+input> }], spec: { ${WAIT} } }
`,
    given: { inputs: { '/pipeline/stages/0/parallel/1/stage/variables/0/value': 'now' } },
    fill: form => form.type(/word/, 'now'),
    body: {
      stages: [
        {
          parallel: [
            {
              stage: {
                identifier: 'right',
                type: 'Custom',
                variables: [{ name: 'word', type: 'String', value: 'now' }],
              },
            },
          ],
        },
      ],
    },
    wrong: {
      inputs: { '/pipeline/stages/0/parallel/1/stage/variables/0/value': '<+x>' },
      fill: form => form.type(/word/, '<+x>'),
      told: 'holds “<+”',
    },
  },
  {
    name: 'what a template leaves open',
    fact: 'run-inputs §9',
    pipeline: `stages:
  - stage:
      identifier: breath
      name: Breath
      template: { templateRef: breath, versionLabel: v1, templateInputs: { type: Custom, spec: { execution: { steps: [{ step: { identifier: w, type: Wait, spec: { duration: <+input> } } }] } } } }
`,
    given: {
      inputs: { '/pipeline/stages/0/stage/template/templateInputs/spec/execution/steps/0/step/spec/duration': '2s' },
    },
    fill: form => form.type(/Duration/, '2s'),
    body: {
      stages: [
        {
          stage: {
            identifier: 'breath',
            template: {
              templateInputs: {
                type: 'Custom',
                spec: { execution: { steps: [{ step: { identifier: 'w', type: 'Wait', spec: { duration: '2s' } } }] } },
              },
            },
          },
        },
      ],
    },
    wrong: {
      inputs: { '/pipeline/stages/0/stage/template/templateInputs/spec/execution/steps/0/step/spec/duration': 'long' },
      fill: form => form.type(/Duration/, 'long'),
      told: 'a time span, such as 10m or 1h 30m',
    },
  },
  {
    name: 'what a chained pipeline asks for',
    fact: 'run-inputs §9',
    pipeline: `stages:
  - stage:
      identifier: chain
      name: Chain
      type: Pipeline
      spec:
        org: default
        project: platform
        pipeline: child
        inputs: { identifier: child, variables: [{ name: word, type: String, value: <+input> }] }
`,
    given: { inputs: { [`${SPEC}/inputs/variables/0/value`]: 'now' } },
    fill: form => form.type(/word/, 'now'),
    body: {
      stages: [
        {
          stage: {
            identifier: 'chain',
            type: 'Pipeline',
            spec: { inputs: { identifier: 'child', variables: [{ name: 'word', type: 'String', value: 'now' }] } },
          },
        },
      ],
    },
    wrong: {
      inputs: { [`${SPEC}/inputs/variables/0/value`]: '<+x>' },
      fill: form => form.type(/word/, '<+x>'),
      told: 'holds “<+”',
    },
  },
  {
    name: 'a pipeline on a branch',
    fact: 'run-inputs §7',
    pipeline: `${CUSTOM}variables: [{ name: indexVersion, type: String, required: true, value: <+input> }]\n`,
    onBranch: {
      branch: 'release/2.4',
      pipeline: `${CUSTOM}variables: [{ name: rebuildFrom, type: String, required: true, value: '<+input>.regex(v[0-9]+)' }]\n`,
    },
    given: { inputs: { rebuildFrom: 'v7' } },
    fill: form => form.type(/rebuildFrom/, 'v7'),
    body: { variables: [{ name: 'rebuildFrom', type: 'String', value: 'v7' }] },
    wrong: {
      inputs: { rebuildFrom: 'seven' },
      fill: form => form.type(/rebuildFrom/, 'seven'),
      told: '“seven” does not have the form of rebuildFrom',
    },
  },
  {
    name: 'typed inputs of Harness 3.0',
    fact: 'run-inputs §10',
    pipeline: CUSTOM,
    harness3: `pipeline:
  inputs:
    version: { type: string, required: true, validation: { regex: 'v[0-9]+', message: 'v and a number' } }
    replicas: { type: number, default: 1, validation: { min: 1, max: 5 } }
    dry: { type: boolean }
    market: { type: choice, options: [europe, asia] }
    tests: { type: choice, multiple: true, options: [login, search] }
    regions: { type: array, items: { type: string } }
    wait: { type: duration }
    token: { type: secret }
    notify: { type: object }
  stages:
    - name: build it
      steps: [{ name: make, run: { script: 'make \${{ inputs.version }}' } }]
`,
    given: {
      inputs: {
        version: 'v7',
        replicas: 3,
        dry: true,
        market: 'asia',
        tests: ['login', 'search'],
        regions: ['eu-west-1'],
        wait: '30m',
        token: 'account.hub',
        notify: { channel: 'releases' },
      },
    },
    fill: async form => {
      await form.type(/version/, 'v7');
      await form.type(/replicas/, '3');
      await form.choose(/dry/, 'true');
      await form.choose(/market/, 'asia');
      await form.choose(/tests/, 'login', 'search');
      await form.type(/regions/, 'eu-west-1');
      await form.type(/wait/, '30m');
      await form.type(/token/, 'account.hub');
      await form.type(/notify/, 'channel: releases');
    },
    body: {
      inputs: {
        version: 'v7',
        replicas: 3,
        dry: true,
        market: 'asia',
        tests: ['login', 'search'],
        regions: ['eu-west-1'],
        wait: '30m',
        token: 'account.hub',
        notify: { channel: 'releases' },
      },
    },
    wrong: {
      inputs: { replicas: 9 },
      fill: async form => {
        await form.type(/version/, 'v7');
        await form.type(/replicas/, '9');
      },
      told: 'replicas is at most 5, not 9',
    },
  },
];
