import { STATUSES_OF_GROUP, type DeploymentsResponse } from 'backstage-plugin-harness-cd-common';
import { ExecutionDialog } from './ExecutionDialog';
import { HistoryFilters } from './HistoryFilters';
import { HistoryTable } from './HistoryTable';
import { HistoryStates } from './states/HistoryStates';
import { LoadingRows } from './states/LoadingRows';
import { NeverDeployed } from './states/NeverDeployed';
import { NoMatch } from './states/NoMatch';
import { useDeployments } from './useDeployments';
import { useHistoryParams, type ChangeHistoryParams, type HistoryParams } from './useHistoryParams';

const LOADING_ROWS = 8;

function HistoryRows(props: {
  response: DeploymentsResponse;
  isStale: boolean;
  params: HistoryParams;
  onChange: ChangeHistoryParams;
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
      emptyState={<NoMatch onClear={() => onChange({ environment: null, status: null, page: 0 })} />}
      onPageChange={page => onChange({ page })}
      onShowDetails={execution => onChange({ execution })}
    />
  );
}

/** The whole history of an entity, filtered and paged as the address bar says. */
export function History() {
  const [params, onChange] = useHistoryParams();
  const query = useDeployments({
    page: params.page,
    environment: params.environment ?? undefined,
    status: params.status ? [...STATUSES_OF_GROUP[params.status]] : undefined,
  });
  return (
    <>
      <HistoryFilters params={params} onChange={onChange} />
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
