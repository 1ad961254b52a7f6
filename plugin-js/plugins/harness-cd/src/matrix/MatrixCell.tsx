import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import type { DeploymentBrief, MatrixCell } from 'backstage-plugin-harness-cd-common';
import { shortVersion } from '../shared/deployment';
import { Person } from '../shared/person/Person';
import { SecondaryText } from '../shared/SecondaryText';
import { StatusLabel } from '../shared/status/StatusLabel';
import { RelativeTime } from '../shared/time/RelativeTime';
import { type HrefOfRun, VersionLink } from '../shared/VersionLink';
import { harnessCdTranslationRef } from '../translation';
import styles from './matrix.module.css';

/** What an environment is called, by its identifier. */
export type NameOf = (environment: string) => string;

/** A deployment beside what runs: what became of it, and what it brought. */
function Beside(props: { brief: DeploymentBrief; hrefOf: HrefOfRun; words?: string }) {
  const { brief, hrefOf, words } = props;
  return (
    <div className={styles.beside}>
      <StatusLabel status={brief.status} phase={brief.phase} />
      <span>
        <VersionLink brief={brief} hrefOf={hrefOf} />
      </span>
      <RelativeTime instant={brief.at} />
      {words !== undefined && (
        <SecondaryText as="span" variant="body-small">
          {words}
        </SecondaryText>
      )}
    </div>
  );
}

/** How a version stands to the environment before, and to the other regions. */
function Drift({ cell, nameOf }: { cell: MatrixCell; nameOf: NameOf }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { drift, behindNewestRegion } = cell;
  if (!drift && behindNewestRegion === undefined) return null;
  return (
    <div className={styles.drift}>
      {drift && (
        <SecondaryText as="span" variant="body-small">
          {t(`matrix.drift.${drift.kind}`, {
            count: drift.versions,
            environment: nameOf(drift.environment),
            version: shortVersion(drift.version ?? t('unknown')),
          })}
        </SecondaryText>
      )}
      {behindNewestRegion !== undefined && (
        <Text as="span" variant="body-small">
          {t('matrix.behindRegion', { count: behindNewestRegion })}
        </Text>
      )}
    </div>
  );
}

function Running({ cell, hrefOf }: { cell: MatrixCell; hrefOf: HrefOfRun }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { running, region, infrastructure } = cell;
  // Of what has not come so far that its region is known, nothing could run.
  if (!running && region === undefined && infrastructure === undefined) return null;
  if (!running) {
    return (
      <SecondaryText as="span" variant="body-medium">
        {t('matrix.nothing')}
      </SecondaryText>
    );
  }
  return (
    <>
      <Text as="span" variant="body-medium" weight="bold">
        <VersionLink brief={running} hrefOf={hrefOf} />
      </Text>
      <SecondaryText as="span" variant="body-small">
        <RelativeTime instant={running.at} />
        {running.by !== undefined && (
          <>
            {' · '}
            <Person deployment={{ startedBy: running.by }} />
          </>
        )}
        {running.oddClock && ` · ${t('matrix.oddClock')}`}
      </SecondaryText>
    </>
  );
}

/** What runs at a place, what is on its way there, and what did not get there. */
export function Place(props: { cell: MatrixCell; hrefOf: HrefOfRun; nameOf: NameOf; compact: boolean }) {
  const { cell, hrefOf, nameOf, compact } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { inFlight = [], failed, failedAttempts = 0, takenBack, rollback } = cell;
  return (
    <div className={styles.place}>
      <Running cell={cell} hrefOf={hrefOf} />
      {!compact && <Drift cell={cell} nameOf={nameOf} />}
      {inFlight.map(brief => (
        <Beside key={brief.id} brief={brief} hrefOf={hrefOf} />
      ))}
      {failed && (
        <Beside
          brief={failed}
          hrefOf={hrefOf}
          words={failedAttempts > 1 ? t('matrix.failedAttempts', { count: failedAttempts }) : undefined}
        />
      )}
      {takenBack && <Beside brief={takenBack} hrefOf={hrefOf} words={t('matrix.takenBack')} />}
      {rollback && !compact && <Beside brief={rollback} hrefOf={hrefOf} words={t('matrix.rollback')} />}
    </div>
  );
}
