import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { Accounts } from '../network/accounts';
import { ownEndpoints } from '../network/addresses';
import { LogFeed } from '../network/logs';
import { Network } from '../network/network';

interface Parts {
  readonly network: Network;
  readonly logs: LogFeed;
  readonly accounts: Accounts;
}

const Context = createContext<Parts | undefined>(undefined);

export function Provider({ children }: { children: ReactNode }) {
  const [parts] = useState(() => ({ network: new Network(), logs: new LogFeed(), accounts: new Accounts() }));
  useEffect(() => {
    void parts.network.start(ownEndpoints().ethereum);
    return () => parts.network.stop();
  }, [parts]);
  return <Context value={parts}>{children}</Context>;
}

function useParts(): Parts {
  const parts = useContext(Context);
  if (!parts) throw new Error('outside of the provider');
  return parts;
}

/** The network; the component is drawn again when something of it changes. */
export function useNetwork(): Network {
  const { network } = useParts();
  useSyncExternalStore(network.subscribe, network.snapshot);
  return network;
}

export function useLogs(): LogFeed {
  const { logs } = useParts();
  useSyncExternalStore(logs.subscribe, logs.snapshot);
  return logs;
}

export function useAccounts(): Accounts {
  const { accounts } = useParts();
  useSyncExternalStore(accounts.subscribe, accounts.snapshot);
  return accounts;
}

/** The time, again each second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export type Loaded<T> = { readonly kind: 'loading' } | { readonly kind: 'failed'; readonly why: unknown } | { readonly kind: 'loaded'; readonly value: T };

/** Something that takes time, asked for again when a key changes; what was there stays until the new comes. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; loaded: Loaded<T> }>({ key, loaded: { kind: 'loading' } });
  useEffect(() => {
    let current = true;
    load().then(
      (value) => current && setState({ key, loaded: { kind: 'loaded', value } }),
      (why: unknown) => current && setState({ key, loaded: { kind: 'failed', why } }),
    );
    return () => {
      current = false;
    };
    // What to load follows from the key.
  }, [key]);
  return state.key.split('@')[0] === key.split('@')[0] ? state.loaded : { kind: 'loading' };
}
