import { createHash } from 'node:crypto';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { PAGE_POLICY } from './core/protocol/page-policy.ts';

/**
 * Constants of a module stay `const`: V8 puts their values in place, which of Vite's `var` it does not, and a decode
 * takes a tenth less time (bench/README.md).
 */
const topLevelVar = false;

/**
 * What is loaded first is one file: modules that something lazy uses as well would be files of their own, two dozen of them, each compressed
 * by itself, which was 5 kB of the 250 that the first load may have.
 */
const codeSplitting = {
  // The service worker is a file without imports.
  groups: [
    { name: 'first', tags: ['$initial' as const], test: (id: string) => !id.includes('/workers/offline/') },
  ],
};

const SERVICE_WORKER = 'service-worker';
const BUILD_DIGITS = 16;

/** For a host of static files: the page says its policy itself, and its service worker has the list of files. */
function staticHost(): Plugin {
  return {
    name: 'whither-static-host',
    apply: 'build',
    enforce: 'post',
    transformIndexHtml: (html) => ({
      html,
      tags: [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: PAGE_POLICY.join('; ') },
          injectTo: 'head-prepend',
        },
      ],
    }),
    generateBundle: {
      // Behind Vite, which takes scripts out again that are nothing but the import of a style.
      order: 'post',
      handler(_options, bundle) {
        const worker = Object.values(bundle).find(({ fileName }) => fileName === `${SERVICE_WORKER}.js`);
        if (worker?.type !== 'chunk') return;
        const files = Object.keys(bundle).filter((file) => file.startsWith('assets/'));
        const list = JSON.stringify(files.sort());
        // Each file is named by what is in it.
        const build = createHash('sha256').update(list).digest('hex').slice(0, BUILD_DIGITS);
        worker.code = worker.code
          .replaceAll('WHITHER_FILES', list)
          .replaceAll('WHITHER_BUILD', JSON.stringify(build));
      },
    },
  };
}

/** The page. Relative base, so that any folder of any web host can serve it. */
export default defineConfig({
  base: './',
  plugins: [react(), staticHost()],
  worker: { format: 'es', rolldownOptions: { output: { topLevelVar, codeSplitting } } },
  build: {
    outDir: 'dist/page',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: 'index.html', [SERVICE_WORKER]: 'workers/offline/service-worker.ts' },
      output: {
        topLevelVar,
        codeSplitting,
        entryFileNames: ({ name }) => (name === SERVICE_WORKER ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
