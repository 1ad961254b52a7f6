// The same shaping in TypeScript, as one would write it by hand; with zod, the input is checked as the core checks it.
import { z } from 'zod';

const FAILED = ['Failed', 'Errored', 'Expired', 'Aborted', 'AbortedByFreeze', 'ApprovalRejected', 'Suspended'];

const text = z.string().nullish();
const time = z.number().nullish();
const Artifact = z.object({ imagePath: text, tag: text, version: text, digest: text, displayName: text });
const CdInfo = z.object({
  serviceInfo: z
    .object({
      identifier: text,
      displayName: text,
      artifacts: z.object({ primary: Artifact.nullish() }).nullish(),
      manifestInfo: z.object({ chartVersion: text }).nullish(),
    })
    .nullish(),
  infraExecutionSummary: z
    .object({ identifier: text, name: text, type: text, infrastructureIdentifier: text, infrastructureName: text })
    .nullish(),
});
const LayoutNode = z.object({
  nodeType: text,
  nodeIdentifier: text,
  name: text,
  status: z.string(),
  moduleInfo: z.object({ cd: CdInfo.nullish() }).nullish(),
  startTs: time,
  endTs: time,
  edgeLayoutList: z
    .object({ currentNodeChildren: z.array(z.string()).nullish(), nextIds: z.array(z.string()).nullish() })
    .nullish(),
  failureInfo: z.object({ message: text }).nullish(),
});
const Summary = z.object({
  planExecutionId: z.string(),
  pipelineIdentifier: z.string(),
  name: text,
  orgIdentifier: text,
  projectIdentifier: text,
  status: z.string(),
  runSequence: z.number().nullish(),
  executionMode: text,
  createdAt: time,
  startTs: time,
  endTs: time,
  executionTriggerInfo: z
    .object({
      triggerType: text,
      triggeredBy: z.object({ identifier: text, extraInfo: z.object({ email: text }).nullish() }).nullish(),
    })
    .nullish(),
  startingNodeId: text,
  layoutNodeMap: z.record(z.string(), LayoutNode).nullish(),
});
const Answer = z.object({ data: z.object({ content: z.array(Summary), totalElements: z.number().nullish() }) });

type Answer = z.infer<typeof Answer>;
type Summary = z.infer<typeof Summary>;
type LayoutNode = z.infer<typeof LayoutNode>;
type Instant = number | null | undefined;

export interface Options {
  uiBase: string;
  account: string;
  regions: string[];
}

/** Trusts the answer's shape, as hand-written code mostly does. */
export function shapeTrusting(body: Buffer, options: Options): string {
  return JSON.stringify(shape(JSON.parse(body.toString()) as Answer, options));
}

/** Checks the answer's shape first. */
export function shapeChecking(body: Buffer, options: Options): string {
  return JSON.stringify(shape(Answer.parse(JSON.parse(body.toString())), options));
}

function shape({ data }: Answer, options: Options) {
  const deployments = data.content.flatMap(summary =>
    stages(summary)
      .filter(([, node]) => node.nodeType === 'Deployment' && node.status !== 'Skipped')
      .map(([key, node]) => deployment(summary, key, node, options)),
  );
  return { deployments, quarantined: [], totalExecutions: data.totalElements ?? undefined };
}

function stages(summary: Summary): [string, LayoutNode][] {
  const nodes = summary.layoutNodeMap ?? {};
  const order: [string, LayoutNode][] = [];
  const seen = new Set<string>();
  const visit = (key: string | null | undefined) => {
    if (!key || seen.has(key) || !nodes[key]) return;
    seen.add(key);
    order.push([key, nodes[key]]);
    nodes[key].edgeLayoutList?.currentNodeChildren?.forEach(visit);
    nodes[key].edgeLayoutList?.nextIds?.forEach(visit);
  };
  visit(summary.startingNodeId);
  Object.keys(nodes).forEach(visit);
  return order;
}

function deployment(summary: Summary, key: string, node: LayoutNode, options: Options) {
  const service = node.moduleInfo?.cd?.serviceInfo;
  const infrastructure = node.moduleInfo?.cd?.infraExecutionSummary;
  const artifact = service?.artifacts?.primary;
  const trigger = summary.executionTriggerInfo;
  const tag = artifact?.tag ?? artifact?.version;
  const duration = (from: Instant, to: Instant) => (from && to ? to - from : undefined);
  const present = <T>(value: T | null | undefined) => (value === '' ? undefined : (value ?? undefined));
  return {
    id: `${summary.planExecutionId}/${key}`,
    executionId: summary.planExecutionId,
    pipeline: summary.pipelineIdentifier,
    pipelineName: present(summary.name),
    runNumber: present(summary.runSequence),
    stage: node.nodeIdentifier ?? key,
    stageName: present(node.name),
    status: node.status,
    phase: FAILED.includes(node.status) ? 'failed' : 'succeeded',
    service: present(service?.identifier),
    serviceName: present(service?.displayName),
    environment: present(infrastructure?.identifier),
    environmentName: present(infrastructure?.name),
    environmentType: present(infrastructure?.type),
    infrastructure: present(infrastructure?.infrastructureIdentifier),
    infrastructureName: present(infrastructure?.infrastructureName),
    region: options.regions.find(region => infrastructure?.infrastructureIdentifier?.includes(`_${region}_`)),
    image: present(artifact?.imagePath),
    imageTag: present(tag),
    version: present(tag ?? artifact?.digest ?? service?.manifestInfo?.chartVersion),
    runCreatedAt: present(summary.createdAt),
    runStartedAt: present(summary.startTs),
    runEndedAt: present(summary.endTs),
    runDurationMs: duration(summary.startTs, summary.endTs),
    startedAt: present(node.startTs),
    endedAt: present(node.endTs),
    durationMs: duration(node.startTs, node.endTs),
    triggerType: present(trigger?.triggerType),
    triggeredBy: present(trigger?.triggeredBy?.identifier),
    triggeredByEmail: present(trigger?.triggeredBy?.extraInfo?.email),
    failure: present(node.failureInfo?.message),
    isRollback: ['POST_EXECUTION_ROLLBACK', 'PIPELINE_ROLLBACK'].includes(summary.executionMode ?? ''),
    links: links(summary, options),
  };
}

function links(summary: Summary, { uiBase, account }: Options) {
  const { orgIdentifier, projectIdentifier, pipelineIdentifier, planExecutionId } = summary;
  const pipeline = `${uiBase}/ng/account/${account}/module/cd/orgs/${orgIdentifier}/projects/${projectIdentifier}/pipelines/${pipelineIdentifier}`;
  return {
    execution: `${pipeline}/executions/${planExecutionId}/pipeline`,
    pipeline: `${pipeline}/pipeline-studio`,
  };
}
