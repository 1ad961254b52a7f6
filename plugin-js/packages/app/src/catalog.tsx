import { coreExtensionData, createFrontendModule } from '@backstage/frontend-plugin-api';
import { CatalogTable } from '@backstage/plugin-catalog';
import catalogPlugin, { CatalogIndexPage } from '@backstage/plugin-catalog/alpha';
import { productionVersionColumn } from 'backstage-plugin-harness-cd';

/** The catalog's table with what runs in production. */
export const catalogModule = createFrontendModule({
  pluginId: 'catalog',
  extensions: [
    catalogPlugin.getExtension('page:catalog').override({
      factory: (originalFactory, { config, inputs }) =>
        originalFactory({
          params: {
            loader: async () => (
              <CatalogIndexPage
                pagination={config.pagination}
                filters={<>{inputs.filters.map(filter => filter.get(coreExtensionData.reactElement))}</>}
                columns={context => [...CatalogTable.defaultColumnsFunc(context), productionVersionColumn()]}
              />
            ),
          },
        }),
    }),
  ],
});
