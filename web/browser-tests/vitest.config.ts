import { defineConfig } from 'vitest/config';

/* Needs a running testnet: CONTRIBUTING.md says how. */
export default defineConfig({
  cacheDir: '../target/vite-browser-tests',
  test: {
    include: ['*.test.ts'],
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 90_000 } },
  },
});
