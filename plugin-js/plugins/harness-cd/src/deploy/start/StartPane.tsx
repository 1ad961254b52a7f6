import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, DialogBody, DialogFooter, Flex } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';
import { ExecutionDetails } from '../ExecutionDetails';
import type { Send } from '../useStartDeployment';
import { hasOutcome, newIdempotencyKey, type Start } from '../../shared/start';
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
      <ExecutionDetails executionId={executionId} />
    </Flex>
  );
}

function StartContent({ start, send, onAnother }: { start: Start; send: Send; onAnother: () => void }) {
  const { request, idempotencyKey, state } = start;
  switch (state.kind) {
    case 'started':
      return <Started executionId={state.executionId} onAnother={onAnother} />;
    case 'unknown':
      return (
        <UnknownAlert
          url={state.url}
          onStart={() => send({ request, idempotencyKey: newIdempotencyKey() })}
          onAnother={onAnother}
        />
      );
    case 'unanswered':
      return <UnansweredAlert onRetry={() => send({ request, idempotencyKey })} />;
    default:
      return <StartSteps state={state} />;
  }
}

/** A start that was asked for: how far it is, or that nobody knows, and then the live progress of its run. */
export function StartPane(props: { start: Start; isHeld: boolean; send: Send; onAnother: () => void }) {
  const { start, isHeld, send, onAnother } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const isBusy = isHeld || !hasOutcome(start);
  return (
    <>
      <DialogBody>
        <StartContent start={start} send={send} onAnother={onAnother} />
      </DialogBody>
      <DialogFooter>
        {/* Where the button of the form was: busy, so that the second half of a double click on that does nothing. The
            button that had the focus went away with the form. */}
        {/* eslint-disable-next-line jsx-a11y/no-autofocus */}
        <Button className={styles.submit} variant="primary" slot="close" isPending={isBusy} autoFocus>
          {t(isBusy ? 'start.sending' : 'deploy.close')}
        </Button>
      </DialogFooter>
    </>
  );
}
