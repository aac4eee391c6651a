/**
 * Where a client keeps what must outlive a page: the secrets that open the results of tasks under way, session keys, and
 * the contracts it deployed. Values are texts; they hold secrets.
 */
export interface SecretStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** The keys that begin with a text, in order. */
  keys(prefix: string): Promise<string[]>;
}

/** Keeps nothing beyond the life of the process or page. */
export function memoryStore(): SecretStore {
  const values = new Map<string, string>();
  return {
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
    keys: async (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)).sort(),
  };
}

const WRAPPING_KEY = 'wrapping-key';

/**
 * Keeps values in IndexedDB, encrypted with AES-256-GCM under a key that WebCrypto made and will not hand out, not even to
 * this page. Whoever copies the database's files without the browser's key storage reads nothing; a script that runs in
 * the page can use the key, as it could use anything else of the page.
 *
 * @param name of the database; one per dApp is enough
 */
export function indexedDbStore(name = 'enigma'): SecretStore {
  let opened: Promise<{ database: IDBDatabase; key: CryptoKey }> | undefined;

  const open = async () => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('keys');
      request.result.createObjectStore('secrets');
    };
    const database = await settled(request);
    database.onversionchange = () => database.close();
    const known = (await settled(database.transaction('keys').objectStore('keys').get(WRAPPING_KEY))) as CryptoKey | undefined;
    if (known !== undefined) return { database, key: known };
    const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    const transaction = database.transaction('keys', 'readwrite');
    const keys = transaction.objectStore('keys');
    // Another tab may have been first: its key stays.
    const other = (await settled(keys.get(WRAPPING_KEY))) as CryptoKey | undefined;
    if (other === undefined) await settled(keys.add(fresh, WRAPPING_KEY));
    return { database, key: other ?? fresh };
  };
  const ready = () => (opened ??= open());
  const associated = (key: string) => new TextEncoder().encode(key);

  return {
    async get(key) {
      const { database, key: wrapping } = await ready();
      const stored = (await settled(database.transaction('secrets').objectStore('secrets').get(key))) as
        | { iv: Uint8Array<ArrayBuffer>; ciphertext: ArrayBuffer }
        | undefined;
      if (stored === undefined) return undefined;
      const plain = await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv: stored.iv, additionalData: associated(key) },
        wrapping,
        stored.ciphertext,
      );
      return new TextDecoder().decode(plain);
    },
    async set(key, value) {
      const { database, key: wrapping } = await ready();
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const ciphertext = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: associated(key) },
        wrapping,
        new TextEncoder().encode(value),
      );
      const transaction = database.transaction('secrets', 'readwrite');
      transaction.objectStore('secrets').put({ iv, ciphertext }, key);
      await finished(transaction);
    },
    async delete(key) {
      const { database } = await ready();
      const transaction = database.transaction('secrets', 'readwrite');
      transaction.objectStore('secrets').delete(key);
      await finished(transaction);
    },
    async keys(prefix) {
      const { database } = await ready();
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      return (await settled(database.transaction('secrets').objectStore('secrets').getAllKeys(range))) as string[];
    },
  };
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const finished = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
