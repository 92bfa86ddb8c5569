/** What the schema in force makes of the areas that are loaded. */
import { usePage } from '#src/state/context.ts';
import { useQuery } from '#src/state/use-query.ts';
import { AreaList } from './AreaList.tsx';

export function ReadsPanel({ onPropose }: { readonly onPropose: () => void }) {
  const preview = useQuery('previewAreas', 'The areas could not be read');
  const name = usePage((state) => state.newest?.schema?.name ?? null);
  if (preview === null) return <p className="muted">Reading some areas …</p>;
  if (preview.sampled === 0) return <p className="muted">This capture has no metadata areas (yet).</p>;
  return (
    <>
      <p className="muted">
        {name === null ? (
          <>
            No schema is in force: the areas are bytes.{' '}
            <button className="link" onClick={onPropose}>
              Propose one from the bytes
            </button>
          </>
        ) : (
          <>
            What <b className="mono">{name}</b> makes of them, one of each kind:
          </>
        )}
      </p>
      <AreaList preview={preview} />
    </>
  );
}
