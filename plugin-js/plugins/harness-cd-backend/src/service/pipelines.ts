import { type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import type { HarnessScope, PipelineOffer, PipelinesResponse } from 'backstage-plugin-harness-cd-common';
import {
  failureBody,
  type HarnessCdService,
  type HarnessFailure,
  isHarnessFailure,
  type PipelineClaim,
  pipelinesOf,
  problemText,
} from 'backstage-plugin-harness-cd-node';

/** So many projects are searched for a pipeline that an entity might name: each costs a call. */
const SEARCHED_PROJECTS = 10;

/** Which pipelines an entity has; for one that names nothing of Harness, which it might name. */
export async function listPipelines(entity: Entity, harnessCd: HarnessCdService): Promise<PipelinesResponse> {
  const { claims, problems, failures } = await pipelinesOf(entity, harnessCd);
  const isSilent = claims.length + problems.length + failures.length === 0;
  const { offers, failed } = isSilent ? await findOffers(entity, harnessCd) : { offers: [], failed: [] };
  const now = Date.now();
  return {
    pipelines: claims.map(choiceOf),
    offers,
    problems: problems.map(problem => problemText(entity, problem)),
    failures: [...failures, ...failed].map(failure => failureBody(failure, now)),
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
): Promise<{ offers: PipelineOffer[]; failed: HarnessFailure[] }> {
  const { name } = entity.metadata;
  // The tag `service` is that of a component of the default namespace, and of nobody else.
  if (stringifyEntityRef(entity) !== `component:default/${name.toLowerCase()}`) return { offers: [], failed: [] };
  const searches = searchedProjects(harnessCd).map(async scope => {
    const found = await harnessCd.pipelinesTagged(scope, name);
    return found.map(({ name: title, url }): PipelineOffer => ({ name: title, scope, url }));
  });
  const outcomes = await Promise.allSettled(searches);
  const errors = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []));
  const unexpected = errors.find(error => !isHarnessFailure(error));
  if (unexpected) throw unexpected;
  return {
    offers: outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? outcome.value : [])),
    failed: errors,
  };
}

/** The projects that app-config names in full; what a pattern stands for is not known. */
function searchedProjects({ accounts }: HarnessCdService): HarnessScope[] {
  const named = accounts.flatMap(({ id, projects }) =>
    projects
      .filter(project => !project.includes('*'))
      .map(text => {
        const [org, project] = text.split('/');
        return { account: id, org, project };
      }),
  );
  return named.slice(0, SEARCHED_PROJECTS);
}
