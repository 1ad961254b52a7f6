import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, Flex } from '@backstage/ui';
import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { deploymentWords, timesOf } from '../shared/deployment';
import { placeName } from '../shared/place';
import { hasPerson, PersonInFull } from '../shared/person/Person';
import { StatusLabel } from '../shared/status/StatusLabel';
import { RunTime } from '../shared/time/RunTime';
import { harnessCdTranslationRef } from '../translation';

/** Says that something else runs where this would run: what, who started it, for how long. */
export function OtherRunAlert(props: {
  others: Deployment[];
  place: { environment: string; region: string };
  /** Starts all the same; there once it was asked for. */
  onStart: (() => void) | undefined;
}) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { others, place, onStart } = props;
  const isCertain = others.some(({ region }) => region !== undefined);
  return (
    <Alert
      icon
      role="status"
      status="warning"
      title={isCertain ? t('deploy.otherRun', { place: placeName(place) }) : t('deploy.otherRunNear', place)}
      description={others.map(other => (
        <Flex key={other.id} gap="2" align="center" style={{ flexWrap: 'wrap' }}>
          <span>{deploymentWords(other).tag}</span>
          <StatusLabel status={other.status} phase={other.phase} />
          <RunTime {...timesOf(other)} />
          {hasPerson(other) && <PersonInFull deployment={other} />}
        </Flex>
      ))}
      customActions={
        onStart && (
          // The click that is to be confirmed was somewhere else.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          <Button autoFocus size="small" variant="secondary" onPress={onStart}>
            {t('start.anyway')}
          </Button>
        )
      }
    />
  );
}
