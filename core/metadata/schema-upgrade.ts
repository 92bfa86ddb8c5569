/**
 * Documents of earlier versions of the schema language, as captures and people keep them. One step a version: each
 * takes a document of its version, whatever is in it, and gives one of the next; what it does not know it leaves.
 */
import { SCHEMA_VERSION } from './schema-shape.ts';

type Document = Readonly<Record<string, unknown>>;

/** By the version that it upgrades from. */
const STEPS: Readonly<Record<number, (document: Document) => Document>> = {
  // Version 2 has more keys and more kinds of framing; none of version 1 means anything else in it.
  1: (document) => ({ ...document, whither: 2 }),
};

/** A document of SCHEMA_VERSION; one whose version is not known comes back as it is, for the shape to refuse. */
export function upgradeSchema(document: Document): Document {
  let current = document;
  for (let version = 1; version < SCHEMA_VERSION; version++) {
    if (current['whither'] === version) current = STEPS[version]!(current);
  }
  return current;
}
