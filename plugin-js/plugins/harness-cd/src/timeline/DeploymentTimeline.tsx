import { type ReactNode, useCallback, useMemo } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Flex, Link, Skeleton, Text } from '@backstage/ui';
import type { DeploymentFilter, RegionOutcome, Story } from 'backstage-plugin-harness-cd-common';
import { shortVersion } from '../shared/deployment';
import { FreshnessNote } from '../shared/FreshnessNote';
import { VirtualList } from '../shared/list/VirtualList';
import { Person } from '../shared/person/Person';
import { SecondaryText } from '../shared/SecondaryText';
import shared from '../shared/shared.module.css';
import { FailureAlert } from '../shared/states/FailureAlert';
import { StatusLabel } from '../shared/status/StatusLabel';
import { RelativeTime } from '../shared/time/RelativeTime';
import { useHarnessCd } from '../shared/useHarnessCd';
import { harnessCdTranslationRef } from '../translation';
import { Export } from './Export';
import styles from './timeline.module.css';
import { isFollowed, timelineKey, useDeploymentTimeline } from './useDeploymentTimeline';

/** About as high as a story of one line of regions. */
const STORY_HEIGHT_PX = 68;

function Region({ told }: { told: RegionOutcome }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { region, deployment, isUndone, failure } = told;
  return (
    <li className={styles.region}>
      {region !== undefined && <Text as="span">{region}</Text>}
      <StatusLabel status={deployment.status} phase={deployment.phase} />
      {isUndone && (
        <SecondaryText as="span" variant="body-small">
          {t('mark.undone')}
        </SecondaryText>
      )}
      {failure !== undefined && (
        <Text as="span" variant="body-small" className={shared.failure}>
          {failure}
        </Text>
      )}
    </li>
  );
}

function StoryRow({ story, hrefOf }: { story: Story; hrefOf?: (executionId: string) => string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { environment, environmentName = environment, outcome, regions, attempts } = story;
  const newest = attempts.at(-1)?.deployment;
  const version = regions.find(({ deployment }) => deployment.version)?.deployment.version ?? newest?.version;
  const run = newest?.runNumber === undefined ? newest?.executionId : `#${newest.runNumber}`;
  const words = [version === undefined ? run : shortVersion(version), environmentName].filter(Boolean).join(' · ');
  return (
    <div className={styles.story}>
      <Text as="span" weight="bold">
        {t(`timeline.outcome.${outcome}`)}
      </Text>
      <span className={styles.words}>
        {hrefOf && newest ? <Link href={hrefOf(newest.executionId)}>{words}</Link> : <Text as="span">{words}</Text>}
      </span>
      <RelativeTime instant={story.at} />
      <div className={styles.detail}>
        <ul className={`${shared.plainList} ${styles.regions}`}>
          {regions.map(told => (
            <Region key={told.region ?? ''} told={told} />
          ))}
        </ul>
        <SecondaryText as="span" variant="body-small">
          {newest?.by !== undefined && <Person deployment={{ startedBy: newest.by }} />}
          {attempts.length > 1 && ` · ${t('timeline.attempts', { count: attempts.length })}`}
        </SecondaryText>
      </div>
    </div>
  );
}

/** Of when the list is, and where it is not followed any more, the way to what is newer. */
function Standing({ query, filter }: { query: ReturnType<typeof useDeploymentTimeline>; filter?: DeploymentFilter }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { queryClient, entityRef } = useHarnessCd();
  const { data, dataUpdatedAt } = query;
  if (!data) return null;
  const beginAnew = () => queryClient.resetQueries({ queryKey: timelineKey(entityRef, filter) });
  return (
    <Flex align="center" gap="3">
      <FreshnessNote {...data.pages[0]} readAt={dataUpdatedAt} />
      {!isFollowed(data) && (
        <Button size="small" variant="secondary" onPress={beginAnew}>
          {t('timeline.newest')}
        </Button>
      )}
    </Flex>
  );
}

/** The way on, where the next part did not come by itself. */
function More({ query }: { query: ReturnType<typeof useDeploymentTimeline> }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { isFetchNextPageError, isFetchingNextPage, error, fetchNextPage } = query;
  if (isFetchNextPageError) {
    return <FailureAlert title={t('timeline.failure')} failure={error} onRetry={fetchNextPage} />;
  }
  return (
    <div role="status" className={styles.more}>
      {isFetchingNextPage && (
        <SecondaryText as="span" variant="body-small">
          {t('timeline.loadingMore')}
        </SecondaryText>
      )}
    </div>
  );
}

/**
 * What happened to the page's entity, newest first: each change on its way to an environment is one story, with all
 * regions and attempts.
 *
 * @public
 */
export function DeploymentTimeline(props: {
  /** Which stories; all where nothing is said. */
  filter?: DeploymentFilter;
  /** The address of a run's details; absent where there is no such page. */
  hrefOf?: (executionId: string) => string;
  /** Shown where there is no story. */
  emptyState?: ReactNode;
}) {
  const { filter, hrefOf, emptyState } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const query = useDeploymentTimeline(filter);
  const { data, error, refetch, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  const stories = useMemo(() => data?.pages.flatMap(({ timeline }) => timeline.stories) ?? [], [data]);
  const readOn = useCallback(() => {
    if (!isFetching && !isFetchNextPageError) fetchNextPage();
  }, [isFetching, isFetchNextPageError, fetchNextPage]);
  if (!data && error) return <FailureAlert title={t('timeline.failure')} failure={error} onRetry={refetch} />;
  if (!data) return <Skeleton width="100%" height="16rem" />;
  if (stories.length === 0) return <>{emptyState ?? <Text as="p">{t('timeline.none')}</Text>}</>;
  return (
    <Flex direction="column" gap="3">
      <Flex justify="between" align="center">
        <Standing query={query} filter={filter} />
        <Export filter={filter} />
      </Flex>
      <VirtualList
        items={stories}
        keyOf={({ id }) => id}
        label={t('timeline.title')}
        rowHeight={STORY_HEIGHT_PX}
        hasMore={hasNextPage}
        onEnd={readOn}
      >
        {story => <StoryRow story={story} hrefOf={hrefOf} />}
      </VirtualList>
      <More query={query} />
    </Flex>
  );
}
