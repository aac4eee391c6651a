import { EnigmaError, isErrorCode, type ErrorCode } from './errors.js';
import type * as rpc from './generated/rpc.js';
import type { Hex } from 'viem';

const MAXIMUM_ANSWER = 16 * 1024 * 1024;

/** Errors that another node may not give. */
const ANOTHER_MAY_HELP: ReadonlySet<ErrorCode> = new Set([
  'NODE_UNREACHABLE',
  'NODE_NOT_READY',
  'HOLDER_UNREACHABLE',
  'NOT_HOLDER',
  'LEASE_REFUSED',
  'LEASE_FENCED',
  'TOO_MANY_REQUESTS',
  'TIMEOUT',
  'QUORUM_NOT_REACHED',
  'ENCLAVE_STOPPED',
  'INTERNAL',
  'STORAGE_FAILED',
]);

export const anotherMayHelp = (problem: unknown): problem is EnigmaError =>
  problem instanceof EnigmaError && ANOTHER_MAY_HELP.has(problem.code);

let nextId = 0;

/**
 * Calls one method of one node.
 *
 * @throws {@link EnigmaError} NODE_UNREACHABLE, TIMEOUT, or the error the node answered
 */
export async function callNode<Method extends keyof rpc.NodeMethods>(
  url: string,
  method: Method,
  params: rpc.NodeMethods[Method]['params'],
  timeoutMillis = 20_000,
): Promise<rpc.NodeMethods[Method]['result']> {
  let answer: { result?: unknown; error?: { code?: number; message?: string; data?: { code?: string; retryAfterMillis?: string } } };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: ++nextId, method, params: params === undefined ? [] : [params] }),
      signal: AbortSignal.timeout(timeoutMillis),
    });
    const text = await response.text();
    if (text.length > MAXIMUM_ANSWER) throw new Error(`answered more than ${MAXIMUM_ANSWER} characters`);
    answer = JSON.parse(text) as typeof answer;
  } catch (cause) {
    throw new EnigmaError('NODE_UNREACHABLE', `node ${url} does not answer: ${reasonOf(cause)}`, { cause });
  }
  if (answer.error !== undefined && answer.error !== null) {
    const { code, message = 'the node gave no message', data } = answer.error;
    const name = data?.code ?? '';
    if (!isErrorCode(name)) throw new EnigmaError('NODE_UNREACHABLE', `the node answered error ${code}: ${message}`);
    const retry = data?.retryAfterMillis;
    throw new EnigmaError(name, message, retry === undefined ? {} : { retryAfterMillis: Number(retry) });
  }
  if (answer.result === undefined) throw new EnigmaError('NODE_UNREACHABLE', `${url} answered neither result nor error`);
  return answer.result as rpc.NodeMethods[Method]['result'];
}

const reasonOf = (cause: unknown): string => {
  const deeper = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause : cause) : undefined;
  return deeper?.message ?? String(cause);
};

/** The nodes a client knows: one that does not answer is left for the next. */
export class Nodes {
  #urls: readonly string[];
  #preferred = 0;
  readonly #timeoutMillis: number;

  constructor(urls: readonly string[], timeoutMillis: number) {
    this.#urls = [...new Set(urls)];
    this.#timeoutMillis = timeoutMillis;
  }

  get urls(): readonly string[] {
    return this.#urls;
  }

  /** Learns of nodes, such as those of a realm's ranks, that come after the ones it knows. */
  add(urls: readonly string[]): void {
    this.#urls = [...new Set([...this.#urls, ...urls])];
  }

  /** The answer of the first node that answers; errors that are about the request are final. */
  async ask<Method extends keyof rpc.NodeMethods>(
    method: Method,
    params: rpc.NodeMethods[Method]['params'],
    passedOver: (url: string, problem: EnigmaError) => void = () => {},
  ): Promise<rpc.NodeMethods[Method]['result']> {
    let last = new EnigmaError('NODE_UNREACHABLE', "no node's URL is known; give createEnigmaClient the nodes' URLs");
    const first = this.#preferred;
    const urls = this.#urls;
    for (let i = 0; i < urls.length; i++) {
      const index = (first + i) % urls.length;
      const url = urls[index]!;
      try {
        const answer = await callNode(url, method, params, this.#timeoutMillis);
        this.#preferred = index;
        return answer;
      } catch (problem) {
        if (!anotherMayHelp(problem)) throw problem;
        last = problem;
        passedOver(url, problem);
      }
    }
    throw last;
  }

  /** What the nodes know of a task; one that knows nothing is left for the next. */
  async task(realm: Hex, taskId: Hex): Promise<rpc.Task> {
    const answer = await this.ask('enigma_getTask', { realm, taskId });
    if (answer.status !== 'UNKNOWN') return answer;
    const first = this.#preferred;
    const urls = this.#urls;
    for (let i = 1; i < urls.length; i++) {
      try {
        const other = await callNode(urls[(first + i) % urls.length]!, 'enigma_getTask', { realm, taskId }, this.#timeoutMillis);
        if (other.status !== 'UNKNOWN') return other;
      } catch (problem) {
        if (!anotherMayHelp(problem)) throw problem;
      }
    }
    return answer;
  }
}
