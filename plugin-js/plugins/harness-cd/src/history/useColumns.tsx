import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Cell, Flex, Text, useBreakpoint, type ColumnConfig } from '@backstage/ui';
import { isTerminal, type Deployment } from 'backstage-plugin-harness-cd-common';
import { CurrentStage } from '../execution/CurrentStage';
import { deploymentWords, shortVersion, timesOf, versionOf } from '../shared/deployment';
import { Person } from '../shared/person/Person';
import shared from '../shared/shared.module.css';
import { Marks } from '../shared/status/Marks';
import { StatusLabel } from '../shared/status/StatusLabel';
import { RelativeTime } from '../shared/time/RelativeTime';
import { RunTimeInColumn } from '../shared/time/RunTime';
import { harnessCdTranslationRef } from '../translation';
import { RowActions } from './RowActions';
import styles from './history.module.css';

function StatusCell({ deployment }: { deployment: Deployment }) {
  const { failure: reason } = deployment;
  return (
    <Flex direction="column" gap="1">
      <StatusLabel status={deployment.status} phase={deployment.phase} />
      <Marks deployment={deployment} />
      {!isTerminal(deployment.phase) && (
        <CurrentStage executionId={deployment.executionId} words={deploymentWords(deployment)} />
      )}
      {reason && (
        <Text as="span" variant="body-small" className={`${shared.failure} ${styles.reason}`}>
          {reason}
        </Text>
      )}
    </Flex>
  );
}

/** Longer texts are broken; in a table a broken short one would only be harder to read. */
const LONGEST_WHOLE = 24;

function TextCell({ title, children }: { title?: string; children: string }) {
  return (
    <Cell>
      <Text
        as="span"
        variant="body-medium"
        className={children.length > LONGEST_WHOLE ? styles.wrapping : styles.whole}
      >
        <span title={title}>{children}</span>
      </Text>
    </Cell>
  );
}

function VersionCell({ deployment }: { deployment: Deployment }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const version = versionOf(deployment);
  if (version !== undefined) return <TextCell title={version}>{shortVersion(version)}</TextCell>;
  const { wholeRun, runNumber } = deployment;
  // A row that brings nothing is told from others by its run.
  return (
    <TextCell>
      {wholeRun && runNumber !== undefined ? t('tab.run', { number: String(runNumber) }) : t('unknown')}
    </TextCell>
  );
}

function WholeCell({ children }: { children: ReactNode }) {
  return (
    <Cell>
      <span className={styles.whole}>{children}</span>
    </Cell>
  );
}

function PhraseCell({ children }: { children: ReactNode }) {
  return (
    <Cell>
      <span className={styles.phrase}>{children}</span>
    </Cell>
  );
}

/** The columns of the history. */
export function useColumns(onShowDetails: (executionId: string) => void): ColumnConfig<Deployment>[] {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { down } = useBreakpoint();
  // What a narrow screen leaves out, the details of the row still show.
  const isNarrow = down('md');
  const unknown = t('unknown');
  return [
    {
      id: 'status',
      label: t('column.status'),
      isRowHeader: true,
      cell: item => (
        <Cell>
          <StatusCell deployment={item} />
        </Cell>
      ),
    },
    { id: 'version', label: t('column.version'), cell: item => <VersionCell deployment={item} /> },
    {
      id: 'environment',
      label: t('column.environment'),
      cell: item => <TextCell>{item.environmentName ?? item.environment ?? unknown}</TextCell>,
    },
    { id: 'region', label: t('column.region'), cell: item => <TextCell>{item.region ?? unknown}</TextCell> },
    {
      id: 'started',
      label: t('column.started'),
      cell: item => (
        <WholeCell>
          {/* What is queued may belong to a run that has started. */}
          <RelativeTime instant={item.phase === 'queued' ? undefined : item.startedAt} />
        </WholeCell>
      ),
    },
    {
      id: 'duration',
      label: t('column.duration'),
      isHidden: isNarrow,
      cell: item => (
        <PhraseCell>
          <RunTimeInColumn {...timesOf(item)} />
        </PhraseCell>
      ),
    },
    {
      id: 'by',
      label: t('column.by'),
      isHidden: isNarrow,
      cell: item => (
        <PhraseCell>
          <Person deployment={item} />
        </PhraseCell>
      ),
    },
    {
      id: 'actions',
      label: t('column.actions'),
      cell: item => (
        <Cell>
          <RowActions deployment={item} onShowDetails={onShowDetails} />
        </Cell>
      ),
    },
  ];
}
