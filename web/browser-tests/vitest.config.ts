import { defineConfig } from 'vitest/config';

/* Needs a running testnet: see README of this folder. */
export default defineConfig({
  test: {
    include: ['*.test.ts'],
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    bail: 0,
  },
});
