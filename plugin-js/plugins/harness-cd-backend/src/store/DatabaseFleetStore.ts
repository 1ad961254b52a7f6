import type { Knex } from 'knex';
import type { HarnessScope, PipelineRef, StatusGroup } from 'backstage-plugin-harness-cd-common';
import { DEPLOYMENTS, EXECUTIONS, keyOf, milliseconds, PIPELINE, PIPELINES, SCOPE, scopeOf } from './columns';
import { scopesOf } from './scopes';
import { hasWords, isOfPerson } from './sought';
import type { FleetPlace, FleetQuery, FleetRow, FleetStore, KeptMatrix, PayloadRow, SeenPipeline } from './FleetStore';

/** What has not ended. */
const OPEN: StatusGroup[] = ['running', 'waiting'];

/** {@link FleetStore} in SQLite or PostgreSQL. */
export class DatabaseFleetStore implements FleetStore {
  constructor(private readonly knex: Knex) {}

  async list(query: FleetQuery, options: { after?: FleetPlace; limit: number }): Promise<FleetRow[]> {
    const { after, limit } = options;
    const rows: any[] = await this.#wanted(query)
      .modify(builder => {
        if (after) builder.whereRaw('(sorted_at, id) < (?, ?)', [after.sortedAt, after.id]);
      })
      .orderBy([
        { column: 'sorted_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(limit)
      .select(...PIPELINE, 'sorted_at', 'id', 'payload');
    return rows.map(row => ({
      pipeline: keyOf(row),
      sortedAt: Number(row.sorted_at),
      id: row.id,
      deployment: JSON.parse(row.payload),
    }));
  }

  async count(query: FleetQuery): Promise<Map<StatusGroup, number>> {
    const rows: any[] = await this.#wanted(query).groupBy('status_group').select('status_group').count({ total: '*' });
    return new Map(rows.map(row => [row.status_group, Number(row.total)] as const));
  }

  async listPayloads(of: SeenPipeline[], limit: number): Promise<PayloadRow[]> {
    const rows: any[] = await this.#there(of)
      .limit(limit)
      .select(...PIPELINE, 'service', 'payload');
    return rows.map(row => ({ pipeline: keyOf(row), service: row.service ?? undefined, payload: row.payload }));
  }

  async listPipelines(): Promise<PipelineRef[]> {
    const rows = await this.knex(PIPELINES)
      .orderBy([...PIPELINE])
      .select(...PIPELINE);
    return rows.map(keyOf);
  }

  async listDeployers(scope: HarnessScope, services: string[]): Promise<{ service: string; pipeline: string }[]> {
    return this.knex(DEPLOYMENTS)
      .where(scopeOf(scope))
      .whereIn('service', services)
      .distinct('service', 'pipeline')
      .orderBy(['service', 'pipeline']);
  }

  async listMatrices(pipelines: PipelineRef[]): Promise<KeptMatrix[]> {
    const rows = await this.knex(PIPELINES)
      .where(any => {
        for (const [scope, own] of scopesOf(pipelines).values()) {
          any.orWhere(
            of =>
              void of.where(scope).whereIn(
                'pipeline',
                own.map(({ pipeline }) => pipeline),
              ),
          );
        }
      })
      .select('*');
    return rows.map(row => ({
      pipeline: keyOf(row),
      revision: Number(row.revision),
      toldRevision: milliseconds(row.told_revision),
      toldBy: row.told_by ?? undefined,
      places: row.told_places ?? undefined,
      matrix: row.matrix ?? undefined,
    }));
  }

  async listUntold(version: string, limit: number): Promise<PipelineRef[]> {
    const rows = await this.knex(PIPELINES)
      .whereNull('told_revision')
      .orWhere('told_revision', '<', this.knex.ref('revision'))
      .orWhereNull('told_by')
      .orWhereNot('told_by', version)
      .limit(limit)
      .select(...PIPELINE);
    return rows.map(keyOf);
  }

  async keepMatrix(told: Omit<Required<KeptMatrix>, 'revision'>): Promise<void> {
    const { pipeline, toldRevision, toldBy, places, matrix } = told;
    await this.knex(PIPELINES)
      .where(keyOf(pipeline))
      .where(known => void known.whereNull('told_revision').orWhere('told_revision', '<=', toldRevision))
      .update({ told_revision: toldRevision, told_by: toldBy, told_places: places, matrix });
  }

  /** The deployments that are asked for. */
  #wanted(query: FleetQuery): Knex.QueryBuilder {
    const { of, groups, environment, region, tag, person, text, fromMs, toMs } = query;
    return this.#there(of)
      .where({ deploys: true })
      .modify(builder => {
        if (groups.length > 0) builder.whereIn('status_group', groups);
        for (const [column, value] of Object.entries({ environment, region, tag })) {
          if (value !== undefined) builder.where(column, value);
        }
        if (person !== undefined) builder.where(isOfPerson(this.knex, person));
        if (text !== undefined) builder.where(hasWords(this.knex, text));
        if (fromMs !== undefined) builder.where(isUnderWaySince(fromMs, groups));
        if (toMs !== undefined) builder.where('sorted_at', '<', toMs);
      });
  }

  /** The deployments of pipelines that Harness has not deleted. */
  #there(of: SeenPipeline[]): Knex.QueryBuilder {
    const gone = this.knex(EXECUTIONS)
      .whereNotNull('missing_since')
      .where('id', this.knex.ref(`${DEPLOYMENTS}.execution_id`))
      .modify(builder => {
        for (const column of SCOPE) builder.where(`${EXECUTIONS}.${column}`, this.knex.ref(`${DEPLOYMENTS}.${column}`));
      });
    return this.knex(DEPLOYMENTS)
      .where(any => {
        // Of nothing there is nothing.
        any.whereRaw('1 = 0');
        for (const [scope, seen] of scopesOf(of, ({ pipeline }) => pipeline).values()) {
          any.orWhere(row => void row.where(scope).where(this.#isSeen(scope, seen)));
        }
      })
      .whereNotExists(gone);
  }

  /** Whether a row is of one of these pipelines; where services are named, of one of them, or of a run that is. */
  #isSeen(scope: HarnessScope, seen: SeenPipeline[]): (row: Knex.QueryBuilder) => void {
    const whole = seen.filter(({ services }) => services.length === 0).map(({ pipeline }) => pipeline.pipeline);
    const parts = seen.flatMap(({ pipeline, services }) => services.map(service => [pipeline.pipeline, service]));
    return row => {
      row.whereIn('pipeline', whole);
      if (parts.length === 0) return;
      const own = this.knex(DEPLOYMENTS).where(scope).whereIn(['pipeline', 'service'], parts).select('execution_id');
      row
        .orWhereIn(['pipeline', 'service'], parts)
        .orWhere(unknown => void unknown.whereNull('service').whereIn('execution_id', own));
    };
  }
}

/** Whether a row had not ended before an instant. One that has ended has an end, so that an index tells it. */
function isUnderWaySince(instant: number, groups: StatusGroup[]): (row: Knex.QueryBuilder) => void {
  const haveAllEnded = groups.length > 0 && !groups.some(group => OPEN.includes(group));
  return row => {
    row.where('ended_at', '>=', instant);
    if (!haveAllEnded) row.orWhereNull('ended_at');
  };
}
