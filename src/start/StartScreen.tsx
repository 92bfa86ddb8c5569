/** The first screen: four ways to bytes. Everything stays in this browser. */
import { useEffect, useState } from 'react';
import { Offer } from '#src/guide/Offer.tsx';
import { printBytes } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { parseCaptureUrl } from '#src/state/link-source.ts';
import { captureText, filesText } from '#src/state/named-capture.ts';
import type { Sample } from '#src/state/answers.ts';
import { fetchSamples, isOnDisk } from '#src/state/sources.ts';
import { Survival } from '#src/survival/Survival.tsx';
import './start.css';

export function StartScreen() {
  return (
    <main className="start">
      <div className="start-column">
        <h1 className="start-title">
          Whither goes your packet’s metadata<em>?</em>
        </h1>
        <p className="start-lead">
          See packets at every hook of the kernel’s Rx and Tx path, with the metadata they carry: where it was
          written, changed or lost.
        </p>
        {!isOnDisk() && <Offer />}
        <LiveSource />
        <FileSource />
        {!isOnDisk() && (
          <>
            <Samples />
            <Survival />
            <UrlSource />
          </>
        )}
        <NoAgent />
        <p className="start-foot muted">
          Reads pcapng and pcap, from Whither or from any other tool. Files are read in this page and sent
          nowhere.
        </p>
      </div>
    </main>
  );
}

function LiveSource() {
  const session = useSession();
  const host = usePage((state) => state.host);
  if (host === undefined || host === null) return null;
  return (
    <section className="start-block start-live">
      <div>
        <h2>This host</h2>
        <p>
          <b>{host.host}</b> <span className="muted">{host.text}</span>
        </p>
      </div>
      <button
        className="button solid"
        disabled={!host.live}
        onClick={() => void session.open({ kind: 'live' })}
      >
        Connect to this host
      </button>
    </section>
  );
}

/** A static host has no live source, and says why in one line. */
function NoAgent() {
  const host = usePage((state) => state.host);
  if (host !== null) return null;
  return (
    <p className="start-note muted">
      Live capture needs the page to come from an agent: run <code className="mono">npx whither</code> on the
      host and open its link.
    </p>
  );
}

function FileSource() {
  const session = useSession();
  const meant = usePage((state) => state.link.capture);
  const files = usePage((state) => state.link.files);
  return (
    <section className="start-block start-drop">
      <div>
        {meant !== null && files.length === 0 && (
          <p>
            This link is about a capture that is not in it: <b>{captureText(meant)}</b>. Open that file to see
            what it shows.
          </p>
        )}
        {files.length > 0 && (
          <p>
            This link is about captures that are not in it: <b>{filesText(files)}</b>. Drop them here at once
            to see what it shows.
          </p>
        )}
        <p>
          <b>Drop a capture</b>{' '}
          <span className="muted">anywhere on this page, now or later; several are shown together</span>
        </p>
      </div>
      <label className="button start-choose">
        Choose a file
        <input
          type="file"
          multiple
          className="hidden-text"
          accept=".pcapng,.pcap,.cap,.ntar"
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            // The same file chosen again is no change otherwise.
            event.target.value = '';
            void session.take(files, true);
          }}
        />
      </label>
    </section>
  );
}

function Samples() {
  const session = useSession();
  const [samples, setSamples] = useState<readonly Sample[] | null>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    let gone = false;
    fetchSamples().then(
      (list) => {
        if (!gone) setSamples(list);
      },
      (reason: unknown) => {
        if (!gone) setError(reason instanceof Error ? reason.message : String(reason));
      },
    );
    return () => {
      gone = true;
    };
  }, []);
  return (
    <section className="start-block" aria-label="Samples">
      <h2>Samples</h2>
      {error !== '' && (
        <p className="muted">
          The samples could not be listed ({error}). Reload the page, or drop a capture.
        </p>
      )}
      <ul className="samples">
        {samples?.map((sample) => (
          <li key={sample.id}>
            <button
              onClick={() => void session.open({ kind: 'sample', id: sample.id })}
              data-sample={sample.id}
            >
              <b>{sample.title}</b>
              <span className="mono muted">{printBytes(sample.bytes)}</span>
              <span className="muted sample-text">{sample.question}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function UrlSource() {
  const session = useSession();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  return (
    <section className="start-block">
      <h2>A URL</h2>
      <form
        className="url-form"
        onSubmit={(event) => {
          event.preventDefault();
          const url = parseCaptureUrl(text.trim());
          setWrong(url === null);
          if (url !== null) void session.open({ kind: 'url', url });
        }}
      >
        <input
          type="text"
          inputMode="url"
          className="mono"
          aria-label="URL of a capture"
          aria-invalid={wrong}
          placeholder="https://example.org/capture.pcapng"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button className="button">Open</button>
      </form>
      {wrong && (
        <p className="start-wrong" role="alert">
          That is not an http or https URL of at most 2000 characters. Paste the whole address, such as
          https://example.org/capture.pcapng, or drop the file here.
        </p>
      )}
    </section>
  );
}
