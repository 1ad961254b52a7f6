import { parseEntityRef } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../SecondaryText';
import { harnessCdTranslationRef } from '../../translation';

function isEntityRef(text: string): boolean {
  try {
    return parseEntityRef(text) !== undefined;
  } catch {
    return false;
  }
}

/** Whether anybody is known who started a deployment. */
export function hasPerson(deployment: Deployment): boolean {
  return deployment.startedBy !== undefined || deployment.triggeredBy !== undefined;
}

/**
 * Who started a deployment. A person of the portal, with the way to their page in the catalog; the account that the
 * portal used in Harness is only the means.
 */
export function Person(props: { deployment: Pick<Deployment, 'startedBy' | 'triggeredBy' | 'triggerType'> }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { startedBy: person, triggeredBy, triggerType } = props.deployment;
  if (person === undefined || !isEntityRef(person)) return <>{person ?? triggeredBy ?? triggerType ?? t('unknown')}</>;
  return (
    <span title={triggeredBy && t('person.via', { account: triggeredBy })}>
      <EntityRefLink entityRef={person} defaultKind="user" />
    </span>
  );
}

/** {@link Person} where there is room for the means as well. */
export function PersonInFull({ deployment }: { deployment: Deployment }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { startedBy, triggeredBy } = deployment;
  const isMeans = startedBy !== undefined && triggeredBy !== undefined;
  return (
    <SecondaryText as="span">
      <Person deployment={deployment} /> {isMeans && t('person.via', { account: triggeredBy })}
    </SecondaryText>
  );
}
