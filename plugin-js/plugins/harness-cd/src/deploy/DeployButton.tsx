import { useId, useState } from 'react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { usePermission } from '@backstage/plugin-permission-react';
import { Button, Dialog, Flex } from '@backstage/ui';
import { RiRocket2Line } from '@remixicon/react';
import { harnessCdDeploymentCreatePermission } from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../shared/SecondaryText';
import { harnessCdTranslationRef } from '../translation';
import { DeployDialog } from './DeployDialog';
import { EMPTY_DRAFT } from './draft';

/**
 * Opens the deploy dialog for the page's entity. What was filled in, and the run that was started, are kept while it is
 * closed.
 *
 * @public
 */
export function DeployButton({ size }: { size: 'small' | 'medium' }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { entity } = useEntity();
  const { loading, allowed } = usePermission({
    permission: harnessCdDeploymentCreatePermission,
    resourceRef: stringifyEntityRef(entity),
  });
  const [isOpen, setIsOpen] = useState(false);
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [executionId, setExecutionId] = useState<string>();
  const reasonId = useId();
  const isRefused = !loading && !allowed;

  return (
    <Flex direction="column" align="end" gap="1">
      <Button
        size={size}
        iconStart={<RiRocket2Line aria-hidden />}
        isDisabled={!allowed}
        aria-describedby={isRefused ? reasonId : undefined}
        onPress={() => setIsOpen(true)}
      >
        {t('deploy.action')}
      </Button>
      {isRefused && (
        <SecondaryText as="span" id={reasonId} variant="body-small">
          {t('state.missingPermission', { permission: harnessCdDeploymentCreatePermission.name })}
        </SecondaryText>
      )}
      <Dialog width={560} isOpen={isOpen} onOpenChange={setIsOpen}>
        <DeployDialog
          service={entity.metadata.title ?? entity.metadata.name}
          draft={draft}
          setDraft={setDraft}
          executionId={executionId}
          onStarted={setExecutionId}
          onAnother={() => setExecutionId(undefined)}
        />
      </Dialog>
    </Flex>
  );
}
