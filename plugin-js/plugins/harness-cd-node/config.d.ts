export interface Config {
  /** Harness CD */
  harnessCd?: {
    /**
     * Where Harness is.
     * @default https://app.harness.io
     */
    baseUrl?: string;
    /**
     * A personal access token or a service account's token of Harness.
     * @visibility secret
     */
    apiKey: string;
    /** The account's identifier. */
    account: string;
    /** The organization's identifier. */
    org: string;
    /** The project's identifier. */
    project: string;
    /**
     * The config repo with platform.yaml, services.yaml and templates: a folder, relative to the backend's working
     * directory as the catalog's file locations are, or a URL that one of the configured integrations can read.
     */
    configRepo: string;
    /**
     * How far an entity's harness.io annotation is trusted where the pipeline itself names nobody, neither in the
     * config repo nor in its tags: for nothing, for seeing its history, or for running it as well.
     * @default read
     */
    trustAnnotations?: 'none' | 'read' | 'all';
  };
}
