/**
 * Deployments of a service, run by Harness: history, live progress and a deploy dialog.
 *
 * @packageDocumentation
 */
export { harnessCdPlugin as default } from './plugin';
export { harnessCdApiRef, harnessCdQueryClientApiRef } from './shared/api';
export { harnessCdTranslationRef } from './translation';

export { useDeployments } from './shared/useDeployments';
export { useFleetDeployments, useFleetMatrix } from './fleet/useFleet';
export { useDeploymentMatrix } from './matrix/useDeploymentMatrix';
export { useDeliveryMetrics } from './metrics/useDeliveryMetrics';
export { useProductionNews, useRelease, useRunningAt } from './release/useRecord';
export { useDeploymentTimeline } from './timeline/useDeploymentTimeline';
export { useExecution } from './execution/useExecution';
export { useDeployTarget } from './deploy/useDeployTarget';
export { useStartDeployment, type StartVariables } from './deploy/useStartDeployment';

export { FleetDeployments } from './fleet/FleetList';
export { FleetMatrix } from './fleet/FleetMatrix';
export { FleetPage } from './fleet/FleetPage';
export { DeploymentMatrix } from './matrix/DeploymentMatrix';
export { DeploymentTimeline } from './timeline/DeploymentTimeline';
export { ProductionNews, ReleaseStops, RunningAt } from './release/LookBack';
export { DeliveryMetrics } from './metrics/DeliveryMetrics';
export { ProductionVersion, productionVersionColumn } from './catalog/ProductionVersion';
export { useVersionsInProduction } from './catalog/useVersionsInProduction';
export { DeploymentsCard } from './history/DeploymentsCard';
export { DeploymentsTab } from './history/DeploymentsTab';
export { DeploymentList } from './history/DeploymentList';
export { DeployButton } from './deploy/DeployButton';
export { ExecutionDetails } from './deploy/ExecutionDetails';
export { HarnessCdInputs } from './scaffolder/HarnessCdInputs';
export type { HarnessCdInputsOptions, HarnessCdInputsValue } from './scaffolder/options';
export { StatusLabel } from './shared/status/StatusLabel';
