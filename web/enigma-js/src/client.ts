import {
  isAddressEqual,
  keccak256,
  numberToHex,
  size,
  hexToBytes,
  type Abi,
  type AbiFunction,
  type Address,
  type ContractConstructorArgs,
  type EIP1193Provider,
  type Hex,
  type LocalAccount,
  type Transport,
} from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { callableHandle, type CallableContract } from './callable.js';
import {
  contractHandle,
  encodeConstructor,
  type CallOptions,
  type ContractActions,
  type ContractLocation,
  type Deployment,
  type EncodedCall,
  type QueryResult,
  type ReadOptions,
  type SecretContract,
  type UpgradeRequest,
} from './contract.js';
import { formatEng } from './eng.js';
import { EnigmaError } from './errors.js';
import { follow } from './follower.js';
import { Ledger, localSigner, type Signer } from './ledger.js';
import { anotherMayHelp, Nodes } from './nodes.js';
import { fee as feeOf } from './protocol/batch.js';
import { MAXIMUM_DIRECT, MAXIMUM_POSTED, sealEnvelope, type RealmKey, type ResponseKey } from './protocol/envelope.js';
import { CONTRACT_QUESTION, decodeDescription } from './protocol/description.js';
import { contractAddress, randomBytes32, realmId, ZERO_ADDRESS, ZERO_BYTES32, type ContractTerms } from './protocol/ids.js';
import { domainOf, TaskKind, taskIdOf, typedMessage, type EnigmaDomain, type SessionTerms, type TaskOrder } from './protocol/messages.js';
import { encodeQueryPayload, type SignedPermit, type SignedSession } from './protocol/query.js';
import { consoleLine } from './console.js';
import { decodeCallResult, openResult } from './protocol/result.js';
import { pause } from './pause.js';
import { RealmKeys } from './realm-keys.js';
import type * as rpc from './generated/rpc.js';
import { memoryStore, type SecretStore } from './store.js';
import { TaskSubscriptions } from './subscriptions.js';
import { Task, type TaskDelay, type TaskProgress } from './task.js';
import {
  authorityOf,
  checkedTerms,
  upgradeHistory,
  upgradeWarning,
  type ContractCode,
  type UpgradeAuthority,
} from './upgrades.js';
import { badProof, decodeOutput, failureReason, TaskVerifier, type OpenTask } from './verifier.js';

const DEFAULT_CALL_GAS = 5_000_000n;
const DEFAULT_DEPLOY_GAS = 30_000_000n;
const TOP_UP_TASKS = 20n;
/** A week of Ethereum's blocks. */
const USUAL_UPGRADE_DELAY = 50_400n;
const WARNING_PATIENCE = 2_000;
/** Between two attempts to hand over what is posted already. */
const HANDING_OVER = 500;
const PERMIT_SECONDS = 24 * 3600;
/** A permit this near its end is signed anew. */
const PERMIT_MARGIN_SECONDS = 300;

/** What a client is doing, for whoever shows progress. */
export type ClientEvent =
  | { readonly type: 'realm-opened'; readonly realm: Hex }
  /** The realm's worker has not announced its key yet; told about once a second. */
  | { readonly type: 'key-pending'; readonly realm: Hex; readonly waitedMillis: number }
  | { readonly type: 'key-known'; readonly realm: Hex; readonly tenure: bigint }
  /** ENG was moved into Enigma, in units of 10⁻⁸. */
  | { readonly type: 'deposited'; readonly amount: bigint }
  | { readonly type: 'allocated'; readonly realm: Hex; readonly amount: bigint }
  | { readonly type: 'sent'; readonly taskId: Hex; readonly target: Address; readonly posted: boolean }
  /** Somebody else than this account may change the contract's code; told before anything is first sent to it, and when it is deployed so. */
  | { readonly type: 'code-may-change'; readonly contract: Address; readonly authority: UpgradeAuthority }
  /** New code was announced on Ethereum. */
  | { readonly type: 'upgrade-announced'; readonly contract: Address; readonly codeHash: Hex; readonly readyAt: bigint }
  /** A node did not accept; another one is tried, or the order is posted. */
  | { readonly type: 'not-accepted'; readonly taskId: Hex; readonly reason: string; readonly next: 'next node' | 'posted on Ethereum' }
  | { readonly type: 'moved'; readonly progress: TaskProgress }
  /** Why a task is late, or, with undefined, that it goes on. */
  | { readonly type: 'delayed'; readonly taskId: Hex; readonly delay: TaskDelay | undefined };

/** What a client is made of. */
export interface EnigmaClientOptions {
  /** The user's own Ethereum endpoint, which everything is checked against; `http()` or `webSocket()` of viem. */
  readonly transport: Transport;
  /** The Enigma contract: the one address a user has to trust. */
  readonly enigma: Address;
  /** A key that is at hand, such as `privateKeyToAccount(…)`; with a wallet, which of its accounts to use. */
  readonly account?: LocalAccount | Address | undefined;
  /** A browser wallet (EIP-1193), as found by EIP-6963. Without account and wallet the client only reads. */
  readonly wallet?: EIP1193Provider | undefined;
  /**
   * URLs of nodes to ask first; the next is tried when one does not answer. None has to be given: the contract's registry
   * names them, and is looked at when none of these helps.
   */
  readonly nodes?: readonly string[] | undefined;
  /** Accepts a network whose enclaves are simulated and keep nothing secret from their operators. */
  readonly allowSimulated?: boolean | undefined;
  /** Where to keep what opens results; in memory unless given. */
  readonly store?: SecretStore | undefined;
  /**
   * Keeps in the store what opens a task's result when the task is over, so that its owner can open it again, here or in the
   * explorer; deleted unless given. Whoever gets at the store can open it as well.
   */
  readonly keepDone?: boolean | undefined;
  /**
   * What to do before something is first sent to a contract whose code somebody else than the account may change: `warn` tells the
   * listener (`code-may-change`), `refuse` sends nothing (CODE_MAY_CHANGE, and whatever stands in the way of knowing), `accept` does
   * not look; `warn` unless given.
   */
  readonly upgradable?: 'accept' | 'warn' | 'refuse' | undefined;
  /** Moves ENG into Enigma and to the realm when a task needs it; true unless given. */
  readonly fund?: boolean | undefined;
  /** How long waiting for a task may take; 2 minutes unless given. */
  readonly patienceMillis?: number | undefined;
  /** How long to wait for a realm's key; 2 minutes unless given. */
  readonly keyPatienceMillis?: number | undefined;
  /** After how long without an answer the next node is tried; 20 seconds unless given. */
  readonly nodeTimeoutMillis?: number | undefined;
  /** Has nodes tell of tasks by WebSocket, where the runtime and the node offer it; true unless given. Else they are asked. */
  readonly subscribe?: boolean | undefined;
  /** How often to look for a receipt; 250 ms unless given. */
  readonly pollingMillis?: number | undefined;
  /** Receives what the client is doing. */
  readonly listener?: ((event: ClientEvent) => void) | undefined;
}

/** How a realm is opened (rules S3, K3); neither unless given. */
export interface RealmOptions {
  /** Nobody gets a result before its batch is on Ethereum: slower by a commit, and no operator learns from a batch that then never comes. */
  readonly resultsWaitForCommit?: boolean | undefined;
  /** The owner's balance in Enigma pays the fees of renewals that others make, as long as it reaches. */
  readonly ownerPaysRenewals?: boolean | undefined;
}

/** A contract to deploy. */
export interface DeployRequest<abi extends Abi> {
  readonly abi: abi;
  readonly bytecode: Hex;
  readonly args?: ContractConstructorArgs<abi> | undefined;
  readonly name?: string | undefined;
  /** An open realm of the deployer; a new one is opened unless given. */
  readonly realm?: Hex | undefined;
  /** How the new realm is opened. */
  readonly opening?: RealmOptions | undefined;
  /** Who may upgrade the contract; nobody, ever, unless given. Its users are warned. */
  readonly authority?: Address | undefined;
  /** Blocks an upgrade is announced before it can be carried out; a week of them unless given, and on development networks none. */
  readonly delay?: bigint | undefined;
}

/** What a session key may do. */
export interface SessionOptions {
  readonly realm: Hex;
  /** How long; an hour unless given. */
  readonly validSeconds?: number | undefined;
  /** The most one order may cost, in 10⁻⁸ ENG. */
  readonly maxFee: bigint;
}

/** What `enigma_submit` takes. */
type Submission = rpc.NodeMethods['enigma_submit']['params'];

/** What a store keeps of a task under way. */
interface TaskRecord {
  readonly order: rpc.Order;
  readonly response: ResponseKey;
  readonly call: string;
  readonly output: AbiFunction | null;
  readonly abi: Abi;
  readonly sentAt: number;
  /** What to hand to a node; without a signature for an order that is posted. */
  readonly submission: Submission;
  readonly posted: boolean;
}

interface SessionRecord {
  readonly privateKey: Hex;
  readonly terms: { readonly owner: Address; readonly key: Address; readonly realm: Hex; readonly notAfter: string; readonly maxFee: string; readonly epoch: number };
  readonly signature: Hex;
}

/** What is to be sent. */
interface TaskRequest {
  readonly contract: ContractLocation;
  readonly kind: TaskKind;
  readonly codeHash: Hex;
  readonly input: Hex;
  readonly call: string;
  readonly output: AbiFunction | undefined;
  readonly deploy: Submission['deploy'] | undefined;
  readonly salt: Hex;
}

interface Prepared {
  readonly taskId: Hex;
  readonly order: TaskOrder;
  readonly envelope: Hex;
  readonly record: TaskRecord;
}

interface Parts {
  readonly ledger: Ledger;
  readonly nodes: Nodes;
  readonly domain: EnigmaDomain;
  readonly networkHash: Hex;
  readonly parameters: Awaited<ReturnType<Ledger['parameters']>>;
  readonly realmKeys: RealmKeys;
  readonly verifier: TaskVerifier;
  readonly store: SecretStore;
  readonly options: EnigmaClientOptions;
  readonly tell: (event: ClientEvent) => void;
  readonly closing: AbortController;
  /** Who may change the code of contracts that something was sent to. */
  readonly authorities: Map<string, Promise<UpgradeAuthority | undefined>>;
  readonly subscriptions: TaskSubscriptions;
}

/**
 * Connects one account to an Enigma network.
 *
 * ```ts
 * const client = await createEnigmaClient({
 *   transport: http('http://localhost:8545'),
 *   nodes: ['http://localhost:3346'],
 *   enigma: '0x…',
 *   account: privateKeyToAccount('0x…'), // or wallet: provider
 *   allowSimulated: true,
 * });
 * const { contract, task } = await client.deploy({ abi, bytecode });
 * await task.result();
 * await contract.write.submit([5n]);
 * ```
 *
 * @throws {@link EnigmaError} SIMULATED_NETWORK unless allowed, WRONG_ADDRESS_BOOK, NETWORK_MISMATCH, CHAIN_UNREACHABLE,
 *   CHAIN_MISMATCH, SIGNATURE_DECLINED
 */
export async function createEnigmaClient(options: EnigmaClientOptions): Promise<EnigmaClient> {
  const ledger = await Ledger.connect({
    transport: options.transport,
    enigma: options.enigma,
    account: options.account,
    wallet: options.wallet,
    pollingMillis: options.pollingMillis ?? 250,
  });
  const [networkHash, parameters] = await Promise.all([ledger.networkHash(), ledger.parameters()]);
  if (parameters.mode === 0 && !options.allowSimulated) {
    throw new EnigmaError(
      'SIMULATED_NETWORK',
      `the network at ${ledger.enigma} runs simulated enclaves; give allowSimulated: true to use it all the same`,
    );
  }
  if (networkHash === ZERO_BYTES32) throw new EnigmaError('NETWORK_MISMATCH', 'the Enigma contract has no network hash yet');
  const tell = options.listener ?? (() => {});
  const domain = domainOf(ledger.chainId, ledger.enigma);
  const nodes = new Nodes(options.nodes ?? [], options.nodeTimeoutMillis ?? 20_000, (realm) => ledger.nodeUrls(realm));
  const closing = new AbortController();
  return new EnigmaClient({
    ledger,
    nodes,
    subscriptions: new TaskSubscriptions(nodes, closing.signal, options.subscribe !== false),
    domain,
    networkHash,
    parameters,
    realmKeys: new RealmKeys(ledger, options.keyPatienceMillis ?? 120_000, tell),
    verifier: new TaskVerifier(ledger, domain),
    store: options.store ?? memoryStore(),
    options,
    tell,
    closing,
    authorities: new Map(),
  });
}

/**
 * One account's view of an Enigma network: opens realms, deploys and calls contracts, follows tasks to their end, moves ENG
 * as needed, and keeps what opens results in its store. Made by {@link createEnigmaClient}.
 */
export class EnigmaClient {
  readonly #parts: Parts;
  readonly #session: { readonly signer: Signer; readonly signed: SignedSession } | undefined;
  readonly #permits = new Map<string, Promise<SignedPermit>>();
  readonly #funding = new Map<Hex, Promise<void>>();
  readonly #actions: ContractActions = {
    send: (contract, call, options) => this.#send(contract, call, options),
    query: (contract, call, options) => this.#query(contract, call, options),
    code: (contract) => this.#code(contract),
    authority: async (contract) => this.#authorityOf((await this.#describe(contract)).terms),
    announceUpgrade: async (contract, bytecode) => this.#announce(contract, await this.#requireAuthority(contract), keccak256(bytecode)),
    cancelUpgrade: (contract, codeHash) => this.#cancelUpgrade(contract, codeHash),
    upgrade: (contract, request, options) => this.#upgrade(contract, request, options),
  };

  /** @internal */
  constructor(parts: Parts, session?: { readonly signer: Signer; readonly signed: SignedSession }) {
    this.#parts = parts;
    this.#session = session;
  }

  /** The account whose tasks these are; undefined for a client that only reads. */
  get address(): Address | undefined {
    return this.#session?.signed.terms.owner ?? this.#parts.ledger.signer?.address;
  }

  get enigma(): Address {
    return this.#parts.ledger.enigma;
  }

  /** The ENG token. */
  get token(): Address {
    return this.#parts.ledger.token;
  }

  get chainId(): bigint {
    return this.#parts.ledger.chainId;
  }

  /** Which network inputs are sealed for. */
  get networkHash(): Hex {
    return this.#parts.networkHash;
  }

  /** The network's parameters, as its contract has them. */
  get parameters(): Parts['parameters'] {
    return this.#parts.parameters;
  }

  /** Whether the network's enclaves are simulated, by its contract's word. */
  get isSimulated(): boolean {
    return this.#parts.parameters.mode === 0;
  }

  /** Enigma and the token at the user's own Ethereum endpoint, for reading. */
  get chain(): Pick<Ledger, 'blockNumber' | 'network' | 'forwarder' | 'realm' | 'worker' | 'epoch' | 'allocation' | 'postedTask' | 'public'> {
    return this.#parts.ledger;
  }

  /** The nodes' URLs, in the order they are asked. */
  get nodes(): readonly string[] {
    return this.#parts.nodes.urls;
  }

  get #owner(): Address {
    return this.#session?.signed.terms.owner ?? this.#parts.ledger.account;
  }

  get #signer(): Signer {
    void this.#owner;
    return this.#session?.signer ?? this.#parts.ledger.signer!;
  }

  #requireOwner(): void {
    if (this.#session !== undefined) {
      throw new EnigmaError('NOT_PERMITTED', "a session key cannot move money; use the owner's client");
    }
  }

  // ------------------------------------------------------------------------------------------------------------- money

  /** ENG of the account outside Enigma, in units of 10⁻⁸. */
  tokens(): Promise<bigint> {
    return this.#parts.ledger.tokens(this.#owner);
  }

  /** ENG of the account inside Enigma and free, in units of 10⁻⁸. */
  balance(): Promise<bigint> {
    return this.#parts.ledger.balance(this.#owner);
  }

  /** ENG set aside in a realm and not spent, in units of 10⁻⁸. */
  async allocated(realm: Hex): Promise<bigint> {
    const { allocated, charged, left } = await this.#parts.ledger.allocation(realm, this.#owner);
    return allocated - charged - left;
  }

  /** Moves ENG into Enigma: one signature and one transaction. */
  async deposit(amount: bigint): Promise<void> {
    this.#requireOwner();
    const { ledger, tell } = this.#parts;
    await this.#requireTokens(amount);
    await ledger.send('depositWithPermit', [amount, ...(await ledger.tokenPermit(amount))]);
    tell({ type: 'deposited', amount });
  }

  /** Sets ENG aside for direct tasks in a realm, depositing what is missing in the same transaction. */
  async allocate(realm: Hex, amount: bigint): Promise<void> {
    this.#requireOwner();
    const { ledger, tell } = this.#parts;
    const missing = amount - (await this.balance());
    if (missing <= 0n) {
      await ledger.send('allocate', [realm, amount]);
    } else {
      await this.#requireTokens(missing);
      const permit = await ledger.tokenPermit(missing);
      if (missing === amount) {
        await ledger.send('allocateWithPermit', [realm, amount, ...permit]);
      } else {
        await ledger.multicall([ledger.encode('depositWithPermit', [missing, ...permit]), ledger.encode('allocate', [realm, amount])]);
      }
      tell({ type: 'deposited', amount: missing });
    }
    tell({ type: 'allocated', realm, amount });
  }

  /** Takes ENG out of a realm; it is released to the balance after the network's delay, by `finishLeave`. */
  async leave(realm: Hex, amount: bigint): Promise<void> {
    this.#requireOwner();
    await this.#parts.ledger.send('leave', [realm, amount]);
  }

  async finishLeave(realm: Hex): Promise<void> {
    this.#requireOwner();
    await this.#parts.ledger.send('finishLeave', [realm]);
  }

  /** Pays ENG of the balance out to an account. */
  async withdraw(to: Address, amount: bigint): Promise<void> {
    this.#requireOwner();
    await this.#parts.ledger.send('withdraw', [to, amount]);
  }

  async #requireTokens(amount: bigint): Promise<void> {
    const tokens = await this.tokens();
    if (tokens < amount) {
      throw new EnigmaError('BALANCE_TOO_SMALL', `${this.#owner} holds ${formatEng(tokens)} ENG, ${formatEng(amount)} are wanted`);
    }
  }

  async #ensureBalance(amount: bigint): Promise<void> {
    const balance = await this.balance();
    if (balance >= amount) return;
    this.#requireFunding(amount - balance);
    await this.deposit(amount - balance);
  }

  async #ensureAllocation(realm: Hex, fee: bigint): Promise<void> {
    if (this.#session !== undefined || (await this.allocated(realm)) >= fee) return;
    // Calls that start together are paid for once.
    let funding = this.#funding.get(realm);
    if (funding === undefined) {
      funding = this.#topUp(realm, fee).finally(() => this.#funding.delete(realm));
      this.#funding.set(realm, funding);
    }
    await funding;
  }

  async #topUp(realm: Hex, fee: bigint): Promise<void> {
    this.#requireFunding(fee);
    const [tokens, balance] = await Promise.all([this.tokens(), this.balance()]);
    const affordable = (tokens + balance) / 10n;
    const generous = fee * TOP_UP_TASKS < affordable ? fee * TOP_UP_TASKS : affordable;
    await this.allocate(realm, generous > fee ? generous : fee);
  }

  #requireFunding(missing: bigint): void {
    if (this.#parts.options.fund === false) {
      throw new EnigmaError('ALLOCATION_TOO_SMALL', `${formatEng(missing)} ENG are missing, and this client was told not to move any by itself`);
    }
  }

  // ------------------------------------------------------------------------------------------------------------ realms

  /** Opens a realm of this account, draws its worker, and returns its id; the key follows within some blocks. */
  async open(options: RealmOptions = {}): Promise<Hex> {
    this.#requireOwner();
    const { ledger, tell, parameters, domain } = this.#parts;
    const salt = randomBytes32();
    const realm = realmId(domain.chainId, domain.verifyingContract, this.#owner, salt);
    const calls: Hex[] = [];
    const missing = parameters.openFee - (await this.balance());
    if (missing > 0n) {
      this.#requireFunding(missing);
      await this.#requireTokens(missing);
      calls.push(ledger.encode('depositWithPermit', [missing, ...(await ledger.tokenPermit(missing))]));
    }
    const bits = (options.resultsWaitForCommit === true ? 1 : 0) | (options.ownerPaysRenewals === true ? 2 : 0);
    calls.push(ledger.encode('open', [salt, bits]));
    try {
      await ledger.multicall([...calls, ledger.encode('assign', [realm])]);
    } catch (problem) {
      // There is no seed yet: whoever needs the key first has the worker drawn.
      if (!(problem instanceof EnigmaError) || problem.code !== 'NOT_ASSIGNED') throw problem;
      await ledger.multicall(calls);
    }
    if (missing > 0n) tell({ type: 'deposited', amount: missing });
    tell({ type: 'realm-opened', realm });
    return realm;
  }

  /**
   * Draws the worker of a realm's next tenure and pays the renewal fee, unless the owner does (rule K3). The owner may do so
   * before the tenure is over.
   *
   * @throws {@link EnigmaError} TRANSACTION_FAILED with TenureRunning and the block from which it can be renewed
   */
  async renew(realm: Hex): Promise<void> {
    this.#requireOwner();
    await this.#ensureBalance(this.#parts.parameters.renewFee);
    await this.#parts.ledger.send('renew', [realm]);
  }

  /** The key that inputs for a realm are sealed to; waits for it, telling about `key-pending`. */
  realmKey(realm: Hex): Promise<RealmKey> {
    return this.#parts.realmKeys.current(realm);
  }

  /**
   * Learns from the contract the URLs that operators published, those of the realm's workers first, so that they can be asked
   * when the given ones do not answer. The client does so by itself when none of those it knows helps.
   */
  learnNodes(realm: Hex): Promise<readonly string[]> {
    return this.#parts.nodes.learn(realm);
  }

  // --------------------------------------------------------------------------------------------------------- contracts

  /** A contract somebody deployed. */
  contract<const abi extends Abi>(location: ContractLocation<abi>): SecretContract<abi> {
    return contractHandle(location, this.#actions);
  }

  /**
   * An ordinary Ethereum contract whose callables enclaves are to run, with the code it has now. The realm is where its tasks run and are paid.
   *
   * @throws {@link EnigmaError} NO_SUCH_CONTRACT if there is no code at the address
   */
  async callable<const abi extends Abi>(location: ContractLocation<abi>): Promise<CallableContract<abi>> {
    const code = await this.#parts.ledger.public.getCode({ address: location.address });
    if (code === undefined) throw new EnigmaError('NO_SUCH_CONTRACT', `the Ethereum account ${location.address} has no code`);
    const codeHash = keccak256(code);
    return callableHandle(location, codeHash, (call, options) =>
      this.#send(location as unknown as ContractLocation, call, options, TaskKind.CALLABLE, codeHash),
    );
  }

  /**
   * Deploys a contract: opens a realm unless one is given, waits for its key, moves ENG as needed, and sends the
   * constructor's arguments sealed. The code is public.
   */
  async deploy<const abi extends Abi>(request: DeployRequest<abi>, options: CallOptions = {}): Promise<Deployment<abi>> {
    const input = encodeConstructor(request.abi, request.args as readonly unknown[] | undefined);
    const codeHash = keccak256(request.bytecode);
    const realm = request.realm ?? (await this.open(request.opening));
    const salt = randomBytes32();
    const authority = request.authority ?? ZERO_ADDRESS;
    const usualDelay = this.isSimulated ? 0n : USUAL_UPGRADE_DELAY;
    const terms = { dialect: 0, authority, delay: isAddressEqual(authority, ZERO_ADDRESS) ? 0n : (request.delay ?? usualDelay) };
    const address = contractAddress({ realm, deployer: this.#owner, salt, codeHash, ...terms });
    const location: ContractLocation<abi> = { address, realm, abi: request.abi, name: request.name };
    const { maxTaskGas } = this.#parts.parameters;
    const task = await this.#submit(
      {
        contract: location as unknown as ContractLocation,
        kind: TaskKind.DEPLOY,
        codeHash,
        input,
        call: `constructor of ${request.name ?? 'the contract'}`,
        output: undefined,
        deploy: { code: request.bytecode, dialect: numberToHex(terms.dialect), authority: terms.authority, delay: numberToHex(terms.delay) },
        salt,
      },
      { ...options, gasLimit: options.gasLimit ?? (DEFAULT_DEPLOY_GAS < maxTaskGas ? DEFAULT_DEPLOY_GAS : maxTaskGas) },
    );
    const upgrader = this.#authorityOf(terms);
    this.#parts.authorities.set(placeOf(location), Promise.resolve(upgrader));
    if (upgrader !== undefined) this.#parts.tell({ type: 'code-may-change', contract: address, authority: upgrader });
    return { contract: contractHandle(location, this.#actions), task: task as Task<undefined> };
  }

  // ---------------------------------------------------------------------------------------------------------- upgrades

  #authorityOf(terms: Pick<ContractTerms, 'authority' | 'delay'> | undefined): UpgradeAuthority | undefined {
    return authorityOf(terms, this.#parts.parameters.minUpgradeDelay);
  }

  /** What the address commits to, and the code that runs now. */
  async #describe(contract: ContractLocation): Promise<{ terms: ContractTerms | undefined; codeHash: Hex | undefined }> {
    const description = decodeDescription((await this.#ask(contract, ZERO_ADDRESS, CONTRACT_QUESTION)).plaintext);
    return {
      terms: checkedTerms(contract.realm, contract.address, description),
      codeHash: description.kind === 'deployed' ? description.codeHash : undefined,
    };
  }

  async #code(contract: ContractLocation): Promise<ContractCode> {
    const { ledger } = this.#parts;
    const { terms, codeHash } = await this.#describe(contract);
    const authority = this.#authorityOf(terms);
    const events = authority === undefined ? [] : await ledger.upgradeEvents(contract.realm, contract.address, authority.account);
    return { terms, codeHash, authority, upgrades: upgradeHistory(contract.address, events, await ledger.blockNumber()) };
  }

  /** The terms of a contract that this account is about to change. */
  async #requireAuthority(contract: ContractLocation): Promise<ContractTerms> {
    this.#requireOwner();
    const { terms } = await this.#describe(contract);
    const authority = this.#authorityOf(terms);
    if (terms === undefined || authority === undefined) {
      throw new EnigmaError('UPGRADE_NOT_ALLOWED', `${contract.name ?? contract.address} was deployed without an authority: nobody can upgrade it`);
    }
    if (!isAddressEqual(authority.account, this.#owner)) {
      throw new EnigmaError('UPGRADE_NOT_ALLOWED', `only ${authority.account} may upgrade ${contract.name ?? contract.address}, not ${this.#owner}`);
    }
    return terms;
  }

  async #announce(contract: ContractLocation, terms: ContractTerms, codeHash: Hex): Promise<bigint> {
    const { ledger, tell } = this.#parts;
    const before = await ledger.upgradeReadyAt(contract.realm, contract.address, codeHash);
    if (before !== undefined) return before;
    await ledger.send('postUpgrade', [terms, codeHash]);
    const readyAt = await ledger.upgradeReadyAt(contract.realm, contract.address, codeHash);
    if (readyAt === undefined) throw new EnigmaError('CHAIN_REORGANISED', 'the announcement is not on the chain any more');
    tell({ type: 'upgrade-announced', contract: contract.address, codeHash, readyAt });
    return readyAt;
  }

  async #cancelUpgrade(contract: ContractLocation, codeHash: Hex): Promise<void> {
    const { ledger } = this.#parts;
    await this.#requireAuthority(contract);
    if ((await ledger.upgradeReadyAt(contract.realm, contract.address, codeHash)) === undefined) {
      throw new EnigmaError('UPGRADE_NOT_READY', `code ${codeHash} is not announced for ${contract.name ?? contract.address}`);
    }
    await ledger.send('cancelUpgrade', [contract.realm, contract.address, codeHash]);
  }

  async #upgrade<next extends Abi>(contract: ContractLocation, request: UpgradeRequest<next>, options: CallOptions): Promise<Deployment<next>> {
    const { ledger, parameters } = this.#parts;
    this.#requireGasLimit(options.gasLimit);
    const input = encodeConstructor(request.abi, request.args as readonly unknown[] | undefined);
    const codeHash = keccak256(request.bytecode);
    const terms = await this.#requireAuthority(contract);
    const readyAt = await this.#announce(contract, terms, codeHash);
    if ((await ledger.blockNumber()) < readyAt) {
      throw new EnigmaError('UPGRADE_NOT_READY', `the new code is announced; it can be carried out from block ${readyAt} on`);
    }
    const name = request.name ?? contract.name;
    const location: ContractLocation<next> = { address: contract.address, realm: contract.realm, abi: request.abi, name };
    const { maxTaskGas } = parameters;
    const task = await this.#submit(
      {
        contract: location as unknown as ContractLocation,
        kind: TaskKind.UPGRADE,
        codeHash,
        input,
        call: `constructor of ${name ?? 'the new code'}`,
        output: undefined,
        deploy: { code: request.bytecode, dialect: numberToHex(terms.dialect), authority: ZERO_ADDRESS, delay: numberToHex(0) },
        salt: randomBytes32(),
      },
      { ...options, route: 'posted', gasLimit: options.gasLimit ?? (DEFAULT_DEPLOY_GAS < maxTaskGas ? DEFAULT_DEPLOY_GAS : maxTaskGas) },
    );
    return { contract: contractHandle(location, this.#actions), task: task as Task<undefined> };
  }

  /** Something is about to be sent to a contract: does what the options say about one whose code somebody else may change. */
  async #look(contract: ContractLocation): Promise<void> {
    const { authorities, options, tell } = this.#parts;
    const policy = options.upgradable ?? 'warn';
    if (policy === 'accept') return;
    const isOther = (authority: UpgradeAuthority | undefined): authority is UpgradeAuthority =>
      authority !== undefined && (this.address === undefined || !isAddressEqual(authority.account, this.address));
    const place = placeOf(contract);
    let looking = authorities.get(place);
    if (looking === undefined) {
      looking = this.#actions.authority(contract).then((authority) => {
        if (policy === 'warn' && isOther(authority)) tell({ type: 'code-may-change', contract: contract.address, authority });
        return authority;
      });
      authorities.set(place, looking);
      // Whoever sends the next one is told.
      looking.catch(() => authorities.delete(place));
    }
    if (policy === 'refuse') {
      const authority = await looking;
      if (isOther(authority)) throw new EnigmaError('CODE_MAY_CHANGE', `nothing was sent to ${contract.name ?? contract.address}: ${upgradeWarning(authority)}`);
      return;
    }
    // A warning holds up what it warns of for so long and no longer; then it comes when it comes.
    const over = new AbortController();
    await Promise.race([looking.catch(() => undefined), pause(WARNING_PATIENCE, over.signal)]);
    over.abort();
  }

  // ------------------------------------------------------------------------------------------------------------- tasks

  async #send(
    contract: ContractLocation,
    call: EncodedCall,
    options: CallOptions,
    kind: TaskKind = TaskKind.CALL,
    codeHash: Hex = ZERO_BYTES32,
  ): Promise<Task> {
    if (kind === TaskKind.CALL) await this.#look(contract);
    return this.#submit(
      {
        contract,
        kind,
        codeHash,
        input: call.input,
        call: call.signature,
        output: call.item,
        deploy: undefined,
        salt: randomBytes32(),
      },
      options,
    );
  }

  async #submit(
    request: TaskRequest,
    options: CallOptions,
  ): Promise<Task> {
    const { parameters, realmKeys, store, tell } = this.#parts;
    const sentAt = Date.now();
    this.#requireGasLimit(options.gasLimit);
    const { realm } = request.contract;
    const posted = options.route === 'posted';
    if (posted) this.#requireOwner();
    const key = await realmKeys.current(realm);
    const prepared = await this.#seal(request, options, key, sentAt, posted);
    const { taskId, order } = prepared;
    const fee = feeOf(order.gasLimit, order.gasPrice);
    if (posted) await this.#ensureBalance(fee + parameters.postFee);
    else await this.#ensureAllocation(realm, fee);

    // Before anything leaves: what is sent can be opened, whatever happens to this page.
    let { record } = prepared;
    if (!posted) {
      const signature = await this.#signer.sign(typedMessage(this.#parts.domain, 'TaskOrder', order));
      record = { ...record, submission: { ...record.submission, signature } };
    }
    await store.set(taskKey(taskId), JSON.stringify(record));
    const task = new Task(taskId, realm, sentAt, this.#parts.options.patienceMillis ?? 120_000);
    tell({ type: 'sent', taskId, target: request.contract.address, posted });
    try {
      if (posted) await this.#post(order, record);
      else record = await this.#sendDirect(prepared, record, options, fee);
    } catch (problem) {
      await store.delete(taskKey(taskId));
      throw problem;
    }
    task.move('ACCEPTED', undefined);
    this.#follow(task, record);
    return task;
  }

  /** Refused here, before any money moves. */
  #requireGasLimit(limit: bigint | undefined): void {
    const { maxTaskGas, baseGas } = this.#parts.parameters;
    if (limit === undefined) return;
    if (limit > maxTaskGas) throw new EnigmaError('GAS_LIMIT_TOO_HIGH', `the gas limit ${limit} is above the network's largest, ${maxTaskGas}`);
    if (limit < BigInt(baseGas)) throw new EnigmaError('GAS_LIMIT_TOO_LOW', `the gas limit ${limit} is below what every task costs, ${baseGas}`);
  }

  async #seal(
    request: TaskRequest,
    options: CallOptions,
    key: RealmKey,
    sentAt: number,
    posted: boolean,
  ): Promise<Prepared> {
    const { networkHash, parameters, ledger, domain } = this.#parts;
    const { realm, address: target, abi } = request.contract;
    const context = { realm, target, kind: request.kind, sender: this.#owner, salt: request.salt, codeHash: request.codeHash };
    const { envelope, response } = await sealEnvelope(key, networkHash, context, hexToBytes(request.input));
    const most = posted ? MAXIMUM_POSTED : MAXIMUM_DIRECT;
    if (size(envelope) > most) throw new EnigmaError('INPUT_TOO_LARGE', `the sealed input has ${size(envelope)} bytes, at most ${most} are taken`);
    const life = options.lifeBlocks ?? Math.max(1, Math.floor((parameters.maxOrderBlocks * 4) / 5));
    if (!Number.isInteger(life) || life < 1) throw new EnigmaError('INVALID_ARGUMENT', 'lifeBlocks must be a whole number above 0');
    const order: TaskOrder = {
      ...context,
      inputHash: keccak256(envelope),
      gasLimit: options.gasLimit ?? (DEFAULT_CALL_GAS < parameters.maxTaskGas ? DEFAULT_CALL_GAS : parameters.maxTaskGas),
      gasPrice: options.gasPrice ?? parameters.minGasPrice,
      expiry: (await ledger.blockNumber()) + BigInt(life),
    };
    const json = orderJson(order);
    const session = this.#session === undefined ? undefined : sessionJson(this.#session.signed);
    return {
      taskId: taskIdOf(domain, order),
      order,
      envelope,
      record: {
        order: json,
        response,
        call: request.call,
        output: request.output ?? null,
        // The errors are needed for the reason of a revert, the rest is not.
        abi: abi.filter((item) => item.type === 'error'),
        sentAt,
        submission: {
          order: json,
          envelope,
          ...(request.deploy === undefined ? {} : { deploy: request.deploy }),
          ...(session === undefined ? {} : { session }),
        },
        posted,
      },
    };
  }

  /** Posts an order; code that travels beside it, and then its envelope too, goes to the nodes. */
  async #post(order: TaskOrder, record: TaskRecord): Promise<void> {
    const { ledger } = this.#parts;
    if (record.submission.deploy === undefined) {
      await ledger.post(order, record.submission.envelope);
    } else {
      await ledger.post(order);
      await this.#handOverCode(record);
    }
  }

  /** What is on Ethereum is paid for: nobody gives up at the first silence. A node may also see the block later than this client. */
  async #handOverCode(record: TaskRecord): Promise<void> {
    const { nodes, options, closing } = this.#parts;
    const { order, envelope, deploy } = record.submission;
    const end = Date.now() + (options.patienceMillis ?? 120_000);
    for (;;) {
      try {
        await nodes.ask('enigma_submit', { order, envelope, ...(deploy === undefined ? {} : { deploy }) });
        return;
      } catch (problem) {
        const later = anotherMayHelp(problem) || (problem instanceof EnigmaError && problem.code === 'TASK_CLOSED');
        if (!later || Date.now() > end || closing.signal.aborted) throw problem;
        await pause(HANDING_OVER, closing.signal);
      }
    }
  }

  /** How a node that has never heard of a task gets it. */
  #resubmission(taskId: Hex, record: TaskRecord): (() => Promise<void>) | undefined {
    if (!record.posted) return () => this.#handOver(taskId, record);
    return record.submission.deploy === undefined ? undefined : () => this.#handOverCode(record);
  }

  async #sendDirect(prepared: Prepared, record: TaskRecord, options: CallOptions, fee: bigint): Promise<TaskRecord> {
    const { realmKeys, tell, parameters, store } = this.#parts;
    const { taskId, order } = prepared;
    try {
      await this.#handOver(taskId, record);
      return record;
    } catch (problem) {
      if (!(problem instanceof EnigmaError)) throw problem;
      if (problem.code === 'WRONG_TENURE') realmKeys.forget(order.realm);
      if (options.route !== 'direct-else-posted' || !anotherMayHelp(problem) || order.kind === TaskKind.DEPLOY || this.#session !== undefined) {
        throw problem;
      }
      tell({ type: 'not-accepted', taskId, reason: problem.message, next: 'posted on Ethereum' });
      await this.#ensureBalance(fee + parameters.postFee);
      await this.#post(order, record);
      const now = { ...record, posted: true };
      await store.set(taskKey(taskId), JSON.stringify(now));
      return now;
    }
  }

  /** Hands an order to the nodes, one after the other, and checks the holder's acceptance. */
  async #handOver(taskId: Hex, record: TaskRecord): Promise<void> {
    const { nodes, verifier, tell } = this.#parts;
    const { acceptance } = await nodes.ask('enigma_submit', record.submission, (_, problem) =>
      tell({ type: 'not-accepted', taskId, reason: problem.message, next: 'next node' }),
    );
    if (acceptance === undefined) throw badProof('there is no acceptance');
    await verifier.verifyAcceptance(record.order.realm, taskId, BigInt(acceptance.headerNumber), acceptance.signature);
  }

  #follow(task: Task, record: TaskRecord): void {
    const { ledger, nodes, subscriptions, verifier, parameters, closing, store, tell } = this.#parts;
    task.on('progress', (progress) => tell({ type: 'moved', progress }));
    task.on('delay', (delay) => tell({ type: 'delayed', taskId: task.taskId, delay }));
    let remembered = false;
    task.on('progress', ({ result }) => {
      if (remembered || result?.outcome !== 'EXECUTED' || result.failure !== undefined) return;
      remembered = true;
      void this.#rememberGas(record, result.gasUsed);
    });
    const open: OpenTask = {
      taskId: task.taskId,
      response: record.response,
      gasPrice: BigInt(record.order.gasPrice),
      call: record.call,
      output: record.output ?? undefined,
      abi: record.abi,
    };
    void follow(
      {
        ledger,
        nodes,
        subscriptions,
        verifier,
        maxBatchAge: BigInt(parameters.maxBatchAge),
        maxOrderBlocks: BigInt(parameters.maxOrderBlocks),
        failoverBlocks: BigInt(parameters.failoverBlocks),
        simulated: this.isSimulated,
        signal: closing.signal,
      },
      {
        task,
        open,
        expiry: BigInt(record.order.expiry),
        resubmit: this.#resubmission(task.taskId, record),
        forget: async () => {
          if (this.#parts.options.keepDone === true) await store.set(doneKey(task.taskId), JSON.stringify(record));
          await store.delete(taskKey(task.taskId));
        },
      },
    );
  }

  async #rememberGas(record: TaskRecord, gasUsed: bigint): Promise<void> {
    const { store } = this.#parts;
    const key = gasKey(record.order.target, record.call);
    try {
      if (BigInt((await store.get(key)) ?? 0) < gasUsed) await store.set(key, gasUsed.toString());
    } catch {
      // It is only a hint: a store that is full or gone ends no task.
      return;
    }
  }

  /**
   * A gas limit for a call, from what this store's past calls of the same function used, with a quarter more; undefined if
   * there were none. Nobody can estimate gas on secret state: another input may need more.
   *
   * @param signature such as `submit(uint256)`
   */
  async gasOfPastCalls(contract: Address, signature: string): Promise<bigint | undefined> {
    const { store, parameters } = this.#parts;
    const most = await store.get(gasKey(contract, signature));
    if (most === undefined) return undefined;
    const limit = BigInt(most) + BigInt(most) / 4n + 1n;
    return limit < parameters.maxTaskGas ? limit : parameters.maxTaskGas;
  }

  /**
   * Goes on with a task of this client's store, after a reload or restart. An order that had not reached a node is handed
   * over again.
   *
   * @throws {@link EnigmaError} UNKNOWN_TASK when the store does not have it
   */
  async resume<Value = unknown>(taskId: Hex): Promise<Task<Value>> {
    const text = await this.#parts.store.get(taskKey(taskId));
    if (text === undefined) throw new EnigmaError('UNKNOWN_TASK', `the store has no task ${taskId}`);
    const record = JSON.parse(text) as TaskRecord;
    const task = new Task<Value>(taskId, record.order.realm, record.sentAt, this.#parts.options.patienceMillis ?? 120_000);
    this.#follow(task, record);
    return task;
  }

  /** The tasks of this account that were sent and are not known to be final, oldest first. */
  async unfinished(): Promise<{ taskId: Hex; realm: Hex; target: Address; call: string; sentAt: Date }[]> {
    const { store } = this.#parts;
    const found = [];
    for (const key of await store.keys(TASK_PREFIX)) {
      const text = await store.get(key);
      if (text === undefined) continue;
      const { order, call, sentAt } = JSON.parse(text) as TaskRecord;
      if (this.address !== undefined && !isAddressEqual(order.sender, this.address)) continue;
      found.push({ taskId: key.slice(TASK_PREFIX.length) as Hex, realm: order.realm, target: order.target, call, sentAt: new Date(sentAt) });
    }
    return found.sort((a, b) => a.sentAt.getTime() - b.sentAt.getTime());
  }

  // ----------------------------------------------------------------------------------------------------------- queries

  async #query(contract: ContractLocation, call: EncodedCall, options: ReadOptions): Promise<QueryResult> {
    await this.#look(contract);
    const named = options.as === undefined ? this.address !== undefined : options.as === 'owner';
    const permit = named ? await this.#permit(contract) : undefined;
    const sender = permit?.permit.owner ?? ZERO_ADDRESS;
    const answer = await this.#ask(contract, sender, encodeQueryPayload(permit, call.input));
    const { failure, output, console: lines } = decodeCallResult(answer.plaintext);
    if (failure !== undefined) throw new EnigmaError(failure, failureReason(call.signature, failure, contract.abi, output));
    return {
      value: decodeOutput(call.item, output),
      sequence: answer.sequence,
      stateHash: answer.stateHash,
      console: lines.map(consoleLine),
    };
  }

  /** Asks the holder's enclave something sealed. */
  async #ask(contract: ContractLocation, sender: Address, payload: Hex): Promise<{ plaintext: Hex; sequence: bigint; stateHash: Hex }> {
    const { networkHash, realmKeys, nodes, domain } = this.#parts;
    const key = await realmKeys.current(contract.realm);
    const salt = randomBytes32();
    const context = { realm: contract.realm, target: contract.address, kind: TaskKind.QUERY, sender, salt, codeHash: ZERO_BYTES32 };
    const { envelope, response } = await sealEnvelope(key, networkHash, context, hexToBytes(payload));
    const answer = await nodes.ask('enigma_query', { realm: contract.realm, target: contract.address, sender, salt, envelope });
    const id = taskIdOf(domain, { ...context, inputHash: keccak256(envelope), gasLimit: 0n, gasPrice: 0n, expiry: 0n });
    return { plaintext: await openResult(response, id, answer.result), sequence: BigInt(answer.sequence), stateHash: answer.stateHash };
  }

  /** One signature a day for each contract, not one for each query. */
  async #permit(contract: ContractLocation): Promise<SignedPermit> {
    const { sessionEpoch } = await this.#parts.ledger.allocation(contract.realm, this.#owner);
    const id = `${contract.realm}/${contract.address.toLowerCase()}/${sessionEpoch}`;
    const known = await this.#permits.get(id)?.catch(() => undefined);
    if (known !== undefined && Number(known.permit.notAfter) - PERMIT_MARGIN_SECONDS > Date.now() / 1000) return known;
    const signing = this.#signPermit(contract, sessionEpoch);
    this.#permits.set(id, signing);
    return signing;
  }

  async #signPermit(contract: ContractLocation, epoch: number): Promise<SignedPermit> {
    const permit = {
      owner: this.#owner,
      realm: contract.realm,
      target: contract.address,
      notAfter: BigInt(Math.floor(Date.now() / 1000) + PERMIT_SECONDS),
      label: `Query ${contract.name ?? contract.address}`,
      epoch,
    };
    const signature = await this.#signer.sign(typedMessage(this.#parts.domain, 'Permit', permit));
    return { permit, signature, session: this.#session?.signed };
  }

  // ---------------------------------------------------------------------------------------------------------- sessions

  /**
   * A client whose orders and permits in one realm are signed by a fresh session key: the wallet is asked once, now, and not
   * again. The key is kept in the store, for {@link EnigmaClient.restoreSession}.
   */
  async session(options: SessionOptions): Promise<EnigmaClient> {
    this.#requireOwner();
    const { ledger, domain, store } = this.#parts;
    const privateKey = generatePrivateKey();
    const account = privateKeyToAccount(privateKey);
    const terms: SessionTerms = {
      owner: this.#owner,
      key: account.address,
      realm: options.realm,
      notAfter: BigInt(Math.floor(Date.now() / 1000) + (options.validSeconds ?? 3600)),
      maxFee: options.maxFee,
      epoch: (await ledger.allocation(options.realm, this.#owner)).sessionEpoch,
    };
    const signature = await this.#signer.sign(typedMessage(domain, 'SessionKey', terms));
    const record: SessionRecord = {
      privateKey,
      terms: { ...terms, notAfter: terms.notAfter.toString(), maxFee: terms.maxFee.toString() },
      signature,
    };
    await store.set(sessionKey(options.realm, this.#owner), JSON.stringify(record));
    return new EnigmaClient(this.#parts, { signer: localSigner(account), signed: { terms, signature } });
  }

  /** The session of an earlier page in this realm, if its key is still valid. */
  async restoreSession(realm: Hex): Promise<EnigmaClient | undefined> {
    this.#requireOwner();
    const { ledger, store } = this.#parts;
    const owner = this.#owner;
    const text = await store.get(sessionKey(realm, owner));
    if (text === undefined) return undefined;
    const { privateKey, terms, signature } = JSON.parse(text) as SessionRecord;
    const { sessionEpoch } = await ledger.allocation(realm, owner);
    if (sessionEpoch !== terms.epoch || Number(terms.notAfter) <= Date.now() / 1000) {
      await store.delete(sessionKey(realm, owner));
      return undefined;
    }
    return new EnigmaClient(this.#parts, {
      signer: localSigner(privateKeyToAccount(privateKey)),
      signed: { terms: { ...terms, notAfter: BigInt(terms.notAfter), maxFee: BigInt(terms.maxFee) }, signature },
    });
  }

  /** Makes every session key and permit of this account in the realm void. */
  async revokeSessions(realm: Hex): Promise<void> {
    this.#requireOwner();
    await this.#parts.ledger.send('revokeSessions', [realm]);
    await this.#parts.store.delete(sessionKey(realm, this.#owner));
  }

  /** Stops following tasks; they go on and can be resumed from the store. */
  close(): void {
    this.#parts.closing.abort();
  }
}

const placeOf = ({ realm, address }: Pick<ContractLocation, 'realm' | 'address'>) => `${realm}/${address.toLowerCase()}`;
const TASK_PREFIX = 'task/';
const taskKey = (taskId: Hex) => `${TASK_PREFIX}${taskId.toLowerCase()}`;
const gasKey = (contract: Address, signature: string) => `gas/${contract.toLowerCase()}/${signature}`;
const doneKey = (taskId: Hex) => `done/${taskId.toLowerCase()}`;

/**
 * What a client's store keeps of a task, under way or over: the text of the record that opens its result. It holds a secret.
 *
 * @param store the one the client was given
 */
export async function keptRecord(store: SecretStore, taskId: Hex): Promise<string | undefined> {
  return (await store.get(taskKey(taskId))) ?? (await store.get(doneKey(taskId)));
}
const sessionKey = (realm: Hex, owner: Address) => `session/${realm.toLowerCase()}/${owner.toLowerCase()}`;

const orderJson = (order: TaskOrder): rpc.Order => ({
  sender: order.sender,
  realm: order.realm,
  target: order.target,
  kind: numberToHex(order.kind),
  codeHash: order.codeHash,
  inputHash: order.inputHash,
  gasLimit: numberToHex(order.gasLimit),
  gasPrice: numberToHex(order.gasPrice),
  expiry: numberToHex(order.expiry),
  salt: order.salt,
});

const sessionJson = ({ terms, signature }: SignedSession): NonNullable<Submission['session']> => ({
  owner: terms.owner,
  key: terms.key,
  realm: terms.realm,
  notAfter: numberToHex(terms.notAfter),
  maxFee: numberToHex(terms.maxFee),
  epoch: numberToHex(terms.epoch),
  signature,
});
