import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Switch } from '@backstage/ui';
import type { Runs } from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';

/** Which runs have rows, and how to change it. */
export interface RunsChoice {
  runs: Runs | null;
  onChange: (runs: Runs | null) => void;
}

/** Says how many runs of the page deployed nothing, and shows or hides them where there is room for it. */
export function WithoutDeployment({ count, choice }: { count: number; choice?: RunsChoice }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  // A page without such runs keeps the way back from those that have.
  if (count === 0 && !choice?.runs) return null;
  return (
    <Flex align="center" gap="3">
      {count > 0 && (
        <SecondaryText as="p" variant="body-small">
          {t('state.withoutDeployment', { count })}
        </SecondaryText>
      )}
      {choice && (
        <Switch
          label={t('state.showAllRuns')}
          isSelected={choice.runs === 'all'}
          onChange={isSelected => choice.onChange(isSelected ? 'all' : null)}
        />
      )}
    </Flex>
  );
}
