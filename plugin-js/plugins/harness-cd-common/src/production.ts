import type { ServiceMatrix } from './generated/types';

/**
 * What of a service runs in production, the environments of Harness's type `Production`: each version once, with its
 * regions where these are known, and its infrastructure definitions where they are not.
 *
 * @param matrix - What of the service runs where.
 *
 * @public
 */
export function versionsInProduction({ environments }: ServiceMatrix): { version: string; regions: string[] }[] {
  const found = new Map<string, { version: string; regions: string[] }>();
  for (const { environmentType, regions } of environments) {
    if (environmentType !== 'Production') continue;
    for (const { region, infrastructure, running } of regions) {
      if (running?.version === undefined) continue;
      const place = region ?? infrastructure;
      const known = found.get(running.version) ?? { version: running.version, regions: [] };
      if (place !== undefined && !known.regions.includes(place)) known.regions.push(place);
      found.set(running.version, known);
    }
  }
  return [...found.values()];
}
