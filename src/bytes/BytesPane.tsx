/** The bytes at the chosen hop: to scale, as hex, and as what they mean; each points at the other. */
import { Fragment, useCallback, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { EventBytes, JourneyHop } from '#workers/api.ts';
import { useWidth } from '#src/app/use-size.ts';
import { scopedAction } from '#src/keys/bind.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { AREA_KEY, decodedParts } from './decoded-parts.ts';
import { hexOf } from './hex.ts';
import { HexView } from './HexView.tsx';
import { fieldLines, fieldSpans, type Span } from './spans.ts';
import { stripOf } from './strip.ts';
import { TlvList } from './TlvList.tsx';
import './bytes.css';

const NO_BYTES = new Uint8Array(0);
/** Room for offset, 16 bytes and ASCII at 11 px. */
const WIDE_PX = 408;
/** Room for wider bytes in two halves of eight. */
const ROOMY_PX = 500;

export function BytesPane() {
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
  return (
    <section className="pane bytes-pane" aria-label="Bytes" data-pane="bytes" ref={pane}>
      <header className="pane-head">
        <h2>Bytes{hop === undefined ? '' : ' at '}</h2>
        <span className="mono bytes-hop">{hop?.name}</span>
      </header>
      {bytes === null ? (
        <p className="pane-empty" tabIndex={0} role={unread === null ? undefined : 'status'}>
          {unread === null
            ? 'Choose a hop of a journey.'
            : `The bytes of this hop could not be read. ${unread.cause} ${unread.remedy}`}
        </p>
      ) : (
        <Content
          bytes={bytes}
          noArea={noArea}
          noPacket={
            agentGone
              ? 'The agent keeps these bytes, and does not answer; the metadata is above.'
              : 'These bytes are no longer in the capture; the metadata is above.'
          }
          perRow={width >= WIDE_PX ? 16 : 8}
          roomy={width >= ROOMY_PX}
        />
      )}
    </section>
  );
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
  /** Why there are no bytes of the area, where there are none. */
  readonly noArea: string;
  /** Likewise of the packet. */
  readonly noPacket: string;
  readonly perRow: number;
  readonly roomy: boolean;
}

function Content({ bytes, noArea, noPacket, perRow, roomy }: ContentProps) {
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

  return (
    <div className={`pane-body bytes-body${roomy ? ' roomy' : ''}`} ref={list} onKeyDown={onKeyDown}>
      <Strip bytes={bytes} />
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

function Heading(props: {
  readonly title: string;
  readonly length: number;
  readonly copy: Uint8Array;
  readonly original?: number;
}) {
  const session = useSession();
  const [copied, setCopied] = useState(false);
  const { title, length, copy, original } = props;
  const cut = original !== undefined && original > length ? ` of ${original}` : '';
  const onCopy = () => {
    navigator.clipboard.writeText(hexOf(copy)).then(
      () => setCopied(true),
      () =>
        session.report({
          code: 'clipboard',
          offset: 0,
          cause: 'The browser did not let the page copy.',
          remedy: 'Allow clipboard access for this page, or select the bytes by hand.',
          fatal: false,
        }),
    );
  };
  return (
    <div className="bytes-heading">
      <h3>{title}</h3>
      <span className="mono muted">
        {length}
        {cut} B
      </span>
      {length > 0 && (
        <button
          className="link muted push"
          onClick={onCopy}
          aria-label={`Copy the ${title.toLowerCase()} as hex`}
        >
          {copied ? 'copied' : 'copy hex'}
        </button>
      )}
    </div>
  );
}

const STRIP_NAMES = { headroom: 'headroom', area: 'area', packet: 'packet', tailroom: 'tail' } as const;

function Strip({ bytes }: { readonly bytes: EventBytes }) {
  const parts = stripOf(bytes);
  if (parts === null) return null;
  const words = parts.map((part) => `${STRIP_NAMES[part.kind]} ${part.bytes} B`).join(', ');
  return (
    <div className="strip" role="img" aria-label={`From skb head: ${words}`}>
      {parts.map((part) => (
        <div
          key={part.kind}
          className={`strip-part strip-${part.kind}`}
          style={{ width: `${100 * part.share}%` }}
          title={`${STRIP_NAMES[part.kind]}: ${part.bytes} B`}
        >
          <span>{STRIP_NAMES[part.kind]}</span>
          <i />
          <span className="mono">{part.bytes} B</span>
        </div>
      ))}
    </div>
  );
}
