/** Every decoder of what others write, in the order in which they are fuzzed. */
import type { Target } from '../target.ts';
import { AREA_TARGETS } from './areas.ts';
import { CAPTURE_TARGETS } from './captures.ts';
import { DOCUMENT_TARGETS } from './documents.ts';
import { PACKET_TARGETS } from './packets.ts';
import { PROPOSAL_TARGETS } from './proposals.ts';
import { TYPE_TARGETS } from './types.ts';
import { WORD_TARGETS } from './words.ts';

export const TARGETS: readonly Target[] = [
  ...AREA_TARGETS,
  ...DOCUMENT_TARGETS,
  ...PACKET_TARGETS,
  ...CAPTURE_TARGETS,
  ...TYPE_TARGETS,
  ...PROPOSAL_TARGETS,
  ...WORD_TARGETS,
];
