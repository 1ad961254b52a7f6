import { useState, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Alert, Button, Flex, Skeleton, Text, VisuallyHidden } from '@backstage/ui';
import { RiCheckLine, RiFileCopyLine } from '@remixicon/react';
import {
  harnessCdDeploymentReadPermission,
  type DeploymentsResponse,
  type FailureBody,
  type FailureCode,
} from 'backstage-plugin-harness-cd-common';
import { exampleAnnotation } from '../annotations';
import { formatInstant } from '../format/time';
import { useLocale } from '../hooks/useLocale';
import { problemOf, statusCodeOf, type Problem } from '../problem';
import { harnessCdTranslationRef } from '../translation';
import styles from './styles.module.css';

/** As many rows as the list will have, each as high as a row of it: nothing moves when the list arrives. */
export function LoadingRows({ rows }: { rows: number }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <div aria-busy="true">
      <VisuallyHidden role="status">{t('state.loading')}</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <div className={styles.row} key={row}>
          <Skeleton width="7rem" height="1.25rem" />
          <Skeleton width="60%" height="1.25rem" />
          <Skeleton width="5rem" height="1.25rem" />
        </div>
      ))}
    </div>
  );
}

/** Shown where the entity names no pipeline: what to paste, ready to copy. */
export function NotAnnotated() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { entity } = useEntity();
  const [isCopied, setIsCopied] = useState(false);
  const annotation = exampleAnnotation(entity);
  const copy = () => navigator.clipboard.writeText(annotation).then(() => setIsCopied(true));
  return (
    <Flex direction="column" gap="3">
      <Text as="p">{t('state.notAnnotated')}</Text>
      <Text as="p" className={styles.secondary}>
        {t('state.notAnnotatedHint')}
      </Text>
      {/* A block that scrolls sideways has to be reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={styles.code} tabIndex={0} aria-label={t('state.notAnnotatedHint')}>
        {annotation}
      </pre>
      <div>
        <Button
          variant="secondary"
          iconStart={isCopied ? <RiCheckLine aria-hidden /> : <RiFileCopyLine aria-hidden />}
          onPress={copy}
        >
          {isCopied ? t('state.copied') : t('state.copy')}
        </Button>
      </div>
    </Flex>
  );
}

/** Shown where nothing has ever been deployed. */
export function NeverDeployed() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Flex direction="column" gap="1">
      <Text as="p">{t('state.empty')}</Text>
      <Text as="p" className={styles.secondary}>
        {t('state.emptyHint')}
      </Text>
    </Flex>
  );
}

/** A sentence for each thing that is known about a problem: what, what to do, and the id to ask with. */
export function ProblemDetails({ problem }: { problem: Problem }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <>
      <span className={styles.failure}>{problem.message}</span>
      {problem.hint && <div>{problem.hint}</div>}
      {problem.correlationId && <div>{t('state.correlationId', { id: problem.correlationId })}</div>}
    </>
  );
}

/** What Harness refuses to this portal as a whole: neither waiting nor a person's own rights mend it. */
const REFUSALS = {
  UNAUTHORIZED: 'state.keyRefused',
  FORBIDDEN: 'state.keyRefused',
  WRONG_SCOPE: 'state.wrongScope',
} as const satisfies Partial<Record<FailureCode, string>>;

function useRefusal({ code }: Problem): string | undefined {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return code !== undefined && code in REFUSALS ? t(REFUSALS[code as keyof typeof REFUSALS]) : undefined;
}

/** A call that failed: what, why, what to do. A person's missing right is told apart from a failure. */
export function ErrorAlert({ title, error, onRetry }: { title: string; error: unknown; onRetry: () => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const problem = problemOf(error);
  const refusal = useRefusal(problem);
  if (statusCodeOf(error) === 403 && !refusal) {
    return (
      <Alert
        icon
        status="warning"
        title={t('state.forbidden')}
        description={t('state.forbiddenHint', { permission: harnessCdDeploymentReadPermission.name })}
      />
    );
  }
  return (
    <Alert
      icon
      role="alert"
      status="danger"
      title={title}
      description={
        <>
          {refusal && <div>{refusal}</div>}
          <ProblemDetails problem={problem} />
        </>
      }
      customActions={
        <Button size="small" variant="secondary" onPress={onRetry}>
          {t('state.retry')}
        </Button>
      }
    />
  );
}

function useStaleTimes(problem: FailureBody, asOf: number | undefined, isRefused: boolean): string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  const since = formatInstant(problem.since, locale);
  if (asOf === undefined) return t(isRefused ? 'state.refusedSince' : 'state.since', { since });
  return t(isRefused ? 'state.refusedTimes' : 'state.staleTimes', { asOf: formatInstant(asOf, locale), since });
}

/** Says that the rows are the last known ones, since when, why, and what to do. A refusal has a sentence of its own. */
export function StaleAlert({ problem, asOf }: { problem: FailureBody; asOf: number | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const refusal = useRefusal(problem);
  const times = useStaleTimes(problem, asOf, refusal !== undefined);
  return (
    <Alert
      icon
      role="status"
      status="warning"
      title={refusal ?? t('state.stale')}
      description={
        <>
          <div>{times}</div>
          <ProblemDetails problem={problem} />
        </>
      }
    />
  );
}

interface HistoryQuery {
  data: DeploymentsResponse | undefined;
  error: Error | null;
  refetch: () => unknown;
}

/** The states that card and tab share; `children` shows the rows, of which there is at least one or a filter. */
export function HistoryStates(props: {
  query: HistoryQuery;
  loading: ReactNode;
  children: (response: DeploymentsResponse) => ReactNode;
}) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { data, error, refetch } = props.query;
  return (
    <Flex direction="column" gap="3">
      {error && <ErrorAlert title={t('state.error')} error={error} onRetry={refetch} />}
      {data?.failure && <StaleAlert problem={data.failure} asOf={data.asOf} />}
      {!data && !error && props.loading}
      {data && props.children(data)}
    </Flex>
  );
}
