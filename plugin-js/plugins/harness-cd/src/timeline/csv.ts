import type { Story } from 'backstage-plugin-harness-cd-common';

const COLUMNS = [
  'at',
  'outcome',
  'service',
  'environment',
  'region',
  'version',
  'status',
  'by',
  'run',
  'execution',
  'attempts',
  'failure',
];

/** A cell as RFC 4180 has it; a spreadsheet must not take what somebody else wrote for a formula. */
function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replace(/"/g, '""')}"` : harmless;
}

/** Stories as CSV: a line for each region of each. Instants are written as ISO 8601, in UTC. */
export function csvOf(stories: Story[]): string {
  const lines = stories.flatMap(story =>
    story.regions.map(({ region, deployment, failure }) => [
      story.at === undefined ? undefined : new Date(story.at).toISOString(),
      story.outcome,
      story.service,
      story.environment,
      region,
      deployment.version,
      deployment.status,
      deployment.by,
      deployment.runNumber,
      deployment.executionId,
      story.attempts.length,
      failure,
    ]),
  );
  return [COLUMNS, ...lines].map(line => `${line.map(cell).join(',')}\r\n`).join('');
}
