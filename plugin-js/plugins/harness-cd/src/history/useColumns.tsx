import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Cell, Flex, Text, useBreakpoint, type ColumnConfig } from '@backstage/ui';
import { isTerminal, type Deployment } from 'backstage-plugin-harness-cd-common';
import { CurrentStage } from '../execution/CurrentStage';
import { StatusLabel } from '../shared/status/StatusLabel';
import { Duration } from '../shared/time/Duration';
import { RelativeTime } from '../shared/time/RelativeTime';
import { harnessCdTranslationRef } from '../translation';
import { RowActions } from './RowActions';
import styles from './history.module.css';

function StatusCell({ deployment }: { deployment: Deployment }) {
  return (
    <Flex direction="column" gap="1">
      <StatusLabel status={deployment.status} phase={deployment.phase} />
      {!isTerminal(deployment.phase) && <CurrentStage executionId={deployment.executionId} />}
    </Flex>
  );
}

function TextCell({ children }: { children: string }) {
  return (
    <Cell>
      <Text as="span" variant="body-medium" className={styles.wrapping}>
        {children}
      </Text>
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
    { id: 'tag', label: t('column.tag'), cell: item => <TextCell>{item.imageTag ?? unknown}</TextCell> },
    {
      id: 'environment',
      label: t('column.environment'),
      cell: item => <TextCell>{item.environmentName ?? item.environment ?? item.stageName ?? item.stage}</TextCell>,
    },
    { id: 'region', label: t('column.region'), cell: item => <TextCell>{item.region ?? unknown}</TextCell> },
    {
      id: 'started',
      label: t('column.started'),
      cell: item => (
        <Cell>
          <RelativeTime instant={item.startedAt} />
        </Cell>
      ),
    },
    {
      id: 'duration',
      label: t('column.duration'),
      isHidden: isNarrow,
      cell: item => (
        <Cell>
          <Duration startedAt={item.startedAt} endedAt={item.endedAt} />
        </Cell>
      ),
    },
    {
      id: 'by',
      label: t('column.by'),
      isHidden: isNarrow,
      cell: item => <TextCell>{item.triggeredBy ?? item.triggerType ?? unknown}</TextCell>,
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
