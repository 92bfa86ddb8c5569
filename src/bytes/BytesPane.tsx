/** The bytes at the chosen hop: to scale, as hex, and as what they mean; each points at the other. */
import {
  Fragment,
  useCallback,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import type { EventBytes, JourneyDetail, JourneyHop } from '#workers/api.ts';
import { useWidth } from '#src/app/use-size.ts';
import { scopedAction } from '#src/keys/bind.ts';
import { valueProps, type ValueProps } from '#src/keys/focused-value.ts';
import { FILTER_FIELDS } from './filter-fields.ts';
import type { FieldNode } from '#core/dissect/types.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { cArray } from './copy.ts';
import { AREA_KEY, decodedParts } from './decoded-parts.ts';
import { DiffBar, type Against, type Held } from './DiffBar.tsx';
import { Heading } from './Heading.tsx';
import { bytePx, hexOf } from './hex.ts';
import { HexView } from './HexView.tsx';
import { Reference, useEventBytes } from './reference.ts';
import { RoomStrip } from './RoomStrip.tsx';
import { fieldLines, fieldSpans, type Span } from './spans.ts';
import { TlvList } from './TlvList.tsx';
import { useCopy } from './use-copy.ts';
import './bytes.css';

const NO_BYTES = new Uint8Array(0);
/** Room for offset, 16 bytes and ASCII at 11 px. */
const WIDE_PX = 408;

export default function BytesPane() {
  const bytes = usePage((state) => state.bytes);
  const hops = usePage((state) => state.places);
  const noArea = usePage((state) =>
    noAreaText(state.detail?.hops.find((one) => one.event === state.bytes?.event)),
  );
  const unread = usePage((state) => (state.unread?.what === 'bytes' ? state.unread : null));
  const agentGone = usePage((state) => state.newest?.state === 'reconnecting');
  const pane = useRef<HTMLElement>(null);
  const width = useWidth(pane);
  const hop = hops.find((candidate) => candidate.index === bytes?.hop);
  const session = useSession();
  const detail = usePage((state) => state.detail);
  const [against, setAgainst] = useState<Against>({ kind: 'none' });
  const [held, setHeld] = useState<Held | null>(null);
  const reference = useEventBytes(eventAgainst(against, held, detail, bytes));
  const [copied, copy] = useCopy(session);
  const hold = () => {
    if (bytes === null) return;
    const name = `${hop?.name ?? ''} of journey ${detail?.id ?? ''}`;
    setHeld({ event: bytes.event, name });
    setAgainst({ kind: 'held' });
  };
  const copyJson = () => {
    if (bytes === null) return;
    session.api.inspect(bytes.event, 1).then(
      ([object]) => copy('JSON', `${JSON.stringify(object, null, 2)}\n`),
      (error: unknown) => session.failed(error, 'The event could not be read'),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (bytes === null) return;
    const isPacket = event.target instanceof Element && event.target.closest('.fields') !== null;
    const chosen = isPacket ? bytes.packet : bytes.area;
    scopedAction('bytes', event, {
      'bytes.hex': () => copy('hex', hexOf(chosen)),
      'bytes.c': () => copy('C', cArray(chosen, isPacket ? 'packet' : 'metadata area')),
      'bytes.json': copyJson,
      'bytes.hold': hold,
    });
  };
  return (
    <section
      className="pane bytes-pane"
      aria-label="Bytes"
      data-pane="bytes"
      ref={pane}
      onKeyDown={onKeyDown}
    >
      <header className="pane-head">
        <h2>Bytes{hop === undefined ? '' : ' at '}</h2>
        <span className="mono bytes-hop">{hop?.name}</span>
        {bytes !== null && (
          <button
            className="link muted push"
            title="The event as “inspect --json” prints it (i)"
            onClick={copyJson}
          >
            {copied === 'JSON' ? 'copied' : 'copy JSON'}
          </button>
        )}
        <span className="hidden-text" role="status">
          {copied === '' ? '' : `copied as ${copied}`}
        </span>
      </header>
      {bytes === null ? (
        <p className="pane-empty" tabIndex={0} role={unread === null ? undefined : 'status'}>
          {unread === null
            ? 'Choose a hop of a journey.'
            : `The bytes of this hop could not be read. ${unread.cause} ${unread.remedy}`}
        </p>
      ) : (
        <Reference value={reference}>
          <Content
            bytes={bytes}
            isXdp={hop?.layer === 'xdp'}
            tools={
              <DiffBar
                bytes={bytes}
                detail={detail}
                places={hops}
                against={against}
                held={held}
                onAgainst={setAgainst}
                onHold={hold}
              />
            }
            noArea={noArea}
            noPacket={
              agentGone
                ? 'The agent keeps these bytes, and does not answer; the metadata is above.'
                : 'These bytes are no longer in the capture; the metadata is above.'
            }
            perRow={width >= WIDE_PX ? 16 : 8}
            width={width}
          />
        </Reference>
      )}
    </section>
  );
}

/** The event that the bytes on screen are compared with; null = none. */
function eventAgainst(
  against: Against,
  held: Held | null,
  detail: JourneyDetail | null,
  bytes: EventBytes | null,
): number | null {
  switch (against.kind) {
    case 'none':
      return null;
    case 'held':
      return held?.event ?? null;
    case 'hop': {
      const hops = detail?.hops ?? [];
      const at = against.at < 0 ? hops.findIndex(({ event }) => event === bytes?.event) - 1 : against.at;
      return hops[at]?.event ?? null;
    }
  }
}

/** No bytes are not no metadata. */
function noAreaText(hop: JourneyHop | undefined): string {
  switch (hop?.metaState) {
    case 'unlocatable':
      return `${hop.metaLength} B that could not be read: the MAC header is unset or too near to the head`;
    case 'unreadable':
      return `${hop.metaLength} B that could not be read`;
    case 'not recorded':
      return 'this capture does not record metadata';
    case 'present':
      return `${hop.metaLength} B that were not kept: the page holds no more`;
    case 'none':
    case undefined:
      return 'none at this hop';
  }
}

interface ContentProps {
  readonly bytes: EventBytes;
  readonly isXdp: boolean;
  readonly tools: ReactNode;
  /** Why there are no bytes of the area, where there are none. */
  readonly noArea: string;
  /** Likewise of the packet. */
  readonly noPacket: string;
  readonly perRow: number;
  readonly width: number;
}

function Content({ bytes, isXdp, tools, noArea, noPacket, perRow, width }: ContentProps) {
  // By key, not by span: the same TLV stays marked, and the focus stays, when another hop is chosen.
  const [hotKey, setHotKey] = useState('');
  const setHot = useCallback((span: Span | null) => setHotKey(span?.key ?? ''), []);
  const [current, setCurrent] = useState('');
  const lines = useMemo(() => fieldLines(bytes.fields), [bytes]);
  const parts = useMemo(() => decodedParts(bytes), [bytes]);
  const packetSpans = useMemo(() => fieldSpans(lines), [lines]);
  const list = useRef<HTMLDivElement>(null);
  const all = useMemo(() => [...parts.flatMap(({ spans }) => spans), ...packetSpans], [parts, packetSpans]);
  const hot = all.find((span) => span.key === hotKey) ?? null;
  const focusKey = all.some((span) => span.key === current) ? current : (all[0]?.key ?? '');

  const itemProps = (span: Span | undefined) => ({
    tabIndex: span?.key === focusKey ? 0 : -1,
    'data-span': span?.key,
    className: span !== undefined && hot?.key === span.key ? 'hot' : '',
    onPointerEnter: () => setHot(span ?? null),
    onPointerLeave: () => setHot(null),
    onFocus: () => {
      setHot(span ?? null);
      setCurrent(span?.key ?? '');
    },
    onBlur: () => setHot(null),
  });
  const move = (by: number) => {
    const next = all[all.findIndex((span) => span.key === focusKey) + by];
    if (next !== undefined) list.current?.querySelector<HTMLElement>(`[data-span="${next.key}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) =>
    scopedAction('bytes', event, { 'bytes.next': () => move(1), 'bytes.previous': () => move(-1) });

  const style: CSSProperties & Record<'--byte', string> = { '--byte': `${bytePx(width, perRow)}px` };

  return (
    <div className="pane-body bytes-body" ref={list} style={style} onKeyDown={onKeyDown}>
      <RoomStrip bytes={bytes} isXdp={isXdp} />
      {tools}
      <Heading title="Metadata area" length={bytes.area.length} copy={bytes.area} />
      {bytes.area.length === 0 && <p className="muted">{noArea}</p>}
      {parts.map((part) => (
        <Fragment key={part.key}>
          {part.key !== AREA_KEY && (
            <Heading title={part.title} length={part.length} copy={part.bytes ?? NO_BYTES} />
          )}
          {part.bytes !== null && (
            <HexView
              space={part.space}
              bytes={part.bytes}
              perRow={perRow}
              spans={part.spans}
              hot={hot}
              faultAt={part.decoded.fault?.offset ?? -1}
              onHot={setHot}
            />
          )}
          <TlvList part={part} hotKey={hotKey} itemProps={itemProps} />
        </Fragment>
      ))}
      <Heading
        title="Packet"
        length={bytes.packet.length}
        copy={bytes.packet}
        original={bytes.originalLength}
      />
      {bytes.packet.length === 0 && bytes.originalLength > 0 && <p className="muted">{noPacket}</p>}
      <HexView
        space="packet"
        bytes={bytes.packet}
        perRow={perRow}
        spans={packetSpans}
        hot={hot}
        faultAt={-1}
        onHot={setHot}
      />
      <ul className="fields mono" aria-label="Packet fields">
        {lines.map((line, i) => (
          <li
            key={line.key}
            {...itemProps(packetSpans[i])}
            {...packetValue(line.node)}
            style={{ paddingLeft: 4 + 12 * line.depth }}
            title={line.node.filter}
          >
            <span className={line.node.children.length > 0 ? 'field-head' : 'muted'}>{line.node.label}</span>
            <span>{line.node.value}</span>
          </li>
        ))}
      </ul>
      {bytes.comments.map((comment, i) => (
        <p key={i} className="muted bytes-comment">
          comment: {comment}
        </p>
      ))}
      <p className="muted mono bytes-where">block at byte {bytes.blockOffset} of the capture</p>
    </div>
  );
}

/** A field of the packet that the filter language has, too. */
function packetValue({ filter, value }: FieldNode): ValueProps | undefined {
  const field = FILTER_FIELDS.get(filter);
  // `4000 (name)`: what is asked for is the number.
  return field === undefined ? undefined : valueProps(field, value.split(' ')[0] ?? '');
}
