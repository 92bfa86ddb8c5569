/**
 * Shares on disk: `ID.pcapng`, and what is said of it in `ID.json`, which is written last. Neither is changed after that. Of one that
 * has expired `ID.expired` stays for a time, which holds when that was and nothing else.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  MAX_STORED_BYTES,
  MAX_STORED_SHARES,
  MAX_TITLE_CHARS,
  isTimestamp,
  parseStored,
  SHARE_ID,
  type StoredShare,
} from '#core/share/stored.ts';
import { codeOf, Failure } from '../failure.ts';

const ID_BYTES = 24;
const DIR_MODE = 0o700;
const FILE_MODE = 0o600;
/** Of all shares together. */
const MAX_TOTAL_BYTES = 4 * 1024 * 1024 * 1024;
/** How often those whose time is over are looked for; before that they are nobody's any more, but still on the disk. */
const EXPIRY_INTERVAL_MS = 60 * 60 * 1000;
/** How long a link says that its share has expired, and of how many: later it says what that of any other says that is not there. */
const MAX_EXPIRED_MS = 90 * 24 * 60 * 60 * 1000;
const MAX_EXPIRED = 1000;
const EXPIRED = '.expired';
/** First block of every pcapng. */
const PCAPNG = Buffer.from('0a0d0d0a', 'hex');

export interface Offered {
  /** Hex digits that whoever sends it says it has. */
  readonly sha256: string;
  readonly title: string;
  /** null = whoever sends it does not say. */
  readonly packets: number | null;
  /** ISO 8601; null = never. */
  readonly expires: string | null;
}

/** A share that is no more, and since when. */
export interface ExpiredShare {
  /** ISO 8601. */
  readonly expired: string;
}

export class ShareStore {
  readonly #dir: string;
  readonly #now: () => number;
  /** One at a time: what there is room for is known only when the one before has ended. */
  #adding = false;

  private constructor(dir: string, now: () => number) {
    this.#dir = dir;
    this.#now = now;
  }

  /** Makes the directory; shares that are in it are taken up. From then on those that expire are deleted, asked for or not. */
  static async open(dir: string, now: () => number = Date.now): Promise<ShareStore> {
    await mkdir(dir, { recursive: true, mode: DIR_MODE });
    const store = new ShareStore(dir, now);
    // What an agent that was killed was still writing.
    for (const name of await readdir(dir)) {
      const id = name.replace(/\.(?:pcapng|part|json)$/, '');
      const isWhole = !name.endsWith('.part') && (await store.#told(id)) !== null;
      if (!isWhole && SHARE_ID.test(id)) await rm(path.join(dir, name), { force: true });
    }
    await store.list();
    // A directory that is gone has none.
    setInterval(() => void store.list().catch(() => undefined), EXPIRY_INTERVAL_MS).unref();
    return store;
  }

  /** The newest first; those whose time is over are deleted. */
  async list(): Promise<readonly StoredShare[]> {
    const names = await readdir(this.#dir);
    const shares: StoredShare[] = [];
    for (const name of names.filter((one) => one.endsWith('.json'))) {
      const share = await this.find(name.slice(0, -'.json'.length));
      if (share !== null && 'bytes' in share) shares.push(share);
    }
    await this.#forgetExpired(names);
    return shares.sort((a, b) => b.created.localeCompare(a.created)).slice(0, MAX_STORED_SHARES);
  }

  /** null = there is none of this id, or it expired long ago. One that has expired is deleted. */
  async find(id: string): Promise<StoredShare | ExpiredShare | null> {
    const share = await this.#told(id);
    if (share === null) return this.#expired(id);
    const { expires } = share;
    if (expires === null || Date.parse(expires) > this.#now()) return share;
    await this.#forget(id);
    // On a full disk it is gone all the same.
    await writeFile(this.#path(id, 'expired'), expires, { mode: FILE_MODE }).catch(() => undefined);
    return { expired: expires };
  }

  /** Where the bytes of a share are that `find` has found. */
  file({ id }: StoredShare): string {
    return this.#path(id, 'pcapng');
  }

  /** Keeps what comes. Failure when it is too much, damaged, no capture, or comes beside another; then nothing of it is kept. */
  async add(body: AsyncIterable<Uint8Array>, offered: Offered): Promise<StoredShare> {
    if (this.#adding) throw takesAnother();
    this.#adding = true;
    try {
      return await this.#add(body, offered);
    } finally {
      this.#adding = false;
    }
  }

  async #add(
    body: AsyncIterable<Uint8Array>,
    { sha256, title, packets, expires }: Offered,
  ): Promise<StoredShare> {
    const kept = await this.list();
    const room = MAX_TOTAL_BYTES - kept.reduce((sum, { bytes }) => sum + bytes, 0);
    if (kept.length >= MAX_STORED_SHARES || room <= 0) {
      throw new Failure(
        `the agent keeps ${kept.length} shares already, of ${MAX_TOTAL_BYTES - room} bytes`,
        'delete some of them',
      );
    }
    if (expires !== null && !(isTimestamp(expires) && Date.parse(expires) > this.#now())) {
      throw new Failure('the time at which it is to be deleted is over or is none', 'give a later one');
    }
    const id = randomBytes(ID_BYTES).toString('base64url');
    const part = this.#path(id, 'part');
    try {
      const bytes = await written(part, body, { sha256, room });
      await rename(part, this.#path(id, 'pcapng'));
      const share: StoredShare = {
        id,
        sha256,
        bytes,
        title: title.slice(0, MAX_TITLE_CHARS),
        packets,
        created: new Date(this.#now()).toISOString(),
        expires,
      };
      await writeFile(this.#path(id, 'json'), JSON.stringify(share), { mode: FILE_MODE, flag: 'wx' });
      return share;
    } catch (thrown) {
      await this.#forget(id);
      throw DISK_FULL.has(codeOf(thrown)) ? noSpace() : thrown;
    }
  }

  /** false = there was none. */
  async remove(id: string): Promise<boolean> {
    if ((await this.#told(id)) === null) return false;
    await this.#forget(id);
    return true;
  }

  async #forget(id: string): Promise<void> {
    for (const kind of ['json', 'pcapng', 'part'] as const) await rm(this.#path(id, kind), { force: true });
  }

  async #expired(id: string): Promise<ExpiredShare | null> {
    if (!SHARE_ID.test(id)) return null;
    const expired = await readFile(this.#path(id, 'expired'), 'utf8').catch(() => '');
    return isTimestamp(expired) ? { expired } : null;
  }

  /** Of those in the directory, all but the newest. */
  async #forgetExpired(names: readonly string[]): Promise<void> {
    const expired: { readonly file: string; readonly since: number }[] = [];
    for (const name of names.filter((one) => one.endsWith(EXPIRED))) {
      const share = await this.#expired(name.slice(0, -EXPIRED.length));
      expired.push({
        file: path.join(this.#dir, name),
        since: share === null ? 0 : Date.parse(share.expired),
      });
    }
    expired.sort((a, b) => b.since - a.since);
    const old = this.#now() - MAX_EXPIRED_MS;
    for (const [i, { file, since }] of expired.entries()) {
      if (i >= MAX_EXPIRED || since < old) await rm(file, { force: true });
    }
  }

  async #told(id: string): Promise<StoredShare | null> {
    if (!SHARE_ID.test(id)) return null;
    try {
      const share = parseStored(JSON.parse(await readFile(this.#path(id, 'json'), 'utf8')));
      const { size } = await stat(this.#path(id, 'pcapng'));
      return share?.id === id && share.bytes === size ? share : null;
    } catch {
      return null;
    }
  }

  #path(id: string, kind: 'json' | 'pcapng' | 'part' | 'expired'): string {
    return path.join(this.#dir, `${id}.${kind}`);
  }
}

/** How many bytes; `room`: there may be. */
async function written(
  file: string,
  body: AsyncIterable<Uint8Array>,
  { sha256, room }: { readonly sha256: string; readonly room: number },
): Promise<number> {
  const hash = createHash('sha256');
  const handle = await open(file, 'wx', FILE_MODE);
  let bytes = 0;
  try {
    for await (const chunk of body) {
      // It may come byte by byte.
      const magic = PCAPNG.subarray(bytes, bytes + chunk.length);
      if (!magic.equals(chunk.subarray(0, magic.length))) throw noPcapng();
      bytes += chunk.length;
      if (bytes > MAX_STORED_BYTES) throw tooLarge();
      if (bytes > room) {
        throw new Failure(
          `beside the shares that it keeps the agent has room for ${room} bytes`,
          'delete some of them',
        );
      }
      hash.update(chunk);
      // All of it, where one write takes a part.
      await handle.appendFile(chunk);
    }
  } finally {
    await handle.close();
  }
  if (hash.digest('hex') !== sha256) {
    throw new Failure('the share did not arrive as it was sent', 'send it again');
  }
  if (bytes < PCAPNG.length) throw noPcapng();
  return bytes;
}

function noPcapng(): Failure {
  return new Failure('what was sent is no pcapng', 'send a share as whither share writes it');
}

export function tooLarge(): Failure {
  return new Failure(
    `a share that an agent keeps has at most ${MAX_STORED_BYTES / 1024 / 1024} MiB`,
    'share less of the capture, or download it',
  );
}

export function takesAnother(): Failure {
  return new Failure('the agent is taking another share at the moment', 'send it again when that has ended');
}

const DISK_FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export function noSpace(): Failure {
  return new Failure('the disk of the agent has no room for the share', 'delete others, or download it');
}
