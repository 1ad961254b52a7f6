import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { FailureCode } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../../translation';
import type { Failure } from '../failure';

const REFUSALS = {
  UNAUTHORIZED: 'state.keyRefused',
  FORBIDDEN: 'state.keyRefused',
  WRONG_SCOPE: 'state.wrongScope',
} as const satisfies Partial<Record<FailureCode, string>>;

/** What Harness refuses to this portal as a whole, if so: neither waiting nor a person's own rights mend it. */
export function useRefusal({ code }: Failure): string | undefined {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return code !== undefined && code in REFUSALS ? t(REFUSALS[code as keyof typeof REFUSALS]) : undefined;
}
