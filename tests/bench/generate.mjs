// Execution summaries as Harness sends them, some 5 KB each. Invented; the same for every run.

const HOUR_MS = 60 * 60 * 1000;
const NEWEST = Date.UTC(2026, 0, 1);
const STAGES = [
  { identifier: 'approve', type: 'Approval' },
  { identifier: 'int_stable', type: 'Deployment', environment: 'int-stable', environmentType: 'PreProduction' },
  { identifier: 'prod', type: 'Deployment', environment: 'prod', environmentType: 'Production' },
];

function cdInfo(service, stage, tag) {
  const infrastructure = `${stage.identifier}_euw1_k8s`;
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
      identifier: stage.identifier,
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
  return {
    nodeType: stage.type,
    nodeGroup: 'STAGE',
    nodeIdentifier: stage.identifier,
    name: `Stage ${stage.identifier} – ✅`,
    nodeUuid: uuid,
    status: row % 7 === 0 && position === 2 ? 'Failed' : 'Success',
    module: 'cd',
    moduleInfo: stage.type === 'Deployment' ? { cd: cdInfo(service, stage, `v1.${row}.0`) } : {},
    startTs: startTs + position * 1000,
    endTs: startTs + position * 1000 + 900,
    edgeLayoutList: { currentNodeChildren: [], nextIds: next },
    skipInfo: null,
    nodeRunInfo: { whenCondition: '<+OnPipelineSuccess>', evaluatedCondition: true, expressions: [] },
    failureInfo: { message: row % 7 === 0 && position === 2 ? 'the canary failed its verification' : '' },
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
    governanceMetadata: { deny: false, details: Array.from({ length: 6 }, (_, index) => ({ policySetId: `set_${index}`, deny: false, policyMetadata: [{ policyId: `policy_${index}`, severity: 'error', denyMessages: [] }] })) },
    moduleInfo: { cd: { serviceIdentifiers: [service], envIdentifiers: STAGES.flatMap(({ environment }) => environment ?? []) } },
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
