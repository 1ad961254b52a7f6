import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Flex } from '@backstage/ui';
import type { FleetFreshness as Known } from 'backstage-plugin-harness-cd-common';
import { FreshnessNote } from '../shared/FreshnessNote';
import { SecondaryText } from '../shared/SecondaryText';
import { useFreshness } from '../shared/useFreshness';
import { harnessCdTranslationRef } from '../translation';

type Project = Known['projects'][number];

/** Of when one project is, where that is not now. */
function OfProject({ project, readAt }: { project: Project; readAt: number }) {
  const words = useFreshness({ ...project, readAt });
  const { org, project: name } = project.scope;
  return (
    <SecondaryText as="p" variant="body-small">
      {`${org}/${name}: ${words}`}
    </SecondaryText>
  );
}

/** Of when an answer about many entities is: each project that lags behind is named, and what is not there at all. */
export function FleetFreshness({ projects, failures, readAt }: Known & { readAt: number }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const late = projects.filter(({ failure, knownFrom }) => failure !== undefined || knownFrom !== undefined);
  const asOf = Math.min(readAt, ...projects.map(({ asOf: of = readAt }) => of));
  return (
    <Flex direction="column" gap="1">
      {late.length === 0 && <FreshnessNote readAt={asOf} />}
      {late.map(project => (
        <OfProject key={JSON.stringify(project.scope)} project={project} readAt={readAt} />
      ))}
      {failures.length > 0 && (
        <Alert
          icon
          role="status"
          status="warning"
          title={t('fleet.notAll')}
          description={failures.map(({ message, hint }) => [message, hint].filter(Boolean).join(' ')).join(' ')}
        />
      )}
    </Flex>
  );
}
