import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { placeName } from '../shared/place';
import { SecondaryText } from '../shared/SecondaryText';
import { harnessCdTranslationRef } from '../translation';
import type { DeployFormState } from './useDeployForm';
import { useOpening } from './useOpening';
import styles from './deploy.module.css';

function useSubmitWords({ draft, rules }: DeployFormState): string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  if (!rules) return t('deploy.run');
  const tag = draft.imageTag.trim();
  if (!tag || !draft.environment || !draft.region) return t('deploy.action');
  return t('deploy.submit', { tag, place: placeName(draft) });
}

/** Says what it does; where the time is wrong, it says why it does not. */
export function SubmitButton(props: { form: DeployFormState; formId: string }) {
  const { form, formId } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const opening = useOpening();
  const words = useSubmitWords(form);
  const reasonId = useId();
  const [blocked] = form.blocking;
  return (
    <>
      {blocked && (
        <SecondaryText as="span" id={reasonId} variant="body-small">
          {t('deploy.blocked', { reason: opening(blocked, form.now) })}
        </SecondaryText>
      )}
      <Button
        className={styles.submit}
        type="submit"
        form={formId}
        variant="primary"
        isDisabled={blocked !== undefined}
        aria-describedby={blocked ? reasonId : undefined}
      >
        {words}
      </Button>
    </>
  );
}
