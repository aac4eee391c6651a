import { defineConfig } from 'vitest/config';

/** Tests against a running network: enigma testnet --run "npm run test:live". */
export default defineConfig({
  test: {
    include: ['live/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 90_000,
    fileParallelism: false,
    // Node 20 has WebSockets only so; later ones as a matter of course.
    execArgv: ['--experimental-websocket'],
  },
});
