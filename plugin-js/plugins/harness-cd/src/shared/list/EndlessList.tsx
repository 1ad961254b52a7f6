import { useCallback } from 'react';
import type { InfiniteData, QueryKey, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';
import { harnessCdQueryClientApiRef } from '../api';
import { SecondaryText } from '../SecondaryText';
import { FailureAlert } from '../states/FailureAlert';
import { isFollowed } from './isFollowed';
import styles from './list.module.css';
import { VirtualList, type VirtualListProps } from './VirtualList';

type Parts = Pick<
  UseInfiniteQueryResult<InfiniteData<unknown>>,
  'error' | 'hasNextPage' | 'isFetching' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'fetchNextPage'
>;

/** The way to what is newer, where a list has become so long that it is not followed any more. */
export function Newest({ data, queryKey }: { data: InfiniteData<unknown>; queryKey: QueryKey }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const queryClient = useApi(harnessCdQueryClientApiRef);
  if (isFollowed(data)) return null;
  return (
    <Button size="small" variant="secondary" onPress={() => queryClient.resetQueries({ queryKey, exact: true })}>
      {t('list.newest')}
    </Button>
  );
}

/** A list that goes on while one scrolls; where the next part does not come, it says so. */
export function EndlessList<T>(
  props: Omit<VirtualListProps<T>, 'hasMore' | 'onEnd'> & { query: Parts; failure: string },
) {
  const { query, failure, ...list } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { error, hasNextPage, isFetching, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const readOn = useCallback(() => {
    if (!isFetching && !isFetchNextPageError) fetchNextPage();
  }, [isFetching, isFetchNextPageError, fetchNextPage]);
  return (
    <>
      <VirtualList {...list} hasMore={hasNextPage} onEnd={readOn} />
      {isFetchNextPageError && <FailureAlert title={failure} failure={error} onRetry={fetchNextPage} />}
      <div role="status" className={styles.more}>
        {isFetchingNextPage && (
          <SecondaryText as="span" variant="body-small">
            {t('list.loadingMore')}
          </SecondaryText>
        )}
      </div>
    </>
  );
}
