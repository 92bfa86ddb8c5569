/** Asked before a share is deleted: whoever has its link finds nothing from then on. */
import { Modal } from '#src/app/Modal.tsx';
import { printBytes } from '#src/list/print.ts';
import type { StoredShare } from '#core/share/stored.ts';
import { printMinute } from '#core/time/instant.ts';

interface Props {
  readonly share: StoredShare;
  readonly onDelete: () => void;
  readonly onClose: () => void;
}

export function DeleteShare({ share, onDelete, onClose }: Props) {
  return (
    <Modal title="Delete this share?" onClose={onClose}>
      <div className="share-delete">
        <p>
          <b>{share.title}</b>, made {printMinute(share.created)}, {printBytes(share.bytes)}.
        </p>
        <p>Its link opens nothing from then on, for everybody who has it. This cannot be undone.</p>
        <p className="share-send">
          <button className="button" onClick={onClose} data-first-focus>
            Keep it
          </button>
          <button className="button solid" onClick={onDelete}>
            Delete it
          </button>
        </p>
      </div>
    </Modal>
  );
}
