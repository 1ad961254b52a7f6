import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Text } from '@backstage/ui';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';
import { ExampleAnnotation } from './ExampleAnnotation';

/** Shown where the entity names no pipeline: what to paste, ready to copy. */
export function NotAnnotated() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Flex direction="column" gap="3">
      <Text as="p">{t('state.notAnnotated')}</Text>
      <SecondaryText as="p">{t('state.notAnnotatedHint')}</SecondaryText>
      <ExampleAnnotation />
    </Flex>
  );
}
