export interface Config {
  /** Harness CD */
  harnessCd?: {
    /** The record of what ran. */
    history?: {
      /**
       * For how many days what ran is kept, and how far back it is read from Harness first; 1 to 3650.
       * @default 90
       */
      retentionDays?: number;
    };
    /** Harness's notifications of pipelines by webhook, which have the record read at once. */
    webhook?: {
      /**
       * What the header X-Harness-CD-Secret of a notification has to hold, at least 16 characters. Without one none is
       * taken.
       * @visibility secret
       */
      secret?: string;
    };
  };
}
