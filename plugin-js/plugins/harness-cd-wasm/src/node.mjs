// One module for both ways of loading, so that a process has one instance and one HarnessCdError.
export {
  HarnessCdError,
  HarnessClient,
  lint,
  lintConfigRepo,
  loadHarnessCd,
  parseHarnessUrl,
  readAnnotations,
  readConfigRepo,
  renderConfigRepo,
  renderTemplate,
  runtimeInputs,
  shapeHistory,
  validateDeploy,
} from './node.cjs';
