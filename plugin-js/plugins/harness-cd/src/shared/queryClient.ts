import { QueryClient, type QueryClientConfig } from '@tanstack/react-query';

/** The cache behind every question of this plugin, for as long as the app lives. */
export function createQueryClient(config?: QueryClientConfig): QueryClient {
  const queryClient = new QueryClient(config);
  // There is no provider to do it: only a mounted client asks again when the page is looked at again.
  queryClient.mount();
  return queryClient;
}
