/** Control messages of `/stream` from text, checked and bounded: what arrives here may come from anybody. */
import * as v from 'valibot';
import {
  CAPTURE_STATES,
  CREDIT_WINDOW_BYTES,
  JOINED_LINKS,
  MAX_CONTROL_BYTES,
  MAX_JOINED,
  MAX_JOINED_CHARS,
  type Alive,
  type ClientMessage,
  type Credit,
  type Hello,
  type Joined,
  type ServerMessage,
  type Status,
  type Subscribe,
  type WatchCost,
} from './messages.ts';
import { parseOffset } from './offset.ts';

/** Names in messages are shown to people; nothing sensible is longer. */
export const MAX_HOST_CHARS = 255;
export const MAX_SPOOL_ID_CHARS = 64;
export const MAX_STATUS_CHARS = 1024;

export type Parsed<T> =
  | { readonly ok: true; readonly message: T }
  /** One line for a log or a close reason; it never repeats what was received. */
  | { readonly ok: false; readonly error: string };

const offset = v.pipe(
  v.string(),
  v.check((text) => parseOffset(text) !== null, 'not a decimal offset up to 2^53 - 1'),
);
const spoolId = v.pipe(
  v.string(),
  v.maxLength(MAX_SPOOL_ID_CHARS, `longer than ${MAX_SPOOL_ID_CHARS} characters`),
  v.regex(/^[\w.:-]*$/, 'not a spool id'),
);

const subscribe = v.object({
  type: v.literal('subscribe'),
  from: v.pipe(
    v.string(),
    v.check(
      (text) => text === 'oldest' || text === 'live' || parseOffset(text) !== null,
      'not "oldest", "live" or a decimal offset up to 2^53 - 1',
    ),
  ),
  spool: spoolId,
}) satisfies v.GenericSchema<unknown, Subscribe>;

const credit = v.object({
  type: v.literal('credit'),
  bytes: v.pipe(
    v.number(),
    v.integer('not a whole number'),
    v.minValue(1, 'less than 1'),
    v.maxValue(CREDIT_WINDOW_BYTES, `more than the window of ${CREDIT_WINDOW_BYTES}`),
  ),
}) satisfies v.GenericSchema<unknown, Credit>;

const cost = v.object({
  type: v.literal('cost'),
  watch: v.boolean(),
}) satisfies v.GenericSchema<unknown, WatchCost>;

const hello = v.object({
  type: v.literal('hello'),
  protocol: v.literal(1, 'another version of the protocol: reload the page'),
  spool: spoolId,
  oldest: offset,
  end: offset,
  start: offset,
  missedBytes: offset,
  reset: v.boolean(),
  host: v.pipe(v.string(), v.maxLength(MAX_HOST_CHARS, `longer than ${MAX_HOST_CHARS} characters`)),
}) satisfies v.GenericSchema<unknown, Hello>;

const status = v.object({
  type: v.literal('status'),
  capture: v.picklist(CAPTURE_STATES),
  text: v.pipe(v.string(), v.maxLength(MAX_STATUS_CHARS, `longer than ${MAX_STATUS_CHARS} characters`)),
}) satisfies v.GenericSchema<unknown, Status>;

const joined = v.object({
  type: v.literal('joined'),
  agents: v.pipe(
    v.array(
      v.object({
        host: v.pipe(v.string(), v.maxLength(MAX_HOST_CHARS, `longer than ${MAX_HOST_CHARS} characters`)),
        link: v.picklist(JOINED_LINKS),
        text: v.pipe(v.string(), v.maxLength(MAX_JOINED_CHARS, `longer than ${MAX_JOINED_CHARS} characters`)),
      }),
    ),
    v.maxLength(MAX_JOINED, `more than ${MAX_JOINED} agents`),
  ),
}) satisfies v.GenericSchema<unknown, Joined>;

const alive = v.object({ type: v.literal('alive') }) satisfies v.GenericSchema<unknown, Alive>;

const client = v.variant('type', [subscribe, credit, cost]);
const server = v.variant('type', [hello, status, joined, alive]);

/** A text frame that the agent received. */
export function parseClientMessage(text: string): Parsed<ClientMessage> {
  return parse(client, text);
}

/** A text frame that the worker received. Keys it does not know are left out, so an agent may say more. */
export function parseServerMessage(text: string): Parsed<ServerMessage> {
  return parse(server, text);
}

function parse<T>(schema: v.GenericSchema<unknown, T>, text: string): Parsed<T> {
  // UTF-16 units are never more than UTF-8 bytes: a message within the limit is never refused here.
  if (text.length > MAX_CONTROL_BYTES) {
    return { ok: false, error: `control message larger than ${MAX_CONTROL_BYTES} bytes` };
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, error: 'control message is not JSON' };
  }
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return { ok: true, message: result.output };
  const issue = result.issues[0];
  const where = v.getDotPath(issue) ?? 'message';
  const what =
    issue.type === 'check' || issue.kind === 'validation'
      ? issue.message
      : `not ${issue.expected ?? 'valid'}`;
  return { ok: false, error: `control message: ${where}: ${what}` };
}
