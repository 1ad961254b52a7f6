import { createHash, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { mockServices } from '@backstage/backend-test-utils';
import { ResponseError } from '@backstage/errors';
import { deployToEnd, HarnessCdClient, type DeployResponse, type EntityName } from 'backstage-plugin-harness-cd-common';
import { Simulator, type SimulatorFault } from 'harness-cd-test-utils';
import { component, createDatabase, startBackend } from './__testUtils__/startBackend';

jest.setTimeout(60 * 60_000);

/** How many start; more for a night. */
const STARTS = Number(process.env.HARNESS_CD_STORM ?? 300);
const AT_ONCE = 40;
/** Backends with one database; each keeps to what Harness allows a key in a minute. */
const BACKENDS = 4;
const SEED = 7;

/** What befalls calls, each with its own probability. */
const FAULTS: SimulatorFault[] = [
  { kind: 'badGatewayAfterAccept', path: '/pipeline/execute', probability: 0.05 },
  { kind: 'resetAfterAccept', path: '/pipeline/execute', probability: 0.05 },
  { kind: 'cutBody', path: '/pipeline/execute', probability: 0.03 },
  { kind: 'htmlPage', path: '/pipeline/execute', probability: 0.03 },
  { kind: 'serverError', path: '/pipeline/execute', probability: 0.03 },
  { kind: 'forbidden', path: '/pipeline/execute', probability: 0.05 },
  { kind: 'rateLimited', path: '/pipeline/execute', probability: 0.05 },
  { kind: 'serverError', path: '/execution/summary', probability: 0.2 },
  { kind: 'resetAfterAccept', path: '/api/pipelines/', probability: 0.05 },
];

interface Belief {
  nonce: string;
  said: DeployResponse['kind'] | 'refused' | 'lost';
}

describe('a storm', () => {
  let simulator: Simulator;
  let clients: HarnessCdClient[];
  const entity: EntityName = { kind: 'component', namespace: 'default', name: 'payment-service' };
  const entityRef = 'component:default/payment-service';

  beforeAll(async () => {
    simulator = await Simulator.start();
    await simulator.liftLimits();
    const annotations = { 'harness.io/pipeline-url': simulator.pipelineUrl('payment_service_cd') };
    const knex = await createDatabase();
    const startOne = async () => {
      const server = await startBackend({
        simulator,
        entities: [component('payment-service', annotations)],
        features: [mockServices.rootLogger.factory({ level: 'none' })],
        knex,
      });
      const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}/api/harness-cd`;
      return new HarnessCdClient({ discoveryApi: { getBaseUrl: async () => baseUrl }, fetchApi: { fetch } });
    };
    clients = [];
    while (clients.length < BACKENDS) clients.push(await startOne());
    for (const fault of FAULTS) await simulator.addFault({ ...fault, times: 0, seed: SEED });
  });

  afterAll(() => simulator?.stop());

  /** One who asks, some of them at two backends at once; what is believed in the end. */
  async function start(index: number): Promise<Belief> {
    const idempotencyKey = randomUUID();
    const imageTag = `v1.0.${index}`;
    const request = { service: 'payment-service', imageTag, environment: 'int-stable', region: 'euw1' };
    const asked = [0, 1].slice(0, index % 3 === 0 ? 2 : 1).map(async offset => {
      const client = clients[(index + offset) % BACKENDS];
      try {
        const options = { idempotencyKey, pollIntervalMs: 200 };
        return (await deployToEnd(client, { entity, request }, options)).kind;
      } catch (error) {
        return ResponseError.is(error) ? 'refused' : 'lost';
      }
    });
    const [outcome] = await Promise.all(asked);
    const now = await clients[(index + 2) % BACKENDS].getStart(entity, idempotencyKey).catch(() => undefined);
    const nonce = createHash('sha256').update(`${entityRef}\n${idempotencyKey}`).digest('hex').slice(0, 32);
    return { nonce, said: now?.kind ?? outcome };
  }

  it(`starts nothing twice, and says of nothing what is not so (${STARTS} starts)`, async () => {
    const beliefs: Belief[] = [];
    let next = 0;
    const worker = async () => {
      while (next < STARTS) beliefs.push(await start(next++));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));

    const queries = (await simulator.runs()).map(({ request }) => request?.query ?? '');
    const ran = ({ nonce }: Belief) => queries.filter(query => query.includes(nonce)).length;
    const said = (...kinds: Belief['said'][]) => beliefs.filter(belief => kinds.includes(belief.said));
    expect({
      doubled: beliefs.filter(belief => ran(belief) > 1),
      saidStartedThatDidNot: said('started').filter(belief => ran(belief) === 0),
      saidNotStartedThatRan: said('notStarted', 'refused', 'rejected').filter(belief => ran(belief) > 0),
      withoutAnswer: said('starting', 'lost'),
    }).toEqual({ doubled: [], saidStartedThatDidNot: [], saidNotStartedThatRan: [], withoutAnswer: [] });
    expect(beliefs).toHaveLength(STARTS);
    // Something of each has to have come about, or nothing was tried.
    expect(said('started').length).toBeGreaterThan(STARTS / 3);
    expect(said('notStarted', 'refused').length).toBeGreaterThan(0);
  });
});
