import { useQuery } from '@tanstack/react-query';
import { keep, restore, type KeptKey } from '../shared/kept';
import { useHarnessCd } from '../shared/useHarnessCd';
import { EMPTY_DRAFT, type DeployDraft } from './draft';

/** What was filled in for the page's entity: one draft, wherever its dialog is opened. */
export function useDraft(): [DeployDraft, (draft: DeployDraft) => void] {
  const { queryClient, entityRef } = useHarnessCd();
  const queryKey: KeptKey = ['draft', entityRef];
  const { data } = useQuery(
    {
      queryKey,
      queryFn: () => queryClient.getQueryData<DeployDraft>(queryKey) ?? EMPTY_DRAFT,
      initialData: () => ({ ...EMPTY_DRAFT, ...restore<DeployDraft>(queryKey) }),
      staleTime: Infinity,
      gcTime: Infinity,
    },
    queryClient,
  );
  return [data, draft => keep(queryClient, queryKey, draft)];
}
