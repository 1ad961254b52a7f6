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
  };
}
