/** Asks whether a capture of another page is to be shown. */
import { Modal } from '#src/app/Modal.tsx';
import { printBytes } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { allowOrigin } from './offer.ts';

export default function OfferDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const offer = usePage((state) => state.offer);
  if (offer === null) return null;
  const { origin, file } = offer;
  const close = (): void => {
    session.store.setState({ offer: null });
    onClose();
  };
  const show = (): void => {
    close();
    void session.take([file], true);
  };
  return (
    <Modal title="A capture from another page" onClose={close}>
      <p>
        <b className="mono">{origin}</b> wants to show <b className="mono">{file.name}</b> (
        {printBytes(file.size)}) here. It is read on this page and sent nowhere.
      </p>
      <p className="offer-answers">
        <button className="button solid" data-first-focus onClick={close}>
          Do not show it
        </button>
        <button className="button" onClick={show}>
          Show it
        </button>
        <button
          className="button"
          onClick={() => {
            allowOrigin(origin);
            show();
          }}
        >
          Always show what {new URL(origin).host} sends
        </button>
      </p>
    </Modal>
  );
}
