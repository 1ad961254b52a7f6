import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type IRouter, Router } from 'express';
import { parse } from 'yaml';
import { createRouter } from './router';
import { addWebhookRoute } from './routes/webhook';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

interface Operation {
  parameters?: unknown[];
  responses: object;
}

const document = parse(readFileSync(join(__dirname, '../openapi.yaml'), 'utf8'));
const paths: Record<string, Record<string, Operation> & { parameters?: unknown[] }> = document.paths;

/** Every route of a router and of those within it, as `get /matrix`. */
function routesOf({ stack }: IRouter): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (route) return Object.keys((route as any).methods).map(method => `${method} ${route.path}`);
    return 'stack' in handle ? routesOf(handle as unknown as IRouter) : [];
  });
}

/** What a reference within the document leads to; anything else as it is. */
function resolved(value: any): any {
  if (typeof value?.$ref !== 'string') return value;
  const [, ...keys] = value.$ref.split('/');
  return keys.reduce((found: any, key: string) => found?.[key], document);
}

function referencesIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = '$ref' in value ? [value] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}

describe('openapi.yaml', () => {
  it('has every route of the router, and no other', () => {
    // Routes are declared before anything is asked of what answers them.
    const webhook = Router();
    addWebhookRoute(webhook, {} as Parameters<typeof addWebhookRoute>[1]);
    const declared = [createRouter({} as Parameters<typeof createRouter>[0]), webhook].flatMap(routesOf);
    const described = Object.entries(paths).flatMap(([path, item]) =>
      METHODS.filter(method => method in item).map(method => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(declared.length).toBeGreaterThan(15);
    expect(described.sort()).toEqual([...new Set(declared)].sort());
  });

  it('names every parameter that a path has', () => {
    for (const [path, item] of Object.entries(paths)) {
      for (const method of METHODS.filter(name => name in item)) {
        const parameters = [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map(resolved);
        const inPath = parameters.filter(parameter => parameter.in === 'path').map(({ name }) => name);
        expect([path, inPath.sort()]).toEqual([path, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()]);
      }
    }
  });

  it('refers to nothing that is not there', () => {
    for (const reference of referencesIn(document)) expect([reference, resolved(reference)]).not.toContain(undefined);
  });
});
