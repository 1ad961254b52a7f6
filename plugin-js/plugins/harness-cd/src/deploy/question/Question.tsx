import { stringifyEntityRef } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { usePermission } from '@backstage/plugin-permission-react';
import { Skeleton } from '@backstage/ui';
import { harnessCdDeploymentCreatePermission } from 'backstage-plugin-harness-cd-common';
import type { Asking } from '../../execution/asking';
import { OutLink } from '../../shared/OutLink';
import { SecondaryText } from '../../shared/SecondaryText';
import { FailureAlert } from '../../shared/states/FailureAlert';
import { harnessCdTranslationRef } from '../../translation';
import { FieldGroup } from '../fields/FieldGroup';
import { QuestionForm } from './QuestionForm';
import { useQuestion } from './useQuestion';

interface Props {
  asking: Asking;
  executionId: string;
  /** The run in Harness's own user interface. */
  url: string | undefined;
}

function AskedQuestion({ asking: { node }, executionId, url }: Props) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { data: question, error, refetch } = useQuestion(executionId, node);
  if (question) return <QuestionForm question={question} executionId={executionId} />;
  if (!error) return <Skeleton height="2.5rem" aria-label={t('question.loading')} />;
  return (
    <>
      <FailureAlert title={t('question.readFailure')} failure={error} onRetry={refetch} />
      <OutLink href={url}>{t('question.inHarness')}</OutLink>
    </>
  );
}

/** What a run asks for before it goes on, for those who may start it. */
export function Question(props: Props) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { entity } = useEntity();
  const { loading, allowed } = usePermission({
    permission: harnessCdDeploymentCreatePermission,
    resourceRef: stringifyEntityRef(entity),
  });
  const { stage, step } = props.asking;
  const place = step === undefined ? stage : t('question.place', { stage, step });
  return (
    <FieldGroup title={t('question.title', { place })}>
      {allowed && <AskedQuestion {...props} />}
      {!allowed && !loading && (
        <SecondaryText as="p">
          {t('state.missingPermission', { permission: harnessCdDeploymentCreatePermission.name })}
        </SecondaryText>
      )}
    </FieldGroup>
  );
}
