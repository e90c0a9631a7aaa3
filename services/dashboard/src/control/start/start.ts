import { computed, effect, signal } from '@preact/signals';
import * as api from '../../api/client.ts';
import { Refusal } from '../../api/request.ts';
import { colony } from '../../state/colony.ts';
import { type Problems, refusedField } from '../../text/form-text.ts';
import { closeDialog, openDialog } from '../dialogs.ts';
import { ask, Intent, isBusy } from '../intent.ts';
import { canRun, canStart } from '../run.ts';
import { type Measured, measuredOf } from './estimate.ts';
import { formOf, problemsOf, specOf, type WorldForm } from './world-form.ts';

/** The world that is to be made; undefined until the dialog was open. */
export const worldForm = signal<WorldForm | undefined>(undefined);
/** null: as fast as possible; undefined: as the colony is configured. */
export const startPace = signal<number | null | undefined>(undefined);
/** What the API refused of the form as it was sent. */
const refusal = signal<{ form: WorldForm; field: string | undefined; text: string } | undefined>(
  undefined,
);
/** What a colony here has shown that it can do. */
export const measured = signal<Measured | undefined>(undefined);

const fields = (form: WorldForm) => [
  ...['width', 'height', 'shardSize', 'seed', 'randomEvents'],
  ...Object.keys(form.rules).map((rule) => `rules.${rule}`),
];

/** A refusal is past as soon as the form is another one. */
const currentRefusal = computed(() =>
  refusal.value?.form === worldForm.value ? refusal.value : undefined,
);

/** What is wrong with the form, here or by the word of the API. */
export const worldProblems = computed<Problems>(() => {
  if (worldForm.value === undefined) return {};
  const { field, text } = currentRefusal.value ?? {};
  return {
    ...problemsOf(worldForm.value),
    ...(field !== undefined && text !== undefined && { [field]: text }),
  };
});

/** What the API refused that is about no field alone. */
export const refusedText = computed(() =>
  currentRefusal.value?.field === undefined ? currentRefusal.value?.text : undefined,
);

export const canSubmit = computed(
  () =>
    canStart.value &&
    !isBusy.value &&
    worldForm.value !== undefined &&
    Object.keys(problemsOf(worldForm.value)).length === 0,
);

const intent = new Intent();

/** Starts the world that the colony is configured with. */
export function startAtOnce(): void {
  if (canStart.value) void ask('start', () => intent.carryOut({}, (key) => api.start(key, {})));
}

/** Opens the dialog with the world that the colony is configured with, or as it was left. */
export function chooseWorld(): void {
  const defaultSpec = colony.value?.defaultSpec;
  if (worldForm.value === undefined && defaultSpec !== undefined) {
    worldForm.value = formOf(defaultSpec);
  }
  if (worldForm.value !== undefined) openDialog.value = 'start';
}

export function changeWorld(change: Partial<WorldForm>): void {
  if (worldForm.value !== undefined) worldForm.value = { ...worldForm.value, ...change };
}

/** Starts the world of the form. What is refused of it stays in the dialog. */
export async function submitWorld(): Promise<void> {
  const form = worldForm.value;
  if (form === undefined || !canSubmit.value) return;
  const spec = specOf(form);
  await ask('start', async () => {
    try {
      const { colonyInstanceId } = await intent.carryOut(spec, (key) => api.start(key, spec));
      paceToSet = { colonyInstanceId, ticksPerSecond: startPace.value };
      closeDialog();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal.value = {
        form,
        field: refusedField(error.detail, fields(form)),
        text: error.message,
      };
    }
  });
}

/** A colony has a pace of its own once it is started. */
let paceToSet: { colonyInstanceId: string; ticksPerSecond: number | null | undefined } | undefined;

/** Sets the pace of a colony that was started here, and notes what colonies can do. */
export function followStarts(): void {
  effect(() => {
    const view = colony.value;
    if (view === undefined) return;
    measured.value = measuredOf(view) ?? measured.peek();
    if (paceToSet === undefined || !canRun.value) return;
    const { colonyInstanceId, ticksPerSecond } = paceToSet;
    if (view.colonyInstanceId !== colonyInstanceId || isBusy.peek()) return;
    paceToSet = undefined;
    if (ticksPerSecond !== undefined) void ask('run', () => api.setPace(ticksPerSecond));
  });
}
