import { getAddress, type Hex } from 'viem';

/** A browser wallet that announced itself (EIP-6963). */
export interface Wallet {
  readonly id: string;
  readonly name: string;
  readonly icon: string;
  readonly provider: {
    request(call: { method: string; params?: unknown[] }): Promise<unknown>;
    on?(event: 'accountsChanged', listener: (accounts: Hex[]) => void): void;
  };
}

/** The account that the user connected. */
export interface Connected {
  readonly address: Hex;
  readonly from: string;
}

/** The accounts of every testnet, of the mnemonic "test test … junk". Only their addresses: the page signs nothing. */
export const DEVELOPMENT_ACCOUNTS: readonly Hex[] = [
  '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
  '0x90F79bf6EB2c4f870365E785982E1f101E93b906',
  '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65',
  '0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc',
  '0x976EA74026E726554dB657fA54763abd0C3a0aa9',
  '0x14dC79964da2C08b23698B3D3cc7Ca32193d9955',
  '0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f',
  '0xa0Ee7A142d267C1f36714E4a8F75612F20a79720',
];

interface Announcement extends Event {
  readonly detail: { info: { uuid: string; name: string; icon: string }; provider: Wallet['provider'] };
}

/** Which accounts there are and which is connected. It is forgotten with the page. */
export class Accounts {
  connected: Connected | undefined;
  readonly wallets: Wallet[] = [];
  version = 0;
  readonly #listeners = new Set<() => void>();

  constructor() {
    window.addEventListener('eip6963:announceProvider', (event) => {
      const { info, provider } = (event as Announcement).detail;
      if (this.wallets.some((wallet) => wallet.id === info.uuid)) return;
      // The policy of the page loads icons from data only; others are left out.
      this.wallets.push({ id: info.uuid, name: info.name, icon: info.icon.startsWith('data:image/') ? info.icon : '', provider });
      this.#changed();
    });
    window.dispatchEvent(new Event('eip6963:requestProvider'));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): number => this.version;

  /** Connects an account that only needs its name. */
  use(address: Hex, from: string): void {
    this.connected = { address: getAddress(address), from };
    this.#changed();
  }

  /** Asks a wallet for its account. */
  async connect(wallet: Wallet): Promise<void> {
    const accounts = (await wallet.provider.request({ method: 'eth_requestAccounts' })) as Hex[];
    if (!accounts[0]) throw new Error(`${wallet.name} gave no account`);
    this.use(accounts[0], wallet.name);
    wallet.provider.on?.('accountsChanged', ([account]) => {
      if (this.connected?.from !== wallet.name) return;
      if (account) this.use(account, wallet.name);
      else this.disconnect();
    });
  }

  disconnect(): void {
    this.connected = undefined;
    this.#changed();
  }

  is(address: Hex | undefined): boolean {
    return address !== undefined && this.connected?.address.toLowerCase() === address.toLowerCase();
  }

  #changed(): void {
    this.version++;
    for (const listener of this.#listeners) listener();
  }
}
