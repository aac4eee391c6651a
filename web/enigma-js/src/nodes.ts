import { EnigmaError, isErrorCode, type ErrorCode } from './errors.js';
import type * as rpc from './generated/rpc.js';
import type { Hex } from 'viem';

/** Characters of an answer; a node that gives more is not listened to. */
export const MAXIMUM_ANSWER = 16 * 1024 * 1024;

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
  'STORAGE_FULL',
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

/** URLs of nodes that the contract names: those of a realm's workers first, if one is asked about. */
export type NodeRegistry = (realm: Hex | undefined) => Promise<readonly string[]>;

const realmOf = (params: object | undefined): Hex | undefined => {
  const named = params as { realm?: Hex; order?: { realm: Hex } } | undefined;
  return named?.realm ?? named?.order?.realm;
};

/**
 * The nodes a client knows: one that does not answer is left for the next, and when none of them helps, the contract's registry
 * names others.
 */
export class Nodes {
  #urls: readonly string[];
  #preferred = 0;
  readonly #timeoutMillis: number;
  readonly #registry: NodeRegistry;

  constructor(urls: readonly string[], timeoutMillis: number, registry: NodeRegistry = async () => []) {
    this.#urls = [...new Set(urls)];
    this.#timeoutMillis = timeoutMillis;
    this.#registry = registry;
  }

  get urls(): readonly string[] {
    return this.#urls;
  }

  /** The URLs, the one that answered last first. */
  get inOrder(): readonly string[] {
    return [...this.#urls.slice(this.#preferred), ...this.#urls.slice(0, this.#preferred)];
  }

  /** Looks the nodes up in the registry; they come after the ones it knows. Returns all that the registry names. */
  async learn(realm: Hex | undefined): Promise<readonly string[]> {
    const named = await this.#registry(realm);
    this.#urls = [...new Set([...this.#urls, ...named])];
    return named;
  }

  /** The answer of the first node that answers; errors that are about the request are final. */
  async ask<Method extends keyof rpc.NodeMethods>(
    method: Method,
    params: rpc.NodeMethods[Method]['params'],
    passedOver: (url: string, problem: EnigmaError) => void = () => {},
  ): Promise<rpc.NodeMethods[Method]['result']> {
    let last = new EnigmaError('NODE_UNREACHABLE', "no node's URL is known, and the contract names none");
    const tried = new Set<string>();
    for (const known of [true, false]) {
      // Where the registry cannot be read, what the nodes said matters more.
      if (!known) await this.learn(realmOf(params)).catch(() => []);
      for (const url of this.inOrder) {
        if (tried.has(url)) continue;
        tried.add(url);
        try {
          const answer = await callNode(url, method, params, this.#timeoutMillis);
          this.#preferred = this.#urls.indexOf(url);
          return answer;
        } catch (problem) {
          if (!anotherMayHelp(problem)) throw problem;
          last = problem;
          passedOver(url, problem);
        }
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
