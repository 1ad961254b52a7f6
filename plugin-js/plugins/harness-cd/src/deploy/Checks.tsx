import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import type { Failure } from '../shared/failure';
import { SecondaryText } from '../shared/SecondaryText';
import { harnessCdTranslationRef } from '../translation';
import { ChangeWindowAlert } from './ChangeWindowAlert';
import { StartFailureAlert } from './StartFailureAlert';
import type { DeployFormState } from './useDeployForm';

function Approvals({ groups }: { groups: string[] }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <SecondaryText as="p" variant="body-small">
      {t('deploy.approvals', { groups: groups.join(', ') })}
    </SecondaryText>
  );
}

/** What speaks against the deployment and belongs to no field, and who will be asked for approval. */
export function Checks({ form, failure }: { form: DeployFormState; failure: Failure | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const approvals = form.environment?.approvals ?? [];
  return (
    <>
      {form.blocking.map(violation => (
        <ChangeWindowAlert
          key={violation.code}
          violation={violation}
          environment={form.draft.environment}
          now={form.now}
        />
      ))}
      {form.general.map(({ code, path, message }) => (
        <Alert icon role="alert" status="danger" key={`${code} ${path}`} title={message} />
      ))}
      {form.checkError && (
        <Alert icon status="warning" title={t('deploy.uncheckable', { reason: form.checkError.message })} />
      )}
      {failure && <StartFailureAlert failure={failure} />}
      {approvals.length > 0 && <Approvals groups={approvals} />}
    </>
  );
}
