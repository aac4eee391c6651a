import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // The client's sources, not what it was last built to: a change there shows here at once.
  resolve: {
    alias: { '@enigma-network/enigma-js': fileURLToPath(new URL('../enigma-js/src/index.ts', import.meta.url)) },
  },
  // One file: it comes from this machine.
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1_000 },
});
