import type { Address, Hex } from 'viem';
import { EnigmaError } from './errors.js';
import type { Ledger, Signer } from './ledger.js';
import type { Nodes } from './nodes.js';
import type { ClientEvent, EnigmaClientOptions } from './options.js';
import type { EnigmaDomain } from './protocol/messages.js';
import type { SignedSession } from './protocol/query.js';
import type { RealmKeys } from './realm-keys.js';
import type { SecretStore } from './store.js';
import type { TaskSubscriptions } from './subscriptions.js';
import type { UpgradeAuthority } from './upgrades.js';
import type { TaskVerifier } from './verifier.js';

/** A network as a client reaches it: its contract, its nodes, and what is learnt of both. Shared with the clients of its session keys. */
export interface Connection {
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

/** Who signs, and for whom. */
export class Account {
  readonly #ledger: Ledger;
  /** Why a session key may sign for its owner; undefined where the account signs itself. */
  readonly session: { readonly signer: Signer; readonly signed: SignedSession } | undefined;

  constructor(ledger: Ledger, session?: { readonly signer: Signer; readonly signed: SignedSession }) {
    this.#ledger = ledger;
    this.session = session;
  }

  /** The account whose tasks these are; undefined for a client that only reads. */
  get address(): Address | undefined {
    return this.session?.signed.terms.owner ?? this.#ledger.signer?.address;
  }

  /**
   * The same, where one is needed.
   *
   * @throws {@link EnigmaError} what a client that only reads says
   */
  get owner(): Address {
    return this.session?.signed.terms.owner ?? this.#ledger.account;
  }

  get signer(): Signer {
    void this.owner;
    return this.session?.signer ?? this.#ledger.signer!;
  }

  requireOwner(): void {
    if (this.session !== undefined) {
      throw new EnigmaError('NOT_PERMITTED', "a session key cannot move money; use the owner's client");
    }
  }
}
