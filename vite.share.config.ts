import react from '@vitejs/plugin-react';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { build, defineConfig, type Plugin } from 'vite';

/**
 * The page as one file, with its worker inside: what *Share* puts a capture into (src/share/html.ts). It opens from disk with no
 * network, so that nothing of it is loaded later, and its policy lets it connect to nothing.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const target = 'es2022';
const alias = {
  '#workers/spawn.ts': path.join(import.meta.dirname, 'workers/spawn-inline.ts'),
  '#workers/spawn-file-reader.ts': path.join(import.meta.dirname, 'workers/no-file-reader.ts'),
};

/** Elements that hold the scripts of page and worker, compressed: a ticket takes files of a megabyte and not always of two. */
const PAGE_ID = 'whither-page';
const WORKER_ID = 'whither-worker';

/**
 * Runs them: the worker first, which starts on a thread of its own while the page's script is unpacked and compiled. What it says before the
 * page listens is kept (workers/spawn-inline.ts). The page's is a module in an element: by the address of a blob it would go to the browser's
 * own process and back.
 */
const START = `
const bytesOf = (text) => {
  // Of newer browsers, in a tenth of the time.
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const packed = atob(text);
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = packed.charCodeAt(i);
  return bytes;
};
const unpacked = (id) => {
  const packed = new Blob([bytesOf(document.getElementById(id).textContent)]).stream();
  const headers = { 'Content-Type': 'text/javascript' };
  return new Response(packed.pipeThrough(new DecompressionStream('deflate')), { headers });
};
const url = URL.createObjectURL(await unpacked('${WORKER_ID}').blob());
const first = new Worker(url, { name: 'whither' });
const said = [];
globalThis.whitherWorker = { url, first, said };
const keep = (event) => {
  if (globalThis.whitherWorker.first !== null) said.push(event);
};
for (const type of ['message', 'messageerror', 'error']) first.addEventListener(type, keep);
const page = document.createElement('script');
page.type = 'module';
page.textContent = await unpacked('${PAGE_ID}').text();
document.head.append(page);
`;

/** No module: a worker of one cannot be started from a page on disk. */
async function workerScript(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    resolve: { alias },
    build: {
      write: false,
      modulePreload: false,
      target,
      rolldownOptions: {
        input: 'workers/whither.worker.ts',
        // Of what Vite preloads, which is nothing here.
        transform: { define: { 'import.meta': '{}' } },
        output: { format: 'iife', topLevelVar: false, codeSplitting: false },
      },
    },
  });
  const [script] = [made].flat().flatMap((one) => ('output' in one ? one.output : []));
  if (script?.type !== 'chunk') throw new Error('A script for the worker was to be made.');
  return script.code;
}

/** Puts script and styles in place of the links to them, and drops what else there is. */
function oneFile(): Plugin {
  return {
    name: 'whither-one-file',
    enforce: 'post',
    async generateBundle(_options, bundle) {
      const worker = await workerScript();
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
      const element = (id: string, text: string): string =>
        `  <script type="text/plain" id="${id}">${deflateSync(text, { level: 9 }).toString('base64')}</script>\n`;
      const html = String(page.source)
        .replace(/\s*<(?:script|link)\b[^>]*(?:>\s*<\/script>|>)/g, '')
        .replace('<head>', `<head>\n    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />`)
        .replace('</head>', () => `  <style>${css}</style>\n  </head>`)
        .replace(
          '</body>',
          () =>
            element(WORKER_ID, worker) +
            `  ${element(PAGE_ID, code)}    <script type="module">${START}</script>\n  </body>`,
        );
      for (const file of files) Reflect.deleteProperty(bundle, file.fileName);
      this.emitFile({ type: 'asset', fileName: 'share.html', source: html });
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [react(), oneFile()],
  resolve: { alias },
  publicDir: false,
  build: {
    outDir: 'dist/page',
    emptyOutDir: false,
    target,
    sourcemap: false,
    cssCodeSplit: false,
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    rolldownOptions: { output: { topLevelVar: false, codeSplitting: false } },
  },
});
