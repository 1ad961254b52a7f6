import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import type {
  PlaceChange,
  SourcedNews,
  SourceLink,
  Span,
  StoodAt,
  VersionStop,
} from 'backstage-plugin-harness-cd-common';
import { shortVersion } from '../shared/deployment';
import { OutLink } from '../shared/OutLink';
import { Person } from '../shared/person/Person';
import { SecondaryText } from '../shared/SecondaryText';
import shared from '../shared/shared.module.css';
import { StatusLabel } from '../shared/status/StatusLabel';
import { formatMoment } from '../shared/time/format';
import { useLocale } from '../shared/useLocale';
import { type HrefOfRun, VersionLink } from '../shared/VersionLink';
import { harnessCdTranslationRef } from '../translation';
import { Answer } from './Answer';
import styles from './release.module.css';
import { usePlaceWords } from './usePlaceWords';
import { useProductionNews, useRelease, useRunningAt } from './useRecord';

/** An instant in the words of the reader's zone. */
function useMoment(): (instant: number | undefined) => string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  return instant => (instant === undefined ? t('unknown') : formatMoment(instant, Date.now(), locale));
}

function By({ person }: { person: string | undefined }) {
  if (person === undefined) return null;
  return (
    <SecondaryText as="span" variant="body-small">
      <Person deployment={{ startedBy: person }} />
    </SecondaryText>
  );
}

/** So much of a commit's name tells it apart. */
const COMMIT_LENGTH = 8;

/** To the commit of what was deployed, or to what lies between it and what ran before. */
function SourceOf({ source }: { source: SourceLink }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const commit = source.commit.slice(0, COMMIT_LENGTH);
  const since = source.since?.slice(0, COMMIT_LENGTH);
  return (
    <OutLink href={source.url}>
      {since === undefined ? t('release.commit', { commit }) : t('release.commits', { since, commit })}
    </OutLink>
  );
}

function Stop({ stop, place, hrefOf }: { stop: VersionStop; place: string; hrefOf: HrefOfRun }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const momentOf = useMoment();
  const { deployment, stood, isRunning } = stop;
  const words = ({ from, until }: Span) =>
    until === undefined
      ? t('release.since', { from: momentOf(from) })
      : t('release.fromUntil', { from: momentOf(from), until: momentOf(until) });
  return (
    <>
      <Text as="span">{place}</Text>
      <div className={styles.told}>
        <StatusLabel status={deployment.status} phase={deployment.phase} />
        <VersionLink brief={deployment} hrefOf={hrefOf} />
        {stood.map(span => (
          <Text as="span" key={span.from ?? ''} weight={isRunning && span.until === undefined ? 'bold' : 'regular'}>
            {words(span)}
          </Text>
        ))}
        {stood.length === 0 && <SecondaryText as="span">{momentOf(deployment.at)}</SecondaryText>}
        <By person={deployment.by} />
      </div>
    </>
  );
}

/**
 * Where a version of the page's entity has been, from when until when, and where it failed.
 *
 * @public
 */
export function ReleaseStops(props: {
  /** The tag, or what a table shows as deployed. */
  version: string;
  /** The address of a run's details; absent where there is no such page. */
  hrefOf?: (executionId: string) => string;
}) {
  const { version, hrefOf } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const placeWords = usePlaceWords();
  return (
    <Answer
      title={t('release.stops', { version: shortVersion(version) })}
      query={useRelease(version)}
      failure={t('release.failure')}
      none={t('release.noStops', { version })}
      rowsOf={({ stops }) => stops}
      keyOf={({ deployment }) => deployment.id}
      aside={({ source }) => source && <SourceOf source={source} />}
    >
      {stop => <Stop stop={stop} place={placeWords(stop)} hrefOf={hrefOf} />}
    </Answer>
  );
}

function Change({ change, hrefOf }: { change: PlaceChange; hrefOf: HrefOfRun }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const momentOf = useMoment();
  return (
    <li className={styles.told}>
      <SecondaryText as="span">{momentOf(change.at)}</SecondaryText>
      <Text as="span">{t(`release.change.${change.kind}`)}</Text>
      <VersionLink brief={change.deployment} hrefOf={hrefOf} />
      <By person={change.deployment.by} />
    </li>
  );
}

function News({ news, place, hrefOf }: { news: SourcedNews; place: string; hrefOf: HrefOfRun }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { before, now, changes, source } = news;
  return (
    <>
      <Text as="span">{place}</Text>
      <div>
        <div className={styles.told}>
          {before ? <VersionLink brief={before} hrefOf={hrefOf} /> : t('release.nothing')}
          <span aria-label={t('release.became')} role="img">
            →
          </span>
          <Text as="span" weight="bold">
            {now ? <VersionLink brief={now} hrefOf={hrefOf} /> : t('release.nothing')}
          </Text>
          {source && <SourceOf source={source} />}
        </div>
        <ul className={shared.plainList}>
          {changes.map(change => (
            <Change key={`${change.at}/${change.kind}/${change.deployment.id}`} change={change} hrefOf={hrefOf} />
          ))}
        </ul>
      </div>
    </>
  );
}

/**
 * What of the page's entity is new in production since an instant (epoch ms): what stood at each place then and stands
 * now, and what happened in between.
 *
 * @public
 */
export function ProductionNews(props: {
  /** Epoch ms. */
  since: number;
  /** The address of a run's details; absent where there is no such page. */
  hrefOf?: (executionId: string) => string;
}) {
  const { since, hrefOf } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const placeWords = usePlaceWords();
  const momentOf = useMoment();
  return (
    <Answer
      title={t('release.news', { since: momentOf(since) })}
      query={useProductionNews(since)}
      failure={t('release.failure')}
      none={t('release.noNews')}
      rowsOf={({ news }) => news}
      keyOf={placeWords}
    >
      {news => <News news={news} place={placeWords(news)} hrefOf={hrefOf} />}
    </Answer>
  );
}

function Stood({ stood, place, hrefOf }: { stood: StoodAt; place: string; hrefOf: HrefOfRun }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const momentOf = useMoment();
  const { deployment, underWay = [] } = stood;
  return (
    <>
      <Text as="span">{place}</Text>
      <div className={styles.told}>
        <Text as="span" weight="bold">
          <VersionLink brief={deployment} hrefOf={hrefOf} />
        </Text>
        <SecondaryText as="span">{t('release.since', { from: momentOf(deployment.at) })}</SecondaryText>
        <By person={deployment.by} />
        {underWay.map(brief => (
          <Text as="span" key={brief.id}>
            {t('release.underWay')} <VersionLink brief={brief} hrefOf={hrefOf} />
          </Text>
        ))}
      </div>
    </>
  );
}

/**
 * What of the page's entity ran where at an instant (epoch ms), and what was under way there just then.
 *
 * @public
 */
export function RunningAt(props: {
  /** Epoch ms. */
  instant: number;
  /** The address of a run's details; absent where there is no such page. */
  hrefOf?: (executionId: string) => string;
}) {
  const { instant, hrefOf } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const placeWords = usePlaceWords();
  const momentOf = useMoment();
  return (
    <Answer
      title={t('release.runningAt', { instant: momentOf(instant) })}
      query={useRunningAt(instant)}
      failure={t('release.failure')}
      none={t('release.nothingRan')}
      rowsOf={({ places }) => places}
      keyOf={placeWords}
    >
      {stood => <Stood stood={stood} place={placeWords(stood)} hrefOf={hrefOf} />}
    </Answer>
  );
}
