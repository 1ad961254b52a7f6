import { DeploymentMatrix } from '../matrix/DeploymentMatrix';
import { DeliveryMetrics } from '../metrics/DeliveryMetrics';
import styles from './history.module.css';
import { useTabPath } from './useTabPath';

/** What runs where, each version leading to the details of its run; beside it, where there is room, how well delivery goes. */
export function RunsWhere() {
  const tabPath = useTabPath();
  return (
    <div className={styles.overview}>
      <DeploymentMatrix hrefOf={tabPath && (execution => tabPath({ execution }))} />
      <DeliveryMetrics />
    </div>
  );
}
