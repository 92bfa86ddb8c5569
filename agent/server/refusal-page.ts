/** A refusal as a person's browser shows it. Programs get the same sentence as plain text (headers.ts). */
import type { IncomingMessage } from 'node:http';

/** Served to everybody: the page that says that somebody is not let in has to look like something, too. */
export const REFUSAL_STYLE_PATH = '/refused.css';

export const REFUSAL_STYLE = `:root { color-scheme: light dark; }
body { margin: 18vh auto 0; max-width: 34rem; padding: 0 1.5rem; font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.25rem; font-weight: 600; }
p { margin: 0.75rem 0; }
p + p { opacity: 0.75; }
code { font: 0.9em ui-monospace, monospace; }
`;

export function wantsPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && /\btext\/html\b/.test(headers.accept ?? '');
}

/** HTML without script; `text` is a plain sentence. */
export function refusalPage(text: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Whither: not let in</title>
<link rel="stylesheet" href="${REFUSAL_STYLE_PATH}">
<h1>Whither has not let this browser in</h1>
<p>${escaped(text)}</p>
<p>The link is in the terminal where whither was started, in the line that begins with <code>Whither is at</code>.</p>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
