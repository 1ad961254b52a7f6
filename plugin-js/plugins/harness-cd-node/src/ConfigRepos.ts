import type { DeployRules, HarnessScope, PipelineRef } from 'backstage-plugin-harness-cd-common';
import type { ConfigRepo, FoundRules, PlatformRules } from './ConfigRepo';

/** The config repos of a portal, each with what of Harness it has the rules of. */
export class ConfigRepos {
  constructor(private readonly repos: { repo: ConfigRepo; scope: Partial<HarnessScope> }[]) {}

  /**
   * The rules of the service that a pipeline deploys, by the pipeline's identifier or its name; none where no config repo
   * is configured. Throws where one of those that may have them cannot be read.
   */
  async rulesOfPipeline(ref: PipelineRef): Promise<DeployRules | undefined> {
    const found = await Promise.all(this.#about(ref).map(repo => repo.rulesOf(ref)));
    return found.find(rules => rules !== undefined);
  }

  /** The rules of many pipelines of a project, as of one; what is stopped is said and not thrown. */
  async rulesOfEach(scope: HarnessScope, pipelines: PipelineRef[]): Promise<FoundRules[]> {
    const found = await Promise.all(this.#about(scope).map(repo => repo.rulesOfEach(pipelines)));
    return pipelines.map((_, index) => {
      const rules = found.map(of => of[index]);
      return rules.find(one => one === 'stopped') ?? rules.find(one => one !== undefined);
    });
  }

  /** The rules of a service of a project, by its identifier in Harness. */
  async rulesOfService(scope: HarnessScope, service: string): Promise<DeployRules | undefined> {
    return (await this.#rulesOf(scope)).find(rule => rule.serviceIdentifier === service);
  }

  /** The identifiers of the pipelines of a project. */
  async pipelinesOf(scope: HarnessScope): Promise<string[]> {
    return (await this.#rulesOf(scope)).map(({ pipeline }) => pipeline);
  }

  /** The rules of every pipeline of that identifier or name, in whatever project. */
  async rulesNamed(pipeline: string): Promise<DeployRules[]> {
    const named = this.repos.map(async ({ repo, scope }) => {
      const { rules } = await repo.platform();
      return rules.filter(rule => isCalled(rule, pipeline) && isOf(scope, rule));
    });
    return (await Promise.all(named)).flat();
  }

  /** The names of regions and environments that a project may have; none of a config repo that cannot be read. */
  async placesOf(scope: HarnessScope): Promise<{ regions: string[]; environments: string[] }> {
    // Without the config repo there is still a history; only its places are not known.
    const readings = this.#about(scope).map(repo => repo.platform().catch(() => undefined));
    const platforms = (await Promise.all(readings)).filter(platform => platform !== undefined);
    const environments = platforms.flatMap(({ rules }) => rules.flatMap(rule => rule.environments));
    return {
      regions: distinct(platforms.flatMap(({ regions }) => regions)),
      environments: distinct(environments.map(({ name }) => name)),
    };
  }

  async #rulesOf(scope: HarnessScope): Promise<DeployRules[]> {
    const platforms: PlatformRules[] = await Promise.all(this.#about(scope).map(repo => repo.platform()));
    const rules = platforms.flatMap(platform => platform.rules);
    return rules.filter(rule => rule.org === scope.org && rule.project === scope.project);
  }

  #about(wanted: HarnessScope): ConfigRepo[] {
    return this.repos.filter(({ scope }) => isOf(scope, wanted)).map(({ repo }) => repo);
  }
}

function isCalled(rule: DeployRules, pipeline: string): boolean {
  return rule.pipeline === pipeline || rule.pipelineName === pipeline;
}

/** Whether something is in a scope, as far as both say where. */
function isOf(scope: Partial<HarnessScope>, { account, org, project }: Partial<HarnessScope>): boolean {
  return (
    (!scope.account || !account || scope.account === account) &&
    (!scope.org || scope.org === org) &&
    (!scope.project || scope.project === project)
  );
}

function distinct(texts: string[]): string[] {
  return [...new Set(texts)];
}
