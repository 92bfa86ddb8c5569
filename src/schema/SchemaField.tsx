/** The text of the schema: a plain field until the editor has come. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { SchemaEditor } from './editor.ts';
import type { Finding } from './findings.ts';
import type { JsonGuide, JsonPath } from './json-guide.ts';

interface Props {
  readonly text: string;
  readonly findings: readonly Finding[];
  readonly guide: JsonGuide | null;
  /** Where to go; another object each time. */
  readonly goTo: { readonly from: number; readonly to: number } | null;
  readonly onText: (text: string) => void;
  readonly onPlace: (path: JsonPath, meaning: string) => void;
}

const LABEL = 'Schema as JSON';

export function SchemaField({ text, findings, guide, goTo, onText, onPlace }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<SchemaEditor | null>(null);
  const [ready, setReady] = useState(false);
  const latest = useRef({ text, findings, guide, onText, onPlace });
  useEffect(() => {
    latest.current = { text, findings, guide, onText, onPlace };
  });

  useEffect(() => {
    let gone = false;
    const load = async () => {
      const { createSchemaEditor } = await import('./editor.ts');
      if (gone || host.current === null) return;
      const hadFocus = document.activeElement === plain.current;
      editor.current = createSchemaEditor({
        parent: host.current,
        text: latest.current.text,
        label: LABEL,
        onChange: (next) => latest.current.onText(next),
        onPlace: (path, meaning) => latest.current.onPlace(path, meaning),
        guide: () => latest.current.guide,
      });
      editor.current.setFindings(latest.current.findings);
      setReady(true);
      if (hadFocus) editor.current.focus();
    };
    // Without it the plain field stays, which edits the same.
    load().catch(() => undefined);
    return () => {
      gone = true;
      editor.current?.destroy();
      editor.current = null;
    };
  }, []);

  // Within the commit: later, the editor may have a letter more, which this would take away again.
  useLayoutEffect(() => editor.current?.setText(text), [text]);
  useEffect(() => editor.current?.setFindings(findings), [findings]);
  useEffect(() => {
    if (goTo === null) return;
    editor.current?.goTo(goTo.from, goTo.to);
    if (editor.current !== null || plain.current === null) return;
    plain.current.focus();
    plain.current.setSelectionRange(goTo.from, goTo.to);
  }, [goTo]);

  return (
    <div className="schema-field" data-bad={findings.length > 0}>
      {!ready && (
        <textarea
          ref={plain}
          className="mono"
          aria-label={LABEL}
          aria-invalid={findings.length > 0}
          spellCheck={false}
          value={text}
          onChange={({ target }) => onText(target.value)}
        />
      )}
      <div ref={host} className="schema-host" data-schema-field={ready ? 'editor' : 'plain'} />
    </div>
  );
}
