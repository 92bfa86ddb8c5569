/** The types of one object, kept open while a person looks for one of them. */
import { readBtf, type Btf } from '#core/btf/btf.ts';
import { MAX_FILE_BYTES } from '#core/btf/limits.ts';
import { searchTypes } from '#core/btf/search.ts';
import { schemaFromEnum, schemaFromStruct } from '#core/btf/struct-schema.ts';
import { BtfFault, KIND } from '#core/btf/types.ts';
import { Fault } from '#workers/fault.ts';
import { MAX_LISTED_TYPES, type TypeList, type TypeSource } from './api.ts';
import { tidyText } from './tidy.ts';

const COMPILE_REMEDY = 'Compile it with clang -g -target bpf, or drop another file.';

export class TypeShelf {
  readonly title: string;
  /** Types that have a name. */
  readonly count: number;
  readonly #btf: Btf;

  private constructor(btf: Btf, title: string) {
    this.#btf = btf;
    this.title = title;
    this.count = searchTypes(btf, '', Infinity).length;
  }

  /** Rejects with a Fault: what is wrong with the bytes, and at which. */
  static async open(source: TypeSource): Promise<TypeShelf> {
    switch (source.kind) {
      case 'file': {
        const { file } = source;
        const bytes = await bytesOf(file);
        return new TypeShelf(
          parsed(file.name, () => readBtf(bytes)),
          file.name,
        );
      }
      case 'url': {
        const { url, base, title } = source;
        const [bytes, baseBytes] = await Promise.all([download(url), base === null ? null : download(base)]);
        const btf = parsed(title, () => readBtf(bytes, baseBytes === null ? null : readBtf(baseBytes)));
        return new TypeShelf(btf, title);
      }
    }
  }

  find(search: string): TypeList {
    const types = searchTypes(this.#btf, search.trim(), MAX_LISTED_TYPES + 1);
    return { types: types.slice(0, MAX_LISTED_TYPES), isCut: types.length > MAX_LISTED_TYPES };
  }

  schemaOf(id: number): string {
    const btf = this.#btf;
    return parsed(this.title, () => {
      const kind = btf.kind(btf.resolve(id));
      const isEnum = kind === KIND.enum || kind === KIND.enum64;
      return tidyText(isEnum ? schemaFromEnum(btf, id) : schemaFromStruct(btf, id));
    });
  }
}

function parsed<T>(title: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof BtfFault)) throw thrown;
    throw new Fault(
      'types-unreadable',
      `${title}: ${thrown.message.replace(/\.$/, '')} (byte ${thrown.offset}).`,
      COMPILE_REMEDY,
    );
  }
}

async function bytesOf(file: File): Promise<Uint8Array> {
  if (file.size > MAX_FILE_BYTES) {
    throw new Fault(
      'types-too-large',
      `${file.name} has more than ${MAX_FILE_BYTES >> 20} MiB.`,
      'Cut it down to its types: objcopy -O binary --only-section=.BTF FILE OUT.',
    );
  }
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new Fault(
      'file-unreadable',
      `The file ${file.name} can no longer be read: it was changed, moved or removed.`,
      'Choose it again.',
    );
  }
}

/** From the agent that served the page; its refusals are JSON with cause and remedy. */
async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url).catch(() => null);
  if (response === null) {
    throw new Fault('agent-gone', 'The agent does not answer.', 'Start whither again, and open its link.');
  }
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  throw refusalOf(response.status, await response.text());
}

function refusalOf(status: number, text: string): Fault {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said === 'object' && said !== null && 'error' in said && 'remedy' in said) {
      return new Fault('types-refused', `${String(said.error)}.`, `${String(said.remedy)}.`);
    }
  } catch {
    // Not from an agent of this version.
  }
  return new Fault(
    'types-refused',
    `The agent answered ${status} to the question for types.`,
    'Drop the object file of the program here instead.',
  );
}
