/** Proposals for the areas of a capture, made in slices while everything else goes on. */
import { printType } from '#core/metadata/type-number.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { framingText, Proposer, schemaOf } from '#core/propose/propose.ts';
import { evidence } from '#core/propose/report.ts';
import { AreaSampler } from '#core/propose/sample.ts';
import type { AreaSample, Candidate, FieldFinding, Proposal } from '#core/propose/types.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { inSlices, type Clock } from '#workers/slices.ts';
import type { ProposedSchema, ProposedType, SchemaProposal } from './api.ts';
import { previewAreas } from './preview.ts';
import { tidyText } from './tidy.ts';

const SAMPLE_STEP = 16_384;
/** Each step may take most of a millisecond. */
const SEARCH_STEP = 4;

/** null = `goOn` said that nobody wants it any more. `progress`: 0 to 1. */
export async function propose(
  store: CaptureStore,
  clock: Clock,
  progress: (share: number) => void,
  goOn: () => boolean,
): Promise<SchemaProposal | null> {
  const sampler = new AreaSampler(store);
  if (!(await inSlices(clock, () => sampler.advance(SAMPLE_STEP), goOn))) return null;
  const areas = sampler.samples();
  const proposer = new Proposer(areas, sampler.leftOut);
  const step = (): boolean => {
    const isDone = proposer.advance(SEARCH_STEP);
    progress(proposer.progress);
    return isDone;
  };
  if (!(await inSlices(clock, step, goOn))) return null;
  return viewOf(proposer.proposal(), areas);
}

function viewOf(
  { verdict, text, candidates, areas }: Proposal,
  samples: readonly AreaSample[],
): SchemaProposal {
  return { verdict, text, candidates: candidates.map((one) => candidateView(one, areas, samples)) };
}

function candidateView(candidate: Candidate, areas: number, samples: readonly AreaSample[]): ProposedSchema {
  const schema = schemaOf(candidate);
  const { framing, confidence, alike, fields } = candidate;
  return {
    framing: framingText(framing),
    confidence,
    evidence: evidence(candidate, areas),
    alike,
    types: fields.map((field) => typeView(field, framing.typeBytes)),
    schema: tidyText(schema),
    preview: previewAreas(
      compileSchema(schema),
      samples.map(({ bytes }) => bytes),
    ),
  };
}

function typeView(field: FieldFinding, typeBytes: 1 | 2 | 4): ProposedType {
  const {
    minLength,
    maxLength,
    areas,
    distinct,
    entropyBits,
    stability,
    look,
    evidence: why,
    proposed,
  } = field;
  return {
    type: printType(field.type, typeBytes),
    name: proposed.name,
    kind: proposed.kind,
    length: minLength === maxLength ? `${minLength} B` : `${minLength} to ${maxLength} B`,
    areas,
    distinct,
    entropyBits,
    stability,
    look,
    evidence: why,
  };
}
