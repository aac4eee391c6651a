import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { indexedDbStore, memoryStore, type SecretStore } from '../src/index.js';

const stores: [string, () => SecretStore][] = [
  ['memory', memoryStore],
  ['IndexedDB', () => indexedDbStore(`test-${Math.random()}`)],
];

test.each(stores)('a store in %s keeps, lists and forgets values', async (_, make) => {
  const store = make();
  await store.set('task/2', 'two');
  await store.set('task/1', 'one');
  await store.set('session/1', 'other');
  await store.set('task/1', 'one again');

  expect(await store.get('task/1')).toBe('one again');
  expect(await store.get('task/3')).toBeUndefined();
  expect(await store.keys('task/')).toEqual(['task/1', 'task/2']);
  await store.delete('task/1');
  await store.delete('task/1');
  expect(await store.keys('task/')).toEqual(['task/2']);
});

const everything = (database: string, table: string): Promise<unknown[]> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(database);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const asking = opening.result.transaction(table).objectStore(table).getAll();
      asking.onsuccess = () => resolve(asking.result);
      asking.onerror = () => reject(asking.error);
    };
  });

test('what lies in IndexedDB is encrypted under a key that cannot be taken out', async () => {
  const secret = 'the secret that opens a result';
  await indexedDbStore('sealed').set('task/1', secret);

  const [entry] = (await everything('sealed', 'secrets')) as [{ iv: Uint8Array; ciphertext: ArrayBuffer }];
  expect(new TextDecoder().decode(entry.ciphertext)).not.toContain(secret);
  const [key] = (await everything('sealed', 'keys')) as [CryptoKey];
  expect(key.extractable).toBe(false);
  await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
});

test('another page of the same origin reads what the first wrote', async () => {
  const pages = [indexedDbStore('shared'), indexedDbStore('shared')];
  await Promise.all(pages.map((page, i) => page.set(`task/${i}`, `value ${i}`)));

  expect(await pages[0]!.get('task/1')).toBe('value 1');
  expect(await pages[1]!.get('task/0')).toBe('value 0');
});

test('a value that was moved to another key does not open', async () => {
  const store = indexedDbStore('moved');
  await store.set('task/1', 'one');
  const [entry] = await everything('moved', 'secrets');
  await new Promise<void>((resolve) => {
    const opening = indexedDB.open('moved');
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('secrets', 'readwrite');
      transaction.objectStore('secrets').put(entry, 'task/2');
      transaction.oncomplete = () => resolve();
    };
  });

  await expect(store.get('task/2')).rejects.toThrow();
});
