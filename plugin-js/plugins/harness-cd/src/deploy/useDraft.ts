import { useState } from 'react';
import { keep, restore, type KeptKey } from '../shared/kept';
import { useHarnessCd } from '../shared/useHarnessCd';
import { EMPTY_DRAFT, type DeployDraft } from './draft';

/** What was filled in for the page's entity: one draft, wherever its dialog is opened. */
export function useDraft(): [DeployDraft, (draft: DeployDraft) => void] {
  const { queryClient, entityRef } = useHarnessCd();
  const key: KeptKey = ['draft', entityRef];
  // In the form's own state: the cache tells of a change too late for whoever types fast.
  const [draft, setDraft] = useState<DeployDraft>(() => ({ ...EMPTY_DRAFT, ...restore<DeployDraft>(key) }));
  return [
    draft,
    changed => {
      setDraft(changed);
      keep(queryClient, key, changed);
    },
  ];
}
