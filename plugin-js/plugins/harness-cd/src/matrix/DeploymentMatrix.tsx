/* eslint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role --
   a narrow page shows the table as blocks, and browsers take its roles away with that */
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Skeleton, Text } from '@backstage/ui';
import type { EnvironmentCells, ServiceMatrix } from 'backstage-plugin-harness-cd-common';
import { FreshnessNote } from '../shared/FreshnessNote';
import { SecondaryText } from '../shared/SecondaryText';
import shared from '../shared/shared.module.css';
import { RetryButton } from '../shared/states/RetryButton';
import { harnessCdTranslationRef } from '../translation';
import type { HrefOfRun } from '../shared/VersionLink';
import { type NameOf, Place } from './MatrixCell';
import styles from './matrix.module.css';
import { useDeploymentMatrix } from './useDeploymentMatrix';

const LOADING_ROWS = 3;

function Loading() {
  return (
    <div aria-busy="true" className={styles.loading}>
      {Array.from({ length: LOADING_ROWS }, (_, row) => (
        <Skeleton key={row} width="100%" height="2.5rem" />
      ))}
    </div>
  );
}

/** The regions of all environments, in the order in which these have them. */
function regionsOf({ environments }: ServiceMatrix): (string | undefined)[] {
  return [...new Set(environments.flatMap(({ regions }) => regions.map(({ region }) => region)))];
}

function Environment(props: {
  environment: EnvironmentCells;
  regions: (string | undefined)[];
  hrefOf: HrefOfRun;
  nameOf: NameOf;
  compact: boolean;
}) {
  const { environment, regions, ...cellProps } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const isProduction = environment.environmentType === 'Production';
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        <Text as="span" variant="body-medium" weight="bold">
          {props.nameOf(environment.environment)}
        </Text>
        {isProduction && (
          <SecondaryText as="span" variant="body-small">
            {t('deploy.production')}
          </SecondaryText>
        )}
      </th>
      {regions.map(region => {
        const cells = environment.regions.filter(candidate => candidate.region === region);
        return (
          <td role="cell" key={region ?? ''} data-empty={cells.length === 0}>
            <span className={styles.region} aria-hidden>
              {region}
            </span>
            {cells.length === 0 && t('unknown')}
            {cells.map(cell => (
              <div key={cell.infrastructure ?? ''} className={styles.spot}>
                {cell.infrastructure && (
                  <SecondaryText as="span" variant="body-small">
                    {cell.infrastructure}
                  </SecondaryText>
                )}
                <Place cell={cell} {...cellProps} />
              </div>
            ))}
          </td>
        );
      })}
    </tr>
  );
}

/** A table of a service: environments down, regions across; on a narrow page one below the other. */
function Service(props: { service: ServiceMatrix; isNamed: boolean; hrefOf: HrefOfRun; compact: boolean }) {
  const { service, isNamed, hrefOf, compact } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const regions = regionsOf(service);
  const name = service.serviceName ?? service.service;
  const nameOf: NameOf = identifier =>
    service.environments.find(({ environment }) => environment === identifier)?.environmentName ?? identifier;
  return (
    <div>
      {isNamed && (
        <Text as="p" variant="body-medium" weight="bold">
          {name}
        </Text>
      )}
      <table role="table" className={styles.matrix} aria-label={t('matrix.of', { service: name })}>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              {t('column.environment')}
            </th>
            {regions.map(region => (
              <th role="columnheader" scope="col" key={region ?? ''}>
                {region ?? t('matrix.noRegion')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {service.environments.map(environment => (
            <Environment key={environment.environment} {...{ environment, regions, hrefOf, nameOf, compact }} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/**
 * What of the page's entity runs where: for each environment and region the version that succeeded last and was not
 * undone, how old it is and whose; beside it what is on its way, what failed since, and how it stands to the environment
 * before. Nothing where nothing was ever deployed.
 *
 * @public
 */
export function DeploymentMatrix(props: {
  /** The address of a run's details; absent where there is no such page. */
  hrefOf?: (executionId: string) => string;
  /** Whether there is room for little: without how versions stand to each other. */
  compact?: boolean;
}) {
  const { hrefOf, compact = false } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { data, error, refetch, dataUpdatedAt } = useDeploymentMatrix();
  if (!data && error) {
    return (
      <Flex align="center" gap="3" className={shared.failure}>
        <Text as="p">{t('matrix.failure')}</Text>
        <RetryButton onRetry={refetch} />
      </Flex>
    );
  }
  if (!data) return <Loading />;
  const { services } = data.matrix;
  if (services.length === 0) return null;
  return (
    <Flex direction="column" gap="3">
      {!compact && (
        <>
          <Text as="h3" variant="body-large" weight="bold">
            {t('matrix.title')}
          </Text>
          <FreshnessNote {...data} readAt={dataUpdatedAt} />
        </>
      )}
      {services.map(service => (
        <Service key={service.service} isNamed={services.length > 1} {...{ service, hrefOf, compact }} />
      ))}
    </Flex>
  );
}
