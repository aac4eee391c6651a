import { isAddressEqual, keccak256, numberToHex, type Abi, type Address, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { callableHandle, type CallableContract } from './callable.js';
import { CodeWatch } from './code-watch.js';
import { Account, type Connection } from './connection.js';
import {
  contractHandle,
  encodeConstructor,
  type CallOptions,
  type ContractActions,
  type ContractLocation,
  type Deployment,
  type EncodedCall,
  type SecretContract,
  type UpgradeRequest,
} from './contract.js';
import { EnigmaError } from './errors.js';
import { Ledger, localSigner, type Signer } from './ledger.js';
import { Nodes } from './nodes.js';
import type { DeployRequest, EnigmaClientOptions, RealmOptions, SessionOptions } from './options.js';
import { Orders } from './orders.js';
import { CONTRACT_QUESTION, decodeDescription } from './protocol/description.js';
import type { RealmKey } from './protocol/envelope.js';
import { contractAddress, randomBytes32, realmId, ZERO_ADDRESS, ZERO_BYTES32, type ContractTerms } from './protocol/ids.js';
import { domainOf, TaskKind, typedMessage, type SessionTerms } from './protocol/messages.js';
import type { SignedSession } from './protocol/query.js';
import { Purse } from './purse.js';
import { Questions } from './questions.js';
import { RealmKeys } from './realm-keys.js';
import { memoryStore } from './store.js';
import { TaskSubscriptions } from './subscriptions.js';
import type { Task } from './task.js';
import { authorityOf, checkedTerms, upgradeHistory, type ContractCode, type UpgradeAuthority } from './upgrades.js';
import { TaskVerifier } from './verifier.js';

const DEFAULT_DEPLOY_GAS = 30_000_000n;
/** A week of Ethereum's blocks. */
const USUAL_UPGRADE_DELAY = 50_400n;

interface SessionRecord {
  readonly privateKey: Hex;
  readonly terms: { readonly owner: Address; readonly key: Address; readonly realm: Hex; readonly notAfter: string; readonly maxFee: string; readonly epoch: number };
  readonly signature: Hex;
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
  const connection: Connection = {
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
  };
  return new EnigmaClient(connection, new Account(ledger));
}

/**
 * One account's view of an Enigma network: opens realms, deploys and calls contracts, follows tasks to their end, moves ENG
 * as needed, and keeps what opens results in its store. Made by {@link createEnigmaClient}.
 */
export class EnigmaClient {
  readonly #connection: Connection;
  readonly #account: Account;
  readonly #purse: Purse;
  readonly #orders: Orders;
  readonly #questions: Questions;
  readonly #codeWatch: CodeWatch;
  readonly #actions: ContractActions = {
    send: (contract, call, options) => this.#send(contract, call, options),
    query: async (contract, call, options) => {
      await this.#codeWatch.look(contract);
      return this.#questions.query(contract, call, options);
    },
    code: (contract) => this.#code(contract),
    authority: async (contract) => this.#authorityOf((await this.#describe(contract)).terms),
    announceUpgrade: async (contract, bytecode) => this.#announce(contract, await this.#requireAuthority(contract), keccak256(bytecode)),
    cancelUpgrade: (contract, codeHash) => this.#cancelUpgrade(contract, codeHash),
    upgrade: (contract, request, options) => this.#upgrade(contract, request, options),
  };

  /** @internal */
  constructor(connection: Connection, account: Account) {
    this.#connection = connection;
    this.#account = account;
    this.#purse = new Purse(connection, account);
    this.#orders = new Orders(connection, account, this.#purse);
    this.#questions = new Questions(connection, account);
    this.#codeWatch = new CodeWatch(connection, account, this.#actions.authority);
  }

  /** The account whose tasks these are; undefined for a client that only reads. */
  get address(): Address | undefined {
    return this.#account.address;
  }

  get enigma(): Address {
    return this.#connection.ledger.enigma;
  }

  /** The ENG token. */
  get token(): Address {
    return this.#connection.ledger.token;
  }

  get chainId(): bigint {
    return this.#connection.ledger.chainId;
  }

  /** Which network inputs are sealed for. */
  get networkHash(): Hex {
    return this.#connection.networkHash;
  }

  /** The network's parameters, as its contract has them. */
  get parameters(): Connection['parameters'] {
    return this.#connection.parameters;
  }

  /** Whether the network's enclaves are simulated, by its contract's word. */
  get isSimulated(): boolean {
    return this.#connection.parameters.mode === 0;
  }

  /** Enigma and the token at the user's own Ethereum endpoint, for reading. */
  get chain(): Pick<Ledger, 'blockNumber' | 'network' | 'forwarder' | 'realm' | 'worker' | 'epoch' | 'allocation' | 'postedTask' | 'public'> {
    return this.#connection.ledger;
  }

  /** The nodes' URLs, in the order they are asked. */
  get nodes(): readonly string[] {
    return this.#connection.nodes.urls;
  }

  // ------------------------------------------------------------------------------------------------------------- money

  /** ENG of the account outside Enigma, in units of 10⁻⁸. */
  tokens(): Promise<bigint> {
    return this.#purse.tokens();
  }

  /** ENG of the account inside Enigma and free, in units of 10⁻⁸. */
  balance(): Promise<bigint> {
    return this.#purse.balance();
  }

  /** ENG set aside in a realm and not spent, in units of 10⁻⁸. */
  allocated(realm: Hex): Promise<bigint> {
    return this.#purse.allocated(realm);
  }

  /** Moves ENG into Enigma: one signature and one transaction. */
  deposit(amount: bigint): Promise<void> {
    return this.#purse.deposit(amount);
  }

  /** Sets ENG aside for direct tasks in a realm, depositing what is missing in the same transaction. */
  allocate(realm: Hex, amount: bigint): Promise<void> {
    return this.#purse.allocate(realm, amount);
  }

  /** Takes ENG out of a realm; it is released to the balance after the network's delay, by `finishLeave`. */
  leave(realm: Hex, amount: bigint): Promise<void> {
    return this.#purse.leave(realm, amount);
  }

  finishLeave(realm: Hex): Promise<void> {
    return this.#purse.finishLeave(realm);
  }

  /** Pays ENG of the balance out to an account. */
  withdraw(to: Address, amount: bigint): Promise<void> {
    return this.#purse.withdraw(to, amount);
  }

  // ------------------------------------------------------------------------------------------------------------ realms

  /** Opens a realm of this account, draws its worker, and returns its id; the key follows within some blocks. */
  async open(options: RealmOptions = {}): Promise<Hex> {
    this.#account.requireOwner();
    const { ledger, tell, parameters, domain } = this.#connection;
    const salt = randomBytes32();
    const realm = realmId(domain.chainId, domain.verifyingContract, this.#account.owner, salt);
    const calls: Hex[] = [];
    const missing = parameters.openFee - (await this.balance());
    if (missing > 0n) {
      this.#purse.requireFunding(missing);
      await this.#purse.requireTokens(missing);
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
    this.#account.requireOwner();
    await this.#purse.ensureBalance(this.#connection.parameters.renewFee);
    await this.#connection.ledger.send('renew', [realm]);
  }

  /** The key that inputs for a realm are sealed to; waits for it, telling about `key-pending`. */
  realmKey(realm: Hex): Promise<RealmKey> {
    return this.#connection.realmKeys.current(realm);
  }

  /**
   * Learns from the contract the URLs that operators published, those of the realm's workers first, so that they can be asked
   * when the given ones do not answer. The client does so by itself when none of those it knows helps.
   */
  learnNodes(realm: Hex): Promise<readonly string[]> {
    return this.#connection.nodes.learn(realm);
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
    const code = await this.#connection.ledger.public.getCode({ address: location.address });
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
    const address = contractAddress({ realm, deployer: this.#account.owner, salt, codeHash, ...terms });
    const location: ContractLocation<abi> = { address, realm, abi: request.abi, name: request.name };
    const { maxTaskGas } = this.#connection.parameters;
    const task = await this.#orders.submit(
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
    this.#codeWatch.deployed(location, upgrader);
    return { contract: contractHandle(location, this.#actions), task: task as Task<undefined> };
  }

  // ---------------------------------------------------------------------------------------------------------- upgrades

  #authorityOf(terms: Pick<ContractTerms, 'authority' | 'delay'> | undefined): UpgradeAuthority | undefined {
    return authorityOf(terms, this.#connection.parameters.minUpgradeDelay);
  }

  /** What the address commits to, and the code that runs now. */
  async #describe(contract: ContractLocation): Promise<{ terms: ContractTerms | undefined; codeHash: Hex | undefined }> {
    const description = decodeDescription((await this.#questions.ask(contract, ZERO_ADDRESS, CONTRACT_QUESTION)).plaintext);
    return {
      terms: checkedTerms(contract.realm, contract.address, description),
      codeHash: description.kind === 'deployed' ? description.codeHash : undefined,
    };
  }

  async #code(contract: ContractLocation): Promise<ContractCode> {
    const { ledger } = this.#connection;
    const { terms, codeHash } = await this.#describe(contract);
    const authority = this.#authorityOf(terms);
    const events = authority === undefined ? [] : await ledger.upgradeEvents(contract.realm, contract.address, authority.account);
    return { terms, codeHash, authority, upgrades: upgradeHistory(contract.address, events, await ledger.blockNumber()) };
  }

  /** The terms of a contract that this account is about to change. */
  async #requireAuthority(contract: ContractLocation): Promise<ContractTerms> {
    this.#account.requireOwner();
    const { terms } = await this.#describe(contract);
    const authority = this.#authorityOf(terms);
    if (terms === undefined || authority === undefined) {
      throw new EnigmaError('UPGRADE_NOT_ALLOWED', `${contract.name ?? contract.address} was deployed without an authority: nobody can upgrade it`);
    }
    if (!isAddressEqual(authority.account, this.#account.owner)) {
      throw new EnigmaError('UPGRADE_NOT_ALLOWED', `only ${authority.account} may upgrade ${contract.name ?? contract.address}, not ${this.#account.owner}`);
    }
    return terms;
  }

  async #announce(contract: ContractLocation, terms: ContractTerms, codeHash: Hex): Promise<bigint> {
    const { ledger, tell } = this.#connection;
    const before = await ledger.upgradeReadyAt(contract.realm, contract.address, codeHash);
    if (before !== undefined) return before;
    await ledger.send('postUpgrade', [terms, codeHash]);
    const readyAt = await ledger.upgradeReadyAt(contract.realm, contract.address, codeHash);
    if (readyAt === undefined) throw new EnigmaError('CHAIN_REORGANISED', 'the announcement is not on the chain any more');
    tell({ type: 'upgrade-announced', contract: contract.address, codeHash, readyAt });
    return readyAt;
  }

  async #cancelUpgrade(contract: ContractLocation, codeHash: Hex): Promise<void> {
    const { ledger } = this.#connection;
    await this.#requireAuthority(contract);
    if ((await ledger.upgradeReadyAt(contract.realm, contract.address, codeHash)) === undefined) {
      throw new EnigmaError('UPGRADE_NOT_READY', `code ${codeHash} is not announced for ${contract.name ?? contract.address}`);
    }
    await ledger.send('cancelUpgrade', [contract.realm, contract.address, codeHash]);
  }

  async #upgrade<next extends Abi>(contract: ContractLocation, request: UpgradeRequest<next>, options: CallOptions): Promise<Deployment<next>> {
    const { ledger, parameters } = this.#connection;
    this.#orders.requireGasLimit(options.gasLimit);
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
    const task = await this.#orders.submit(
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

  // ------------------------------------------------------------------------------------------------------------- tasks

  async #send(
    contract: ContractLocation,
    call: EncodedCall,
    options: CallOptions,
    kind: TaskKind = TaskKind.CALL,
    codeHash: Hex = ZERO_BYTES32,
  ): Promise<Task> {
    if (kind === TaskKind.CALL) await this.#codeWatch.look(contract);
    return this.#orders.submit(
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

  /**
   * A gas limit for a call, from what this store's past calls of the same function used, with a quarter more; undefined if
   * there were none. Nobody can estimate gas on secret state: another input may need more.
   *
   * @param signature such as `submit(uint256)`
   */
  gasOfPastCalls(contract: Address, signature: string): Promise<bigint | undefined> {
    return this.#orders.gasOfPastCalls(contract, signature);
  }

  /**
   * Goes on with a task of this client's store, after a reload or restart. An order that had not reached a node is handed
   * over again.
   *
   * @throws {@link EnigmaError} UNKNOWN_TASK when the store does not have it
   */
  resume<Value = unknown>(taskId: Hex): Promise<Task<Value>> {
    return this.#orders.resume(taskId);
  }

  /** The tasks of this account that were sent and are not known to be final, oldest first. */
  unfinished(): Promise<{ taskId: Hex; realm: Hex; target: Address; call: string; sentAt: Date }[]> {
    return this.#orders.unfinished();
  }

  // ---------------------------------------------------------------------------------------------------------- sessions

  /**
   * A client whose orders and permits in one realm are signed by a fresh session key: the wallet is asked once, now, and not
   * again. The key is kept in the store, for {@link EnigmaClient.restoreSession}.
   */
  async session(options: SessionOptions): Promise<EnigmaClient> {
    this.#account.requireOwner();
    const { ledger, domain, store } = this.#connection;
    const privateKey = generatePrivateKey();
    const account = privateKeyToAccount(privateKey);
    const terms: SessionTerms = {
      owner: this.#account.owner,
      key: account.address,
      realm: options.realm,
      notAfter: BigInt(Math.floor(Date.now() / 1000) + (options.validSeconds ?? 3600)),
      maxFee: options.maxFee,
      epoch: (await ledger.allocation(options.realm, this.#account.owner)).sessionEpoch,
    };
    const signature = await this.#account.signer.sign(typedMessage(domain, 'SessionKey', terms));
    const record: SessionRecord = {
      privateKey,
      terms: { ...terms, notAfter: terms.notAfter.toString(), maxFee: terms.maxFee.toString() },
      signature,
    };
    await store.set(sessionKey(options.realm, this.#account.owner), JSON.stringify(record));
    return this.#sessionClient(localSigner(account), { terms, signature });
  }

  /** The session of an earlier page in this realm, if its key is still valid. */
  async restoreSession(realm: Hex): Promise<EnigmaClient | undefined> {
    this.#account.requireOwner();
    const { ledger, store } = this.#connection;
    const owner = this.#account.owner;
    const text = await store.get(sessionKey(realm, owner));
    if (text === undefined) return undefined;
    const { privateKey, terms, signature } = JSON.parse(text) as SessionRecord;
    const { sessionEpoch } = await ledger.allocation(realm, owner);
    if (sessionEpoch !== terms.epoch || Number(terms.notAfter) <= Date.now() / 1000) {
      await store.delete(sessionKey(realm, owner));
      return undefined;
    }
    return this.#sessionClient(localSigner(privateKeyToAccount(privateKey)), {
      terms: { ...terms, notAfter: BigInt(terms.notAfter), maxFee: BigInt(terms.maxFee) },
      signature,
    });
  }

  #sessionClient(signer: Signer, signed: SignedSession): EnigmaClient {
    return new EnigmaClient(this.#connection, new Account(this.#connection.ledger, { signer, signed }));
  }

  /** Makes every session key and permit of this account in the realm void. */
  async revokeSessions(realm: Hex): Promise<void> {
    this.#account.requireOwner();
    await this.#connection.ledger.send('revokeSessions', [realm]);
    await this.#connection.store.delete(sessionKey(realm, this.#account.owner));
  }

  /** Stops following tasks; they go on and can be resumed from the store. */
  close(): void {
    this.#connection.closing.abort();
  }
}

const sessionKey = (realm: Hex, owner: Address) => `session/${realm.toLowerCase()}/${owner.toLowerCase()}`;

