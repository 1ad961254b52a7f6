import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { failureMessages, harnessCdTranslationRef } from '../../translation';
import type { Failure } from '../failure';

/** What kind of failure it is, in a few words; undefined where the backend did not say. */
export function useFailureTitle(): (failure: Failure) => string | undefined {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return ({ code }) =>
    code !== undefined && Object.hasOwn(failureMessages, code)
      ? t(`failure.${code as keyof typeof failureMessages}`)
      : undefined;
}
