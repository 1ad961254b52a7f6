import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link, Text } from '@backstage/ui';
import { isTerminal, type Deployment } from 'backstage-plugin-harness-cd-common';
import { CurrentStage } from '../execution/CurrentStage';
import { deploymentWords, timesOf } from '../shared/deployment';
import { hasPerson, Person } from '../shared/person/Person';
import { PipelineProvider, usePipelineLabel } from '../shared/pipeline';
import { SecondaryText } from '../shared/SecondaryText';
import shared from '../shared/shared.module.css';
import { Marks } from '../shared/status/Marks';
import { StatusLabel } from '../shared/status/StatusLabel';
import { RelativeTime } from '../shared/time/RelativeTime';
import { RunTime } from '../shared/time/RunTime';
import layout from '../shared/layout.module.css';
import { harnessCdTranslationRef } from '../translation';
import { Announcer } from './Announcer';

function RowDetail({ deployment, pipeline }: { deployment: Deployment; pipeline: string | undefined }) {
  const { executionId, phase, failure: reason } = deployment;
  return (
    <div className={layout.rowDetail}>
      {pipeline !== undefined && (
        <SecondaryText as="span" variant="body-small">
          {pipeline}
        </SecondaryText>
      )}
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

function DeploymentRow(props: { deployment: Deployment; href: string | undefined; pipeline: string | undefined }) {
  const { deployment, href, pipeline } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const words = t('list.deployment', deploymentWords(deployment));
  const { status, phase, startedAt } = deployment;
  return (
    <li className={layout.row}>
      <StatusLabel status={status} phase={phase} />
      <span className={layout.words}>
        {href === undefined ? <Text as="span">{words}</Text> : <Link href={href}>{words}</Link>}
      </span>
      {isTerminal(phase) ? <RelativeTime instant={startedAt} /> : <RunTime {...timesOf(deployment)} />}
      <RowDetail deployment={deployment} pipeline={pipeline} />
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
  hrefOf?: (executionId: string, deployment: Deployment) => string;
  /** The label of the pipeline that a deployment is of, where they are of several. */
  pipelineOf?: (deployment: Deployment) => string | undefined;
}) {
  const { deployments, hrefOf, pipelineOf } = props;
  const own = usePipelineLabel();
  return (
    <Announcer deployments={deployments}>
      <ul className={shared.plainList}>
        {deployments.map(deployment => {
          const pipeline = pipelineOf?.(deployment);
          const href = hrefOf?.(deployment.executionId, deployment);
          return (
            <PipelineProvider value={pipeline ?? own} key={`${pipeline}/${deployment.id}`}>
              <DeploymentRow deployment={deployment} href={href} pipeline={pipeline} />
            </PipelineProvider>
          );
        })}
      </ul>
    </Announcer>
  );
}
