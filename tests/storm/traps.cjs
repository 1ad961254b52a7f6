// Loaded before everything else of a replica: brings the core down in the middle of some starts, before the run is sent or
// after Harness has it. The traps are real, in the very build that ships: an answer that claims four gigabytes is more than
// its allocator takes. Each is a line of the log.
'use strict';

const BEFORE = 0.02;
const AFTER = 0.02;

const send = globalThis.fetch;

globalThis.fetch = async function fetch(request, ...rest) {
  const isRun = request?.method === 'POST' && request.url.includes('/pipeline/execute/');
  const drawn = isRun ? Math.random() : 1;
  if (drawn < BEFORE) return trapping('before');
  const response = await send.call(this, request, ...rest);
  return drawn < BEFORE + AFTER ? trapping('after') : response;
};

function trapping(when) {
  console.log(`storm: a trap ${when} the post`);
  const value = { byteLength: 1, length: 0xfffffff0 };
  const body = { getReader: () => ({ read: async () => ({ done: false, value }) }) };
  return { status: 200, headers: new Headers(), body };
}
