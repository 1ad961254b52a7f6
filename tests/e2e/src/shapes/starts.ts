import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { studioOf } from '../entities.js';
import { program, type Portal } from '../portal.js';
import type { Given } from './table.js';

interface Violation {
  message: string;
}

/** Starts a pipeline from somewhere; answers what a person is told where it is refused. */
export type Start = (pipeline: string, given: Given) => Promise<string | undefined>;

const TEMPLATE = 'start-as-given';

/** A template that hands everything on to the action. */
export const TEMPLATE_ENTITY = {
  apiVersion: 'scaffolder.backstage.io/v1beta3',
  kind: 'Template',
  metadata: { name: TEMPLATE, title: 'Start as given' },
  spec: {
    owner: 'orders-team',
    type: 'deployment',
    parameters: [],
    steps: [
      {
        id: 'run',
        name: 'Run',
        action: 'harness:trigger-pipeline',
        input: {
          entityRef: '${{ parameters.entityRef }}',
          variables: '${{ parameters.inputs }}',
          inputSets: '${{ parameters.inputSets }}',
          stages: '${{ parameters.stages }}',
        },
      },
    ],
  },
};

/** The routes of a portal, as a guest asks them. */
class Guest {
  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async of(portal: Portal): Promise<Guest> {
    const headers = { 'x-requested-with': 'XMLHttpRequest' };
    const response = await fetch(`${portal.url}/api/auth/guest/refresh`, { method: 'POST', headers });
    const { backstageIdentity } = await response.json();
    return new Guest(portal.url, backstageIdentity.token);
  }

  async ask(path: string, body?: object, headers: Record<string, string> = {}) {
    const response = await fetch(`${this.url}/api/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...headers },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    const isAnswer = response.ok || JSON.parse(text || '{}').kind === 'rejected';
    if (!isAnswer) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}

/** Waits until the catalog has an entity. */
async function until(guest: Guest, entity: string): Promise<void> {
  while ((await guest.ask(`catalog/entities?filter=metadata.name=${entity}`)).length === 0) await wait(200);
}

export async function startByApi(portal: Portal): Promise<Start> {
  const guest = await Guest.of(portal);
  return async (pipeline, given) => {
    const path = `harness-cd/v1/entities/component/default/${pipeline}`;
    const key = randomUUID();
    await until(guest, pipeline);
    let answer = await guest.ask(`${path}/deployments`, given, { 'idempotency-key': key });
    while (answer.kind === 'starting') {
      await wait(200);
      answer = await guest.ask(`${path}/starts/${key}`);
    }
    const { kind, violations = [] } = answer;
    return kind === 'started' ? undefined : `${kind}: ${violations.map((one: Violation) => one.message).join('\n')}`;
  };
}

export async function startByScaffolder(portal: Portal): Promise<Start> {
  const guest = await Guest.of(portal);
  return async (pipeline, given) => {
    const values = { entityRef: `component:default/${pipeline}`, inputSets: [], stages: [], ...given };
    const { id } = await guest.ask('scaffolder/v2/tasks', {
      templateRef: `template:default/${TEMPLATE}`,
      values,
    });
    for (;;) {
      const { status } = await guest.ask(`scaffolder/v2/tasks/${id}`);
      if (status === 'completed') return undefined;
      if (status === 'failed' || status === 'cancelled') {
        const events: { body: { message: string } }[] = await guest.ask(`scaffolder/v2/tasks/${id}/events`);
        return events.map(({ body }) => body.message).join('\n');
      }
      await wait(200);
    }
  };
}

export function startByCommandLine(portal: Portal, branch?: string): Start {
  return async (pipeline, { inputs, inputSets = [], stages = [] }) => {
    const args = [
      ...Object.entries(inputs).map(([name, value]) => `--input=${name}:=${JSON.stringify(value)}`),
      ...inputSets.map(name => `--input-set=${name}`),
      ...stages.map(name => `--stage=${name}`),
    ];
    try {
      await promisify(execFile)(
        program('harness-cd'),
        ['deploy', '--pipeline', studioOf(pipeline, branch), '--entity', `component:default/${pipeline}`, ...args],
        {
          cwd: '/',
          env: {
            HARNESS_API_KEY: portal.apiKey,
            HARNESS_BASE_URL: portal.simulatorUrl,
            HARNESS_ACCOUNT: 'demo-account',
          },
        },
      );
      return undefined;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      return stdout + stderr;
    }
  };
}
