/** What the agent that served the page says of the programs and the BTF of its host. */
import * as v from 'valibot';
import { Fault } from '#workers/fault.ts';

const HostTypesShape = v.object({
  programs: v.array(
    v.object({
      id: v.pipe(v.number(), v.integer(), v.minValue(1)),
      name: v.pipe(v.string(), v.maxLength(256)),
      type: v.pipe(v.string(), v.maxLength(64)),
      tag: v.pipe(v.string(), v.maxLength(64)),
      types: v.boolean(),
    }),
  ),
  refusal: v.pipe(v.string(), v.maxLength(2000)),
  kernel: v.boolean(),
  modules: v.array(v.pipe(v.string(), v.maxLength(64))),
});
export type HostTypes = v.InferOutput<typeof HostTypesShape>;

/** Rejects with a Fault. */
export async function fetchHostTypes(): Promise<HostTypes> {
  const response = await fetch(new URL('api/types', document.baseURI)).catch(() => null);
  const parsed = response?.ok === true ? v.safeParse(HostTypesShape, await response.json()) : null;
  if (parsed?.success === true) return parsed.output;
  throw new Fault(
    'host-types',
    response === null
      ? 'The agent does not answer.'
      : `The agent does not say which programs there are (${response.status}).`,
    'Try again, or drop the object file of your program here.',
  );
}

/** Absolute: the worker fetches it. */
export function btfUrl(query: string): string {
  return new URL(`api/types/btf?${query}`, document.baseURI).href;
}
