import type { RootConfigService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';

const DAY_MS = 24 * 60 * 60_000;
const KEY = 'harnessCd.history.retentionDays';
const DEFAULT_DAYS = 90;
const MOST_DAYS = 3650;

/** For how long what ran is kept, and how far back it is read first, ms. */
export function readRetention(config: RootConfigService): number {
  const days = config.getOptionalNumber(KEY) ?? DEFAULT_DAYS;
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
    throw new InputError(`${KEY} in app-config takes a whole number of days from 1 to ${MOST_DAYS}, not ${days}`);
  }
  return days * DAY_MS;
}
