import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * Constants of a module stay `const`: V8 puts their values in place, which of Vite's `var` it does not, and a decode
 * takes a tenth less time (bench/README.md).
 */
const output = { topLevelVar: false };

/** The page. Relative base, so that any folder of any web host can serve it. */
export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es', rolldownOptions: { output } },
  build: {
    outDir: 'dist/page',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    rolldownOptions: { output },
  },
});
