// A company of many services: its config repo, made of the example's, and its catalog.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, root } from './processes.mjs';

const SCOPE = 'account/demo-account/module/cd/orgs/default/projects/platform';

function component(name) {
  return JSON.stringify({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      annotations: {
        'harness.io/pipeline-url': `https://app.harness.io/ng/${SCOPE}/pipelines/${pipelineOf(name)}/pipeline-studio/`,
      },
    },
    spec: { type: 'service', lifecycle: 'production', owner: 'payments-team' },
  });
}

/** The pipeline of a service. */
export function pipelineOf(name) {
  return `${name.replaceAll('-', '_')}_cd`;
}

/** Writes a company of so many services: their names, where its config repo is, and the config of a portal that has it. */
export function writeCompany(count) {
  const names = Array.from({ length: count }, (_, index) => `service-${index}`);
  const configRepo = join(folder, 'config-repo');
  cpSync(join(root, 'examples/config-repo'), configRepo, { recursive: true });
  const services = names.map(name => ({ name, archetype: 'api', team: 'payments-team', image: `project/${name}` }));
  writeFileSync(join(configRepo, 'services.yaml'), JSON.stringify({ services }, null, 2));
  const catalog = join(folder, 'catalog');
  mkdirSync(catalog, { recursive: true });
  writeFileSync(join(catalog, 'all.yaml'), names.map(component).join('\n---\n'));
  const config = join(folder, 'company.yaml');
  const locations = [{ type: 'file', target: join(catalog, 'all.yaml') }];
  writeFileSync(config, JSON.stringify({ catalog: { locations }, harnessCd: { configRepo } }));
  return { names, configRepo, config };
}
