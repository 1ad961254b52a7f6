import { type ComponentType, useEffect } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Flex, Text } from '@backstage/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import { STATUSES_OF_GROUP, type DeploymentsResponse, type Runs } from 'backstage-plugin-harness-cd-common';
import { ExecutionDialog } from './ExecutionDialog';
import { HistoryFilters } from './HistoryFilters';
import { HistoryTable } from './HistoryTable';
import { HistoryStates } from './states/HistoryStates';
import { FreshnessNote } from '../shared/FreshnessNote';
import { OneOf } from '../shared/OneOf';
import { SecondaryText } from '../shared/SecondaryText';
import { LoadingRows } from '../shared/states/LoadingRows';
import { NoMatch } from '../shared/states/NoMatch';
import { useDeployments } from '../shared/useDeployments';
import { DeploymentTimeline } from '../timeline/DeploymentTimeline';
import { harnessCdTranslationRef } from '../translation';
import styles from './history.module.css';
import { Past, PastFilters } from './Past';
import { lastPageOf } from './usePagination';
import { useHrefOfRun } from './useHrefOfRun';
import {
  isFiltered,
  isSearched,
  NO_FILTERS,
  useHistoryParams,
  type ChangeHistoryParams,
  type HistoryParams,
  type HistoryView,
} from './useHistoryParams';

/** How far was looked for what Harness does not look for itself, and the way further. */
function SearchedSoFar(props: { response: DeploymentsResponse; onFurther: () => void }) {
  const { response, onFurther } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { page, pageSize, totalExecutions: total } = response;
  // The memory of an outage is no measure of what Harness has.
  if (total === undefined || response.failure) return null;
  const from = page * pageSize + 1;
  const to = Math.min(total, from + pageSize - 1);
  if (to < from) return null;
  return (
    <Flex align="center" gap="3">
      <SecondaryText as="p" variant="body-small">
        {t('tab.searched', { from: String(from), to: String(to), total: String(total) })}
      </SecondaryText>
      {to < total && (
        <Button size="small" variant="secondary" onPress={onFurther}>
          {t('tab.searchFurther')}
        </Button>
      )}
    </Flex>
  );
}

function HistoryRows(props: {
  response: DeploymentsResponse;
  isStale: boolean;
  params: HistoryParams;
  onChange: ChangeHistoryParams;
}) {
  const { response, isStale, params, onChange } = props;
  return (
    <>
      {isSearched(params) && (
        <SearchedSoFar response={response} onFurther={() => onChange({ page: params.page + 1 })} />
      )}
      <HistoryTable
        response={response}
        isStale={isStale}
        page={params.page}
        emptyState={
          isFiltered(params) ? (
            <NoMatch onClear={() => onChange({ ...NO_FILTERS, page: 0 })} />
          ) : (
            <NoneOnPage response={response} />
          )
        }
        onPageChange={page => onChange({ page })}
        onShowDetails={execution => onChange({ execution })}
      />
    </>
  );
}

/** Says that the page is good and has no rows: it has runs that deployed nothing, or Harness lists fewer than before. */
function NoneOnPage({ response }: { response: DeploymentsResponse }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return <Text as="p">{t(response.ranWithoutDeploying ? 'tab.noneDeployed' : 'tab.noneOnPage')}</Text>;
}

/** Goes back to the last page there is, where the address names one beyond it. */
function useExistingPage(
  { data, isPlaceholderData }: Pick<UseQueryResult<DeploymentsResponse>, 'data' | 'isPlaceholderData'>,
  { page }: HistoryParams,
  onChange: ChangeHistoryParams,
): void {
  const last = data && !isPlaceholderData ? lastPageOf(data) : undefined;
  const isBeyond = last !== undefined && page > last;
  useEffect(() => {
    if (isBeyond) onChange({ page: last }, { replace: true });
  });
}

/** What a way to tell the history gets. */
export interface HistoryViewProps {
  params: HistoryParams;
  onChange: ChangeHistoryParams;
  closeDetails: () => void;
}

/** The history as stories, each change on its way to an environment one. */
function Stories({ params, onChange, closeDetails }: HistoryViewProps) {
  const hrefOf = useHrefOfRun();
  const { environment, region, status, text, execution } = params;
  const filter = {
    environment: environment ?? undefined,
    region: region ?? undefined,
    status: status ?? undefined,
    text: text ?? undefined,
  };
  return (
    <>
      <DeploymentTimeline
        filter={filter}
        hrefOf={hrefOf}
        emptyState={isFiltered(params) ? <NoMatch onClear={() => onChange({ ...NO_FILTERS, page: 0 })} /> : undefined}
      />
      <ExecutionDialog executionId={execution} deployment={undefined} onClose={closeDetails} />
    </>
  );
}

function ViewChoice({ params, onChange }: Pick<HistoryViewProps, 'params' | 'onChange'>) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <OneOf
      label={t('timeline.view')}
      options={[
        { value: 'runs', label: t('timeline.runs') },
        { value: 'stories', label: t('timeline.stories') },
        { value: 'past', label: t('release.view') },
      ]}
      value={params.view ?? 'runs'}
      onChoose={view => onChange({ view: view === 'runs' ? null : view, page: 0 })}
    />
  );
}

/** The history run by run, page by page. */
function AllRuns({ params, onChange, closeDetails }: HistoryViewProps) {
  const query = useDeployments({
    page: params.page,
    environment: params.environment ?? undefined,
    status: params.status ? [...STATUSES_OF_GROUP[params.status]] : undefined,
    region: params.region ?? undefined,
    text: params.text ?? undefined,
    runs: params.runs ?? undefined,
  });
  useExistingPage(query, params, onChange);
  const isNarrowed = isFiltered(params) || params.page > 0 || Boolean(query.data?.ranWithoutDeploying);
  const runsChoice = { runs: params.runs, onChange: (runs: Runs | null) => onChange({ runs }) };
  const deployments = query.data?.deployments;
  return (
    <>
      <HistoryStates query={query} isNarrowed={isNarrowed} runsChoice={runsChoice} loading={<LoadingRows />}>
        {response => (
          <HistoryRows response={response} isStale={query.isPlaceholderData} params={params} onChange={onChange} />
        )}
      </HistoryStates>
      {query.data && <FreshnessNote {...query.data} readAt={query.dataUpdatedAt} />}
      <ExecutionDialog
        executionId={params.execution}
        deployment={deployments?.find(({ executionId }) => executionId === params.execution)}
        onClose={closeDetails}
      />
    </>
  );
}

const VIEW_OF: Record<HistoryView, ComponentType<HistoryViewProps>> = { stories: Stories, past: Past };

/** The whole history of an entity, told and filtered as the address bar says. */
export function History() {
  const { params, change: onChange, closeDetails } = useHistoryParams();
  const View = params.view === null ? AllRuns : VIEW_OF[params.view];
  const Filters = params.view === 'past' ? PastFilters : HistoryFilters;
  return (
    <>
      <Flex justify="between" align="end" className={styles.tools}>
        <Filters params={params} onChange={onChange} />
        <ViewChoice params={params} onChange={onChange} />
      </Flex>
      <View params={params} onChange={onChange} closeDetails={closeDetails} />
    </>
  );
}
