import type { Abi, Address, ContractConstructorArgs, EIP1193Provider, Hex, LocalAccount, Transport } from 'viem';
import type { SecretStore } from './store.js';
import type { TaskDelay, TaskProgress } from './task.js';
import type { UpgradeAuthority } from './upgrades.js';

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
