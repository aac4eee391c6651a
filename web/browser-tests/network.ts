/* The running testnet that the tests look at: its addresses come by environment from `enigma testnet --run`. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const needed = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests with enigma testnet --run, as CONTRIBUTING.md says`);
  return value;
};

export const EXPLORER = needed('ENIGMA_EXPLORER');
export const ETHEREUM = needed('ETH_RPC');
export const NODES = needed('ENIGMA_RPC').split(',');

/** Runs the enigma command on the testnet and returns what it printed. */
export function enigma(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.env['ENIGMA_COMMAND'] ?? 'enigma', args, { timeout: 240_000, maxBuffer: 1 << 24 }, (problem, out, err) => {
      if (problem) reject(new Error(`enigma ${args.join(' ')}: ${problem.message}\n${out}\n${err}`));
      else resolve(out);
    });
  });
}

/** A record that the command line kept of a task that is over. */
export interface KeptRecord {
  readonly file: string;
  readonly taskId: string;
  readonly sender: string;
  readonly realm: string;
  readonly signature: string;
  readonly secret: string;
}

/** The records of all tasks of this user that are over. */
export function keptRecords(): KeptRecord[] {
  const clients = join(process.env['ENIGMA_HOME'] ?? join(homedir(), '.enigma'), 'client');
  return readdirSync(clients).flatMap((network) => {
    const done = join(clients, network, 'done');
    return readdirSync(done).map((name) => {
      const file = join(done, name);
      const json = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
      return {
        file,
        taskId: json['taskId']!,
        sender: `0x${json['order']!.slice(2, 42)}`,
        realm: `0x${json['order']!.slice(42, 106)}`,
        signature: json['signature']!,
        secret: json['responseKey']!.slice(-64),
      };
    });
  });
}
