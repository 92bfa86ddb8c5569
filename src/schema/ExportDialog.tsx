/** The capture and its schema for other tools: packet comments and a script for Wireshark, a header for C. */
import { useState } from 'react';
import { Modal } from '#src/app/Modal.tsx';
import { usePage, useSession } from '#src/state/context.ts';
import { hopKey } from '#src/state/hop-key.ts';
import { wholeCapture } from '#src/state/origin.ts';
import type { EmittedKind } from '#workers/api.ts';
import { LongWorkLine } from './LongWorkLine.tsx';
import { downloadBlob, downloadText } from './schema-file.ts';
import { useLongWork } from './use-long-work.ts';
import { useWork } from './use-work.ts';
import './schema.css';

const EMITTED: Readonly<Record<EmittedKind, { readonly file: string; readonly type: string }>> = {
  wireshark: { file: 'lua', type: 'text/x-lua' },
  c: { file: 'h', type: 'text/x-c' },
};

export default function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const capture = usePage((state) => state.capture);
  const schema = usePage((state) => state.newest?.schema ?? null);
  const places = usePage((state) => state.places);
  const [asked, setHop] = useState(usePage((state) => state.link.hop) ?? '');
  const hops = places.flatMap((place) => hopKey(places, place.index) ?? []);
  // That of a link to another capture need not be here.
  const hop = hops.includes(asked) ? asked : '';
  const file = useLongWork();
  const text = useWork();
  const [written, setWritten] = useState('');

  const download = () => {
    if (capture === null) return;
    file.begin(
      async (port) => {
        const whole = await wholeCapture(capture.origin, session.store.getState().newest);
        return session.api.exportForWireshark(whole, hop === '' ? null : hop, port);
      },
      (blob) => {
        const title = capture.title.replace(/\.(?:pcapng|pcap|ntar)$/i, '');
        const name = `${[title, hop]
          .join(' ')
          .trim()
          .replace(/[^\w.-]+/g, '-')}-wireshark.pcapng`;
        downloadBlob(blob, name);
        setWritten(name);
      },
    );
  };
  const emit = (as: EmittedKind) =>
    text.run(async () => {
      const name = (schema?.name ?? 'metadata').replace(/[^\w.-]+/g, '-');
      const json = JSON.stringify(schema);
      downloadText(await session.api.emitSchema(json, as), `${name}.${EMITTED[as].file}`, EMITTED[as].type);
    });

  return (
    <Modal title="For Wireshark and C" onClose={onClose}>
      <section className="export-part" aria-label="Capture for Wireshark">
        <p>
          The capture with the metadata of each packet as a comment,{' '}
          <code className="mono">whither:1 meta=HEX</code>: Wireshark shows it, filters by it, and hands it to
          the script below. Whither’s own blocks stay out, which editcap does not take; everything else stays
          byte for byte.
        </p>
        <p>
          <label>
            Packets of{' '}
            <select value={hop} disabled={file.busy} onChange={({ target }) => setHop(target.value)}>
              <option value="">all hops</option>
              {hops.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </label>{' '}
          <span className="muted">
            At all hops a TCP segment is there several times, which Wireshark takes for retransmissions; at
            one hop it is not.
          </span>
        </p>
        {file.busy ? (
          <LongWorkLine work={file} what="Capture written" />
        ) : (
          <button className="button solid" onClick={download}>
            Download for Wireshark
          </button>
        )}
        <p className="muted" role="status">
          {written !== '' && !file.busy && `${written} is written.`}
        </p>
        {file.error !== '' && (
          <p className="schema-error" role="alert">
            {file.error}
          </p>
        )}
      </section>
      <section className="export-part" aria-label="Schema for other tools">
        <p>
          {schema === null ? (
            'There is no schema: write one first (s).'
          ) : (
            <>
              The schema <b className="mono">{schema.name}</b> as a script, so that each TLV is a field{' '}
              <code className="mono">whither.NAME</code> (
              <code className="mono">tshark -X lua_script:FILE</code>), and as a header with constants and
              accessors for XDP and bpf_dynptr.
            </>
          )}
        </p>
        <div className="schema-choice">
          <button className="button" disabled={schema === null} onClick={() => emit('wireshark')}>
            Script for Wireshark (Lua)
          </button>
          <button className="button" disabled={schema === null} onClick={() => emit('c')}>
            Header for C
          </button>
        </div>
        {text.error !== '' && (
          <p className="schema-error" role="alert">
            {text.error}
          </p>
        )}
      </section>
    </Modal>
  );
}
