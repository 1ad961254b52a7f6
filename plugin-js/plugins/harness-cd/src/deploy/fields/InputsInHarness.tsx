import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { OutLink } from '../../shared/OutLink';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';
import type { InputGroups } from '../inputs';
import { useInputLabel } from '../useInputLabel';

/** Says what is asked for in mid-run alone, and where the pipeline is. */
export function InputsInHarness({ inputs, url }: { inputs: InputGroups; url: string | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const labelOf = useInputLabel();
  const { duringRun } = inputs;
  if (duringRun.length === 0) return null;
  return (
    <SecondaryText as="p" variant="body-small">
      {t('input.duringRun', { names: duringRun.map(labelOf).join(', ') })}{' '}
      <OutLink href={url}>{t('input.openPipeline')}</OutLink>
    </SecondaryText>
  );
}
