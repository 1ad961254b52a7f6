import { getCompoundEntityRef, stringifyEntityRef, type CompoundEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type {
  DeployBody,
  DeploymentsQuery,
  DeploymentsResponse,
  DeployTargetResponse,
  ExecutionProgress,
  StatusPhase,
} from 'backstage-plugin-harness-cd-common';
import { loadHarnessCd, validateDeploy } from 'harness-cd-wasm';
import { harnessCdApiRef, queryClientApiRef } from '../api/refs';
import { statusCodeOf } from '../failure';
import { isTerminal } from '../status';
import { pace } from './pace';

const LIVE_INTERVAL_MS = 2_000;
const IDLE_INTERVAL_MS = 30_000;
const TARGET_FRESH_MS = 30_000;
/** Harness lists a run some seconds after it was started. */
const AWAITED_MS = 60_000;
/** What is at work, or about to be, changes by the second; what waits for a person does not. */
const AT_WORK: readonly StatusPhase[] = ['queued', 'active', 'stopping'];

type Paced<T> = Parameters<typeof pace>[0] & { data: T | undefined };

/** Rows of one page of the history. */
export const PAGE_SIZE = 25;

function useEntityKey(): { entityRef: CompoundEntityRef; key: string } {
  const { entity } = useEntity();
  return { entityRef: getCompoundEntityRef(entity), key: stringifyEntityRef(entity) };
}

function retryUnlessRefused(failureCount: number, error: Error): boolean {
  const status = statusCodeOf(error);
  const isRefused = status !== undefined && status < 500;
  return !isRefused && failureCount < 2;
}

/** A run that was started here. */
interface Started {
  executionId: string;
  at: number;
}

function startedKey(key: string): string[] {
  return ['started', key];
}

/** Whether a run was started here that Harness does not list yet. */
function isAwaited(started: Started | undefined, response: DeploymentsResponse | undefined): boolean {
  if (!started || Date.now() - started.at > AWAITED_MS) return false;
  return !response?.deployments.some(({ executionId }) => executionId === started.executionId);
}

function deploymentsInterval(state: Paced<DeploymentsResponse>, started: Started | undefined): number {
  if (isAwaited(started, state.data)) return LIVE_INTERVAL_MS;
  const isLive = state.data?.deployments.some(({ phase }) => AT_WORK.includes(phase)) && !state.data.failure;
  return isLive ? pace(state) : IDLE_INTERVAL_MS;
}

function executionInterval(state: Paced<ExecutionProgress>): number | false {
  if (hasEnded(state.data)) return false;
  return !state.data || AT_WORK.includes(state.data.phase) ? pace(state) : IDLE_INTERVAL_MS;
}

function hasEnded(progress: ExecutionProgress | undefined): boolean {
  return progress !== undefined && isTerminal(progress.phase);
}

/**
 * One page of the entity's history. Asks again by itself: often while something runs, less often while nothing changes,
 * and not while the page is hidden.
 */
export function useDeployments(query: Omit<DeploymentsQuery, 'pageSize'> = { page: 0 }) {
  const api = useApi(harnessCdApiRef);
  const queryClient = useApi(queryClientApiRef);
  const { entityRef, key } = useEntityKey();
  return useQuery(
    {
      queryKey: ['deployments', key, query],
      queryFn: () => api.getDeployments(entityRef, { ...query, pageSize: PAGE_SIZE }),
      retry: retryUnlessRefused,
      refetchInterval: ({ state }) => deploymentsInterval(state, queryClient.getQueryData(startedKey(key))),
      // The page before stays visible while the next one loads, but never the rows of another entity.
      placeholderData: (previous, previousQuery) => (previousQuery?.queryKey[1] === key ? previous : undefined),
    },
    queryClient,
  );
}

/** How far a run is, followed until it ends; one that has ended is read once. */
export function useExecution(executionId: string) {
  const api = useApi(harnessCdApiRef);
  const { entityRef, key } = useEntityKey();
  return useQuery(
    {
      queryKey: ['execution', key, executionId],
      queryFn: () => api.getExecution(entityRef, executionId),
      retry: retryUnlessRefused,
      refetchInterval: ({ state }) => executionInterval(state),
      staleTime: ({ state }) => (hasEnded(state.data) ? Infinity : 0),
    },
    useApi(queryClientApiRef),
  );
}

/** What the entity's deploy requests are checked against. Asks again while the live pipeline is being read. */
export function useDeployTarget() {
  const api = useApi(harnessCdApiRef);
  const { entityRef, key } = useEntityKey();
  return useQuery(
    {
      queryKey: ['deploy-target', key],
      queryFn: () => api.getDeployTarget(entityRef),
      retry: retryUnlessRefused,
      staleTime: ({ state }) => (state.data?.failure ? 0 : TARGET_FRESH_MS),
      refetchInterval: ({ state }) => (isBeingRead(state.data) ? LIVE_INTERVAL_MS : false),
    },
    useApi(queryClientApiRef),
  );
}

function isBeingRead(target: DeployTargetResponse | undefined): boolean {
  return target !== undefined && !target.inputs && !target.failure;
}

/** The check of deploy requests in the browser: the same compiled rules as in the backend, loaded on first use. */
export function useDeployValidation() {
  return useQuery(
    {
      queryKey: ['deploy-validation'],
      queryFn: async () => {
        await loadHarnessCd();
        return { validateDeploy };
      },
      staleTime: Infinity,
      retry: false,
      structuralSharing: false,
    },
    useApi(queryClientApiRef),
  );
}

/** Starts a deployment, once: a start is never repeated by itself. */
export function useStartDeployment() {
  const api = useApi(harnessCdApiRef);
  const queryClient = useApi(queryClientApiRef);
  const { entityRef, key } = useEntityKey();
  return useMutation(
    {
      mutationFn: (request: DeployBody) => api.deploy(entityRef, request),
      retry: false,
      onSuccess: answer => {
        if (answer.kind !== 'started') return;
        queryClient.setQueryData<Started>(startedKey(key), { executionId: answer.executionId, at: Date.now() });
      },
      // Also after a failure: when the outcome is unknown, the history is where to look.
      onSettled: () => queryClient.invalidateQueries({ queryKey: ['deployments', key] }),
    },
    queryClient,
  );
}
