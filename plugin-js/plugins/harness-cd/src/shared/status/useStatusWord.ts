import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { harnessCdTranslationRef, statusMessages } from '../../translation';

/** The word for a status of Harness; a status this version does not know is shown as it came. */
export function useStatusWord(): (status: string) => string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return status =>
    Object.hasOwn(statusMessages, status) ? t(`status.${status as keyof typeof statusMessages}`) : status;
}
