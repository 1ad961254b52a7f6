// One module for both ways of loading, so that a process has one instance and one HarnessCdError.
export {
  HarnessCdError,
  HarnessClient,
  deploymentRun,
  loadHarnessCd,
  parseHarnessUrl,
  readAnnotations,
  readConfigRepo,
  shapeHistory,
  validateDeploy,
} from './node.cjs';
