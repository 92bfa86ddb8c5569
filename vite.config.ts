import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page. Relative base, so that any folder of any web host can serve it. */
export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: { outDir: 'dist/page', emptyOutDir: true, target: 'es2022', sourcemap: false, assetsInlineLimit: 0 },
});
