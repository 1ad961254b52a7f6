// Execution summaries as Harness sends them for the pipelines of the example config repo, some 5 KB each: a stage per
// environment and a gate, of which a run takes one environment and skips the rest. Invented; the same for every run.

const HOUR_MS = 60 * 60 * 1000;
const NEWEST = Date.UTC(2026, 0, 1);
const STAGES = [
  { identifier: 'deploy_int_stable', type: 'Deployment', environment: 'int-stable', environmentType: 'PreProduction' },
  { identifier: 'deploy_pre_stable', type: 'Deployment', environment: 'pre-stable', environmentType: 'PreProduction' },
  { identifier: 'prod_gate', type: 'Approval', environment: 'prod' },
  { identifier: 'deploy_prod', type: 'Deployment', environment: 'prod', environmentType: 'Production' },
];
const ENVIRONMENTS = ['int-stable', 'pre-stable', 'prod'];

function cdInfo(service, stage, tag) {
  const environment = stage.environment.replaceAll('-', '_');
  const infrastructure = `${environment}_euw1_k8s`;
  return {
    __recast: 'io.harness.cdng.pipeline.executions.beans.CDStageModuleInfo',
    serviceInfo: {
      identifier: service,
      displayName: service.replaceAll('_', '-'),
      deploymentType: 'Kubernetes',
      gitOpsEnabled: false,
      artifacts: {
        sidecars: [],
        primary: { type: 'Gcr', imagePath: `project/${service}`, tag, displayName: `project/${service}:${tag}` },
      },
    },
    infraExecutionSummary: {
      identifier: environment,
      name: stage.environment,
      type: stage.environmentType,
      infrastructureIdentifier: infrastructure,
      infrastructureName: infrastructure.replaceAll('_', '-'),
    },
  };
}

function layoutNode(row, service, stage, position, startTs) {
  const uuid = `node_${row}_${position}`;
  const next = position + 1 < STAGES.length ? [`node_${row}_${position + 1}`] : [];
  const runs = stage.environment === ENVIRONMENTS[row % 3];
  const fails = runs && stage.type === 'Deployment' && row % 7 === 0;
  const skipInfo = {
    skipCondition: `<+pipeline.variables.targetEnvironment> == "${stage.environment}"`,
    evaluatedCondition: true,
  };
  return {
    nodeType: stage.type,
    nodeGroup: 'STAGE',
    nodeIdentifier: stage.identifier,
    name: `Stage ${stage.identifier} – ✅`,
    nodeUuid: uuid,
    status: fails ? 'Failed' : runs ? 'Success' : 'Skipped',
    module: 'cd',
    moduleInfo: runs && stage.type === 'Deployment' ? { cd: cdInfo(service, stage, `v1.${row}.0`) } : {},
    startTs: startTs + position * 1000,
    endTs: startTs + position * 1000 + 900,
    edgeLayoutList: { currentNodeChildren: [], nextIds: next },
    skipInfo: runs ? null : skipInfo,
    nodeRunInfo: { whenCondition: skipInfo.skipCondition, evaluatedCondition: runs, expressions: [] },
    failureInfo: { message: fails ? 'the canary failed its verification' : '' },
    failureInfoDTO: null,
    nodeExecutionId: `execution_node_${row}_${position}`,
    executionInputConfigured: false,
    isRollbackStageNode: false,
  };
}

function summary(row) {
  const service = `service_${row % 200}`;
  const startTs = NEWEST - row * HOUR_MS;
  const layoutNodeMap = Object.fromEntries(
    STAGES.map((stage, position) => [`node_${row}_${position}`, layoutNode(row, service, stage, position, startTs)]),
  );
  return {
    pipelineIdentifier: `${service}_cd`,
    orgIdentifier: 'default',
    projectIdentifier: 'platform',
    planExecutionId: `execution_${row}`,
    name: `${service.replaceAll('_', '-')}-cd`,
    yamlVersion: '0',
    status: row % 7 === 0 ? 'Failed' : 'Success',
    tags: [{ key: 'team', value: 'payments' }],
    labels: [],
    executionTriggerInfo: {
      triggerType: row % 3 === 0 ? 'WEBHOOK_CUSTOM' : 'MANUAL',
      triggeredBy: {
        uuid: `user_${row % 50}`,
        identifier: `person.${row % 50}`,
        extraInfo: { email: `person.${row % 50}@example.com` },
        triggerIdentifier: '',
      },
      isRerun: false,
    },
    failureInfo: { message: '', failureTypeList: [], responseMessages: [] },
    governanceMetadata: {
      deny: false,
      details: Array.from({ length: 6 }, (_, index) => ({
        policySetId: `set_${index}`,
        deny: false,
        policyMetadata: [{ policyId: `policy_${index}`, severity: 'error', denyMessages: [] }],
      })),
    },
    moduleInfo: { cd: { serviceIdentifiers: [service], envIdentifiers: [ENVIRONMENTS[row % 3].replaceAll('-', '_')] } },
    layoutNodeMap,
    modules: ['cd', 'pms'],
    startingNodeId: `node_${row}_0`,
    startTs,
    endTs: startTs + 3000,
    createdAt: startTs,
    canRetry: true,
    showRetryHistory: false,
    runSequence: 10_000 - row,
    successfulStagesCount: 3,
    runningStagesCount: 0,
    failedStagesCount: 0,
    totalStagesCount: STAGES.length,
    executionMode: 'NORMAL',
    notesExistForPlanExecutionId: false,
  };
}

/** The bodies of the pages that hold so many executions, 100 in a page. */
export function pages(executions) {
  return Array.from({ length: executions / 100 }, (_, page) => {
    const content = Array.from({ length: 100 }, (_row, row) => summary(page * 100 + row));
    const data = { content, totalElements: executions, number: page, size: 100, empty: false };
    return Buffer.from(JSON.stringify({ status: 'SUCCESS', data, metaData: null, correlationId: 'c' }));
  });
}
