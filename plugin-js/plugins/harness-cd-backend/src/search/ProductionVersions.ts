import { Readable } from 'node:stream';
import { parseEntityRef } from '@backstage/catalog-model';
import type { DocumentCollatorFactory, IndexableDocument } from '@backstage/plugin-search-common';
import {
  type HarnessCdApi,
  harnessCdDeploymentReadPermission,
  versionsInProduction,
} from 'backstage-plugin-harness-cd-common';

/**
 * What search knows of an entity's versions in production.
 *
 * @public
 */
export interface ProductionVersionDocument extends IndexableDocument {
  /** The entity's reference. */
  entityRef: string;
  /** What runs in production: each version once. */
  versions: string[];
}

/** A document for each entity of which something runs in production; who may not see its deployments finds none. */
export class ProductionVersions implements DocumentCollatorFactory {
  readonly type = 'production-versions';
  readonly visibilityPermission = harnessCdDeploymentReadPermission;

  constructor(private readonly harnessCd: Pick<HarnessCdApi, 'getFleetMatrix'>) {}

  async getCollator(): Promise<Readable> {
    return Readable.from(this.#documents());
  }

  async *#documents(): AsyncGenerator<ProductionVersionDocument> {
    const { services } = await this.harnessCd.getFleetMatrix({});
    for (const [entityRef, own] of Map.groupBy(services, service => service.entityRef)) {
      const found = own.flatMap(({ matrix }) => versionsInProduction(matrix));
      if (found.length > 0) yield documentOf(entityRef, found);
    }
  }
}

function documentOf(entityRef: string, found: ReturnType<typeof versionsInProduction>): ProductionVersionDocument {
  const { kind, namespace, name } = parseEntityRef(entityRef);
  const versions = [...new Set(found.map(({ version }) => version))];
  const places = found.map(({ version, regions }) => [version, ...regions].join(' '));
  return {
    title: `${name}: ${versions.join(', ')} in production`,
    text: `${name} ${places.join(', ')}`,
    location: `/catalog/${namespace}/${kind}/${name}/deployments`,
    entityRef,
    versions,
    authorization: { resourceRef: entityRef },
  };
}
