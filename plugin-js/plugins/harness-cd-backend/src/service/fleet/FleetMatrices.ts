// Of the core, which tells what runs where, as well.
import { version } from '../../../package.json';
import type { DeploymentMatrix, DeployRules, PipelineRef, ServiceMatrix } from 'backstage-plugin-harness-cd-common';
import { DeploymentRecord, type HarnessCdService } from 'backstage-plugin-harness-cd-node';
import type { DeploymentStore } from '../../store/DeploymentStore';
import type { FleetStore, KeptMatrix } from '../../store/FleetStore';
import { pipelineKey, scopesOf } from '../../store/scopes';
import type { StartStore } from '../../store/StartStore';
import { type Places, placesOf } from '../places';
import { storedRows } from '../storedRows';

/** So many matrices are told at a time without being asked for. */
const AT_A_TIME = 100;

/** What runs where of every pipeline: told again when a deployment of it has changed, and kept until then. */
export class FleetMatrices {
  constructor(
    private readonly services: {
      deployments: Pick<DeploymentStore, 'listPayloads'>;
      harnessCd: Pick<HarnessCdService, 'deployRulesOfEach'>;
      starts: Pick<StartStore, 'startersOf'>;
      store: FleetStore;
    },
  ) {}

  /** What runs where by each of these pipelines, by the key of the pipeline; ages are not told. */
  async list(targets: { pipeline: PipelineRef; rules?: DeployRules }[]): Promise<Map<string, ServiceMatrix[]>> {
    const rules = new Map(targets.map(target => [pipelineKey(target.pipeline), target.rules] as const));
    const kept = await this.services.store.listMatrices(targets.map(({ pipeline }) => pipeline));
    const told = new Map<string, ServiceMatrix[]>();
    for (const known of kept) {
      const key = pipelineKey(known.pipeline);
      const places = placesOf(rules.get(key));
      const text = isOfNow(known, places) ? known.matrix : await this.#tell(known, places);
      const { services }: DeploymentMatrix = JSON.parse(text);
      told.set(key, services);
    }
    return told;
  }

  /** Tells some of those that are not of now, so that who looks need not wait for them. */
  async takeUp(): Promise<void> {
    const { harnessCd, store } = this.services;
    for (const [scope, own] of scopesOf(await store.listUntold(version, AT_A_TIME)).values()) {
      const rules = await harnessCd.deployRulesOfEach(scope, own).catch(() => own.map(() => undefined));
      const targets = own.map((pipeline, index) => {
        const found = rules[index];
        return { pipeline, rules: found === 'stopped' ? undefined : found };
      });
      await this.list(targets);
    }
  }

  async #tell({ pipeline, revision }: KeptMatrix, places: Places): Promise<string> {
    const { deployments, starts, store } = this.services;
    const rows = await storedRows({ pipeline, services: [] }, { deployments, starts });
    const record = new DeploymentRecord(rows);
    // Nothing is older than this instant: how old things are is not kept.
    const matrix = JSON.stringify(record.matrix({ nowMs: 0, ...places }));
    const told = { toldRevision: revision, toldBy: version, places: JSON.stringify(places), matrix };
    await store.keepMatrix({ pipeline, ...told });
    return matrix;
  }
}

function isOfNow(kept: KeptMatrix, places: Places): kept is KeptMatrix & { matrix: string } {
  const isToldNow = kept.toldRevision === kept.revision && kept.toldBy === version;
  return isToldNow && kept.places === JSON.stringify(places) && kept.matrix !== undefined;
}
