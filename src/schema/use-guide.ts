/** The published JSON Schema, fetched once from the page's own host. */
import { useEffect, useState } from 'react';
import { JsonGuide, type JsonSchema } from './json-guide.ts';

const FILE = 'schema/metadata-schema-v2.json';
let fetched: Promise<JsonGuide> | null = null;

async function fetchGuide(): Promise<JsonGuide> {
  const response = await fetch(new URL(FILE, document.baseURI));
  if (!response.ok) throw new Error(`${FILE}: HTTP ${response.status}`);
  return new JsonGuide((await response.json()) as JsonSchema);
}

/** null = not here yet, or it cannot be had: then there is no completion, and errors are without what keys mean. */
export function useGuide(): JsonGuide | null {
  const [guide, setGuide] = useState<JsonGuide | null>(null);
  useEffect(() => {
    let gone = false;
    fetched ??= fetchGuide();
    fetched.then(
      (came) => gone || setGuide(came),
      () => (fetched = null),
    );
    return () => {
      gone = true;
    };
  }, []);
  return guide;
}
