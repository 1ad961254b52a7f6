/** Remembers which events have come. */
export interface EventStore {
  /** Notes an event by its digest; false where it has come before. */
  note(digest: string, at: number): Promise<boolean>;
  /** Forgets events that came before, epoch ms. */
  prune(before: number): Promise<void>;
}
