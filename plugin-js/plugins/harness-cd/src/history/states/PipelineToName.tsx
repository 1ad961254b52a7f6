import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex } from '@backstage/ui';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';
import { ExampleAnnotation } from './ExampleAnnotation';

/** Shown where the entity names no pipeline that it may use: how it would name one. */
export function PipelineToName() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Flex direction="column" gap="3">
      <SecondaryText as="p">{t('state.pipelineToName')}</SecondaryText>
      <ExampleAnnotation />
    </Flex>
  );
}
