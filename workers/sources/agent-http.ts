/** The agent's HTTP side, as the live source needs it: older bytes of the log, and whether it answers at all. */
import { formatOffset } from '#core/protocol/offset.ts';
import { Fault } from '#workers/fault.ts';

export type Reachable = 'yes' | 'no' | 'unauthorised' | 'no live capture';

export function unauthorised(): Fault {
  return new Fault(
    'live-unauthorised',
    'The agent does not accept this page: the token of its link has expired or belongs to another start.',
    'Open the link that the agent printed when it started.',
  );
}

export class AgentHttp {
  readonly #spoolUrl: string;
  readonly #fetch: typeof fetch;

  constructor(spoolUrl: string, fetchBytes: typeof fetch) {
    this.#spoolUrl = spoolUrl;
    this.#fetch = (input, init) => fetchBytes(input, init);
  }

  /** Bytes of the log from `offset`, exactly `length`. Rejects with a Fault, `live-gone` when retention took them. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    let response: Response;
    let bytes: Uint8Array;
    try {
      response = await this.#get(offset, length);
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch {
      throw new Fault(
        'live-unreachable',
        'The agent does not answer, so bytes from earlier in its log cannot be read.',
        'Check that it still runs; an agent started anew prints a new link.',
      );
    }
    if (response.status === 401 || response.status === 403) throw unauthorised();
    if (response.status === 410 || response.status === 404) {
      throw new Fault(
        'live-gone',
        'The agent no longer keeps these bytes: its log is limited in size and age.',
        'Raise the agent’s retention to keep more of the next capture.',
      );
    }
    if (!response.ok || bytes.length !== length) {
      throw new Fault(
        'live-read',
        `The agent answered ${response.status} with ${bytes.length} of ${length} bytes of its log.`,
        'Reload the page; agent and page must be of the same version.',
      );
    }
    return bytes;
  }

  /** A browser does not say why a WebSocket was refused; the same cookie on a plain request does. */
  async reachable(timeoutMs: number): Promise<Reachable> {
    try {
      // No bytes are asked for: whether the agent answers 200 or 400 to that, it has let the page in.
      const response = await this.#get(0, 0, AbortSignal.timeout(timeoutMs));
      await response.body?.cancel();
      if (response.status === 401 || response.status === 403) return 'unauthorised';
      return response.status === 404 ? 'no live capture' : 'yes';
    } catch {
      return 'no';
    }
  }

  #get(offset: number, length: number, signal?: AbortSignal): Promise<Response> {
    const url = `${this.#spoolUrl}?from=${formatOffset(offset)}&length=${length}`;
    return this.#fetch(url, { credentials: 'same-origin', cache: 'no-store', ...(signal ? { signal } : {}) });
  }
}
