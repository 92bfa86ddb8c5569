/**
 * Who may talk to the agent. Three checks, each of which stops an attack the others do not: the Host
 * header (DNS rebinding), the Origin header (a page elsewhere that opens our WebSocket), and a secret
 * (another user of this machine).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const SECRET_BYTES = 32;
/** On the upgrade of an agent that joins this one. Who joins others is not joined: two would send each other theirs for ever. */
export const JOIN_HEADER = 'whither-join';
export const JOINS_ITSELF = 409;

/** Why a request is refused: plain text for a person, the status code for the browser. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
}

export class Access {
  /** In the first link only; whoever has it gets the cookie. */
  readonly token: string;
  readonly cookieName: string;
  readonly #session: string;
  readonly #guest: string;
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;

  /** `names` are the host names and addresses besides loopback's that may be in the Host header. */
  constructor(port: number, names: readonly string[] = []) {
    this.token = randomBytes(SECRET_BYTES).toString('base64url');
    this.#session = randomBytes(SECRET_BYTES).toString('base64url');
    this.#guest = randomBytes(SECRET_BYTES).toString('base64url');
    this.cookieName = `whither_${port}`;
    const all = ['127.0.0.1', '[::1]', 'localhost', ...names.map(bracketed)];
    this.#hosts = new Set(all.map((name) => `${name}:${port}`));
    this.#origins = new Set(all.map((name) => `http://${name}:${port}`));
  }

  /** null = may go on. `upgrade`: a WebSocket, which browsers always send an Origin for. */
  refuseSource(request: IncomingMessage, upgrade: boolean): Refusal | null {
    if (!this.#hosts.has(request.headers.host ?? '')) {
      return refusal('The Host header names another machine: open the link that whither printed, as it is.');
    }
    const { origin } = request.headers;
    if (origin === undefined) {
      return upgrade ? refusal('A WebSocket without an Origin is refused: connect from the page.') : null;
    }
    if (!this.#origins.has(origin)) {
      return refusal('The request comes from another site: open the link that whither printed.');
    }
    return null;
  }

  refuseStranger(request: IncomingMessage): Refusal | null {
    const cookie = cookieValue(request.headers.cookie ?? '', this.cookieName);
    if (cookie !== null && sameSecret(cookie, this.#session)) return null;
    return refusal(
      'This browser has not been let in: open the link with ?token= that whither printed when it started ' +
        '(each start has a new one).',
    );
  }

  /** Whether a browser came by the link of a share: it gets the page's own files, and nothing of this host. */
  isGuest(request: IncomingMessage): boolean {
    const cookie = cookieValue(request.headers.cookie ?? '', `${this.cookieName}_guest`);
    return cookie !== null && sameSecret(cookie, this.#guest);
  }

  /** Lax: a link in a chat or a ticket is followed from another site. */
  get guestCookie(): string {
    return `${this.cookieName}_guest=${this.#guest}; Path=/; HttpOnly; SameSite=Lax`;
  }

  isToken(given: string): boolean {
    return sameSecret(given, this.token);
  }

  /** Strict and per port: no other site can send it along, two agents on a host do not share it. */
  get cookie(): string {
    return `${this.cookieName}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`;
  }
}

function refusal(text: string): Refusal {
  return { status: 403, text };
}

function bracketed(name: string): string {
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name.toLowerCase();
}

/** Digests have one length, so that not even the length of the secret is told by the time taken. */
function sameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function cookieValue(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined) return value;
  }
  return null;
}
