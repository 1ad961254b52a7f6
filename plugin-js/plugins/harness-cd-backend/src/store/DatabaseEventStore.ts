import type { Knex } from 'knex';
import { EVENTS } from './columns';
import type { EventStore } from './EventStore';

/** {@link EventStore} in SQLite or PostgreSQL. */
export class DatabaseEventStore implements EventStore {
  constructor(private readonly knex: Knex) {}

  async note(digest: string, at: number): Promise<boolean> {
    // What the drivers say of an insert that was ignored differs; what they return does not.
    const noted = await this.knex(EVENTS)
      .insert({ digest, received_at: at })
      .onConflict('digest')
      .ignore()
      .returning('digest');
    return noted.length === 1;
  }

  async prune(before: number): Promise<void> {
    await this.knex(EVENTS).where('received_at', '<', before).delete();
  }
}
