import { setTimeout as wait } from 'node:timers/promises';

const LOOKS = 300;
const LOOK_EVERY_MS = 100;

/** Looks again and again until something is there. Looks are counted, as a test may have stopped the clocks. */
export async function waitFor(isThere: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    if (await isThere()) return;
    await wait(LOOK_EVERY_MS);
  }
  throw new Error(`What is waited for was not there at any of ${LOOKS} looks: ${isThere}`);
}
