import type { Deployment } from 'backstage-plugin-harness-cd-common';

/** Whether a row has every word of a text, in any of what a person may know of it; `#12` is the run of that number. */
export function holds(row: Deployment, text: string = ''): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const run = row.runNumber === undefined ? '' : `#${row.runNumber}`;
  const known = [
    ...[row.service, row.serviceName, row.version, row.imageTag],
    ...[row.environment, row.environmentName, row.region, row.pipeline, row.pipelineName],
    ...[row.startedBy, row.triggeredBy, row.triggeredByEmail, run],
  ].map(value => value?.toLowerCase() ?? '');
  return words.every(word => (word.startsWith('#') ? word === run : known.some(value => value.includes(word))));
}
