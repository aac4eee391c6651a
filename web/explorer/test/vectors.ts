import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A vector file that Java, Solidity and TypeScript share. */
export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../../protocol/src/test/resources/vectors', `${name}.json`), 'utf8')) as T;
}
