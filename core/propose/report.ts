/** A proposal as lines for a terminal. */
import { printType } from '#core/metadata/type-number.ts';
import { framingText } from './propose.ts';
import type { Candidate, FieldFinding, Proposal } from './types.ts';

const SHOWN_ALIKE = 2;

/** The verdict, then each candidate with its evidence; fields only of the first. */
export function proposalLines({ text, candidates, areas }: Proposal): string[] {
  const lines = [text];
  candidates.forEach((candidate, i) => {
    lines.push('', `${i + 1}. ${framingText(candidate.framing)}`, `   ${evidence(candidate, areas)}`);
    if (candidate.alike.length > 0) {
      lines.push(`   reads the same with: ${candidate.alike.slice(0, SHOWN_ALIKE).join('; ')}`);
    }
    if (i === 0) for (const field of candidate.fields) lines.push(`   ${fieldLine(field, candidate)}`);
  });
  return lines;
}

/** `confidence 97 %; 500 of 500 areas to the end, 2000 TLVs, 98 % of the bytes; 4711 bits fewer than without a framing`. */
export function evidence(candidate: Candidate, areas: number): string {
  const { confidence, exact, tlvs, coverage, savedBits } = candidate;
  return (
    `confidence ${percent(confidence)}; ${exact} of ${areas} areas to the end, ${tlvs} TLVs, ${percent(coverage)} of the bytes; ` +
    `${Math.round(savedBits)} bits fewer than without a framing`
  );
}

function fieldLine(field: FieldFinding, { framing, exact }: Candidate): string {
  const { minLength, maxLength, entropyBits, distinct, stability, proposed } = field;
  const length = minLength === maxLength ? `${minLength} B` : `${minLength} to ${maxLength} B`;
  return (
    `type ${printType(field.type, framing.typeBytes)}  ${length}  in ${field.areas} of ${exact}  ` +
    `${distinct} values, ${entropyBits.toFixed(1)} bits  in place ${percent(stability)}  ` +
    `${field.look}: ${field.evidence} → ${proposed.name} (${proposed.kind})`
  );
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
