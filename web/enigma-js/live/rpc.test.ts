import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { connect, artifact, testnet } from './testnet.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
const document = JSON.parse(
  readFileSync(new URL('../../../node/src/main/resources/network/enigma/node/rpc/openrpc.json', import.meta.url), 'utf8'),
);

async function raw(method: string, params: unknown): Promise<any> {
  const response = await fetch(testnet.nodes[0]!, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return response.json();
}

/** What of a value is not as its schema says. */
function differences(schema: any, value: any, path = '$'): string[] {
  if (schema.$ref) return differences(document.components.schemas[schema.$ref.split('/').pop()!], value, path);
  if (schema.enum && !schema.enum.includes(value)) return [`${path}: ${JSON.stringify(value)} is none of ${schema.enum}`];
  switch (schema.type) {
    case 'array':
      return Array.isArray(value) ? value.flatMap((each, i) => differences(schema.items, each, `${path}[${i}]`)) : [`${path}: no array`];
    case 'object': {
      if (typeof value !== 'object' || value === null) return [`${path}: no object`];
      const missing = schema.required.filter((name: string) => !(name in value)).map((name: string) => `${path}.${name}: missing`);
      return [
        ...missing,
        ...Object.entries(value).flatMap(([name, each]) =>
          schema.properties[name] === undefined ? [`${path}.${name}: not in the schema`] : differences(schema.properties[name], each, `${path}.${name}`),
        ),
      ];
    }
    case 'string':
      if (typeof value !== 'string') return [`${path}: no string`];
      return schema.pattern === undefined || new RegExp(schema.pattern).test(value) ? [] : [`${path}: ${value} does not fit ${schema.pattern}`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path}: no boolean`];
    default:
      return [`${path}: unknown schema ${JSON.stringify(schema)}`];
  }
}

const methods: any[] = document.methods;
const called = new Set<string>();

async function conforms(name: string, params: object) {
  called.add(name);
  const method = methods.find((each) => each.name === name);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(method.params.map((param: any) => [param.name, param.schema])),
    required: method.params.filter((param: any) => param.required).map((param: any) => param.name),
  };
  expect(differences(schema, params), `what ${name} is asked`).toEqual([]);
  const { result, error } = await raw(name, Object.keys(params).length === 0 ? [] : [params]);
  expect(error).toBeUndefined();
  expect(differences(method.result.schema, result), `what ${name} answers`).toEqual([]);
  return result;
}

describe('the OpenRPC document', () => {
  test('is what a node answers to rpc.discover', async () => {
    expect((await raw('rpc.discover', [])).result).toEqual(document);
  });

  test('describes every answer a task brings, and every method is tried', async () => {
    const requests: { method: string; params: any }[] = [];
    const fetched = globalThis.fetch;
    globalThis.fetch = (input, init) => {
      const { method, params } = JSON.parse(String(init?.body ?? '{}'));
      if (typeof method === 'string' && method.startsWith('enigma_')) requests.push({ method, params: params[0] });
      return fetched(input, init);
    };
    const client = await connect(9);
    let taskId: string;
    try {
      const { abi, bytecode } = artifact('Millionaires');
      const { contract, task } = await client.deploy({ abi, bytecode });
      taskId = task.taskId;
      await task.result({ stage: 'FINAL' });
      await (contract.write as any).submit([1n]);
      await (contract.read as any).count([]);
    } finally {
      globalThis.fetch = fetched;
      client.close();
    }
    const realm = requests.find(({ method }) => method === 'enigma_submit')!.params.order.realm;
    for (const { method, params } of requests) await conforms(method, params);
    await conforms('enigma_getRealm', { realm });
    await conforms('enigma_getTask', { realm, taskId });
    await conforms('enigma_getTasks', { realm, limit: '0x5' });
    await conforms('enigma_getTasks', {});
    await conforms('enigma_workers', {});
    await conforms('enigma_evidence', { worker: '0x1' });
    await conforms('enigma_keyManagers', {});
    await conforms('enigma_status', {});
    expect([...called].sort()).toEqual(methods.filter(({ paramStructure }) => paramStructure === 'by-name').map(({ name }) => name).sort());
  });

  test.each(methods.filter(({ paramStructure, params }) => paramStructure === 'by-name' && params.length > 0).map(({ name }) => name))(
    '%s refuses a member the document does not have',
    async (name) => {
      const { error } = await raw(name, [{ misspelt: '0x0' }]);
      expect(error.data.code).toBe('INVALID_ARGUMENT');
    },
  );
});
