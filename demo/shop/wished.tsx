/** Says what was asked for, and takes it back. */
import { useWished } from "./steering.ts";

export function WishedNotice() {
  const wished = useWished();
  return (
    <div class="wished" role="status" data-tacit-ignore>
      {wished !== null && (
        <p>
          <span>{wished.words}</span>
          <button type="button" class="link" onClick={wished.undo}>
            Undo
          </button>
        </p>
      )}
    </div>
  );
}
