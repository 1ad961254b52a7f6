// Many open pages, and runs that go on: what do they cost Harness, and how soon is a finished step on all of them?
//
//   node pages.mjs [seconds]      STORM_DATABASE=postgres://… for the database of the portal
//
// A page asks and listens as the plugin's own does while it is told what changes (`LiveUpdates`).
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pipelineOf, writeCompany } from './company.mjs';
import { folder, Replica, startSimulator, until as waitUntil } from './processes.mjs';

const SECONDS = Number(process.argv[2] ?? 60);
const SERVICES = 50;
const RUNS = 10;
const PAGES = [20, 200];
/** So often a page asks for a run that has not ended, to have it followed. */
const KEPT_MS = 30_000;
/** So soon a finished step is to be on every page. */
const SEEN_WITHIN_MS = 3_000;
const SCOPE = 'accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform';

const connection = process.env.STORM_DATABASE;
if (!connection) throw new Error('STORM_DATABASE is not set: an address such as postgres://user:password@localhost/');

const apiKey = `pat.demo-account.storm.${randomUUID()}`;
const { names, configRepo, config } = writeCompany(SERVICES);
const simulator = await startSimulator(apiKey, { configRepo, pace: 0.75 });
const database = { config: join(import.meta.dirname, 'replica.yaml'), connection };
const portal = new Replica({ port: 7127, simulatorUrl: simulator.url, apiKey, database, more: [config] });
await portal.start();
await waitUntil(
  'the catalog',
  60,
  async () => (await ask(names.at(-1), 'channels').catch(() => undefined)) !== undefined,
);

const results = [];
for (const count of PAGES) results.push(await measure(count));
console.log(JSON.stringify(results));
const [few, many] = results;
const wrong = [
  many.callsAMinute > few.callsAMinute * 1.1 && `calls a minute: ${few.callsAMinute} became ${many.callsAMinute}`,
  ...results.map(({ pages, worstMs }) => worstMs > SEEN_WITHIN_MS && `${pages} pages: seen after ${worstMs} ms`),
  ...results.map(({ pages, unseen }) => unseen > 0 && `${pages} pages: ${unseen} steps were not seen`),
].filter(Boolean);
wrong.forEach(line => console.log(line));
console.log(`logs: ${folder}`);
portal.child.kill();
simulator.child.kill();
process.exit(wrong.length === 0 ? 0 : 1);

/** Opens so many pages on so many services, ten of which have a run, and looks on for a while. */
async function measure(count) {
  const runs = new Map();
  for (const name of names.slice(0, RUNS)) runs.set(name, await start(name));
  // Harness lists a run some seconds late.
  await wait(5_000);
  const pages = Array.from({ length: count }, (_, index) => {
    const name = names[index % SERVICES];
    return createPage(name, runs.get(name));
  });
  await Promise.all(pages.map(page => page.open()));
  await wait(5_000);
  pages.forEach(page => (page.asked = 0));
  await simulator.control('DELETE', 'requests');
  const begun = Date.now();
  await wait(SECONDS * 1_000);
  const calls = (await simulator.control('GET', 'requests')).length;
  const minutes = (Date.now() - begun) / 60_000;
  const asked = pages.reduce((sum, page) => sum + page.asked, 0);
  // What has just ended is still on its way.
  const until = Date.now() - SEEN_WITHIN_MS;
  const seen = pages.map(({ steps }) =>
    [...steps.values()].filter(({ endedAt }) => endedAt > begun && endedAt < until),
  );
  const unseen = countUnseen(pages, seen);
  pages.forEach(page => page.close());
  for (const run of runs.values()) await abort(run);
  const late = seen
    .flat()
    .map(({ seenAt, endedAt }) => seenAt - endedAt)
    .sort((one, other) => one - other);
  return {
    pages: count,
    runs: RUNS,
    callsAMinute: Math.round(calls / minutes),
    askedOfBackendAMinute: Math.round(asked / minutes),
    steps: new Set(seen.flat().map(({ id }) => id)).size,
    seen: late.length,
    medianMs: late[Math.floor(late.length / 2)],
    worstMs: late.at(-1),
    unseen,
  };
}

/** How often a page has not seen a step that another page of its run has. */
function countUnseen(pages, seen) {
  const all = Map.groupBy(seen.flat(), ({ run }) => run);
  return pages.reduce((sum, { run, steps }) => {
    const ofRun = new Set((all.get(run) ?? []).map(({ id }) => id));
    return sum + [...ofRun].filter(id => !steps.has(id)).length;
  }, 0);
}

/** What the plugin's page of an entity asks for and listens to. */
function createPage(name, run) {
  const page = { run, asked: 0, steps: new Map() };
  let socket;
  let kept;
  const counted = async path => {
    page.asked += 1;
    return ask(name, path);
  };
  const look = () => Promise.all(['deployments', 'matrix'].map(counted));
  const follow = async () => {
    const { stages } = await counted(`executions/${run}`);
    const seenAt = Date.now();
    for (const { identifier, steps } of stages) {
      for (const [index, { endedAt }] of steps.entries()) {
        const id = `${run} ${identifier} ${index} ${endedAt}`;
        if (endedAt !== undefined && !page.steps.has(id)) page.steps.set(id, { run, id, endedAt, seenAt });
      }
    }
  };
  page.open = async () => {
    await look();
    if (run) await follow();
    const { channels } = await counted('channels');
    socket = new WebSocket(`${portal.url.replace('http', 'ws')}/api/signals`, portal.token);
    await new Promise((done, failed) => Object.assign(socket, { onopen: done, onerror: failed }));
    ['harness-cd', ...channels].forEach(channel => socket.send(JSON.stringify({ action: 'subscribe', channel })));
    socket.onmessage = ({ data }) => {
      const { channel, message } = JSON.parse(data);
      if (channel === 'harness-cd') return;
      if (message.execution === undefined) void look();
      else if (message.execution === run) void follow();
    };
    if (run) kept = setInterval(follow, KEPT_MS);
  };
  page.close = () => {
    clearInterval(kept);
    socket.close();
  };
  return page;
}

async function ask(name, path) {
  const response = await fetch(`${portal.url}/api/harness-cd/v1/entities/component/default/${name}/${path}`, {
    headers: { authorization: `Bearer ${portal.token}` },
  });
  if (!response.ok) throw new Error(`${name} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function post(path, body) {
  const headers = { 'content-type': 'application/json', 'x-api-key': apiKey };
  const response = await fetch(`${simulator.url}${path}${SCOPE}`, { method: 'POST', headers, body });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** A run that somebody has started in Harness. */
async function start(name) {
  const values = { imageTag: 'v2.3.1', targetEnvironment: 'int-stable', targetRegion: 'euw1' };
  const variables = Object.entries(values).map(([variable, value]) => ({ name: variable, type: 'String', value }));
  const pipeline = { identifier: pipelineOf(name), variables };
  const path = `/pipeline/api/pipeline/execute/${pipelineOf(name)}?`;
  return (await post(path, JSON.stringify({ pipeline }))).data.planExecution.uuid;
}

/** Runs that still go on are ended, so that the next ones are ten. */
async function abort(run) {
  const response = await fetch(
    `${simulator.url}/pipeline/api/pipeline/execute/interrupt/${run}?interruptType=AbortAll&${SCOPE}`,
    { method: 'PUT', headers: { 'x-api-key': apiKey } },
  );
  await response.arrayBuffer();
}
