/**
 * Stops the clocks by which answers are fresh, and none that something waits for; they begin anew. The test gives them
 * back with `jest.useRealTimers()`.
 */
export function stopClocks(): void {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask'], now: Date.now() });
  jest.advanceTimersByTime(1); // a process is never 0 ms old
}
