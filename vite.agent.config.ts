import { defineConfig } from 'vite';

/**
 * The agent: one file with its libraries inside, so that it can be copied to where an unprivileged user
 * may read it and started there without node_modules.
 */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: 'agent/cli/main.ts',
    outDir: 'dist/agent',
    emptyOutDir: true,
    target: 'node20',
    // topLevelVar: see vite.config.ts.
    rolldownOptions: { output: { entryFileNames: 'whither.mjs', topLevelVar: false } },
  },
});
