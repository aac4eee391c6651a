import type { Hex } from 'viem';
import type { ClientEvent } from './options.js';
import { EnigmaError } from './errors.js';
import type { Ledger } from './ledger.js';
import { pause } from './pause.js';
import type { RealmKey } from './protocol/envelope.js';
import { inputKeyHash } from './protocol/ids.js';

const FRESH_MILLIS = 1000;
const LOOK_MILLIS = 100;

/** Finds the key that inputs for a realm are sealed to, at the user's own Ethereum endpoint (rule K2). */
export class RealmKeys {
  readonly #ledger: Ledger;
  readonly #patienceMillis: number;
  readonly #tell: (event: ClientEvent) => void;
  readonly #known = new Map<Hex, { key: RealmKey; hash: Hex; readAt: number }>();

  constructor(ledger: Ledger, patienceMillis: number, tell: (event: ClientEvent) => void) {
    this.#ledger = ledger;
    this.#patienceMillis = patienceMillis;
    this.#tell = tell;
  }

  /** Makes the next question read the chain again. */
  forget(realm: Hex): void {
    this.#known.delete(realm);
  }

  /**
   * The realm's current key; waits for it, drawing the realm's worker if nobody has.
   *
   * @throws {@link EnigmaError} UNKNOWN_REALM, NO_WORKERS, or KEY_PENDING when the wait is over
   */
  async current(realm: Hex): Promise<RealmKey> {
    const known = this.#known.get(realm);
    if (known !== undefined && Date.now() - known.readAt < FRESH_MILLIS) return known.key;
    return (await this.#read(realm)) ?? (await this.#await(realm));
  }

  async #read(realm: Hex): Promise<RealmKey | undefined> {
    const view = await this.#ledger.realm(realm);
    if (view.tenure === 0n) return undefined;
    const known = this.#known.get(realm);
    if (known !== undefined && known.key.tenure === view.tenure && known.hash === view.inputKeyHash) {
      known.readAt = Date.now();
      return known.key;
    }
    for (const { tenure, generation, suite, inputKey } of await this.#ledger.announcements(realm)) {
      if (tenure === view.tenure && inputKeyHash(suite, inputKey) === view.inputKeyHash) {
        const key = { realm, suite, generation, tenure, inputKey };
        this.#known.set(realm, { key, hash: view.inputKeyHash, readAt: Date.now() });
        return key;
      }
    }
    throw new EnigmaError('BAD_PROOF', `no announcement on chain matches the input key hash of realm ${realm}`);
  }

  async #await(realm: Hex): Promise<RealmKey> {
    const start = Date.now();
    let toldAt = 0;
    let drawn = false;
    for (;;) {
      const waitedMillis = Date.now() - start;
      if (waitedMillis > this.#patienceMillis) {
        throw new EnigmaError('KEY_PENDING', `realm ${realm} has no key after ${Math.round(waitedMillis / 1000)} s`);
      }
      if (Date.now() - toldAt >= 1000) {
        toldAt = Date.now();
        this.#tell({ type: 'key-pending', realm, waitedMillis });
      }
      const view = await this.#ledger.realm(realm);
      if (view.tenure === 0n && !view.pending && !drawn && this.#ledger.signer !== undefined) {
        drawn = await this.#draw(realm);
      }
      const key = await this.#read(realm);
      if (key !== undefined) {
        this.#tell({ type: 'key-known', realm, tenure: key.tenure });
        return key;
      }
      await pause(LOOK_MILLIS);
    }
  }

  /** Draws the realm's worker; somebody else having done so, or the seed not being there yet, is no error. */
  async #draw(realm: Hex): Promise<boolean> {
    try {
      await this.#ledger.send('assign', [realm]);
      return true;
    } catch (problem) {
      const code = (problem as EnigmaError).code;
      if (code === 'NO_WORKERS' || code === 'SIGNATURE_DECLINED' || code === 'INVALID_ARGUMENT') throw problem;
      return false;
    }
  }
}
