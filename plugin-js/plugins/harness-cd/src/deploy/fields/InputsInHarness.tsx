import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { HarnessLink } from '../../shared/HarnessLink';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';
import type { InputGroups } from '../inputs';
import { useInputLabel } from '../useInputLabel';

/** Says which inputs the form does not take, and where they are given. */
export function InputsInHarness({ inputs, url }: { inputs: InputGroups; url: string | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const labelOf = useInputLabel();
  const namesOf = (asked: RuntimeInput[]) => asked.map(labelOf).join(', ');
  const { beforeStart, bySets, duringRun } = inputs;
  if (beforeStart.length + bySets.length + duringRun.length === 0) return null;
  return (
    <SecondaryText as="p" variant="body-small">
      {beforeStart.length > 0 && <>{t('input.beforeStart', { names: namesOf(beforeStart) })} </>}
      {bySets.length > 0 && <>{t('input.bySets', { names: namesOf(bySets) })} </>}
      {duringRun.length > 0 && <>{t('input.duringRun', { names: namesOf(duringRun) })} </>}
      <HarnessLink href={url}>{t('input.openPipeline')}</HarnessLink>
    </SecondaryText>
  );
}
