import { DeployButton } from '../deploy/DeployButton';
import { failureOf, needsAnotherPipeline } from '../shared/failure';
import { useDeployments } from '../shared/useDeployments';

/** The way to deploy, where the entity has a pipeline that it may use. */
export function DeployIfPossible({ size }: { size: 'small' | 'medium' }) {
  const { error } = useDeployments();
  return error && needsAnotherPipeline(failureOf(error)) ? null : <DeployButton size={size} />;
}
