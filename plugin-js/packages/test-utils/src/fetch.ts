/**
 * Makes what `fetch` rejects with errors of the test's own realm until the returned function is called. Jest gives each
 * test file an `Error` of its own; by that of Node's `fetch` the core would take a lost connection for a defect.
 */
export function keepErrorsInRealm(): () => void {
  const original = globalThis.fetch;
  globalThis.fetch = async (...request) => {
    try {
      return await original(...request);
    } catch (error) {
      throw new TypeError(String(error), { cause: error });
    }
  };
  return () => {
    globalThis.fetch = original;
  };
}
