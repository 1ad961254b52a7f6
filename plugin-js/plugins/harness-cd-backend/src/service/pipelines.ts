import { type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import type { PipelineOffer, PipelinesResponse } from 'backstage-plugin-harness-cd-common';
import {
  failureBody,
  gather,
  type HarnessCdService,
  type HarnessFailure,
  type PipelineClaim,
  pipelinesOf,
  problemText,
  projectsInFull,
} from 'backstage-plugin-harness-cd-node';

/** So many projects are searched for a pipeline that an entity might name: each costs a call. */
const SEARCHED_PROJECTS = 10;

/** Which pipelines an entity has; for one that names nothing of Harness, which it might name. */
export async function listPipelines(entity: Entity, harnessCd: HarnessCdService): Promise<PipelinesResponse> {
  const { claims, problems, failures } = await pipelinesOf(entity, harnessCd);
  const isSilent = claims.length + problems.length + failures.length === 0;
  const offered = isSilent ? await findOffers(entity, harnessCd) : { offers: [], failures: [] };
  const now = Date.now();
  return {
    pipelines: claims.map(choiceOf),
    offers: offered.offers,
    problems: problems.map(problem => problemText(entity, problem)),
    failures: [...failures, ...offered.failures].map(failure => failureBody(failure, now)),
  };
}

function choiceOf({ label, pipeline: ref }: PipelineClaim): PipelinesResponse['pipelines'][number] {
  const { account, org, project, pipeline, branch } = ref;
  return { label, scope: { account, org, project }, pipeline, ...(branch ? { branch } : {}) };
}

/** The pipelines whose tag says that they are the entity's. */
async function findOffers(
  entity: Entity,
  harnessCd: HarnessCdService,
): Promise<{ offers: PipelineOffer[]; failures: HarnessFailure[] }> {
  const { name } = entity.metadata;
  // The tag `service` is that of a component of the default namespace, and of nobody else.
  if (stringifyEntityRef(entity) !== `component:default/${name.toLowerCase()}`) return { offers: [], failures: [] };
  const searches = harnessCd.accounts
    .flatMap(projectsInFull)
    .slice(0, SEARCHED_PROJECTS)
    .map(async scope => {
      const found = await harnessCd.pipelinesTagged(scope, name);
      return found.map(({ name: title, url }): PipelineOffer => ({ name: title, scope, url }));
    });
  const { found: offers, failures } = await gather(searches);
  return { offers, failures };
}
