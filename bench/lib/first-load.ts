import path from 'node:path';

const TEXT = /\.(?:html|js|css)$/;
/** `src="./a.js"`, `href="./b.css"` in HTML. */
const IN_HTML = /\b(?:src|href)="([^"]+)"/g;
/** `import("./c.js")`: loaded when it is needed, with what only it names. */
const LATER = /\bimport\(["'`](?:\.{0,2}\/)?([\w./-]+\.js)["'`]\)/g;
/** What Vite has a browser fetch along with an `import()`: loaded when that is, not before. */
const WITH_LATER = /^const __vite__mapDeps=.*$/m;
/** Any string in a script or style that could name a built file: imports, `new URL("assets/worker-x.js")`, `url(x)`. */
const IN_CODE = /["'`(]((?:\.{0,2}\/)?[\w./-]+\.(?:js|css|woff2|svg|wasm))["'`)]/g;

/** Started behind the first load, and only on a host of static files; it then fetches all that is named in it. */
const SERVICE_WORKER = 'service-worker.js';

/**
 * Files that a browser loads before the page can be used, from `index.html` on, paths relative to the page's
 * root. `read` gives a file's text, null where there is none (a name in a string that is no file). What a script
 * imports only later, when somebody asks for it, is not counted.
 */
export function firstLoad(read: (file: string) => string | null): string[] {
  const files: string[] = [];
  const queue = ['index.html'];
  const later = new Set([SERVICE_WORKER]);
  while (queue.length > 0) {
    const file = queue.shift()!;
    if (files.includes(file)) continue;
    const text = read(file)?.replace(WITH_LATER, '');
    if (text === undefined) continue;
    files.push(file);
    if (!TEXT.test(file)) continue;
    for (const [, name] of text.matchAll(LATER)) later.add(path.posix.basename(name!));
    for (const [, name] of text.matchAll(file.endsWith('.html') ? IN_HTML : IN_CODE)) {
      if (later.has(path.posix.basename(name!))) continue;
      // Built scripts name other files from their own folder or from the root.
      const folder = path.posix.dirname(file);
      queue.push(path.posix.join(folder, name!), path.posix.normalize(name!.replace(/^\.?\//, '')));
    }
  }
  return files;
}
