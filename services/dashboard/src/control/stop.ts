import * as api from '../api/client.ts';
import { colony, isStarted } from '../state/colony.ts';
import { closeDialog, openDialog } from './dialogs.ts';
import { ask } from './intent.ts';
import { changeWorld, chooseWorld, worldForm } from './start/start.ts';
import { formOf } from './start/world-form.ts';

export function askToStop(): void {
  if (isStarted.value) openDialog.value = 'stop';
}

/**
 * Stops the colony that the dialog speaks of, and no other.
 *
 * @param andThen `new`: the dialog for a new world opens, with that of the last one.
 */
export async function stopColony(colonyInstanceId: string, andThen: 'new' | 'nothing') {
  const spec = colony.value?.spec ?? undefined;
  const isStopped = await ask('stop', () => api.stop(colonyInstanceId));
  closeDialog();
  if (!isStopped || andThen === 'nothing') return;
  if (worldForm.value === undefined && spec !== undefined) worldForm.value = formOf(spec);
  else if (spec !== undefined) changeWorld(formOf(spec));
  chooseWorld();
}
