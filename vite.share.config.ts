import react from '@vitejs/plugin-react';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/**
 * The page as one file, with its worker inside: what *Share* puts a capture into (src/share/html.ts). It opens from disk with no
 * network, so that nothing of it is loaded later, and its policy lets it connect to nothing.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * Runs the page: its script, compressed, is in an element of its own, for a ticket takes files of a megabyte and not always of
 * two. The address of a blob keeps it a module.
 */
const START = `
const packed = atob(document.getElementById('whither-page').textContent);
const bytes = new Uint8Array(packed.length);
for (let i = 0; i < bytes.length; i++) bytes[i] = packed.charCodeAt(i);
const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
const code = await new Response(plain).blob();
await import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
`;

/** Puts script and styles in place of the links to them, and drops what else there is. */
function oneFile(): Plugin {
  return {
    name: 'whither-one-file',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const files = Object.values(bundle);
      const page = files.find((file) => file.fileName === 'index.html');
      const scripts = files.filter((file) => file.type === 'chunk');
      const [script] = scripts;
      if (page?.type !== 'asset' || script === undefined || scripts.length > 1) {
        throw new Error('A page and one script were to be made.');
      }
      const styles = files.filter((file) => file.type === 'asset' && file.fileName.endsWith('.css'));
      const css = styles.map((file) => ('source' in file ? String(file.source) : '')).join('\n');
      // What vite would preload for a part that is loaded later: here they are all in the one script.
      const code = script.code.replaceAll('__VITE_PRELOAD__', 'void 0');
      const packed = deflateSync(code, { level: 9 }).toString('base64');
      const html = String(page.source)
        .replace(/\s*<(?:script|link)\b[^>]*(?:>\s*<\/script>|>)/g, '')
        .replace('<head>', `<head>\n    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />`)
        .replace('</head>', () => `  <style>${css}</style>\n  </head>`)
        .replace(
          '</body>',
          () =>
            `  <script type="text/plain" id="whither-page">${packed}</script>\n` +
            `    <script type="module">${START}</script>\n  </body>`,
        );
      for (const file of files) Reflect.deleteProperty(bundle, file.fileName);
      this.emitFile({ type: 'asset', fileName: 'share.html', source: html });
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [react(), oneFile()],
  resolve: {
    alias: {
      '#workers/spawn.ts': path.join(import.meta.dirname, 'workers/spawn-inline.ts'),
      '#workers/spawn-file-reader.ts': path.join(import.meta.dirname, 'workers/no-file-reader.ts'),
    },
  },
  // No module: a worker of one cannot be started from a page on disk.
  worker: { format: 'iife', rolldownOptions: { output: { topLevelVar: false } } },
  publicDir: false,
  build: {
    outDir: 'dist/page',
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: false,
    cssCodeSplit: false,
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    rolldownOptions: { output: { topLevelVar: false, codeSplitting: false } },
  },
});
