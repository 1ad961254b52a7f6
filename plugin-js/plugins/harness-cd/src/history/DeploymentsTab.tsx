import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Container, Flex, Text } from '@backstage/ui';
import { DeployButton } from '../deploy/DeployButton';
import { hasHarnessAnnotation } from '../shared/annotations';
import { harnessCdTranslationRef } from '../translation';
import { History } from './History';
import { NotAnnotated } from './states/NotAnnotated';

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
  return (
    <Container role="region" aria-labelledby={titleId}>
      <Flex direction="column" gap="4" py="4">
        <Flex justify="between" align="center">
          <Text as="h2" variant="title-x-small" weight="bold" id={titleId}>
            {t('title')}
          </Text>
          {hasPipeline && <DeployButton size="medium" />}
        </Flex>
        {hasPipeline ? <History /> : <NotAnnotated />}
      </Flex>
    </Container>
  );
}
