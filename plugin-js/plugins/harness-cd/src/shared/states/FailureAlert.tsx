import { useState, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Alert, Button, Flex, Skeleton, Text, VisuallyHidden } from '@backstage/ui';
import { RiCheckLine, RiFileCopyLine } from '@remixicon/react';
import {
  harnessCdDeploymentReadPermission,
  type DeploymentsResponse,
  type FailureCode,
  type FailureBody,
} from 'backstage-plugin-harness-cd-common';
import { exampleAnnotation } from '../annotations';
import { formatInstant } from '../format/time';
import { useLocale } from '../hooks/useLocale';
import { failureOf, statusCodeOf, type Failure } from '../failure';
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

/** A sentence for each thing that is known about a failure: what, what to do, and the id to ask with. */
export function FailureDetails({ failure }: { failure: Failure }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <>
      <span className={styles.failure}>{failure.message}</span>
      {failure.hint && <div>{failure.hint}</div>}
      {failure.correlationId && <div>{t('state.correlationId', { id: failure.correlationId })}</div>}
    </>
  );
}

/** What Harness refuses to this portal as a whole: neither waiting nor a person's own rights mend it. */
const REFUSALS = {
  UNAUTHORIZED: 'state.keyRefused',
  FORBIDDEN: 'state.keyRefused',
  WRONG_SCOPE: 'state.wrongScope',
} as const satisfies Partial<Record<FailureCode, string>>;

function useRefusal({ code }: Failure): string | undefined {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return code !== undefined && code in REFUSALS ? t(REFUSALS[code as keyof typeof REFUSALS]) : undefined;
}

/** What failed, why, and what to do. A person's missing right is told apart from a failure. */
export function FailureAlert(props: {
  title: string;
  /** What a call threw, or the failure that an answer carries. */
  failure: unknown;
  onRetry: () => void;
}) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const failure = failureOf(props.failure);
  const refusal = useRefusal(failure);
  if (statusCodeOf(props.failure) === 403 && !refusal) {
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
      title={props.title}
      description={
        <>
          {refusal && <div>{refusal}</div>}
          <FailureDetails failure={failure} />
        </>
      }
      customActions={
        <Button size="small" variant="secondary" onPress={props.onRetry}>
          {t('state.retry')}
        </Button>
      }
    />
  );
}

function useStaleTimes(failure: FailureBody, asOf: number | undefined, isRefused: boolean): string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  const since = formatInstant(failure.since, locale);
  if (asOf === undefined) return t(isRefused ? 'state.refusedSince' : 'state.since', { since });
  return t(isRefused ? 'state.refusedTimes' : 'state.staleTimes', { asOf: formatInstant(asOf, locale), since });
}

/** Says that the rows are the last known ones, since when, why, and what to do. A refusal has a sentence of its own. */
export function StaleAlert({ failure, asOf }: { failure: FailureBody; asOf: number | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const refusal = useRefusal(failure);
  const times = useStaleTimes(failure, asOf, refusal !== undefined);
  return (
    <Alert
      icon
      role="status"
      status="warning"
      title={refusal ?? t('state.stale')}
      description={
        <>
          <div>{times}</div>
          <FailureDetails failure={failure} />
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
      {error && <FailureAlert title={t('state.failure')} failure={error} onRetry={refetch} />}
      {data?.failure && <StaleAlert failure={data.failure} asOf={data.asOf} />}
      {!data && !error && props.loading}
      {data && props.children(data)}
    </Flex>
  );
}
