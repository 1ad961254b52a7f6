import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Text } from '@backstage/ui';
import { annotationOf } from '../../shared/annotations';
import { SecondaryText } from '../../shared/SecondaryText';
import { useFailureTitle } from '../../shared/states/useFailureTitle';
import { usePipelines } from '../../shared/usePipelines';
import { harnessCdTranslationRef } from '../../translation';
import { ExampleAnnotation } from './ExampleAnnotation';

/** The pipelines that say that they are the entity's, each with the annotation to copy. */
function Offers() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { offers = [], failures = [] } = usePipelines().data ?? {};
  const titleOf = useFailureTitle();
  return (
    <>
      {offers.length > 0 && <Text as="p">{t('pipeline.offers')}</Text>}
      {offers.map(({ name, scope, url }) => (
        <Flex key={url} direction="column" gap="1">
          <Text as="span" weight="bold">
            {t('pipeline.offer', { name, ...scope })}
          </Text>
          <ExampleAnnotation text={annotationOf(url)} />
        </Flex>
      ))}
      {failures.map(failure => (
        <SecondaryText as="p" variant="body-small" key={failure.message}>
          {t('pipeline.notSearched', { reason: titleOf(failure) ?? failure.message })}
        </SecondaryText>
      ))}
    </>
  );
}

/** Shown where the entity names no pipeline: what to paste, ready to copy. */
export function NotAnnotated() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Flex direction="column" gap="3">
      <Text as="p">{t('state.notAnnotated')}</Text>
      <Offers />
      <SecondaryText as="p">{t('state.notAnnotatedHint')}</SecondaryText>
      <ExampleAnnotation />
    </Flex>
  );
}
