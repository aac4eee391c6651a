import { chmod, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnigmaError } from './errors.js';
import type { SecretStore } from './store.js';

/**
 * Keeps values in files of a directory that only this user can enter. Node has no key storage that would not hand its
 * keys out, so the files are not encrypted: put the directory on an encrypted disk, and do not share it.
 */
export function fileStore(directory: string): SecretStore {
  const fileOf = (key: string) => join(directory, `${Buffer.from(key).toString('hex')}.json`);
  const unusable = (cause: unknown) =>
    new EnigmaError('STATE_DIRECTORY_UNUSABLE', `the directory ${directory} cannot be used: ${(cause as Error).message}`, { cause });
  const isMissing = (problem: unknown) => (problem as NodeJS.ErrnoException).code === 'ENOENT';
  let writes = 0;
  return {
    async get(key) {
      try {
        return await readFile(fileOf(key), 'utf8');
      } catch (problem) {
        if (isMissing(problem)) return undefined;
        throw unusable(problem);
      }
    },
    async set(key, value) {
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await chmod(directory, 0o700);
        const fresh = `${fileOf(key)}.${process.pid}.${++writes}`;
        await writeFile(fresh, value, { mode: 0o600, flush: true });
        await rename(fresh, fileOf(key));
      } catch (problem) {
        throw unusable(problem);
      }
    },
    async delete(key) {
      await rm(fileOf(key), { force: true });
    },
    async keys(prefix) {
      let names: string[];
      try {
        names = await readdir(directory);
      } catch (problem) {
        if (isMissing(problem)) return [];
        throw unusable(problem);
      }
      return names
        .filter((name) => /^([0-9a-f]{2})+\.json$/.test(name))
        .map((name) => Buffer.from(name.slice(0, -5), 'hex').toString())
        .filter((key) => key.startsWith(prefix))
        .sort();
    },
  };
}
