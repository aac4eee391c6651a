import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { callNode, EnigmaError } from '../src/index.js';
import { Nodes } from '../src/nodes.js';

const servers: Server[] = [];

afterEach(() => servers.splice(0).forEach((server) => (server.closeAllConnections(), server.close())));

/** A server on the loopback that answers every request with the same text. */
async function answering(text: string, status = 200): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    request.resume().on('end', () => response.writeHead(status, { 'Content-Type': 'application/json' }).end(text));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

const result = (value: unknown) => JSON.stringify({ jsonrpc: '2.0', id: 1, result: value });
const error = (name: string, more: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: 1, message: `no: ${name}`, data: { code: name, ...more } } });
const codeOf = (code: string) => expect.objectContaining({ name: 'EnigmaError', code });

test('an error keeps its code, its words and when to try again', async () => {
  const { url } = await answering(error('TOO_MANY_REQUESTS', { retryAfterMillis: '0x3e8' }));

  const problem = (await callNode(url, 'enigma_status', undefined).catch((thrown: unknown) => thrown)) as EnigmaError;
  expect(problem).toBeInstanceOf(EnigmaError);
  expect(problem).toMatchObject({ code: 'TOO_MANY_REQUESTS', number: 306, kind: 'NETWORK', retryAfterMillis: 1000 });
  expect(problem.message).toContain('no: TOO_MANY_REQUESTS');
  expect(problem.remedy.length).toBeGreaterThan(10);
});

test.each([
  ['no JSON', 'hello'],
  ['neither result nor error', '{"jsonrpc":"2.0","id":1}'],
  ['an error without a known code', '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"?"}}'],
])('%s is no answer of a node', async (_, text) => {
  const { url } = await answering(text);
  await expect(callNode(url, 'enigma_status', undefined)).rejects.toEqual(codeOf('NODE_UNREACHABLE'));
});

test('a node that is silent is given up', async () => {
  const server = createServer(() => {});
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  await expect(callNode(url, 'enigma_status', undefined, 50)).rejects.toEqual(codeOf('NODE_UNREACHABLE'));
});

test('the next node is asked when one cannot help, and first from then on', async () => {
  const starting = await answering(error('NODE_NOT_READY'));
  const ready = await answering(result([]));
  const nodes = new Nodes([starting.url, ready.url], 5_000);
  const passedOver: string[] = [];

  expect(await nodes.ask('enigma_workers', undefined, (url, { code }) => passedOver.push(`${url} ${code}`))).toEqual([]);
  expect(await nodes.ask('enigma_workers', undefined)).toEqual([]);

  expect(passedOver).toEqual([`${starting.url} NODE_NOT_READY`]);
  expect(starting.asked()).toBe(1);
  expect(ready.asked()).toBe(2);
});

test('an error about the request is final: other nodes are not troubled with it', async () => {
  const first = await answering(error('BAD_SIGNATURE'));
  const second = await answering(result([]));
  const nodes = new Nodes([first.url, second.url], 5_000);

  await expect(nodes.ask('enigma_workers', undefined)).rejects.toEqual(codeOf('BAD_SIGNATURE'));
  expect(second.asked()).toBe(0);
});

test('a task that one node does not know is looked for at the others', async () => {
  const taskId = `0x${'12'.repeat(32)}` as const;
  const unknowing = await answering(result({ taskId, status: 'UNKNOWN' }));
  const knowing = await answering(result({ taskId, status: 'ACCEPTED' }));

  expect((await new Nodes([unknowing.url, knowing.url], 5_000).task(taskId, taskId)).status).toBe('ACCEPTED');
  expect((await new Nodes([unknowing.url], 5_000).task(taskId, taskId)).status).toBe('UNKNOWN');
});

test('the registry is looked at when none of the known nodes helps, with the realm in question', async () => {
  const realm = `0x${'34'.repeat(32)}` as const;
  const starting = await answering(error('NODE_NOT_READY'));
  const registered = await answering(result({ taskId: realm, status: 'ACCEPTED' }));
  const lookedUp: unknown[] = [];
  const nodes = new Nodes([starting.url], 5_000, async (of) => (lookedUp.push(of), [starting.url, registered.url]));

  expect((await nodes.task(realm, realm)).status).toBe('ACCEPTED');
  expect((await nodes.task(realm, realm)).status).toBe('ACCEPTED');

  expect(lookedUp).toEqual([realm]);
  expect(nodes.urls).toEqual([starting.url, registered.url]);
  expect(starting.asked()).toBe(1);
});

test('what the nodes said is told where the registry cannot be read', async () => {
  const starting = await answering(error('NODE_NOT_READY'));
  const nodes = new Nodes([starting.url], 5_000, () => Promise.reject(new Error('no chain')));

  await expect(nodes.ask('enigma_workers', undefined)).rejects.toEqual(codeOf('NODE_NOT_READY'));
});

test('without a URL there is nobody to ask', async () => {
  await expect(new Nodes([], 5_000).ask('enigma_workers', undefined)).rejects.toEqual(codeOf('NODE_UNREACHABLE'));
});
