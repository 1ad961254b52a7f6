export interface Config {
  /** Harness CD */
  harnessCd?: {
    /** The accounts of Harness that this portal has keys of. */
    accounts?: {
      /** The account's identifier: what follows /account/ in an address of Harness. */
      id: string;
      /**
       * Where its Harness is.
       * @default https://app.harness.io
       */
      baseUrl?: string;
      /**
       * A personal access token or a service account's token of Harness.
       * @visibility secret
       */
      apiKey: string;
      /**
       * What an entity's harness.io annotation may reach: projects as org/project, where a * in either part stands for
       * any text. For example default/platform or payments/*.
       */
      projects: string[];
    }[];
    /**
     * The form for one project: where Harness is.
     * @default https://app.harness.io
     */
    baseUrl?: string;
    /**
     * The form for one project: a personal access token or a service account's token of Harness.
     * @visibility secret
     */
    apiKey?: string;
    /** The form for one project: the account's identifier. */
    account?: string;
    /** The form for one project: the organization's identifier. */
    org?: string;
    /** The form for one project: the project's identifier. */
    project?: string;
    /**
     * The config repo with platform.yaml, services.yaml and templates, or a harness-cd.yaml that says where they are: a folder, relative to the backend's working
     * directory as the catalog's file locations are, or a URL that one of the configured integrations can read. Without
     * one there are no rules, and every pipeline runs by its own inputs.
     */
    configRepo?: string;
    /** Config repos of parts of Harness. */
    configRepos?: {
      /** As configRepo. */
      path: string;
      /** The account whose pipelines it has the rules of; of all where nothing is said. */
      account?: string;
      /** The organization; all where nothing is said. */
      org?: string;
      /** The project of that organization; all where nothing is said. */
      project?: string;
    }[];
    /**
     * How far an entity's harness.io annotation is trusted where the pipeline itself names nobody, neither in the
     * config repo nor in its tags: for nothing, for seeing its history, or for running it as well.
     * @default read
     */
    trustAnnotations?: 'none' | 'read' | 'all';
  };
}
