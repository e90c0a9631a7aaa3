import { EVENT_KINDS, type EventKind } from '../../../../world/events/events.ts';
import { worldSpec, worldTick } from '../../state/colony.ts';
import { integer } from '../../text/format.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { NumberField } from '../../ui/field.tsx';
import { closeDialog, openDialog } from '../dialogs.ts';
import { EventFieldInput } from './event-field.tsx';
import { eventBounds, FIELDS_OF, KIND_TEXTS } from './event-form.ts';
import * as inject from './inject.ts';
import './inject-dialog.css';

/** An event that is to befall the world: its kind, its fields, and when. */
export function InjectDialog() {
  const world = worldSpec.value;
  if (openDialog.value !== 'inject' || world === undefined) return null;
  const kind = inject.eventKind.value;
  const problems = inject.fieldProblems.value;
  return (
    <Dialog title="Inject an event" onClose={closeDialog}>
      <form
        class="start-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void inject.sendEvent();
        }}
      >
        <Kinds kind={kind} />
        <p class="hint">{KIND_TEXTS[kind].text}</p>
        {FIELDS_OF[kind].length > 0 && (
          <fieldset class="fields narrow">
            <legend>
              How <small>what is left empty is left to chance</small>
            </legend>
            {FIELDS_OF[kind].includes('x') && (
              <button type="button" class="pick" onClick={inject.pickPlace}>
                Click a place in the world
              </button>
            )}
            {FIELDS_OF[kind].map((field) => (
              <EventFieldInput key={field} {...{ kind, field, world }} problem={problems[field]} />
            ))}
          </fieldset>
        )}
        <fieldset class="fields narrow">
          <legend>When</legend>
          <NumberField
            id="event-tick"
            label="At tick"
            hint={`Empty: as soon as it can. Now it is ${integer(worldTick.value)}.`}
            placeholder="as soon as it can"
            bounds={eventBounds(kind, 'tick', world)}
            value={inject.eventFields.value.tick}
            problem={problems['tick']}
            onInput={(text) => inject.changeEvent('tick', text)}
          />
        </fieldset>
        {inject.refusedEventText.value !== undefined && (
          <p class="refused" role="alert">
            {inject.refusedEventText.value}
          </p>
        )}
        <footer class="dialog-foot">
          <button type="button" onClick={closeDialog}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={!inject.canSend.value}>
            Inject
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function Kinds({ kind }: { kind: EventKind }) {
  return (
    <fieldset class="kinds">
      <legend>What</legend>
      {EVENT_KINDS.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="event-kind"
            value={name}
            checked={name === kind}
            onChange={() => inject.chooseKind(name)}
          />
          {KIND_TEXTS[name].title}
        </label>
      ))}
    </fieldset>
  );
}
