import { useQuery } from '@tanstack/react-query';
import { keep, restore } from '../../shared/kept';
import { deploymentsKey, reportsKey, useHarnessCd } from '../../shared/useHarnessCd';
import { afterReload, hasOutcome, heard, startKey, unheard, type Start } from '../../shared/start';

const ASK_INTERVAL_MS = 1_500;

/** Where the entity's last start is kept. */
export function useStartRecord() {
  const { queryClient, entityRef } = useHarnessCd();
  const last = () => queryClient.getQueryData<Start | null>(startKey(entityRef)) ?? null;
  const write = (start: Start) => keep(queryClient, startKey(entityRef), start);
  return {
    last,
    write,
    /** Takes down what was learned of a start, unless its outcome is known by now, or another start was asked for. */
    learn: (idempotencyKey: string, next: (start: Start) => Start): Start | null => {
      const start = last();
      if (!start || hasOutcome(start) || start.idempotencyKey !== idempotencyKey) return start;
      const learned = write(next(start));
      // The history has a run more, or is where to look for one.
      if (hasOutcome(learned)) {
        for (const key of [deploymentsKey(entityRef), reportsKey(entityRef)]) {
          queryClient.invalidateQueries({ queryKey: key });
        }
      }
      return learned;
    },
  };
}

/** The last start of the page's entity, followed to its outcome by whatever part of the page looks at it. */
export function useStart() {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  const { last, write, learn } = useStartRecord();

  const ask = async (): Promise<Start | null> => {
    const asked = last();
    if (!asked || hasOutcome(asked)) return asked;
    const { idempotencyKey } = asked;
    return api.getStart(entityName, idempotencyKey).then(
      state => learn(idempotencyKey, start => heard(start, state)),
      () => learn(idempotencyKey, unheard),
    );
  };

  const { data: start } = useQuery(
    {
      queryKey: startKey(entityRef),
      queryFn: ask,
      initialData: () => afterReload(restore<Start>(startKey(entityRef))),
      staleTime: Infinity,
      gcTime: Infinity,
      retry: false,
      networkMode: 'always',
      refetchInterval: ({ state: { data } }) => (data && !hasOutcome(data) ? ASK_INTERVAL_MS : false),
    },
    queryClient,
  );
  const change = (changes: Partial<Start>) => {
    const now = last();
    if (now) write({ ...now, ...changes });
  };
  return {
    start,
    /** Says that a person has seen the outcome. */
    markSeen: () => change({ isSeen: true }),
    /** Brings the dialog back to the form. */
    layAside: () => change({ isLaidAside: true }),
  };
}
