/** What a share says of itself, told by whoever reads it: that nobody takes what was left out for what was not there. */
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import type { CaptureSink } from '#core/pcapng/types.ts';
import { MAX_TOLD } from '#core/store/limits.ts';
import { kindsText } from './kinds-text.ts';
import type { ShareManifest } from './manifest.ts';
import { readTold } from './told.ts';

/** `sink`, and `found` for each share in what it takes. A manifest that is none is a problem of `sink`. */
export function withManifests(sink: CaptureSink, found: (manifest: ShareManifest) => void): CaptureSink {
  let manifests = 0;
  return {
    section: (info) => sink.section(info),
    interface: (info) => sink.interface(info),
    packet: (packet) => sink.packet(packet),
    ...(sink.packetBatch !== undefined && { packetBatch: (batch) => sink.packetBatch?.(batch) }),
    statistics: (info) => sink.statistics(info),
    problem: (problem) => sink.problem(problem),
    custom: (block) => {
      sink.custom(block);
      if (block.subtype !== BLOCK_SUBTYPE.manifest || manifests === MAX_TOLD) return;
      manifests++;
      const told = readTold(block);
      if (told === null || 'notes' in told) return;
      if ('manifest' in told) found(told.manifest);
      else sink.problem(told.problem);
    },
  };
}

/** One line. `created` is text of the capture. */
export function shareLine(manifest: ShareManifest): string {
  const { created, expires, events, policy } = manifest;
  const parts = [
    `a share of ${created}${expires === null ? '' : `, to be deleted after ${expires}`}`,
    `${events.kept} events of ${events.kept + events.left}`,
    `removed ${removedText(manifest)}`,
  ];
  const replaced = [
    ...(policy.addresses === 'pseudonym' ? ['addresses'] : []),
    ...(policy.names === 'pseudonym' ? ['names'] : []),
  ];
  if (replaced.length > 0) parts.push(`${replaced.join(' and ')} are pseudonyms`);
  return parts.join('; ');
}

export function removedText({ removed }: ShareManifest): string {
  return (
    `${removed.payloadBytes} bytes of payload, ${removed.unknownBytes} of metadata that no schema names, ` +
    `${removed.comments} comments, ${removed.blocks} blocks${kindsText(removed.kinds)}`
  );
}
