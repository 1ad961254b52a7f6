import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Text } from '@backstage/ui';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';

/** Shown where the newest runs deployed nothing: that there never was one is said only where Harness counts none. */
export function NoDeployments({ totalExecutions }: { totalExecutions: number | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  if (totalExecutions === undefined) return <Text as="p">{t('state.noneListed')}</Text>;
  if (totalExecutions > 0) return <Text as="p">{t('state.noDeployments', { count: totalExecutions })}</Text>;
  return (
    <Flex direction="column" gap="1">
      <Text as="p">{t('state.empty')}</Text>
      <SecondaryText as="p">{t('state.emptyHint')}</SecondaryText>
    </Flex>
  );
}
