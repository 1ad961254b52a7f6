import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import type { StartStep } from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';
import type { StartState } from '../../shared/start';

const WORDS = {
  checking: 'start.checking',
  starting: 'start.starting',
  searching: 'start.searching',
} as const satisfies Record<StartStep, string>;

/** The words for how far a start is that has no outcome yet. */
export function useStartWords(): (state: StartState) => string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return state => {
    if (state.kind === 'starting') return t(WORDS[state.step]);
    return t(state.kind === 'asking' ? 'start.asking' : 'start.sending');
  };
}

/** How far a start is. It goes on whether or not somebody looks. */
export function StartSteps({ state }: { state: StartState }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const wordsOf = useStartWords();
  return (
    <Alert
      isPending
      role="status"
      status="info"
      title={wordsOf(state)}
      description={
        <SecondaryText as="span" variant="body-small">
          {t('start.goesOn')}
        </SecondaryText>
      }
    />
  );
}
