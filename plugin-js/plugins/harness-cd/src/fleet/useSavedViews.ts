import { useEffect, useMemo, useState } from 'react';
import { storageApiRef, useApi } from '@backstage/frontend-plugin-api';

/** A view of the page that a person has given a name. */
export type SavedView = {
  name: string;
  /** What the address says, without `?`. */
  search: string;
};

const KEY = 'fleet-views';

/** The reader's own views of the page, in Backstage's storage of the settings of users. */
export function useSavedViews() {
  const storageApi = useApi(storageApiRef);
  const storage = useMemo(() => storageApi.forBucket('harness-cd'), [storageApi]);
  const [views, setViews] = useState(() => storage.snapshot<SavedView[]>(KEY).value ?? []);
  useEffect(() => {
    const subscription = storage.observe$<SavedView[]>(KEY).subscribe(({ value }) => setViews([...(value ?? [])]));
    return () => subscription.unsubscribe();
  }, [storage]);
  const store = (next: SavedView[]) => storage.set(KEY, next);
  const without = (name: string) => views.filter(view => view.name !== name);
  return {
    views,
    /** One of the same name is replaced. */
    save: (view: SavedView) => store([...without(view.name), view]),
    remove: (name: string) => store(without(name)),
  };
}
