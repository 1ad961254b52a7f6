import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  type FleetDeploymentsQuery,
  type FleetDeploymentsResponse,
  type FleetFreshness,
  type FleetMatrixResponse,
  type FleetMetricsQuery,
  type FleetMetricsResponse,
  type FleetPart,
} from 'backstage-plugin-harness-cd-common';
import { metricsOfProjects } from 'backstage-plugin-harness-cd-node';
import type { FleetPlace, FleetQuery, FleetRow, FleetStore, PayloadRow } from '../../store/FleetStore';
import { pipelineKey, scopesOf } from '../../store/scopes';
import type { StartStore } from '../../store/StartStore';
import { laneOfProject } from '../../store/SyncStore';
import type { DeploymentSync } from '../../tasks/DeploymentSync';
import { wrongQuery } from '../../wrongQuery';
import { freshnessOf } from '../lookAt';
import { periodOf } from '../period';
import { withStart } from '../startedRow';
import type { Fleet, FleetAccess, FleetTarget } from './FleetAccess';
import type { FleetMatrices } from './FleetMatrices';

/** So many deployments are listed where nothing is said. */
const DEPLOYMENTS = 25;
/** Of more rows metrics are not told at once: some 200 MB. */
const MOST_ROWS = 200_000;

/** What the record tells of all that somebody may see. */
export class FleetReports {
  constructor(
    private readonly services: {
      access: FleetAccess;
      matrices: FleetMatrices;
      starts: Pick<StartStore, 'listStarters'>;
      store: Pick<FleetStore, 'list' | 'count' | 'listPayloads'>;
      sync: Pick<DeploymentSync, 'look'>;
    },
  ) {}

  /** Whether somebody may see any of it. */
  async isVisible(credentials: BackstageCredentials): Promise<boolean> {
    const { targets } = await this.services.access.visible(credentials, {});
    return targets.length > 0;
  }

  /** What runs, waits, failed: deployments, newest first. */
  async deployments(
    credentials: BackstageCredentials,
    query: FleetDeploymentsQuery,
  ): Promise<FleetDeploymentsResponse> {
    const { status = [], after, limit = DEPLOYMENTS, ...filter } = query;
    const place = after === undefined ? undefined : placeIn(after);
    const { fleet, freshness } = await this.#look(credentials, query);
    const wanted: FleetQuery = { ...filter, of: fleet.targets, groups: status };
    const rows = await this.services.store.list(wanted, { after: place, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      deployments: await this.#told(shown, fleet.targets),
      ...(last ? { next: cursorOf(last) } : {}),
      counts: await this.#counts(wanted),
      ...freshness,
    };
  }

  /** What runs where. */
  async matrix(credentials: BackstageCredentials, part: FleetPart): Promise<FleetMatrixResponse> {
    const { fleet, freshness } = await this.#look(credentials, part);
    const matrices = await this.services.matrices.list(fleet.targets);
    const services = fleet.targets.flatMap(({ entityRef, label, owner, pipeline, services: own }) => {
      const told = matrices.get(pipelineKey(pipeline)) ?? [];
      const seen = told.filter(({ service }) => own.length === 0 || own.includes(service));
      return seen.map(matrix => ({ entityRef, pipeline: label, ...(owner ? { owner } : {}), matrix }));
    });
    const keyOf = ({ entityRef, pipeline }: (typeof services)[number]) => `${entityRef} ${pipeline}`;
    services.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
    return { services, ...freshness };
  }

  /** How well delivery goes. */
  async metrics(credentials: BackstageCredentials, query: FleetMetricsQuery): Promise<FleetMetricsResponse> {
    const { fleet, freshness } = await this.#look(credentials, query);
    const rows = await this.services.store.listPayloads(fleet.targets, MOST_ROWS + 1);
    if (rows.length > MOST_ROWS) {
      throw wrongQuery(`There are more than ${MOST_ROWS} deployments: ask for an owner, a system or a domain.`);
    }
    const projects = [...scopesOf(rows, ({ pipeline }) => pipeline).values()];
    const told = projects.map(([, own]) => projectText(own, fleet.targets));
    const metrics = metricsOfProjects(Buffer.from(`[${told.join(',')}]`), { ...periodOf(query), by: query.by });
    return { metrics, ...freshness };
  }

  /** What somebody may see, and as of when it is: the records of its projects are read on. */
  async #look(
    credentials: BackstageCredentials,
    part: FleetPart,
  ): Promise<{ fleet: Fleet; freshness: FleetFreshness }> {
    const fleet = await this.services.access.visible(credentials, part);
    const scopes = [...scopesOf(fleet.targets, ({ pipeline }) => pipeline).values()].map(([scope]) => scope);
    const projects = scopes.map(async scope => ({
      scope,
      ...freshnessOf(await this.services.sync.look(laneOfProject(scope))),
    }));
    return { fleet, freshness: { projects: await Promise.all(projects), failures: fleet.failures } };
  }

  /** Rows with who started them, and of which entity they are. */
  async #told(rows: FleetRow[], targets: FleetTarget[]): Promise<FleetDeploymentsResponse['deployments']> {
    const starters = await this.services.starts.listStarters(rows.map(({ deployment }) => deployment.executionId));
    const ownTargets = targetsOf(targets);
    return rows.flatMap(({ pipeline, deployment }) => {
      const key = pipelineKey(pipeline);
      const target = targetOf(ownTargets.get(key) ?? [], deployment.service);
      if (!target) return [];
      const start = starters.find(
        one => one.executionId === deployment.executionId && pipelineKey(one.pipeline) === key,
      );
      const { entityRef, label } = target;
      return [{ entityRef, pipeline: label, deployment: withStart(deployment, start) }];
    });
  }

  /** How many there are, whatever status is asked for. */
  async #counts(query: FleetQuery): Promise<FleetDeploymentsResponse['counts']> {
    const { fromMs, toMs: _, ...always } = query;
    const { store } = this.services;
    const [open, failed] = await Promise.all([
      store.count({ ...always, groups: ['running', 'waiting'] }),
      fromMs === undefined ? undefined : store.count({ ...query, groups: ['failed'] }),
    ]);
    return {
      running: open.get('running') ?? 0,
      waiting: open.get('waiting') ?? 0,
      ...(failed ? { failed: failed.get('failed') ?? 0 } : {}),
    };
  }
}

/** What each pipeline is of, by the key of the pipeline. */
function targetsOf(targets: FleetTarget[]): Map<string, FleetTarget[]> {
  return Map.groupBy(targets, ({ pipeline }) => pipelineKey(pipeline));
}

/** Of those that share a pipeline the one whose service it is; what has none yet is of the first. */
function targetOf(targets: FleetTarget[], service: string | undefined): FleetTarget | undefined {
  const own = targets.find(({ services }) => service !== undefined && services.includes(service));
  return (
    own ?? targets.find(({ services }) => services.length === 0) ?? (service === undefined ? targets[0] : undefined)
  );
}

/** The rows of a project and the teams of its services, as the core reads them. */
function projectText(rows: PayloadRow[], targets: FleetTarget[]): string {
  const ownTargets = targetsOf(targets);
  const teams: Record<string, string> = {};
  for (const { pipeline, service } of rows) {
    const owner = service && targetOf(ownTargets.get(pipelineKey(pipeline)) ?? [], service)?.owner;
    if (owner) teams[service] = owner;
  }
  return `{"teams":${JSON.stringify(teams)},"rows":[${rows.map(({ payload }) => payload).join(',')}]}`;
}

function cursorOf({ sortedAt, id }: FleetPlace): string {
  return `${sortedAt}.${id}`;
}

function placeIn(text: string): FleetPlace {
  const [, sortedAt, id] = /^(\d{1,16})\.(.+)$/.exec(text) ?? [];
  if (!id) throw wrongQuery(`after takes \`next\` of the part before, not “${text.slice(0, 60)}”.`);
  return { sortedAt: Number(sortedAt), id };
}
