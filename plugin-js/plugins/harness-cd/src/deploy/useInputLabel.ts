import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../translation';

/** What the form calls an input: its label, and the stage that asks for it where it is not the whole pipeline. */
export function useInputLabel(): (input: RuntimeInput) => string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return input => {
    const name = input.shape === 'build' ? t('input.build') : input.label;
    return input.stage === undefined ? name : t('input.ofStage', { name, stage: input.stage });
  };
}
