import type { QueryClient } from '@tanstack/react-query';

/** Under which something of an entity is kept in the cache. */
export type KeptKey = readonly [name: string, entityRef: string];

function storageName(key: KeptKey): string {
  return ['harness-cd', ...key].join('/');
}

/** What was kept before the page was loaded again; undefined where nothing was, or where the browser keeps nothing. */
export function restore<T>(key: KeptKey): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(storageName(key)) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps something for this browser tab: it is seen at once by all parts of the page, and is there after a reload. */
export function keep<T>(queryClient: QueryClient, key: KeptKey, value: T): T {
  queryClient.setQueryData(key, value);
  try {
    sessionStorage.setItem(storageName(key), JSON.stringify(value));
  } catch {
    // A browser that keeps nothing costs the reload, not the page.
  }
  return value;
}
