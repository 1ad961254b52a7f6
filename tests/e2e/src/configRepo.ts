import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

const DAY_MS = 24 * 60 * 60 * 1000;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Whether production may be deployed to while the stories run. */
export type ProdWindow = 'open' | 'closed';

/** The days (UTC) of a window that is open now, or of one that neither today nor tomorrow opens. */
function daysOf(window: ProdWindow): string[] {
  if (window === 'open') return WEEKDAYS;
  return [WEEKDAYS[new Date(Date.now() + 3 * DAY_MS).getUTCDay()]];
}

/** Copies the example's config repo, with a change window for production that is really open or really closed. */
export function writeConfigRepo(example: string, folder: string, window: ProdWindow): void {
  cpSync(example, folder, { recursive: true });
  const file = join(folder, 'platform.yaml');
  const platform = parseDocument(readFileSync(file, 'utf8'));
  platform.setIn(['changeWindows', 0, 'days'], daysOf(window));
  if (window === 'open') {
    platform.setIn(['changeWindows', 0, 'from'], '00:00');
    platform.setIn(['changeWindows', 0, 'to'], '24:00');
  }
  // Where somebody approves, the pipeline looks at the time behind that, and the request is not refused.
  if (window === 'closed') {
    platform.setIn(['environments', 2, 'approvals'], []);
    platform.setIn(['environments', 2, 'requiredFields'], []);
  }
  writeFileSync(file, platform.toString());
}
