import type { Address, Hex } from 'viem';
import type { Account, Connection } from './connection.js';
import { formatEng } from './eng.js';
import { EnigmaError } from './errors.js';

const TOP_UP_TASKS = 20n;

/** An account's ENG: outside Enigma, free inside, and allocated to realms. */
export class Purse {
  readonly #connection: Connection;
  readonly #account: Account;
  readonly #toppingUp = new Map<Hex, Promise<void>>();

  constructor(connection: Connection, account: Account) {
    this.#connection = connection;
    this.#account = account;
  }

  /** ENG of the account outside Enigma, in units of 10⁻⁸. */
  tokens(): Promise<bigint> {
    return this.#connection.ledger.tokens(this.#account.owner);
  }

  /** ENG of the account inside Enigma and free, in units of 10⁻⁸. */
  balance(): Promise<bigint> {
    return this.#connection.ledger.balance(this.#account.owner);
  }

  /** ENG set aside in a realm and not spent, in units of 10⁻⁸. */
  async allocated(realm: Hex): Promise<bigint> {
    const { allocated, charged, left } = await this.#connection.ledger.allocation(realm, this.#account.owner);
    return allocated - charged - left;
  }

  /** Moves ENG into Enigma: one signature and one transaction. */
  async deposit(amount: bigint): Promise<void> {
    this.#account.requireOwner();
    const { ledger, tell } = this.#connection;
    await this.requireTokens(amount);
    await ledger.send('depositWithPermit', [amount, ...(await ledger.tokenPermit(amount))]);
    tell({ type: 'deposited', amount });
  }

  /** Sets ENG aside for direct tasks in a realm, depositing what is missing in the same transaction. */
  async allocate(realm: Hex, amount: bigint): Promise<void> {
    this.#account.requireOwner();
    const { ledger, tell } = this.#connection;
    const missing = amount - (await this.balance());
    if (missing <= 0n) {
      await ledger.send('allocate', [realm, amount]);
    } else {
      await this.requireTokens(missing);
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
    this.#account.requireOwner();
    await this.#connection.ledger.send('leave', [realm, amount]);
  }

  async finishLeave(realm: Hex): Promise<void> {
    this.#account.requireOwner();
    await this.#connection.ledger.send('finishLeave', [realm]);
  }

  /** Pays ENG of the balance out to an account. */
  async withdraw(to: Address, amount: bigint): Promise<void> {
    this.#account.requireOwner();
    await this.#connection.ledger.send('withdraw', [to, amount]);
  }

  /** Before a transaction that moves so many into Enigma. */
  async requireTokens(amount: bigint): Promise<void> {
    const tokens = await this.tokens();
    if (tokens < amount) {
      throw new EnigmaError('BALANCE_TOO_SMALL', `${this.#account.owner} holds ${formatEng(tokens)} ENG, ${formatEng(amount)} are wanted`);
    }
  }

  /** Deposits what the balance lacks. */
  async ensureBalance(amount: bigint): Promise<void> {
    const balance = await this.balance();
    if (balance >= amount) return;
    this.requireFunding(amount - balance);
    await this.deposit(amount - balance);
  }

  /** Allocates to a realm what its next order lacks, and something for those that follow. */
  async ensureAllocation(realm: Hex, fee: bigint): Promise<void> {
    if (this.#account.session !== undefined || (await this.allocated(realm)) >= fee) return;
    // Calls that start together are paid for once.
    let funding = this.#toppingUp.get(realm);
    if (funding === undefined) {
      funding = this.#topUp(realm, fee).finally(() => this.#toppingUp.delete(realm));
      this.#toppingUp.set(realm, funding);
    }
    await funding;
  }

  async #topUp(realm: Hex, fee: bigint): Promise<void> {
    this.requireFunding(fee);
    const [tokens, balance] = await Promise.all([this.tokens(), this.balance()]);
    const affordable = (tokens + balance) / 10n;
    const generous = fee * TOP_UP_TASKS < affordable ? fee * TOP_UP_TASKS : affordable;
    await this.allocate(realm, generous > fee ? generous : fee);
  }

  /** Before money moves that nobody asked to move. */
  requireFunding(missing: bigint): void {
    if (this.#connection.options.fund === false) {
      throw new EnigmaError('ALLOCATION_TOO_SMALL', `${formatEng(missing)} ENG are missing, and this client was told not to move any by itself`);
    }
  }
}
