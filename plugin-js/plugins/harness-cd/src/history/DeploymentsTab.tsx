import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Container, Flex, Text } from '@backstage/ui';
import { DeployIfPossible } from './DeployIfPossible';
import { hasHarnessAnnotation } from '../shared/annotations';
import { PipelineProvider } from '../shared/pipeline';
import shared from '../shared/shared.module.css';
import { harnessCdTranslationRef } from '../translation';
import { AnnotationNotes } from './AnnotationNotes';
import { History } from './History';
import { PipelineSelect } from './PipelineSelect';
import { RunsWhere } from './RunsWhere';
import { usePipelineChoice } from './usePipelineChoice';
import { NotAnnotated } from './states/NotAnnotated';
import { UnknownPipeline } from './states/UnknownPipeline';

/**
 * The tab "Deployments" of an entity's page: the whole history, filtered and paged, and the way to deploy.
 *
 * @public
 */
export function DeploymentsTab() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { entity } = useEntity();
  const hasPipeline = hasHarnessAnnotation(entity);
  const titleId = useId();
  const { labels, chosen, unknown, choose } = usePipelineChoice();
  return (
    <Container className={shared.surface} role="region" aria-labelledby={titleId}>
      <Flex direction="column" gap="4" py="4">
        <Flex justify="between" align="center">
          <Text as="h2" variant="title-x-small" weight="bold" id={titleId}>
            {t('title')}
          </Text>
          <Flex align="center" gap="3">
            <PipelineSelect labels={labels} chosen={chosen} onChoose={choose} />
            {hasPipeline && unknown === undefined && (
              <PipelineProvider value={chosen}>
                <DeployIfPossible key={chosen} size="medium" />
              </PipelineProvider>
            )}
          </Flex>
        </Flex>
        {unknown !== undefined && <UnknownPipeline label={unknown} labels={labels} onChoose={choose} />}
        {hasPipeline && unknown === undefined && (
          <PipelineProvider value={chosen}>
            <AnnotationNotes />
            <RunsWhere key={`runs ${chosen}`} />
            <History key={chosen} />
          </PipelineProvider>
        )}
        {!hasPipeline && unknown === undefined && <NotAnnotated />}
      </Flex>
    </Container>
  );
}
