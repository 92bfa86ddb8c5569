/** The BPF programs that are loaded on this host, its kernel and modules: whose types to take. */
import { useEffect, useState } from 'react';
import type { TypeSource } from '#workers/api.ts';
import { btfUrl, fetchHostTypes, type HostTypes } from './host-types.ts';
import { useWork } from './use-work.ts';

/** Type of program that writes or carries metadata: these are mostly wanted. */
const NETWORK_TYPES: ReadonlySet<string> = new Set([
  'xdp',
  'sched_cls',
  'sched_act',
  'netfilter',
  'lwt_xmit',
]);

export function HostPrograms({ onOpen }: { readonly onOpen: (source: TypeSource) => void }) {
  const { busy, error, run } = useWork();
  const [types, setTypes] = useState<HostTypes | null>(null);
  const [all, setAll] = useState(false);
  const load = () => run(async () => setTypes(await fetchHostTypes()));
  useEffect(load, [run]);
  const kernel = btfUrl('kernel');
  const programs = types?.programs ?? [];
  const shown = all ? programs : programs.filter(({ type }) => NETWORK_TYPES.has(type));
  return (
    <section aria-label="Types of this host">
      <h2 className="schema-heading">
        On this host{' '}
        <button className="link muted" onClick={load} disabled={busy}>
          look again
        </button>
      </h2>
      {error !== '' && <p className="schema-error">{error}</p>}
      {types !== null && (
        <>
          {types.refusal !== '' && <p className="schema-error">{types.refusal}</p>}
          {types.refusal === '' && programs.length === 0 && (
            <p className="muted">No BPF program is loaded.</p>
          )}
          <ul className="schema-types mono" aria-label="Loaded programs">
            {shown.map(({ id, name, type, tag, types: hasTypes }) => (
              <li key={id}>
                <button
                  disabled={!hasTypes}
                  title={hasTypes ? `tag ${tag}` : 'It was loaded without BTF.'}
                  onClick={() =>
                    onOpen({ kind: 'url', url: btfUrl(`program=${id}`), base: null, title: `${name}#${id}` })
                  }
                >
                  <span className="muted">{type}</span> {name}#{id}
                  {!hasTypes && <span className="muted push">no types</span>}
                </button>
              </li>
            ))}
          </ul>
          {shown.length < programs.length && (
            <button className="link muted" onClick={() => setAll(true)}>
              {programs.length - shown.length} programs of other kinds
            </button>
          )}
          <div className="schema-choice">
            {types.kernel && (
              <button
                className="button"
                onClick={() => onOpen({ kind: 'url', url: kernel, base: null, title: 'the kernel' })}
              >
                The kernel’s
              </button>
            )}
            {types.modules.length > 0 && (
              <select
                className="button"
                aria-label="Types of a module"
                value=""
                onChange={({ target }) =>
                  onOpen({
                    kind: 'url',
                    url: btfUrl(`module=${target.value}`),
                    base: kernel,
                    title: target.value,
                  })
                }
              >
                <option value="">Of a module …</option>
                {types.modules.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            )}
          </div>
        </>
      )}
    </section>
  );
}
