import { type ReactNode, useMemo } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Link, Skeleton, Text } from '@backstage/ui';
import type { DeploymentFilter, RegionOutcome, Story } from 'backstage-plugin-harness-cd-common';
import { shortVersion } from '../shared/deployment';
import { FreshnessNote } from '../shared/FreshnessNote';
import { EndlessList, Newest } from '../shared/list/EndlessList';
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
import { timelineKey, useDeploymentTimeline } from './useDeploymentTimeline';

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
  const { entityRef } = useHarnessCd();
  const query = useDeploymentTimeline(filter);
  const { data, error, refetch, dataUpdatedAt } = query;
  const stories = useMemo(() => data?.pages.flatMap(({ timeline }) => timeline.stories) ?? [], [data]);
  if (!data && error) return <FailureAlert title={t('timeline.failure')} failure={error} onRetry={refetch} />;
  if (!data) return <Skeleton width="100%" height="16rem" />;
  if (stories.length === 0) return <>{emptyState ?? <Text as="p">{t('timeline.none')}</Text>}</>;
  return (
    <Flex direction="column" gap="3">
      <Flex justify="between" align="center">
        <Flex align="center" gap="3">
          <FreshnessNote {...data.pages[0]} readAt={dataUpdatedAt} />
          <Newest data={data} queryKey={timelineKey(entityRef, filter)} />
        </Flex>
        <Export filter={filter} />
      </Flex>
      <EndlessList
        query={query}
        items={stories}
        keyOf={({ id }) => id}
        label={t('timeline.title')}
        failure={t('timeline.failure')}
        rowHeight={STORY_HEIGHT_PX}
      >
        {story => <StoryRow story={story} hrefOf={hrefOf} />}
      </EndlessList>
    </Flex>
  );
}
