import { computed, signal } from '@preact/signals';
import type { ColonyEvent } from '../../../../protocol/colony/colony-event.ts';
import type { EventKind } from '../../../../world/events/events.ts';
import * as api from '../../api/client.ts';
import { Refusal } from '../../api/request.ts';
import { worldSpec } from '../../state/colony.ts';
import { refreshEvents } from '../../state/events.ts';
import { injectAt } from '../../state/injection.ts';
import { tab } from '../../state/url-state.ts';
import { type Problems, refusedField } from '../../text/form-text.ts';
import { closeDialog, openDialog } from '../dialogs.ts';
import { ask, Intent, isBusy } from '../intent.ts';
import { canRun } from '../run.ts';
import {
  type EventField,
  type EventFields,
  eventProblems,
  eventRequestOf,
  FIELDS_OF,
  NO_FIELDS,
} from './event-form.ts';

export const eventKind = signal<EventKind>('createCreature');
export const eventFields = signal<EventFields>(NO_FIELDS);

interface EventRefusal {
  kind: EventKind;
  fields: EventFields;
  field: string | undefined;
  text: string;
}
const refusal = signal<EventRefusal | undefined>(undefined);
/** A refusal is past as soon as the event is another one. */
const currentRefusal = computed(() => {
  const { value: refused } = refusal;
  const isSame = refused?.kind === eventKind.value && refused.fields === eventFields.value;
  return isSame ? refused : undefined;
});

export const fieldProblems = computed<Problems>(() => {
  if (worldSpec.value === undefined) return {};
  const { field, text } = currentRefusal.value ?? {};
  return {
    ...eventProblems(eventKind.value, eventFields.value, worldSpec.value),
    ...(field !== undefined && text !== undefined && { [field]: text }),
  };
});
export const refusedEventText = computed(() =>
  currentRefusal.value?.field === undefined ? currentRefusal.value?.text : undefined,
);

export const canInject = computed(() => canRun.value && worldSpec.value !== undefined);
export const canSend = computed(
  () =>
    canInject.value &&
    !isBusy.value &&
    Object.keys(eventProblems(eventKind.value, eventFields.value, worldSpec.value ?? NO_WORLD))
      .length === 0,
);
const NO_WORLD = { width: 0, height: 0 };

export function injectEvent(): void {
  if (canInject.value) openDialog.value = 'inject';
}

export function changeEvent(field: EventField, text: string): void {
  eventFields.value = { ...eventFields.value, [field]: text };
}

/** Another kind of event. What was typed for the one before stays, unless this one does not take it. */
export function chooseKind(kind: EventKind): void {
  const fields = eventFields.value;
  const refused = Object.keys(eventProblems(kind, fields, worldSpec.value ?? NO_WORLD));
  eventKind.value = kind;
  eventFields.value = { ...fields, ...Object.fromEntries(refused.map((field) => [field, ''])) };
}

const intent = new Intent();

/** Sends the event. What is refused of it stays in the dialog. */
export async function sendEvent(): Promise<void> {
  if (!canSend.value) return;
  const [kind, fields] = [eventKind.value, eventFields.value];
  const request = eventRequestOf(kind, fields);
  await ask('events', async () => {
    try {
      await intent.carryOut(request, (key) => api.inject(key, request));
      closeDialog();
      eventFields.value = { ...fields, tick: '' };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const field = refusedField(error.detail, [...FIELDS_OF[kind], 'tick']);
      refusal.value = { kind, fields, field, text: error.message };
    }
  });
  refreshEvents();
}

/** Takes an injected event out of the world before it happens. */
export async function cancelEvent({ sequence }: ColonyEvent): Promise<void> {
  if (sequence === null) return;
  await ask('events', () => api.cancelEvent(sequence));
  refreshEvents();
}

/** Lets a cell of the world be clicked for the place of the event; Escape gives up. */
export function pickPlace(): void {
  const done = () => {
    injectAt.value = undefined;
    document.removeEventListener('keydown', giveUp, true);
    openDialog.value = 'inject';
  };
  const giveUp = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    done();
  };
  closeDialog();
  tab.value = 'world';
  injectAt.value = ({ x, y }) => {
    eventFields.value = { ...eventFields.value, x: String(x), y: String(y) };
    done();
  };
  document.addEventListener('keydown', giveUp, true);
}
