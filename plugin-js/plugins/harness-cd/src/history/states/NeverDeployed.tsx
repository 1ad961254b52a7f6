import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Text } from '@backstage/ui';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';

/** Shown where nothing has ever been deployed. */
export function NeverDeployed() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Flex direction="column" gap="1">
      <Text as="p">{t('state.empty')}</Text>
      <SecondaryText as="p">{t('state.emptyHint')}</SecondaryText>
    </Flex>
  );
}
