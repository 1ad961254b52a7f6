// What goes wrong between the portal and Harness: each fault of its own probability, all of them at once.

const run = { method: 'POST', path: '/pipeline/execute', times: 0 };
const list = { path: 'execution/summary', times: 0 };
const pipeline = { method: 'GET', path: '/pipeline/api/pipelines/', times: 0 };

const all = [
  // The two pages of a gateway: before Harness had it, and after.
  { ...run, probability: 0.04, stage: 'before', status: 502, page: 'html' },
  { ...run, probability: 0.04, stage: 'afterAccept', status: 502, page: 'html' },
  { ...run, probability: 0.02, stage: 'afterAccept', status: 504, page: 'json' },
  { ...run, probability: 0.03, stage: 'before', status: 429, page: 'html' },
  { ...run, probability: 0.03, kind: 'resetAfterAccept' },
  { ...run, probability: 0.02, stage: 'before', delivery: 'reset' },
  { ...run, probability: 0.03, kind: 'cutBody' },
  { ...run, probability: 0.01, stage: 'afterAccept', delivery: { drip: { bytes: 1, everyMs: 500 } } },
  { ...pipeline, probability: 0.02, status: 500, stage: 'before' },
  { ...pipeline, probability: 0.02, stage: 'before', delivery: 'reset' },
  { ...list, probability: 0.05, status: 503, stage: 'before', page: 'html' },
];

/** The faults of a storm, as the simulator takes them; each draws for itself. */
export const faults = all.map((fault, seed) => ({ ...fault, seed }));

/** New runs are listed late, and read late. */
export const lateness = { settings: { listLagMs: 3000, detailLagMs: 2000 } };
