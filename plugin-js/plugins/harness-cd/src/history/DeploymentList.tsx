import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link, Text } from '@backstage/ui';
import { isTerminal, type Deployment } from 'backstage-plugin-harness-cd-common';
import { CurrentStage } from '../execution/CurrentStage';
import shared from '../shared/shared.module.css';
import { StatusLabel } from '../shared/status/StatusLabel';
import { RelativeTime } from '../shared/time/RelativeTime';
import { harnessCdTranslationRef } from '../translation';
import { deploymentWords } from './deploymentWords';
import styles from './history.module.css';

function DeploymentRow({ deployment, href }: { deployment: Deployment; href: string | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const words = t('list.deployment', deploymentWords(deployment));
  return (
    <li className={styles.row}>
      <StatusLabel status={deployment.status} phase={deployment.phase} />
      {href === undefined ? <Text as="span">{words}</Text> : <Link href={href}>{words}</Link>}
      <RelativeTime instant={deployment.startedAt} />
      {!isTerminal(deployment.phase) && (
        <div className={styles.rowDetail}>
          <CurrentStage executionId={deployment.executionId} />
        </div>
      )}
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
    <ul className={shared.plainList}>
      {props.deployments.map(deployment => (
        <DeploymentRow key={deployment.id} deployment={deployment} href={props.hrefOf?.(deployment.executionId)} />
      ))}
    </ul>
  );
}
