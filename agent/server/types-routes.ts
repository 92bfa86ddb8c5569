/**
 * `GET /api/types`: which programs, and which BTF of the kernel and its modules, this host has. `GET /api/types/btf`
 * hands one out: `?program=ID`, `?module=NAME` or `?kernel`. The BTF of the kernel may be read by anybody; that of
 * programs takes privilege, which the probe has.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import * as v from 'valibot';
import type { TypesQuestion } from '../capture/types-question.ts';
import { Failure } from '../failure.ts';
import { sendJson } from './headers.ts';

const BTF_DIRECTORY = '/sys/kernel/btf';
const KERNEL = 'vmlinux';
/** No other file of the directory, and none beside it. */
const MODULE_NAME = /^[A-Za-z0-9_]{1,64}$/;
const MAX_MODULES = 4096;
const BUSY = { error: 'the agent is asking the probe already', remedy: 'try again' } as const;

/** What `whither-probe --programs` prints. */
const programList = v.array(
  v.object({
    id: v.number(),
    name: v.string(),
    type: v.string(),
    /** 16 hex digits, of its instructions. */
    tag: v.string(),
    /** It was loaded with BTF. */
    types: v.boolean(),
  }),
);

/** What the page is told. */
export interface HostTypes {
  /** Those loaded last first. */
  readonly programs: v.InferOutput<typeof programList>;
  /** Why there are none, with what to do; '' = they are those of this host. */
  readonly refusal: string;
  /** The kernel has BTF. */
  readonly kernel: boolean;
  readonly modules: readonly string[];
}

export class TypesRoutes {
  readonly #ask: (question: TypesQuestion) => Promise<Uint8Array>;
  /** One question at a time: each starts a process. */
  #asking = false;

  constructor(ask: (question: TypesQuestion) => Promise<Uint8Array>) {
    this.#ask = ask;
  }

  async answerList(response: ServerResponse): Promise<void> {
    if (this.#asking) return sendJson(response, 503, BUSY);
    const names = await kernelNames();
    const said = { kernel: names.includes(KERNEL), modules: names.filter((name) => name !== KERNEL) };
    try {
      const programs = v.parse(programList, JSON.parse(new TextDecoder().decode(await this.#once(null))));
      sendJson(response, 200, { programs, refusal: '', ...said } satisfies HostTypes);
    } catch (thrown) {
      const refusal =
        thrown instanceof Failure ? thrown.line : 'The probe was not understood: run npm run build.';
      sendJson(response, 200, { programs: [], refusal, ...said } satisfies HostTypes);
    }
  }

  async answerBtf(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const program = query.get('program');
    const module = query.get('module');
    if (program !== null && /^[1-9]\d{0,9}$/.test(program) && Number(program) <= 0xffff_ffff) {
      if (this.#asking) return sendJson(response, 503, BUSY);
      await send(response, this.#once(Number(program)));
    } else if (query.has('kernel')) await send(response, kernelBtf(KERNEL));
    else if (module !== null && MODULE_NAME.test(module)) await send(response, kernelBtf(module));
    else {
      sendJson(response, 400, {
        error: 'the question names no program, module or kernel',
        remedy: 'ask for program=ID, module=NAME or kernel',
      });
    }
  }

  async #once(program: number | null): Promise<Uint8Array> {
    this.#asking = true;
    try {
      return await this.#ask({ program });
    } finally {
      this.#asking = false;
    }
  }
}

async function send(response: ServerResponse, reading: Promise<Uint8Array>): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = await reading;
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    sendJson(response, 404, { error: thrown.message, remedy: thrown.remedy });
    return;
  }
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': bytes.length,
    'Cache-Control': 'no-store',
  });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

/** [] = this kernel has none. */
async function kernelNames(): Promise<readonly string[]> {
  const names = await readdir(BTF_DIRECTORY).catch(() => []);
  return names
    .filter((name) => MODULE_NAME.test(name))
    .sort()
    .slice(0, MAX_MODULES);
}

async function kernelBtf(name: string): Promise<Uint8Array> {
  try {
    return await readFile(path.join(BTF_DIRECTORY, name));
  } catch {
    throw new Failure(
      name === KERNEL ? 'This kernel has no BTF' : `There is no BTF of a module ${name}`,
      name === KERNEL ? 'use one built with CONFIG_DEBUG_INFO_BTF=y' : 'see lsmod for those that are loaded',
    );
  }
}
