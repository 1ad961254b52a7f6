import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, DialogBody, DialogFooter, Flex } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';
import { RunDetails } from '../RunDetails';
import { useStartDeployment } from '../useStartDeployment';
import { newIdempotencyKey, type Start } from '../../shared/start';
import { StartSteps } from './StartSteps';
import { UnansweredAlert } from './UnansweredAlert';
import { UnknownAlert } from './UnknownAlert';
import styles from '../deploy.module.css';

function Started({ executionId, onAnother }: { executionId: string; onAnother: () => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Flex direction="column" gap="3">
      {/* Above, and not where the button of the form was: who clicks that once more starts nothing. */}
      <Button className={styles.another} size="small" variant="secondary" onPress={onAnother}>
        {t('deploy.another')}
      </Button>
      <RunDetails executionId={executionId} />
    </Flex>
  );
}

function StartContent({ start, onAnother }: { start: Start; onAnother: () => void }) {
  const { mutate } = useStartDeployment();
  const { request, idempotencyKey, state } = start;
  switch (state.kind) {
    case 'started':
      return <Started executionId={state.executionId} onAnother={onAnother} />;
    case 'unknown':
      return (
        <UnknownAlert
          url={state.url}
          onStart={() => mutate({ request, idempotencyKey: newIdempotencyKey() })}
          onAnother={onAnother}
        />
      );
    case 'unanswered':
      return <UnansweredAlert onRetry={() => mutate({ request, idempotencyKey })} />;
    default:
      return <StartSteps state={state} />;
  }
}

/** A start that was asked for: how far it is, or that nobody knows, and then the live progress of its run. */
export function StartPane({ start, onAnother }: { start: Start; onAnother: () => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <>
      <DialogBody>
        <StartContent start={start} onAnother={onAnother} />
      </DialogBody>
      <DialogFooter>
        {/* The button that had the focus went away with the form. */}
        {/* eslint-disable-next-line jsx-a11y/no-autofocus */}
        <Button variant="primary" slot="close" autoFocus>
          {t('deploy.close')}
        </Button>
      </DialogFooter>
    </>
  );
}
