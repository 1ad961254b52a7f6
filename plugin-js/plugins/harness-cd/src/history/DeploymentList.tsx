import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link, Text } from '@backstage/ui';
import { isTerminal, type Deployment } from 'backstage-plugin-harness-cd-common';
import { CurrentStage } from '../execution/CurrentStage';
import { deploymentWords, timesOf } from '../shared/deployment';
import { hasPerson, Person } from '../shared/person/Person';
import { SecondaryText } from '../shared/SecondaryText';
import shared from '../shared/shared.module.css';
import { Marks } from '../shared/status/Marks';
import { StatusLabel } from '../shared/status/StatusLabel';
import { RelativeTime } from '../shared/time/RelativeTime';
import { RunTime } from '../shared/time/RunTime';
import { harnessCdTranslationRef } from '../translation';
import { Announcer } from './Announcer';
import styles from './history.module.css';

function RowDetail({ deployment }: { deployment: Deployment }) {
  const { executionId, phase, failure: reason } = deployment;
  return (
    <div className={styles.rowDetail}>
      <Marks deployment={deployment} />
      {!isTerminal(phase) && <CurrentStage executionId={executionId} words={deploymentWords(deployment)} />}
      {hasPerson(deployment) && (
        <SecondaryText as="span" variant="body-small">
          <Person deployment={deployment} />
        </SecondaryText>
      )}
      {reason && (
        <Text as="span" variant="body-small" className={shared.failure}>
          {reason}
        </Text>
      )}
    </div>
  );
}

function DeploymentRow({ deployment, href }: { deployment: Deployment; href: string | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const words = t('list.deployment', deploymentWords(deployment));
  const { status, phase, startedAt } = deployment;
  return (
    <li className={styles.row}>
      <StatusLabel status={status} phase={phase} />
      <span className={styles.words}>
        {href === undefined ? <Text as="span">{words}</Text> : <Link href={href}>{words}</Link>}
      </span>
      {isTerminal(phase) ? <RelativeTime instant={startedAt} /> : <RunTime {...timesOf(deployment)} />}
      <RowDetail deployment={deployment} />
    </li>
  );
}

/**
 * Deployments in a line or two each; what runs says where it is.
 *
 * @public
 */
export function DeploymentList(props: {
  deployments: Deployment[];
  /** The address of a run's details; absent where there is no such page. */
  hrefOf?: (executionId: string) => string;
}) {
  return (
    <Announcer deployments={props.deployments}>
      <ul className={shared.plainList}>
        {props.deployments.map(deployment => (
          <DeploymentRow key={deployment.id} deployment={deployment} href={props.hrefOf?.(deployment.executionId)} />
        ))}
      </ul>
    </Announcer>
  );
}
