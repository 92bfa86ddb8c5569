/**
 * `GET /api/types`: which programs, and which BTF of the kernel and its modules, this host has. `GET /api/types/btf`
 * hands one out: `?program=ID`, `?module=NAME` or `?kernel`. The BTF of the kernel may be read by anybody; that of
 * programs takes privilege, which the probe has.
 */
import { open, readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
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
  /** One question of the probe at a time: each starts a process. */
  #asking = false;

  constructor(ask: (question: TypesQuestion) => Promise<Uint8Array>) {
    this.#ask = ask;
  }

  async answerList(response: ServerResponse): Promise<void> {
    await this.#alone(response, async () => {
      const names = await kernelNames();
      const said = { kernel: names.includes(KERNEL), modules: names.filter((name) => name !== KERNEL) };
      try {
        const answer = await this.#ask({ program: null });
        const programs = v.parse(programList, JSON.parse(new TextDecoder().decode(answer)));
        sendJson(response, 200, { programs, refusal: '', ...said } satisfies HostTypes);
      } catch (thrown) {
        const refusal =
          thrown instanceof Failure ? thrown.line : 'The probe was not understood: run npm run build.';
        sendJson(response, 200, { programs: [], refusal, ...said } satisfies HostTypes);
      }
    });
  }

  async answerBtf(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const program = query.get('program');
    const module = query.get('module');
    if (program !== null && /^[1-9]\d{0,9}$/.test(program) && Number(program) <= 0xffff_ffff) {
      await this.#alone(response, () => this.#sendProgram(Number(program), response));
    } else if (query.has('kernel')) await sendKernelBtf(KERNEL, response);
    else if (module !== null && MODULE_NAME.test(module)) await sendKernelBtf(module, response);
    else {
      sendJson(response, 400, {
        error: 'the question names no program, module or kernel',
        remedy: 'ask for program=ID, module=NAME or kernel',
      });
    }
  }

  async #sendProgram(program: number, response: ServerResponse): Promise<void> {
    let bytes: Uint8Array;
    try {
      bytes = await this.#ask({ program });
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      sendFailure(response, thrown);
      return;
    }
    writeHead(response, bytes.length);
    response.end(response.req.method === 'HEAD' ? undefined : bytes);
  }

  async #alone(response: ServerResponse, answer: () => Promise<void>): Promise<void> {
    if (this.#asking) {
      sendJson(response, 503, BUSY);
      return;
    }
    this.#asking = true;
    try {
      await answer();
    } finally {
      this.#asking = false;
    }
  }
}

function writeHead(response: ServerResponse, length: number): void {
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': length,
    'Cache-Control': 'no-store',
  });
}

function sendFailure(response: ServerResponse, { message, remedy }: Failure): void {
  sendJson(response, 404, { error: message, remedy });
}

/** [] = this kernel has none. */
async function kernelNames(): Promise<readonly string[]> {
  const names = await readdir(BTF_DIRECTORY).catch(() => []);
  return names
    .filter((name) => MODULE_NAME.test(name))
    .sort()
    .slice(0, MAX_MODULES);
}

/** Megabytes, which are handed on as the client takes them: many that ask at once must not fill the memory. */
async function sendKernelBtf(name: string, response: ServerResponse): Promise<void> {
  const file = await open(path.join(BTF_DIRECTORY, name)).catch(() => null);
  if (file === null) {
    sendFailure(response, noBtf(name));
    return;
  }
  try {
    writeHead(response, (await file.stat()).size);
    // A page that is closed meanwhile is no fault.
    if (response.req.method === 'HEAD') response.end();
    else await pipeline(file.createReadStream({ autoClose: false }), response).catch(() => undefined);
  } finally {
    await file.close();
  }
}

function noBtf(name: string): Failure {
  return name === KERNEL
    ? new Failure('This kernel has no BTF', 'use one built with CONFIG_DEBUG_INFO_BTF=y')
    : new Failure(`There is no BTF of a module ${name}`, 'see lsmod for those that are loaded');
}
