import {
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  custom,
  decodeErrorResult,
  defineChain,
  encodeFunctionData,
  hexToString,
  parseSignature,
  RpcRequestError,
  UserRejectedRequestError,
  type Account,
  type Address,
  type Chain,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type EIP1193Provider,
  type Hex,
  type LocalAccount,
  type PublicClient,
  type Transport,
  type TransactionReceipt,
  type WalletClient,
} from 'viem';
import { EnigmaError, isErrorCode, type ErrorCode } from './errors.js';
import { enigmaAbi, tokenAbi } from './generated/abi.js';
import { TaskKind, type TaskOrder, type TypedMessage } from './protocol/messages.js';
import type { UpgradeEvent } from './upgrades.js';

/** Most nodes looked up at once. */
const MOST_NODES = 32;

type WriteName = ContractFunctionName<typeof enigmaAbi, 'nonpayable'>;

/** Custom errors of the contracts that stand for an error code of another name. */
const REVERTS: Record<string, ErrorCode> = {
  InsufficientBalance: 'BALANCE_TOO_SMALL',
  ERC20InsufficientBalance: 'BALANCE_TOO_SMALL',
  ERC20InsufficientAllowance: 'BALANCE_TOO_SMALL',
  NotAuthorized: 'NOT_PERMITTED',
  OwnableUnauthorizedAccount: 'NOT_PERMITTED',
  WrongSigner: 'BAD_SIGNATURE',
  ECDSAInvalidSignature: 'BAD_SIGNATURE',
  ECDSAInvalidSignatureS: 'BAD_SIGNATURE',
  ERC2612InvalidSigner: 'BAD_SIGNATURE',
  QuorumMissing: 'QUORUM_NOT_REACHED',
  InputMismatch: 'INPUT_HASH_MISMATCH',
  WrongKind: 'UNSUPPORTED_KIND',
  WrongExpiry: 'EXPIRED_ORDER',
  WrongGasLimit: 'GAS_LIMIT_TOO_HIGH',
  NotExpired: 'NOT_REFUNDABLE',
  NotReleased: 'STILL_BONDED',
  UnknownWorker: 'WORKER_NOT_ACTIVE',
  UnknownMeasurement: 'NOT_LISTED',
  KeyManagerListing: 'NOT_LISTED',
  BadArgument: 'INVALID_ARGUMENT',
};

const codeOfRevert = (name: string): ErrorCode => {
  const same = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
  return REVERTS[name] ?? (isErrorCode(same) ? same : 'TRANSACTION_FAILED');
};

const shown = (value: unknown): string =>
  typeof value === 'string' && /^0x[0-9a-f]{64}$/i.test(value) && /^0x([2-7][0-9a-f])+(00)+$/i.test(value)
    ? hexToString(value as Hex).replaceAll('\0', '')
    : String(value);

/** What went wrong at the Ethereum endpoint, in the wallet or in the contract, as one of Enigma's errors. */
export function chainError(problem: unknown): EnigmaError {
  if (problem instanceof EnigmaError) return problem;
  if (problem instanceof BaseError) {
    if (problem.walk((each) => each instanceof UserRejectedRequestError)) {
      return new EnigmaError('SIGNATURE_DECLINED', 'the request was declined in the wallet', { cause: problem });
    }
    const revert = problem.walk((each) => each instanceof ContractFunctionRevertedError);
    if (revert instanceof ContractFunctionRevertedError) {
      let name = revert.data?.errorName;
      let values: readonly unknown[] = revert.data?.args ?? [];
      if (name === undefined && revert.raw !== undefined && revert.raw !== '0x') {
        try {
          const token = decodeErrorResult({ abi: tokenAbi, data: revert.raw });
          name = token.errorName;
          values = token.args ?? [];
        } catch {
          return new EnigmaError('TRANSACTION_FAILED', `the contract reverted: ${revert.raw}`, { cause: problem });
        }
      }
      if (name !== undefined && name !== 'Error' && name !== 'Panic') {
        return new EnigmaError(codeOfRevert(name), `the contract reverted: ${name}(${values.map(shown).join(', ')})`, { cause: problem });
      }
      return new EnigmaError('TRANSACTION_FAILED', `the contract reverted: ${revert.reason ?? 'no reason given'}`, { cause: problem });
    }
    if (problem.walk((each) => each instanceof RpcRequestError) && /insufficient funds/i.test(problem.message)) {
      return new EnigmaError('TRANSACTION_FAILED', 'the account has not enough ether for the transaction', { cause: problem });
    }
    return new EnigmaError('CHAIN_UNREACHABLE', `the Ethereum endpoint: ${problem.shortMessage}`, { cause: problem });
  }
  if (typeof problem === 'object' && problem !== null && (problem as { code?: unknown }).code === 4001) {
    return new EnigmaError('SIGNATURE_DECLINED', 'the request was declined in the wallet', { cause: problem });
  }
  return new EnigmaError('CHAIN_UNREACHABLE', `the Ethereum endpoint: ${String((problem as Error).message ?? problem)}`, { cause: problem });
}

/** Whose transactions and signatures these are. */
export interface Signer {
  readonly address: Address;
  sign(message: TypedMessage): Promise<Hex>;
}

/** A signature as the contracts and enclaves take it: 65 bytes with v 27 or 28. */
function normalised(signature: Hex): Hex {
  if (signature.length !== 132) {
    throw new EnigmaError('BAD_SIGNATURE', 'the wallet gave no signature of 65 bytes; accounts that are contracts cannot sign orders');
  }
  const v = Number.parseInt(signature.slice(130), 16);
  return v < 27 ? (`${signature.slice(0, 130)}${(v + 27).toString(16)}` as Hex) : signature;
}

/** Signs with a key that is at hand. */
export const localSigner = (account: LocalAccount): Signer => ({
  address: account.address,
  sign: async (message) => normalised(await account.signTypedData(message as never)),
});

/** Where a commit stands on the chain. */
export interface Commit {
  readonly receiptsRoot: Hex;
  readonly worker: number;
  readonly transactionHash: Hex;
  readonly blockNumber: bigint;
}

/** Enigma and the ENG token as one account sees them, at the user's own Ethereum endpoint. */
export class Ledger {
  readonly public: PublicClient<Transport, Chain>;
  readonly enigma: Address;
  readonly token: Address;
  readonly chainId: bigint;
  readonly #wallet: WalletClient<Transport, Chain, Account> | undefined;
  readonly signer: Signer | undefined;
  #sending: Promise<unknown> = Promise.resolve();

  private constructor(
    publicClient: PublicClient<Transport, Chain>,
    enigma: Address,
    token: Address,
    wallet: WalletClient<Transport, Chain, Account> | undefined,
  ) {
    this.public = publicClient;
    this.enigma = enigma;
    this.token = token;
    this.chainId = BigInt(publicClient.chain.id);
    this.#wallet = wallet;
    this.signer =
      wallet === undefined
        ? undefined
        : {
            address: wallet.account.address,
            sign: async (message) => {
              try {
                return normalised(await wallet.signTypedData(message as never));
              } catch (problem) {
                throw chainError(problem);
              }
            },
          };
  }

  static async connect(options: {
    transport: Transport;
    enigma: Address;
    account?: LocalAccount | Address | undefined;
    wallet?: EIP1193Provider | undefined;
    pollingMillis: number;
  }): Promise<Ledger> {
    const { transport, enigma, account, wallet, pollingMillis } = options;
    try {
      const chainId = await createPublicClient({ transport }).getChainId();
      const url = transport({}).value?.['url'] as string | undefined;
      const chain = defineChain({
        id: chainId,
        name: chainId === 31337 ? 'Enigma testnet' : `Chain ${chainId}`,
        nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
        rpcUrls: { default: { http: url === undefined ? [] : [url] } },
      });
      const publicClient = createPublicClient({ transport, chain, pollingInterval: pollingMillis });
      const code = await publicClient.getCode({ address: enigma });
      if (code === undefined || code === '0x') {
        throw new EnigmaError('WRONG_ADDRESS_BOOK', `there is no contract at ${enigma} on chain ${chainId}`);
      }
      const token = await publicClient.readContract({ address: enigma, abi: enigmaAbi, functionName: 'token' });
      let walletClient: WalletClient<Transport, Chain, Account> | undefined;
      if (wallet !== undefined) {
        walletClient = await fromWallet(wallet, chain, typeof account === 'string' ? account : undefined);
      } else if (account !== undefined) {
        // An address without a wallet: the endpoint itself signs for it, as development nodes do.
        walletClient = createWalletClient({ account: account as LocalAccount, chain, transport, pollingInterval: pollingMillis });
      }
      return new Ledger(publicClient, enigma, token, walletClient);
    } catch (problem) {
      throw chainError(problem);
    }
  }

  /** The account, or a typed error that says there is none. */
  get account(): Address {
    if (this.signer === undefined) {
      throw new EnigmaError('INVALID_ARGUMENT', 'this client only reads: give createEnigmaClient an account or a wallet');
    }
    return this.signer.address;
  }

  async #read<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (problem) {
      throw chainError(problem);
    }
  }

  blockNumber(): Promise<bigint> {
    return this.#read(this.public.getBlockNumber({ cacheTime: 0 }));
  }

  networkHash(): Promise<Hex> {
    return this.#read(this.public.readContract({ address: this.enigma, abi: enigmaAbi, functionName: 'networkHash' }));
  }

  parameters() {
    return this.#read(this.public.readContract({ address: this.enigma, abi: enigmaAbi, functionName: 'parameters' }));
  }

  network() {
    return this.#read(this.public.readContract({ address: this.enigma, abi: enigmaAbi, functionName: 'network' }));
  }

  forwarder(): Promise<Address> {
    return this.#read(this.public.readContract({ address: this.enigma, abi: enigmaAbi, functionName: 'forwarder' }));
  }

  /** @throws {@link EnigmaError} UNKNOWN_REALM */
  async realm(realm: Hex) {
    const view = await this.#read(
      this.public.readContract({ address: this.enigma, abi: enigmaAbi, functionName: 'getRealm', args: [realm] }),
    );
    if (BigInt(view.owner) === 0n) throw new EnigmaError('UNKNOWN_REALM', `no realm ${realm} is open`);
    return view;
  }

  worker(worker: number) {
    return this.#read(this.public.readContract({ address: this.enigma, abi: enigmaAbi, functionName: 'getWorker', args: [worker] }));
  }

  /**
   * URLs of nodes as their operators published them: those of a realm's workers first, then those that registered last. What is
   * no address is passed over: an operator may write anything.
   */
  async nodeUrls(realm: Hex | undefined): Promise<string[]> {
    const [view, { workerCount }] = await Promise.all([realm === undefined ? undefined : this.realm(realm), this.network()]);
    const numbers = new Set(view === undefined ? [] : [view.worker, ...view.ranks].filter((worker) => worker !== 0));
    for (let number = workerCount; number > 0 && numbers.size < MOST_NODES; number--) numbers.add(number);
    const workers = await Promise.all([...numbers].map((number) => this.worker(number)));
    const endpoints = await Promise.all(
      workers
        .filter((worker) => !worker.loggedOut && !worker.evicted)
        .map(({ enclave }) => this.#read(this.public.readContract({ address: this.enigma, abi: enigmaAbi, functionName: 'getEndpoint', args: [enclave] }))),
    );
    return endpoints.map(({ url }) => url).filter((url) => /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''));
  }

  epoch(epoch: bigint) {
    return this.#read(this.public.readContract({ address: this.enigma, abi: enigmaAbi, functionName: 'getEpoch', args: [epoch] }));
  }

  allocation(realm: Hex, payer: Address) {
    return this.#read(
      this.public.readContract({ address: this.enigma, abi: enigmaAbi, functionName: 'getAllocation', args: [realm, payer] }),
    );
  }

  postedTask(realm: Hex, taskId: Hex) {
    return this.#read(
      this.public.readContract({ address: this.enigma, abi: enigmaAbi, functionName: 'getTask', args: [realm, taskId] }),
    );
  }

  /** ENG inside Enigma, in units of 10⁻⁸. */
  balance(of: Address): Promise<bigint> {
    return this.#read(this.public.readContract({ address: this.enigma, abi: enigmaAbi, functionName: 'balanceOf', args: [of] }));
  }

  /** ENG outside Enigma, in units of 10⁻⁸. */
  tokens(of: Address): Promise<bigint> {
    return this.#read(this.public.readContract({ address: this.token, abi: tokenAbi, functionName: 'balanceOf', args: [of] }));
  }

  /** What workers announced for a realm, newest first. */
  async announcements(realm: Hex) {
    const logs = await this.#read(
      this.public.getContractEvents({
        address: this.enigma,
        abi: enigmaAbi,
        eventName: 'KeyAnnounced',
        args: { realm },
        fromBlock: 0n,
        strict: true,
      }),
    );
    return logs.map((log) => log.args).reverse();
  }

  /** The commit that led the realm to a state hash, if it is on the chain this endpoint follows. */
  async commit(realm: Hex, stateHash: Hex, fromBlock: bigint): Promise<Commit | undefined> {
    const logs = await this.#read(
      this.public.getContractEvents({ address: this.enigma, abi: enigmaAbi, eventName: 'Committed', args: { realm }, fromBlock, strict: true }),
    );
    const log = logs.find((each) => each.args.stateHash === stateHash);
    return log && { receiptsRoot: log.args.receiptsRoot, worker: log.args.worker, transactionHash: log.transactionHash, blockNumber: log.blockNumber };
  }

  /** Whether the realm had anything committed in consecutive blocks. */
  async committedBetween(realm: Hex, fromBlock: bigint, toBlock: bigint): Promise<boolean> {
    const logs = await this.#read(
      this.public.getContractEvents({ address: this.enigma, abi: enigmaAbi, eventName: 'Committed', args: { realm }, fromBlock, toBlock, strict: true }),
    );
    return logs.length > 0;
  }

  /** The block of the realm's latest challenge since a block. */
  async challengedAt(realm: Hex, fromBlock: bigint): Promise<bigint | undefined> {
    const logs = await this.#read(
      this.public.getContractEvents({ address: this.enigma, abi: enigmaAbi, eventName: 'Challenged', args: { realm }, fromBlock, strict: true }),
    );
    return logs.at(-1)?.blockNumber;
  }

  /**
   * What the chain has of a contract's upgrades, in its order: announcements, their ends, and the authority's posted upgrades with how
   * they were settled.
   */
  async upgradeEvents(realm: Hex, target: Address, authority: Address): Promise<UpgradeEvent[]> {
    const from = { address: this.enigma, abi: enigmaAbi, strict: true } as const;
    const [announced, cancelled] = await this.#read(
      Promise.all([
        this.public.getContractEvents({ ...from, eventName: 'UpgradeAnnounced', args: { realm, target }, fromBlock: 0n }),
        this.public.getContractEvents({ ...from, eventName: 'UpgradeCancelled', args: { realm, target }, fromBlock: 0n }),
      ]),
    );
    if (announced.length === 0) return [];
    const fromBlock = announced[0]!.blockNumber;
    const posted = (
      await this.#read(this.public.getContractEvents({ ...from, eventName: 'TaskPosted', args: { realm, sender: authority }, fromBlock }))
    ).filter(({ args }) => args.kind === TaskKind.UPGRADE);
    const taskId = posted.map(({ args }) => args.taskId);
    const [settled, expired] =
      taskId.length === 0
        ? [[], []]
        : await this.#read(
            Promise.all([
              this.public.getContractEvents({ ...from, eventName: 'TaskSettled', args: { realm, taskId }, fromBlock }),
              this.public.getContractEvents({ ...from, eventName: 'TaskExpired', args: { realm, taskId }, fromBlock }),
            ]),
          );
    const place = ({ blockNumber, logIndex }: { blockNumber: bigint; logIndex: number }) => ({ block: blockNumber, index: logIndex });
    const events: (UpgradeEvent & { index: number })[] = [
      ...announced.map((log) => ({ name: 'UpgradeAnnounced' as const, ...place(log), target: log.args.target, codeHash: log.args.codeHash, readyAt: log.args.readyAtBlock })),
      ...cancelled.map((log) => ({ name: 'UpgradeCancelled' as const, ...place(log), target: log.args.target, codeHash: log.args.codeHash })),
      ...posted.map((log) => ({ name: 'TaskPosted' as const, ...place(log), target: log.args.target, kind: log.args.kind, codeHash: log.args.codeHash, taskId: log.args.taskId })),
      ...settled.map((log) => ({ name: 'TaskSettled' as const, ...place(log), taskId: log.args.taskId, outcome: log.args.outcome })),
      ...expired.map((log) => ({ name: 'TaskExpired' as const, ...place(log), taskId: log.args.taskId })),
    ];
    return events.sort((a, b) => (a.block === b.block ? a.index - b.index : a.block < b.block ? -1 : 1));
  }

  /** The block from which announced code can be carried out; undefined if it is not announced. */
  async upgradeReadyAt(realm: Hex, target: Address, codeHash: Hex): Promise<bigint | undefined> {
    const [authority, readyAt] = await this.#read(
      this.public.readContract({ address: this.enigma, abi: enigmaAbi, functionName: 'getUpgrade', args: [realm, target, codeHash] }),
    );
    return BigInt(authority) === 0n ? undefined : readyAt;
  }

  async finalizedBlock(): Promise<bigint> {
    const block = await this.#read(this.public.getBlock({ blockTag: 'finalized' }));
    return block.number;
  }

  /**
   * Sends a call to Enigma and waits for its receipt.
   *
   * @throws {@link EnigmaError} what the contract reverts with, by name; TRANSACTION_FAILED
   */
  async send<Name extends WriteName>(
    functionName: Name,
    args: ContractFunctionArgs<typeof enigmaAbi, 'nonpayable', Name>,
  ): Promise<TransactionReceipt> {
    const call = { address: this.enigma, abi: enigmaAbi, functionName, args } as never;
    return this.#transact(call);
  }

  /** Several calls of Enigma in one transaction. */
  multicall(calls: readonly Hex[]): Promise<TransactionReceipt> {
    return this.send('multicall', [calls]);
  }

  async transfer(to: Address, amount: bigint): Promise<TransactionReceipt> {
    return this.#transact({ address: this.token, abi: tokenAbi, functionName: 'transfer', args: [to, amount] } as never);
  }

  async approve(amount: bigint): Promise<TransactionReceipt> {
    return this.#transact({ address: this.token, abi: tokenAbi, functionName: 'approve', args: [this.enigma, amount] } as never);
  }

  async #transact(call: never): Promise<TransactionReceipt> {
    const wallet = this.#wallet;
    if (wallet === undefined) throw new EnigmaError('INVALID_ARGUMENT', `a transaction needs an account; this client has ${this.signer ? 'only a key that signs' : 'none'}`);
    // One at a time, so that no two take the same nonce.
    const hash = await this.#inTurn(async () => {
      const gas = await this.public.estimateContractGas({ ...(call as object), account: wallet.account } as never);
      return wallet.writeContract({ ...(call as object), chain: wallet.chain, account: wallet.account, gas: (gas * 5n) / 4n + 10_000n } as never);
    });
    const receipt = await this.#read(this.public.waitForTransactionReceipt({ hash, pollingInterval: this.public.pollingInterval }));
    if (receipt.status !== 'success') {
      throw new EnigmaError('TRANSACTION_FAILED', `transaction ${hash} was included in block ${receipt.blockNumber} and reverted`);
    }
    return receipt;
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#sending.then(action, action).catch((problem: unknown) => {
      throw chainError(problem);
    });
    this.#sending = turn.catch(() => undefined);
    return turn;
  }

  /** An ERC-2612 permit for Enigma to take ENG: one signature instead of one transaction. */
  async tokenPermit(amount: bigint): Promise<readonly [deadline: bigint, v: number, r: Hex, s: Hex]> {
    const owner = this.account;
    const [nonce, domain] = await this.#read(
      Promise.all([
        this.public.readContract({ address: this.token, abi: tokenAbi, functionName: 'nonces', args: [owner] }),
        this.public.readContract({ address: this.token, abi: tokenAbi, functionName: 'eip712Domain' }),
      ]),
    );
    const deadline = BigInt(Math.floor(Date.now() / 1000) + 3600);
    const signature = await this.signer!.sign({
      domain: { name: domain[1], version: domain[2], chainId: domain[3], verifyingContract: domain[4] },
      types: {
        Permit: [
          { name: 'owner', type: 'address' },
          { name: 'spender', type: 'address' },
          { name: 'value', type: 'uint256' },
          { name: 'nonce', type: 'uint256' },
          { name: 'deadline', type: 'uint256' },
        ],
      },
      primaryType: 'Permit',
      message: { owner, spender: this.enigma, value: amount, nonce, deadline },
    });
    const { r, s, yParity } = parseSignature(signature);
    return [deadline, 27 + yParity, r, s];
  }

  /** The calldata of a function of Enigma, for `multicall`. */
  encode<Name extends WriteName>(functionName: Name, args: ContractFunctionArgs<typeof enigmaAbi, 'nonpayable', Name>): Hex {
    return encodeFunctionData({ abi: enigmaAbi, functionName, args } as never);
  }

  /** @param envelope left out where it goes to the nodes, with code that travels beside the order */
  post(order: TaskOrder, envelope?: Hex): Promise<TransactionReceipt> {
    return this.send('post', (envelope === undefined ? [order] : [order, envelope]) as never);
  }
}

/** A wallet's account on the right chain, asking it to connect and to switch where needed. */
async function fromWallet(
  provider: EIP1193Provider,
  chain: Chain,
  wanted: Address | undefined,
): Promise<WalletClient<Transport, Chain, Account>> {
  const accounts = await provider.request({ method: 'eth_requestAccounts' });
  const address = wanted ?? accounts[0];
  if (address === undefined || !accounts.some((each) => each.toLowerCase() === address.toLowerCase())) {
    throw new EnigmaError('INVALID_ARGUMENT', wanted === undefined ? 'the wallet shares no account' : `the wallet does not share ${wanted}`);
  }
  if (Number(await provider.request({ method: 'eth_chainId' })) !== chain.id) await switchChain(provider, chain);
  return createWalletClient({ account: { address, type: 'json-rpc' }, chain, transport: custom(provider) });
}

async function switchChain(provider: EIP1193Provider, chain: Chain): Promise<void> {
  const chainId: Hex = `0x${chain.id.toString(16)}`;
  try {
    await provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId }] });
  } catch (problem) {
    if ((problem as { code?: number }).code === 4001) throw problem;
    const rpcUrls = [...chain.rpcUrls.default.http];
    try {
      await provider.request({
        method: 'wallet_addEthereumChain',
        params: [{ chainId, chainName: chain.name, nativeCurrency: chain.nativeCurrency, rpcUrls }],
      });
    } catch (cause) {
      if ((cause as { code?: number }).code === 4001) throw cause;
      throw new EnigmaError('CHAIN_MISMATCH', `the wallet is on another chain and does not switch to chain ${chain.id}`, { cause });
    }
  }
  if (Number(await provider.request({ method: 'eth_chainId' })) !== chain.id) {
    throw new EnigmaError('CHAIN_MISMATCH', `the wallet is on another chain than ${chain.id}`);
  }
}
