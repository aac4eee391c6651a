import 'fake-indexeddb/auto';
import { indexedDbStore } from '@enigma-network/enigma-js';
import { describe, expect, it } from 'vitest';
import { recordHere } from '../src/model/record';

const TASK = `0x${'ab'.repeat(32)}` as const;
const record = {
  order: { sender: `0x${'11'.repeat(20)}`, realm: `0x${'22'.repeat(32)}`, target: `0x${'33'.repeat(20)}`, gasLimit: '0x5', gasPrice: '0x1' },
  response: { encapsulation: '0xaabb', secret: '0xcc' },
  call: 'get()',
  output: { outputs: [] },
  abi: [],
};

/** A database of some other page. */
function foreign(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 3);
    request.onupgradeneeded = () => void request.result.createObjectStore('things');
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
    request.onerror = () => reject(request.error);
  });
}

describe('records that pages of this origin kept', () => {
  it('are found under way and when they are over, past databases that are no store', async () => {
    await foreign('another page');
    const store = indexedDbStore('millionaires');
    expect(await recordHere(TASK)).toBeUndefined();

    await store.set(`task/${TASK}`, JSON.stringify(record));
    expect(await recordHere(TASK)).toMatchObject({ taskId: TASK, sender: record.order.sender, call: 'get()' });

    await store.delete(`task/${TASK}`);
    await store.set(`done/${TASK}`, JSON.stringify(record));
    expect(await recordHere(TASK.toUpperCase().replace('0X', '0x') as typeof TASK)).toMatchObject({ sender: record.order.sender });
    expect(await recordHere(`0x${'cd'.repeat(32)}`)).toBeUndefined();
  });
});
