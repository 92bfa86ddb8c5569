/**
 * What the supervisor (root) and the agent (no privilege) say to each other over the IPC channel that
 * Node opens between parent and child. The agent is the one that parses what comes from outside, so
 * the supervisor checks every request as if it came from there.
 */
import * as v from 'valibot';

const id = v.pipe(v.number(), v.integer(), v.minValue(0));

const request = v.variant('type', [
  /** `spec` is checked by checkSpec; `socket` is where the probe's output is awaited, a name in the work directory. */
  v.object({
    type: v.literal('start-probe'),
    id,
    spec: v.unknown(),
    socket: v.pipe(v.string(), v.regex(/^probe-\d{1,9}\.sock$/)),
  }),
  v.object({ type: v.literal('stop-probe'), id }),
  /** `program` null = the list of loaded ones; `socket` as above. */
  v.object({
    type: v.literal('ask-types'),
    id,
    program: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff_ffff))),
    socket: v.pipe(v.string(), v.regex(/^types-\d{1,9}\.sock$/)),
  }),
  v.object({ type: v.literal('watch-cost'), id, on: v.boolean() }),
  v.object({ type: v.literal('start-lab'), name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/)) }),
]);

const end = v.object({ ok: v.boolean(), code: v.nullable(v.number()), text: v.string() });

const notice = v.variant('type', [
  v.object({ type: v.literal('probe-started'), id }),
  v.object({ type: v.literal('probe-failed'), id, cause: v.string(), remedy: v.string() }),
  v.object({ type: v.literal('probe-line'), id, line: v.string() }),
  v.object({ type: v.literal('probe-ended'), id, end }),
  /** `error`: what the probe said when it could not, null = all is on the socket. */
  v.object({ type: v.literal('types-answered'), id, error: v.nullable(v.string()) }),
  /** `schema` is the text of the metadata schema that belongs to the lab. */
  v.object({
    type: v.literal('lab-ready'),
    netns: v.string(),
    devices: v.array(v.string()),
    /** Names of BPF maps to sample. */
    maps: v.array(v.string()),
    schema: v.nullable(v.string()),
  }),
  v.object({ type: v.literal('lab-ended'), text: v.string() }),
  /** End in order: stop the probe, write what is left, close the clients, exit. */
  v.object({ type: v.literal('shutdown') }),
]);

export type Request = v.InferOutput<typeof request>;
export type Notice = v.InferOutput<typeof notice>;

/** null = not a request. */
export function parseRequest(value: unknown): Request | null {
  const result = v.safeParse(request, value);
  return result.success ? result.output : null;
}

export function parseNotice(value: unknown): Notice | null {
  const result = v.safeParse(notice, value);
  return result.success ? result.output : null;
}
