import { encodeFunctionData, parseAbi, type Hex } from 'viem';
import { describe, expect, test } from 'vitest';
import { consoleLine } from '../src/console.js';

const line = (signature: string, ...args: unknown[]): Hex =>
  encodeFunctionData({ abi: parseAbi([`function ${signature}`] as readonly string[]), functionName: 'log', args } as never);

const SOMEBODY = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';

describe('console lines', () => {
  test('values stand one after the other', () => {
    expect(consoleLine(line('log(string,uint256,bool,address)', 'sum', 7n, true, SOMEBODY))).toBe(`sum 7 true ${SOMEBODY}`);
    expect(consoleLine(line('log(int256)', -5n))).toBe('-5');
    expect(consoleLine(line('log()'))).toBe('');
  });

  test('a first text takes values into its places', () => {
    expect(consoleLine(line('log(string,uint256,uint256)', '%d of 100%%', 40n, 2n))).toBe('40 of 100% 2');
    expect(consoleLine(line('log(string,uint256)', 'at %x', 255n))).toBe('at 0xff');
    expect(consoleLine(line('log(string,uint256)', '%s and %s', 1n))).toBe('1 and %s');
  });

  test('what is no known line shows raw', () => {
    expect(consoleLine('0x12345678')).toBe('console.log 0x12345678');
    expect(consoleLine(`${line('log(string)', 'cut off').slice(0, 20)}` as Hex)).toMatch(/^console.log 0x/);
    expect(consoleLine('0x')).toBe('console.log 0x');
  });
});
