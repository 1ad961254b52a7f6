import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Container, Flex, Text } from '@backstage/ui';
import { DeployIfPossible } from './DeployIfPossible';
import { hasHarnessAnnotation } from '../shared/annotations';
import shared from '../shared/shared.module.css';
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
    <Container className={shared.surface} role="region" aria-labelledby={titleId}>
      <Flex direction="column" gap="4" py="4">
        <Flex justify="between" align="center">
          <Text as="h2" variant="title-x-small" weight="bold" id={titleId}>
            {t('title')}
          </Text>
          {hasPipeline && <DeployIfPossible size="medium" />}
        </Flex>
        {hasPipeline ? <History /> : <NotAnnotated />}
      </Flex>
    </Container>
  );
}
