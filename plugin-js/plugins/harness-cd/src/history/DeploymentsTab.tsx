import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Button, Container, Dialog, DialogBody, DialogHeader, Flex, Select, Text } from '@backstage/ui';
import {
  type Deployment,
  type DeploymentsResponse,
  type DeployRules,
  STATUSES_OF_GROUP,
} from 'backstage-plugin-harness-cd-common';
import { hasHarnessAnnotation } from '../annotations';
import { useDeployments, useDeployTarget } from '../hooks/useHarnessCd';
import { useHistoryParams, type HistoryParams } from '../hooks/useHistoryParams';
import { deploymentWords, isStatusFilter, STATUS_FILTERS } from '../status';
import { harnessCdTranslationRef } from '../translation';
import { DeployButton } from './DeployButton';
import { ExecutionProgress } from './ExecutionProgress';
import { HistoryTable } from './HistoryTable';
import { HistoryStates, LoadingRows, NeverDeployed, NotAnnotated } from './states';
import styles from './styles.module.css';

type Change = (change: Partial<HistoryParams>) => void;

const ALL = 'all';
const LOADING_ROWS = 8;

function environmentOptions(rules: DeployRules | undefined, chosen: string | null) {
  const known = rules?.environments.map(({ identifier, name }) => ({ value: identifier, label: name })) ?? [];
  // A linked filter stays visible also where the platform description does not know its environment.
  const isUnknown = chosen !== null && !known.some(({ value }) => value === chosen);
  return isUnknown ? [...known, { value: chosen, label: chosen }] : known;
}

function Filters({ params, onChange }: { params: HistoryParams; onChange: Change }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const rules = useDeployTarget().data?.rules;
  const all = { value: ALL, label: t('filter.all') };
  return (
    <div className={styles.filters}>
      <Select
        className={styles.filter}
        label={t('filter.environment')}
        options={[all, ...environmentOptions(rules, params.environment)]}
        value={params.environment ?? ALL}
        onChange={value => onChange({ environment: value === ALL ? null : String(value), page: 0 })}
      />
      <Select
        className={styles.filter}
        label={t('filter.status')}
        options={[all, ...STATUS_FILTERS.map(value => ({ value, label: t(`filter.${value}`) }))]}
        value={params.status ?? ALL}
        onChange={value => {
          const status = String(value);
          onChange({ status: isStatusFilter(status) ? status : null, page: 0 });
        }}
      />
    </div>
  );
}

function NoMatch({ onChange }: { onChange: Change }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Flex direction="column" gap="3">
      <Text as="p">{t('tab.noMatch')}</Text>
      <div>
        <Button variant="secondary" onPress={() => onChange({ environment: null, status: null, page: 0 })}>
          {t('tab.clearFilters')}
        </Button>
      </div>
    </Flex>
  );
}

function HistoryRows(props: {
  response: DeploymentsResponse;
  isStale: boolean;
  params: HistoryParams;
  onChange: Change;
}) {
  const { response, isStale, params, onChange } = props;
  const isFiltered = params.environment !== null || params.status !== null;
  const isNarrowed = isFiltered || params.page > 0;
  if (response.deployments.length === 0 && !isNarrowed) return response.failure ? null : <NeverDeployed />;
  return (
    <HistoryTable
      response={response}
      isStale={isStale}
      page={params.page}
      emptyState={<NoMatch onChange={onChange} />}
      onPageChange={page => onChange({ page })}
      onShowDetails={execution => onChange({ execution })}
    />
  );
}

function History() {
  const [params, onChange] = useHistoryParams();
  const query = useDeployments({
    page: params.page,
    environment: params.environment ?? undefined,
    status: params.status ? [...STATUSES_OF_GROUP[params.status]] : undefined,
  });
  return (
    <>
      <Filters params={params} onChange={onChange} />
      <HistoryStates query={query} loading={<LoadingRows rows={LOADING_ROWS} />}>
        {response => (
          <HistoryRows response={response} isStale={query.isPlaceholderData} params={params} onChange={onChange} />
        )}
      </HistoryStates>
      <ExecutionDialog
        executionId={params.execution}
        deployment={query.data?.deployments.find(({ executionId }) => executionId === params.execution)}
        onClose={() => onChange({ execution: null })}
      />
    </>
  );
}

function ExecutionDialog(props: {
  executionId: string | null;
  /** The row of that run, where the page of the history holds it. */
  deployment: Deployment | undefined;
  onClose: () => void;
}) {
  const { executionId, deployment, onClose } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Dialog width={640} isOpen={executionId !== null} onOpenChange={isOpen => !isOpen && onClose()}>
      {executionId !== null && (
        <>
          <DialogHeader>
            {deployment
              ? t('progress.title', deploymentWords(deployment))
              : t('progress.titleOfRun', { id: executionId })}
          </DialogHeader>
          <DialogBody>
            <ExecutionProgress executionId={executionId} />
          </DialogBody>
        </>
      )}
    </Dialog>
  );
}

/** The tab "Deployments" of an entity's page: the whole history, filtered and paged, and the way to deploy. */
export function DeploymentsTab() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { entity } = useEntity();
  const hasPipeline = hasHarnessAnnotation(entity);
  const titleId = useId();
  return (
    <Container role="region" aria-labelledby={titleId}>
      <Flex direction="column" gap="4" py="4">
        <Flex justify="between" align="center">
          <Text as="h2" variant="title-x-small" weight="bold" id={titleId}>
            {t('title')}
          </Text>
          {hasPipeline && <DeployButton size="medium" />}
        </Flex>
        {hasPipeline ? <History /> : <NotAnnotated />}
      </Flex>
    </Container>
  );
}
