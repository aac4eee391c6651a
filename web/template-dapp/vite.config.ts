import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { enigma } from './enigma/vite-plugin.mjs';

export default defineConfig({
  base: './',
  plugins: [react(), enigma()],
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1_000, rolldownOptions: { checks: { pluginTimings: false } } },
  test: { testTimeout: 60_000, hookTimeout: 90_000, fileParallelism: false },
});
