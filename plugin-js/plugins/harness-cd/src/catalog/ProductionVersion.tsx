import type { Entity } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Skeleton, Text } from '@backstage/ui';
import { shortVersion } from '../shared/deployment';
import { SecondaryText } from '../shared/SecondaryText';
import { harnessCdTranslationRef } from '../translation';
import { useVersionsInProduction } from './useVersionsInProduction';

/**
 * The version of an entity that runs in production; where regions differ, each with its regions.
 *
 * @public
 */
export function ProductionVersion({ entity }: { entity: Entity }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { data, isLoading, error } = useVersionsInProduction(entity);
  if (isLoading) return <Skeleton width="5rem" height="1.25rem" />;
  if (error) return <Text as="span">{t('catalog.notKnown')}</Text>;
  if (!data || data.length === 0) return <Text as="span">{t('unknown')}</Text>;
  return (
    <>
      {data.map(({ version, regions }) => (
        <div key={version} title={version}>
          <Text as="span">{shortVersion(version)}</Text>{' '}
          {data.length > 1 && (
            <SecondaryText as="span" variant="body-small">
              {regions.join(', ')}
            </SecondaryText>
          )}
        </div>
      ))}
    </>
  );
}

function Title() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return <>{t('catalog.inProduction')}</>;
}

/**
 * A column of the catalog's table: the version that runs in production.
 *
 * @example
 * ```tsx
 * <CatalogIndexPage columns={context => [...CatalogTable.defaultColumnsFunc(context), productionVersionColumn()]} />
 * ```
 *
 * @public
 */
export function productionVersionColumn(): {
  title: JSX.Element;
  sorting: false;
  render: (row: { entity: Entity }) => JSX.Element;
} {
  return { title: <Title />, sorting: false, render: ({ entity }) => <ProductionVersion entity={entity} /> };
}
