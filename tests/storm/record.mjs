// The record of what ran, kept by two replicas that are killed again and again: is it what Harness has, how long did it
// take beside what Harness's limit allows, was Harness asked anything twice that was stored, and did each task run once?
//
//   node record.mjs [executions] [kills] [services]      STORM_DATABASE=postgres://… for the database that the replicas share
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { writeCompany } from './company.mjs';
import { folder, Replica, startSimulator, until } from './processes.mjs';
import { compare, countExecutions, countTasks, forget, isWhole, LIST, openRecord, watchTasks } from './truth.mjs';

const EXECUTIONS = Number(process.argv[2] ?? 1_500);
const KILLS = Number(process.argv[3] ?? 10);
const SERVICES = Number(process.argv[4] ?? 0);
/** What Harness allows a key. */
const CALLS_A_MINUTE = 400;
/** Executions in an answer. */
const PAGE = 100;
/** A turn that was killed is taken by another backend after 7 s. */
const WHOLE_WITHIN_S = 3_600;
/** Pages that a turn asks for at once: a kill loses them. */
const AT_ONCE = 6;
/** Of times that are read beside each other the last pages are not full; what is new is asked for meanwhile. */
const MORE_PAGES = 1.06;
const LATELY_A_MINUTE = 14;

const connection = process.env.STORM_DATABASE;
if (!connection) throw new Error('STORM_DATABASE is not set: an address such as postgres://user:password@localhost/');

const apiKey = `pat.demo-account.storm.${randomUUID()}`;
const { configRepo } = SERVICES > 0 ? writeCompany(SERVICES) : {};
const simulator = await startSimulator(apiKey, { configRepo, more: ['--history', String(EXECUTIONS)] });
const database = { config: join(import.meta.dirname, 'replica.yaml'), connection };
const replicas = [7117, 7118].map(port => new Replica({ port, simulatorUrl: simulator.url, apiKey, database }));
await replicas[0].start();
const client = await openRecord(connection);
await forget(client);
await watchTasks(client);
const begun = Date.now();
const wholeAt = until('the record being whole', WHOLE_WITHIN_S, () => isWhole(client)).then(() => Date.now());
await replicas[1].start();

/** As far as the record is when nobody is killed. */
const share = EXECUTIONS / (KILLS + 1);
const known = [];
for (let kill = 0; kill < KILLS; kill += 1) {
  // At random, and while there is something to be read.
  const from = share * (kill + Math.random());
  await until(
    `${Math.round(from)} executions`,
    WHOLE_WITHIN_S,
    async () => (await countExecutions(client)) >= from || isWhole(client),
  );
  known.push(await countExecutions(client));
  const replica = replicas[kill % 2];
  await replica.kill();
  // The other one goes on meanwhile.
  await replica.start();
}
const seconds = ((await wholeAt) - begun) / 1_000;
const { asked, refused } = await calls();
const tasks = await countTasks(client);
await simulator.control('POST', 'modes', { limits: 'off' });
const wrong = await compare(client, simulator, apiKey);
const executions = await countExecutions(client);
const needed = Math.ceil(executions / PAGE);
const floor = (needed / CALLS_A_MINUTE) * 60;
console.log(
  JSON.stringify({
    executions,
    kills: KILLS,
    known,
    seconds,
    needed,
    asked,
    refused,
    timesTheFloor: seconds / floor,
    tasks,
  }),
);
const most = needed * MORE_PAGES + KILLS * AT_ONCE + (LATELY_A_MINUTE * seconds) / 60;
if (asked > most) wrong.push(`Harness was asked ${asked} times, and there are ${needed} pages`);
if (tasks.length === 0) wrong.push('no task of all backends ran');
// A backend that starts has a task run soon; any other that comes before its time ran twice.
const starts = replicas.length + KILLS;
for (const { id, runs, early } of tasks) {
  if (early > starts) wrong.push(`${id}: ${early} of ${runs} runs before their time, and ${starts} starts`);
}
wrong.slice(0, 20).forEach(line => console.log(line));
console.log(`logs: ${folder}`);
replicas.forEach(replica => replica.child.kill());
simulator.child.kill();
process.exit(wrong.length === 0 ? 0 : 1);

/** How often Harness was asked for executions. */
async function calls() {
  // It keeps the last 10,000.
  const requests = (await simulator.control('GET', 'requests')).filter(({ path }) => path.startsWith(LIST));
  const answered = requests.filter(({ status }) => status === 200);
  return { asked: answered.length, refused: requests.length - answered.length };
}
