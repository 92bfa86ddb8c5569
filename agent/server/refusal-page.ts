/** What is refused, or is not there, as a person's browser shows it. Programs get the same as one line of plain text (headers.ts). */
import type { IncomingMessage } from 'node:http';

/** Served to everybody: the page that says that somebody is not let in has to look like something, too. */
export const REFUSAL_STYLE_PATH = '/refused.css';

/** Colours are those of src/theme/tokens.css. */
export const REFUSAL_STYLE = `:root { color-scheme: light dark; }
body {
  margin: 18vh auto 0; max-width: 36rem; padding: 0 1.5rem;
  background: light-dark(#ffffff, #1b1c1f); color: light-dark(#17191c, #e9eaec);
  font: 15px/1.5 'Inter', 'Inter Variable', system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif;
}
main { border-top: 3px solid light-dark(#0c7a75, #2fbfb7); padding-top: 1rem; }
h1 { margin: 0; font-size: 1.25rem; font-weight: 600; }
p { margin: 0.75rem 0; }
.name { font-weight: 600; }
.remedy { color: light-dark(#5f646b, #a3a7ae); }
`;

/** For these pages, which have a style and nothing else. */
export const REFUSAL_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Plain sentences. */
export interface RefusalText {
  readonly heading: string;
  readonly cause: string;
  readonly remedy: string;
}

export const NOT_LET_IN: Omit<RefusalText, 'cause'> = {
  heading: 'Whither has not let this browser in',
  remedy:
    'The link is in the terminal where whither was started, in the line that begins with “Whither is at”.',
};

export function wantsPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && /\btext\/html\b/.test(headers.accept ?? '');
}

/** HTML without script. */
export function refusalPage({ heading, cause, remedy }: RefusalText): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Whither: ${escaped(heading)}</title>
<link rel="stylesheet" href="${REFUSAL_STYLE_PATH}">
<body>
<p class="name">Whither</p>
<main>
<h1>${escaped(heading)}</h1>
<p>${escaped(cause)}</p>
<p class="remedy">${escaped(remedy)}</p>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
