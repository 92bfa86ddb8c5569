/** Which schema reads what is being read: what the section has said so far, as in a store (capture-facts.ts), its run's last one, and none of another run. */
import { chooseDecoder, choiceOf, NOWHERE } from '#core/metadata/choose.ts';
import { compileSchema, type AreaDecoder } from '#core/metadata/scan.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { sameBytes } from '#core/pcapng/same-bytes.ts';
import { placeOf } from '#core/store/hop-place.ts';
import type { HostFacts } from '#core/store/host-facts.ts';
import { MAX_SCHEMAS } from '#core/store/limits.ts';
import type { HopIdentity } from '#core/store/view.ts';
import { keptTypes, type SharePolicy, type ValueRule } from './policy.ts';
import { rulesOf, typesByName } from './value-rules.ts';

interface Said {
  /** The schema block's. */
  readonly body: Uint8Array;
  readonly decoder: AreaDecoder;
}

const NO_BYTES = new Uint8Array();

export class SchemasInForce {
  /** TLVs of all that have been in force by name, and whether their values go out as they are (`keptTypes`). */
  readonly kept = new Map<string, boolean>();
  /** By `SCHEMA.TYPE`: the rules that values of these types can have. */
  readonly rules = new Map<string, readonly ValueRule[]>();
  /** One of them reads skb->mark, whose fields go by their own rules. */
  readsMark = false;
  readonly #policy: SharePolicy;
  readonly #use: (decoder: AreaDecoder | null) => void;
  /** It takes the place of what a capture says. */
  readonly #isGiven: boolean;
  #said: Said | null = null;
  /** Different ones, at most MAX_SCHEMAS. */
  readonly #schemas: Said[] = [];
  readonly #saidOf = new Map<bigint, Said>();
  /** In force; null = nothing is known of any metadata. */
  #decoder: AreaDecoder | null = null;
  #choice: ReturnType<typeof choiceOf> = 'none';

  /** `given`: in place of the schemas in the capture, null = those. `use` is told of each that comes into force. */
  constructor(policy: SharePolicy, given: MetadataSchema | null, use: (decoder: AreaDecoder | null) => void) {
    this.#policy = policy;
    this.#use = use;
    this.#isGiven = given !== null;
    if (given !== null) this.#said = this.#compile(given, NO_BYTES);
    this.read();
  }

  /** A section begins; `run`: when it says of which it is. */
  section(run: bigint | null): void {
    if (!this.#isGiven) this.#said = run === null ? null : (this.#saidOf.get(run) ?? null);
  }

  /** The section of `run` says a schema, in a block with this body. */
  say(schema: MetadataSchema, body: Uint8Array, run: bigint): void {
    // Segments of a spool, and agents that take turns, repeat it.
    let said = this.#schemas.find((one) => sameBytes(one.body, body));
    if (said === undefined) {
      // Nor does a page read by more.
      if (this.#schemas.length === MAX_SCHEMAS) return;
      said = this.#compile(schema, body.slice());
      this.#schemas.push(said);
    }
    this.#said = said;
    this.#saidOf.set(run, said);
    this.read();
  }

  /** Puts in force what the section has said. */
  read(): void {
    const decoder = this.#said?.decoder ?? null;
    if (decoder === this.#decoder) return;
    this.#decoder = decoder;
    this.#choice = decoder === null ? 'none' : choiceOf(decoder);
    this.#use(decoder);
  }

  /** What reads an area seen at `hop` of the host that `facts` tell of; null = nothing does. */
  decoderOf(area: Uint8Array, hop: HopIdentity, facts: HostFacts | null): AreaDecoder | null {
    const decoder = this.#decoder;
    if (decoder === null || this.#choice === 'none') return decoder;
    const place = this.#choice === 'place' ? placeOf(hop, facts) : NOWHERE;
    return chooseDecoder(decoder, area, 0, area.length, place);
  }

  #compile(schema: MetadataSchema, body: Uint8Array): Said {
    for (const [name, kept] of keptTypes(this.#policy, schema)) {
      this.kept.set(name, kept && this.kept.get(name) !== false);
    }
    for (const [name, type] of typesByName(schema)) this.rules.set(name, rulesOf(type));
    const decoder = compileSchema(schema);
    this.readsMark ||= decoder.elsewhere.some(({ where }) => where.in === 'mark');
    return { body, decoder };
  }
}
