import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { deploymentWords, isTerminal } from '../status';
import { harnessCdTranslationRef } from '../translation';
import { CurrentStage } from './ExecutionProgress';
import { StatusLabel } from './StatusLabel';
import { RelativeTime } from './Time';
import styles from './styles.module.css';

function DeploymentRow({ deployment, href }: { deployment: Deployment; href: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <li className={styles.row}>
      <StatusLabel status={deployment.status} phase={deployment.phase} />
      <Link href={href}>{t('list.deployment', deploymentWords(deployment))}</Link>
      <RelativeTime instant={deployment.startedAt} />
      {!isTerminal(deployment.phase) && (
        <div className={styles.rowDetail}>
          <CurrentStage executionId={deployment.executionId} />
        </div>
      )}
    </li>
  );
}

/** Deployments in a line or two each; what runs says where it is. */
export function DeploymentList(props: {
  deployments: Deployment[];
  /** The address of a run's details. */
  hrefOf: (executionId: string) => string;
}) {
  return (
    <ul className={styles.plainList}>
      {props.deployments.map(deployment => (
        <DeploymentRow key={deployment.id} deployment={deployment} href={props.hrefOf(deployment.executionId)} />
      ))}
    </ul>
  );
}
