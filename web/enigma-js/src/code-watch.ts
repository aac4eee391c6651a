import { isAddressEqual } from 'viem';
import type { Account, Connection } from './connection.js';
import type { ContractLocation } from './contract.js';
import { EnigmaError } from './errors.js';
import { pause } from './pause.js';
import { upgradeWarning, type UpgradeAuthority } from './upgrades.js';

const WARNING_PATIENCE = 2_000;

/** Looks, before something is first sent to a contract, who may change its code. Once is enough: the address commits to the answer. */
export class CodeWatch {
  readonly #connection: Connection;
  readonly #account: Account;
  readonly #authority: (contract: ContractLocation) => Promise<UpgradeAuthority | undefined>;

  /** @param authority asks who may change a contract's code */
  constructor(connection: Connection, account: Account, authority: (contract: ContractLocation) => Promise<UpgradeAuthority | undefined>) {
    this.#connection = connection;
    this.#account = account;
    this.#authority = authority;
  }

  /** The account deploys the contract itself. */
  deployed(contract: Pick<ContractLocation, 'realm' | 'address'>, authority: UpgradeAuthority | undefined): void {
    const { authorities, tell } = this.#connection;
    authorities.set(placeOf(contract), Promise.resolve(authority));
    if (authority !== undefined) tell({ type: 'code-may-change', contract: contract.address, authority });
  }

  /** Something is about to be sent to a contract: does what the options say about one whose code somebody else may change. */
  async look(contract: ContractLocation): Promise<void> {
    const { authorities, options, tell } = this.#connection;
    const policy = options.upgradable ?? 'warn';
    if (policy === 'accept') return;
    const isOther = (authority: UpgradeAuthority | undefined): authority is UpgradeAuthority =>
      authority !== undefined && (this.#account.address === undefined || !isAddressEqual(authority.account, this.#account.address));
    const place = placeOf(contract);
    let looking = authorities.get(place);
    if (looking === undefined) {
      looking = this.#authority(contract).then((authority) => {
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
}

const placeOf = ({ realm, address }: Pick<ContractLocation, 'realm' | 'address'>) => `${realm}/${address.toLowerCase()}`;
