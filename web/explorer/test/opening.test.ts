import { concat, encodeAbiParameters, encodeErrorResult, hexToBytes, keccak256, pad, parseAbi, parseAbiParameters, toHex, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { responseCipher } from '../../enigma-js/src/protocol/result';
import { open } from '../src/model/opening';
import type { TaskRecord } from '../src/model/record';
import type { TaskReport } from '../src/network/node';

const TASK: Hex = `0x${'66'.repeat(32)}`;
const ABI = parseAbi(['error TooPoor(uint256 needed)']);
const record: TaskRecord = {
  taskId: TASK,
  sender: `0x${'11'.repeat(20)}`,
  realm: `0x${'22'.repeat(32)}`,
  target: `0x${'33'.repeat(20)}`,
  gasLimit: 1n,
  gasPrice: 1n,
  response: { encapsulation: `0x${'ab'.repeat(32)}`, secret: `0x${'cd'.repeat(32)}` },
  call: 'richest()',
  outputs: [{ name: 'who', type: 'address' }, { name: '', type: 'uint256' }],
  abi: ABI,
};

/** Seals what an enclave would: the result's code, gas and output, padded. */
async function sealed(code: number, output: Hex): Promise<TaskReport> {
  const content = hexToBytes(concat(['0x01', toHex(code, { size: 2 }), toHex(21_000n, { size: 8 }), output]));
  const padded = new Uint8Array(Math.ceil((content.length + 4) / 256) * 256);
  new DataView(padded.buffer).setUint32(0, content.length);
  padded.set(content, 4);
  const nonce = pad('0x09', { size: 32 });
  const { key, iv } = await responseCipher(record.response, nonce, 'encrypt');
  const ciphertext = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: hexToBytes(TASK).slice().buffer as ArrayBuffer }, key, padded);
  const result = concat([nonce, toHex(new Uint8Array(ciphertext))]);
  return {
    taskId: TASK,
    status: 'FINAL',
    result,
    receipt: { taskId: TASK, sequence: 1n, outcome: 0, gasCharged: 1n, resultHash: keccak256(result), callbackHash: pad('0x', { size: 32 }) },
  };
}

describe('opening a result with the record its sender kept', () => {
  it('shows what the function returned, by name and type', async () => {
    const output = encodeAbiParameters(parseAbiParameters('address,uint256'), [`0x${'44'.repeat(20)}`, 1_234_567n]);
    expect(await open(await sealed(0, output), record)).toMatchObject({
      call: 'richest()',
      succeeded: true,
      gasUsed: 21_000n,
      values: [
        { name: 'who', type: 'address', value: `0x${'44'.repeat(20)}` },
        { name: '', type: 'uint256', value: '1 234 567' },
      ],
    });
  });

  it('says why a call failed, which nobody else can see', async () => {
    const own = encodeErrorResult({ abi: ABI, errorName: 'TooPoor', args: [7n] });
    expect(await open(await sealed(201, own), record)).toMatchObject({ succeeded: false, failure: 'TooPoor(7)' });
    expect((await open(await sealed(201, '0x'), record)).failure).toMatch(/^[A-Z_]+: /);
  });

  it('refuses another task’s record, another key, and a result that is not the receipt’s', async () => {
    const report = await sealed(0, '0x');
    await expect(open(report, { ...record, taskId: `0x${'77'.repeat(32)}` })).rejects.toThrow(/another task/);
    const other = { ...record, response: { ...record.response, secret: `0x${'ee'.repeat(32)}` as Hex } };
    await expect(open(report, other)).rejects.toThrow(/does not open/);
    await expect(open({ ...report, result: '0x1234' }, record)).rejects.toThrow(/another result/);
  });
});
