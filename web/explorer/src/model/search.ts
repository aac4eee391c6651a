import type { Hex } from 'viem';
import type { History } from './history';

/** What a text in the search field names. */
export type Query =
  | { readonly kind: 'block'; readonly number: number }
  | { readonly kind: 'worker'; readonly number: number }
  | { readonly kind: 'address'; readonly address: Hex }
  | { readonly kind: 'hash'; readonly hash: Hex }
  | { readonly kind: 'nothing'; readonly why: string };

export function read(text: string): Query {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'nothing', why: 'Type an address, a task, a realm, a transaction or a block.' };
  const worker = /^worker\s*#?\s*(\d{1,8})$/i.exec(trimmed);
  if (worker) return { kind: 'worker', number: Number(worker[1]) };
  const block = /^(?:block\s*)?#?(\d{1,12})$/i.exec(trimmed.replace(/[ ,_]/g, ''));
  if (block) return { kind: 'block', number: Number(block[1]) };
  const digits = trimmed.replace(/^0x/i, '').toLowerCase();
  if (/^[0-9a-f]+$/.test(digits)) {
    if (digits.length === 40) return { kind: 'address', address: `0x${digits}` };
    if (digits.length === 64) return { kind: 'hash', hash: `0x${digits}` };
    return {
      kind: 'nothing',
      why: `That has ${digits.length} hex digits. An address has 40; a task, a realm, a transaction or a block hash has 64.`,
    };
  }
  return { kind: 'nothing', why: 'That is neither a number nor hexadecimal.' };
}

/** Where a hash leads, as far as the history knows it. */
export function locate(history: History, hash: Hex): string | undefined {
  const realm = history.realm(hash);
  if (realm) return `/realms/${realm.id}`;
  const task = history.task(hash);
  if (task) return `/realms/${task.realm}/tasks/${task.id}`;
  const event = history.events.find((each) => each.place.transaction === hash);
  if (event) return `/blocks/${event.place.block}`;
  const commit = history.commits.find((each) => each.stateHash === hash || each.receiptsRoot === hash);
  if (commit) return `/blocks/${commit.place.block}`;
  return undefined;
}
