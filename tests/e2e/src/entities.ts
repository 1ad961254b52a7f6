const APP = 'https://app.harness.io/ng/account';

/** The address of something in a project of Harness. */
export function pageOf(account: string, project: string, rest: string): string {
  return `${APP}/${account}/module/cd/orgs/default/projects/${project}/${rest}`;
}

/** A service of the catalog. */
export function component(name: string, annotations: Record<string, string>, owner: string = 'orders-team') {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, title: name, annotations },
    spec: { type: 'service', lifecycle: 'production', owner },
  };
}

/** The address of a pipeline of the example's project, on a branch of the repository where it lies. */
export function studioOf(pipeline: string, branch?: string): string {
  const query = branch === undefined ? '' : `?storeType=REMOTE&branch=${encodeURIComponent(branch)}`;
  return pageOf('demo-account', 'platform', `pipelines/${pipeline}/pipeline-studio/${query}`);
}

/** A service whose pipeline is one of the example's project. */
export function componentOf(name: string, pipeline: string, branch?: string) {
  return component(name, { 'harness.io/pipeline-url': studioOf(pipeline, branch) });
}
