import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { placeName } from '../shared/place';
import { harnessCdTranslationRef } from '../translation';
import { ClosedWindow } from './ClosedWindow';
import type { DeployFormState } from './useDeployForm';
import styles from './deploy.module.css';

const LONGEST_TAG = 24;

/** A tag as a button can hold it: what tells tags apart stands at both ends. */
function shortened(tag: string): string {
  return tag.length > LONGEST_TAG ? `${tag.slice(0, 12)}…${tag.slice(-8)}` : tag;
}

function useSubmitWords({ draft, rules }: DeployFormState): { words: string; inFull: string } {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const tag = draft.imageTag.trim();
  if (!rules || !tag || !draft.environment || !draft.region) {
    const words = rules ? t('deploy.action') : t('deploy.run');
    return { words, inFull: words };
  }
  const place = placeName(draft);
  return {
    words: t('deploy.submit', { tag: shortened(tag), place }),
    inFull: t('deploy.submit', { tag, place }),
  };
}

/** Says what it does; where the time is wrong, it says why it does not. */
export function SubmitButton({ form, formId }: { form: DeployFormState; formId: string }) {
  const { words, inFull } = useSubmitWords(form);
  const reasonId = useId();
  const [blocked] = form.blocking;
  return (
    <>
      {blocked && (
        <div id={reasonId}>
          <ClosedWindow violation={blocked} environment={form.draft.environment} now={form.now} />
        </div>
      )}
      <Button
        className={styles.submit}
        type="submit"
        form={formId}
        variant="primary"
        isDisabled={blocked !== undefined}
        aria-describedby={blocked ? reasonId : undefined}
      >
        <span className={styles.words} title={inFull}>
          {words}
        </span>
      </Button>
    </>
  );
}
