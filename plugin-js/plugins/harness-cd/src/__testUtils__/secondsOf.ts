import { act } from '@testing-library/react';

/** The seconds at which something was counted, while time passes. Needs Jest's timers. */
export async function secondsOf(count: () => number, seconds: number, meanwhile: (second: number) => void = () => {}) {
  const at: number[] = [];
  for (let second = 1; second <= seconds; second += 1) {
    const before = count();
    await act(() => jest.advanceTimersByTimeAsync(1_000));
    if (count() > before) at.push(second);
    meanwhile(second);
  }
  return at;
}
