/** The part of the worker that the schema dialog talks to. See workers/api.ts for the rest. */
import type { BtfSummary } from '#core/btf/types.ts';
import type { Tlv } from '#core/metadata/types.ts';

/** Bytes with BTF in them: an ELF object or raw BTF. URLs are absolute. */
export type TypeSource =
  | { readonly kind: 'file'; readonly file: File }
  /** `base`: of the BTF of a module that of the kernel, which it is split from; null = it stands by itself. */
  | { readonly kind: 'url'; readonly url: string; readonly base: string | null; readonly title: string };

export interface TypesOpened {
  readonly title: string;
  /** Structs, unions and enums that have a name. */
  readonly count: number;
}

export interface TypeList {
  /** At most MAX_LISTED_TYPES, those that begin with what was searched for first. */
  readonly types: readonly BtfSummary[];
  readonly isCut: boolean;
}
export const MAX_LISTED_TYPES = 200;

export interface PreviewArea {
  /** Hex digits. */
  readonly hex: string;
  readonly tlvs: readonly Tlv[];
  /** '' = it reads to its end. */
  readonly fault: string;
}

/** Some areas of the capture as a schema reads them. */
export interface AreaPreview {
  /** At most MAX_PREVIEW_AREAS, the first of each way to read them. */
  readonly areas: readonly PreviewArea[];
  /** Areas that were looked at, spread over the capture, and those of them without a fault. */
  readonly sampled: number;
  readonly exact: number;
  /** Areas that no schema of the document is for. */
  readonly unread: number;
}
export const MAX_PREVIEW_AREAS = 5;

export interface ProposedType {
  readonly type: string;
  readonly name: string;
  readonly kind: string;
  /** `2 B`, `2 to 8 B` */
  readonly length: string;
  readonly areas: number;
  readonly distinct: number;
  readonly entropyBits: number;
  /** 0 to 1: how often it stands in its place. */
  readonly stability: number;
  /** What its values look like, and what says so. */
  readonly look: string;
  readonly evidence: string;
}

export interface ProposedSchema {
  /** The framing in words. */
  readonly framing: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly evidence: string;
  /** Other framings that read the same bytes alike. */
  readonly alike: readonly string[];
  readonly types: readonly ProposedType[];
  /** The schema as JSON text, to be edited. */
  readonly schema: string;
  readonly preview: AreaPreview;
}

export interface SchemaProposal {
  readonly verdict: 'framing' | 'layout' | 'noise' | 'nothing';
  /** In one line, with its numbers. */
  readonly text: string;
  readonly candidates: readonly ProposedSchema[];
}

export interface SchemaDiff {
  /** `~ types[verdict].kind: "uint" → "enum"`; `decodes`: bytes read in another way. */
  readonly changes: readonly { readonly text: string; readonly decodes: boolean }[];
  /** Why they cannot be compared, '' = they were. */
  readonly error: string;
}

export type EmittedKind = 'wireshark' | 'c';

/** A whole capture once more: the file, where to fetch it, or what the worker holds of the one that is open. */
export type WholeCapture =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'held' }
  | { readonly kind: 'url'; readonly url: string };

/** What comes on the port of long work. */
export interface WorkProgress {
  /** 0 to 1, null = nobody knows of how much. */
  readonly share: number | null;
  readonly bytes: number;
}
/** What the page posts on it to have the work given up. */
export const GIVE_UP = 'give up';

export interface SchemaWork {
  /** The types stay open until others are. Rejects with a Fault. */
  openTypes(source: TypeSource): Promise<TypesOpened>;
  /** Of the types that are open, those with `search` in their name. */
  findTypes(search: string): Promise<TypeList>;
  /** JSON text of a schema from the struct, union or enum with this id. */
  schemaOfType(id: number): Promise<string>;
  /** null = it was given up. */
  proposeSchema(progress: MessagePort): Promise<SchemaProposal | null>;
  /** Areas as the schema in force reads them. */
  previewAreas(): Promise<AreaPreview>;
  /** JSON text of the newest schema in the capture, '' = it has none. */
  capturedSchema(): Promise<string>;
  /** Both JSON texts. */
  diffSchemas(before: string, after: string): Promise<SchemaDiff>;
  /** Rejects with a Fault when the schema has what the other language cannot say. */
  emitSchema(json: string, as: EmittedKind): Promise<string>;
  /**
   * The capture with metadata as packet comments, of all hops or (as links name it) of one; null = given up. Rejects with a
   * Fault.
   */
  exportForWireshark(capture: WholeCapture, hop: string | null, progress: MessagePort): Promise<Blob | null>;
}
