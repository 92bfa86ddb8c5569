/** The digest by which a link names a capture. */
import { sha256 } from '@noble/hashes/sha2.js';
import type { DigestSamples } from './digest-samples.ts';
import { DIGEST_BYTES } from './digest-text.ts';

/** 16 characters of base64url: SHA-256 of the samples, cut to DIGEST_BYTES. */
export function digestOf(samples: DigestSamples): string {
  const hash = sha256.create();
  for (const part of samples.samples()) hash.update(part);
  const text = btoa(String.fromCharCode(...hash.digest().subarray(0, DIGEST_BYTES)));
  return text.replaceAll('+', '-').replaceAll('/', '_');
}
