import type { InfiniteData } from '@tanstack/react-query';

/** Who has read on further than this reads what was: all of it is not asked for again, and nothing moves under the eyes. */
const FOLLOWED_PARTS = 3;

/** Whether what has been read of a long list is brought up to date by itself. */
export function isFollowed(data: InfiniteData<unknown> | undefined): boolean {
  return (data?.pages.length ?? 0) <= FOLLOWED_PARTS;
}
