/** The digest by which a link names a capture. */
import { sha256 } from '@noble/hashes/sha2.js';
import type { DigestSamples } from './digest-samples.ts';
import { DIGEST_BYTES } from './digest-text.ts';

/** 16 characters of base64url: SHA-256 of the samples, cut to DIGEST_BYTES. */
export function digestOf(samples: DigestSamples): string {
  const hash = sha256.create();
  for (const part of samples.samples()) hash.update(part);
  return base64url(hash.digest().subarray(0, DIGEST_BYTES));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Of as many bytes as make whole characters; core has no `btoa`. */
function base64url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at + 2 < bytes.length; at += 3) {
    const bits = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    for (let shift = 18; shift >= 0; shift -= 6) text += ALPHABET[(bits >> shift) & 63]!;
  }
  return text;
}
