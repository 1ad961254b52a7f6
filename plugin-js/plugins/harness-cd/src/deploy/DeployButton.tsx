import { useEffect, useId, useState } from 'react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { usePermission } from '@backstage/plugin-permission-react';
import { Button, Dialog, Flex } from '@backstage/ui';
import { RiRocket2Line } from '@remixicon/react';
import { harnessCdDeploymentCreatePermission } from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../shared/SecondaryText';
import shared from '../shared/shared.module.css';
import { harnessCdTranslationRef } from '../translation';
import { DeployDialog } from './DeployDialog';
import { hasOutcome } from '../shared/start';
import { StartNotice } from './start/StartNotice';
import { useStart } from './start/useStart';
import { useHold } from './useHold';
import styles from './deploy.module.css';

/** The entity's last start, whose outcome counts as seen once the dialog shows it. */
function useWatchedStart(isOpen: boolean) {
  const watched = useStart();
  const { start, markSeen } = watched;
  const isNews = isOpen && !!start && hasOutcome(start) && !start.isSeen;
  useEffect(() => {
    if (isNews) markSeen();
  }, [isNews, markSeen]);
  return watched;
}

/**
 * Opens the deploy dialog for the page's entity. What was filled in, and what was started, are kept while it is closed,
 * and when the page is loaded again.
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
  const { start, layAside } = useWatchedStart(isOpen);
  const { dialogRef, held, hold } = useHold();
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
      {start && !isOpen && <StartNotice start={start} />}
      <Dialog
        ref={dialogRef}
        className={[shared.surface, styles.dialog, held && styles.held].filter(Boolean).join(' ')}
        width={560}
        height={held?.height}
        isOpen={isOpen}
        onOpenChange={setIsOpen}
      >
        <DeployDialog
          service={entity.metadata.title ?? entity.metadata.name}
          start={start}
          isHeld={held !== undefined}
          onSend={hold}
          onAnother={layAside}
        />
      </Dialog>
    </Flex>
  );
}
