import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import type { Failure } from '../shared/failure';
import { SecondaryText } from '../shared/SecondaryText';
import { FailureDetails } from '../shared/states/FailureDetails';
import { harnessCdTranslationRef } from '../translation';
import { OtherRunAlert } from './OtherRunAlert';
import { StartFailureAlert } from './StartFailureAlert';
import type { DeployFormState } from './useDeployForm';
import type { OtherRuns } from './useSubmit';
import { useViolationWords } from './useViolationWords';

function Approvals({ groups }: { groups: string[] }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <SecondaryText as="p" variant="body-small">
      {t('deploy.approvals', { groups: groups.join(', ') })}
    </SecondaryText>
  );
}

/**
 * What speaks against the deployment and belongs to no field, what is to be known before it runs, and who will be asked
 * for approval.
 */
export function Checks(props: {
  form: DeployFormState;
  /** Why the last start failed, if so. */
  failure: Failure | undefined;
  otherRuns: OtherRuns;
}) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const wordsOf = useViolationWords();
  const { form, failure, otherRuns } = props;
  const approvals = form.environment?.approvals ?? [];
  return (
    <>
      {form.general.map(violation => (
        <Alert
          icon
          role="alert"
          status="danger"
          key={`${violation.code} ${violation.path}`}
          title={wordsOf(violation)}
        />
      ))}
      {form.warnings.map(warning => (
        <Alert
          icon
          role="status"
          status="warning"
          key={`${warning.code} ${JSON.stringify(warning.params)}`}
          title={wordsOf(warning)}
        />
      ))}
      {form.checkError && (
        <Alert
          icon
          status="warning"
          title={t('deploy.uncheckable')}
          description={
            <FailureDetails failure={{ message: form.checkError.message, hint: t('deploy.uncheckableHint') }} />
          }
        />
      )}
      {failure && <StartFailureAlert failure={failure} />}
      {approvals.length > 0 && <Approvals groups={approvals} />}
      {otherRuns.others.length > 0 && <OtherRunAlert {...otherRuns} place={form.draft} />}
    </>
  );
}
