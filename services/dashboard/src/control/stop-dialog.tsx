import { useSignal } from '@preact/signals';
import { colony, worldTick } from '../state/colony.ts';
import { integer } from '../text/format.ts';
import { Dialog } from '../ui/dialog.tsx';
import { closeDialog, openDialog } from './dialogs.ts';
import { isBusy } from './intent.ts';
import { stopColony } from './stop.ts';

/** Whether the world is really to end. */
export function StopDialog() {
  if (openDialog.value !== 'stop') return null;
  return <Question />;
}

function Question() {
  // The instance that was shown when the question was asked: another is not meant.
  const asked = useSignal(colony.value?.colonyInstanceId ?? undefined).value;
  if (asked === undefined) return null;
  return (
    <Dialog title="Stop this colony?" onClose={closeDialog}>
      <p>
        Its world ends at tick {integer(worldTick.value)} and cannot be resumed. Its seed and its
        events are enough to live it again.
      </p>
      <footer class="dialog-foot spaced">
        <button type="button" onClick={closeDialog}>
          Let it live
        </button>
        <button
          type="button"
          class="danger"
          disabled={isBusy.value}
          onClick={() => void stopColony(asked, 'nothing')}
        >
          Stop it
        </button>
        <button
          type="button"
          class="danger"
          disabled={isBusy.value}
          onClick={() => void stopColony(asked, 'new')}
        >
          Stop it and choose a new world
        </button>
      </footer>
    </Dialog>
  );
}
