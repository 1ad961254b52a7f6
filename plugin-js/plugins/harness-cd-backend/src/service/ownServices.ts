import { setTimeout as wait } from 'node:timers/promises';
import type { ChosenPipeline, HarnessCdService } from 'backstage-plugin-harness-cd-node';

/** So long it is waited for what a service's pipelines are: without an answer none is taken to be the entity's alone. */
const PATIENCE_MS = 1_000;

/** The services whose deployments alone are an entity's: those that its pipeline is known to deploy. */
export async function ownServices(
  { pipeline, services, isFound }: ChosenPipeline,
  harnessCd: Pick<HarnessCdService, 'pipelinesThatDeployed'>,
): Promise<string[]> {
  if (isFound || services.length === 0) return services;
  const isDeployed = services.map(async service => {
    const deployers = await harnessCd.pipelinesThatDeployed(pipeline, service).catch(() => []);
    return deployers.some(deployer => deployer.pipeline === pipeline.pipeline);
  });
  const patience = wait(PATIENCE_MS, undefined, { ref: false });
  const isOwn = await Promise.race([Promise.all(isDeployed), patience]);
  return services.filter((_, index) => isOwn?.[index]);
}
