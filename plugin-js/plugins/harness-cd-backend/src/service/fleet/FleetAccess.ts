import type { BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import { CATALOG_FILTER_EXISTS } from '@backstage/catalog-client';
import { type Entity, parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  type DeployRules,
  type FailureBody,
  type FleetPart,
  HARNESS_ANNOTATIONS,
  harnessCdDeploymentReadPermission,
  type HarnessScope,
} from 'backstage-plugin-harness-cd-common';
import {
  failureBody,
  type HarnessCdService,
  isHarnessFailure,
  type PipelineClaim,
  pipelinesOf,
  refuseOutOfReach,
} from 'backstage-plugin-harness-cd-node';
import type { FleetStore, SeenPipeline } from '../../store/FleetStore';
import { scopeKey, scopesOf } from '../../store/scopes';
import { wrongQuery } from '../../wrongQuery';
import { KeptBriefly } from '../KeptBriefly';

/** For so long it is known what somebody may see; a change of the catalog or of a policy counts after that. */
const KNOWN_FOR_MS = 10_000;
/** So many callers are known at a time. */
const MOST_CALLERS = 200;
/** So many decisions are asked for at a time: a request of more is larger than a permission backend takes. */
const AT_A_TIME = 100;
/** The pipelines whose tags Harness is asked for at a time. */
const LISTED_AT_A_TIME = 100;

/** A pipeline of an entity, and whose that is. */
export interface FleetTarget extends SeenPipeline {
  entityRef: string;
  /** What the pipeline is called among those of the entity. */
  label: string;
  rules?: DeployRules;
  /** The owner of the entity. */
  owner?: string;
  /** What the entity is part of. */
  systems: string[];
}

/** What somebody may see. */
export interface Fleet {
  targets: FleetTarget[];
  /** Why more is not seen. */
  failures: FailureBody[];
}

/** Which pipelines somebody may see: those of the entities that the catalog and their permissions let them. */
export class FleetAccess {
  readonly #known = new KeptBriefly<Fleet>({ forMs: KNOWN_FOR_MS, most: MOST_CALLERS });

  constructor(
    private readonly services: {
      catalog: CatalogService;
      harnessCd: HarnessCdService;
      permissions: PermissionsService;
      store: Pick<FleetStore, 'listPipelines' | 'listDeployers'>;
    },
  ) {}

  /** The part of the fleet that a question is about, as far as somebody may see it. */
  async visible(credentials: BackstageCredentials, part: FleetPart): Promise<Fleet> {
    const entities = part.entity?.map(ref => refOf('entity', ref, 'component'));
    const owner = part.owner && refOf('owner', part.owner, 'group');
    const systems = await this.#systems(part, credentials);
    const { targets, failures } = await this.#all(credentials);
    const isAsked = (target: FleetTarget) =>
      (!entities || entities.includes(target.entityRef)) &&
      (!owner || target.owner === owner) &&
      (!systems || target.systems.some(system => systems.includes(system)));
    return { targets: targets.filter(isAsked), failures };
  }

  /** The systems that are asked for; undefined where none are. */
  async #systems({ system, domain }: FleetPart, credentials: BackstageCredentials): Promise<string[] | undefined> {
    if (system) return [refOf('system', system, 'system')];
    if (!domain) return undefined;
    const { items } = await this.services.catalog.getEntities(
      {
        filter: { kind: 'system', 'relations.partOf': refOf('domain', domain, 'domain') },
        fields: ['kind', 'metadata.name', 'metadata.namespace'],
      },
      { credentials },
    );
    return items.map(entity => stringifyEntityRef(entity));
  }

  /** All that somebody may see, found out once for all who ask as them. */
  #all(credentials: BackstageCredentials): Promise<Fleet> {
    return this.#known.get(JSON.stringify(credentials.principal), () => this.#find(credentials));
  }

  async #find(credentials: BackstageCredentials): Promise<Fleet> {
    const entities = await this.#entities(credentials);
    const claims = await this.#claims(entities);
    const found: FleetTarget[] = [];
    const failures: unknown[] = [];
    const known = scopesOf(await this.services.store.listPipelines());
    for (const [scope, own] of scopesOf(claims, ({ claim }) => claim.pipeline).values()) {
      const there = known.get(scopeKey(scope))?.[1].map(({ pipeline }) => pipeline) ?? [];
      const isThere = new Set(there);
      // Of a pipeline that never ran there is nothing to see.
      const ran = own.filter(({ claim }) => isThere.has(claim.pipeline.pipeline));
      if (ran.length === 0) continue;
      try {
        const judged = await this.#judge(scope, ran, there);
        found.push(...judged.targets);
        failures.push(...judged.failures);
      } catch (error) {
        failures.push(error);
      }
    }
    const now = Date.now();
    const told = failures.map(error => {
      if (!isHarnessFailure(error)) throw error;
      return failureBody(error, now);
    });
    return { targets: found, failures: told };
  }

  /** The entities that somebody sees and may see the deployments of. */
  async #entities(credentials: BackstageCredentials): Promise<Entity[]> {
    const { items } = await this.services.catalog.getEntities(
      {
        filter: HARNESS_ANNOTATIONS.map(annotation => ({
          [`metadata.annotations.${annotation}`]: CATALOG_FILTER_EXISTS,
        })),
        fields: ['kind', 'metadata.name', 'metadata.namespace', 'metadata.annotations', 'relations'],
      },
      { credentials },
    );
    const questions = items.map(entity => ({
      permission: harnessCdDeploymentReadPermission,
      resourceRef: stringifyEntityRef(entity),
    }));
    const decisions = await Promise.all(
      chunks(questions, AT_A_TIME).map(some => this.services.permissions.authorize(some, { credentials })),
    );
    const allowed = decisions.flat().map(({ result }) => result === AuthorizeResult.ALLOW);
    return items.filter((_, index) => allowed[index]);
  }

  /** What these entities claim, by the record where Harness would have to be asked what deployed a service. */
  async #claims(entities: Entity[]): Promise<{ entity: Entity; claim: PipelineClaim }[]> {
    const { harnessCd, store } = this.services;
    const services = entities.flatMap(({ metadata }) => harnessCd.readAnnotations(metadata.annotations ?? {}).services);
    const deployers = new Map<string, string[]>();
    for (const [scope, links] of scopesOf(services, ({ target }) => scopeOfLink(target)).values()) {
      const named = links.map(({ target }) => target.service).filter(service => service !== undefined);
      const found = await store.listDeployers(scope, [...new Set(named)]);
      for (const [service, own] of Map.groupBy(found, ({ service: one }) => one)) {
        deployers.set(
          scopeKey(scope, service),
          own.map(({ pipeline }) => pipeline),
        );
      }
    }
    const sources = {
      accounts: harnessCd.accounts,
      readAnnotations: (annotations: Record<string, string>) => harnessCd.readAnnotations(annotations),
      deployRulesOfService: (scope: HarnessScope, service: string) => harnessCd.deployRulesOfService(scope, service),
      pipelinesThatDeployed: async (scope: HarnessScope, service: string) =>
        (deployers.get(scopeKey(scope, service)) ?? []).map(pipeline => ({ pipeline, name: pipeline })),
    };
    const claimed = await Promise.all(
      entities.map(async entity => {
        const { claims } = await pipelinesOf(entity, sources);
        return claims.map(claim => ({ entity, claim: ownServicesOf(claim, deployers) }));
      }),
    );
    return claimed.flat().filter(({ claim }) => isWithinReach(claim, harnessCd));
  }

  /** Those of a project's pipelines that are the entities' by the config repo and by the pipelines' tags. */
  async #judge(
    scope: HarnessScope,
    claims: { entity: Entity; claim: PipelineClaim }[],
    there: string[],
  ): Promise<{ targets: FleetTarget[]; failures: unknown[] }> {
    const { harnessCd } = this.services;
    const failures: unknown[] = [];
    const rules = await harnessCd.deployRulesOfEach(
      scope,
      claims.map(({ claim }) => claim.pipeline),
    );
    // Asked for all that there are, so that everybody's question is one.
    const asked = chunks(there, LISTED_AT_A_TIME).map(some =>
      harnessCd.tagsOfPipelines(scope, some).catch(error => {
        failures.push(error);
        return {};
      }),
    );
    const tags: Record<string, Record<string, string>> = Object.assign({}, ...(await Promise.all(asked)));
    const targets = claims.map(async ({ entity, claim }, index): Promise<FleetTarget | undefined> => {
      const { label, pipeline, services } = claim;
      const own = rules[index];
      const tagged = tags[pipeline.pipeline];
      // Nobody says whose a pipeline is that Harness does not list, and that is in no config repo.
      if (own === 'stopped' || (!own && !tagged)) return undefined;
      const entityRef = stringifyEntityRef(entity);
      const judged = await harnessCd.judgeReading({ entityRef, pipeline, rules: own }, tagged ?? {});
      if (judged.kind !== 'own') return undefined;
      return { entityRef, label, pipeline, services, rules: own, ...placeOf(entity) };
    });
    return { targets: (await Promise.all(targets)).filter(target => target !== undefined), failures };
  }
}

/** Whose an entity is, and what it is part of. */
function placeOf({ relations = [] }: Entity): Pick<FleetTarget, 'owner' | 'systems'> {
  const to = (type: string) => relations.filter(relation => relation.type === type).map(({ targetRef }) => targetRef);
  const [owner] = to('ownedBy');
  return { owner, systems: to('partOf').filter(ref => ref.startsWith('system:')) };
}

/** A claim with the services that its pipeline is known to deploy, as the page of its entity has it. */
function ownServicesOf(claim: PipelineClaim, deployers: Map<string, string[]>): PipelineClaim {
  if (claim.isFound) return claim;
  const { pipeline, services } = claim;
  const deploys = (service: string) => deployers.get(scopeKey(pipeline, service))?.includes(pipeline.pipeline);
  return { ...claim, services: services.filter(deploys) };
}

function isWithinReach({ pipeline, url }: PipelineClaim, { accounts }: HarnessCdService): boolean {
  try {
    refuseOutOfReach('', { ...pipeline, url }, accounts);
    return true;
  } catch {
    return false;
  }
}

function scopeOfLink({ account, org = '', project = '' }: { account: string; org?: string; project?: string }) {
  return { account, org, project };
}

function refOf(field: string, text: string, defaultKind: string): string {
  try {
    return stringifyEntityRef(parseEntityRef(text, { defaultKind, defaultNamespace: 'default' }));
  } catch {
    throw wrongQuery(`${field} takes a reference like ${defaultKind}:default/name, not “${text.slice(0, 60)}”.`);
  }
}

function chunks<T>(all: T[], size: number): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size));
}
