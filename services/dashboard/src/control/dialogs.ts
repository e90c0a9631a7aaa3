import { signal } from '@preact/signals';

/** The dialog of control that is open; one at a time. */
export const openDialog = signal<'start' | 'stop' | 'inject' | undefined>(undefined);

export const closeDialog = (): void => {
  openDialog.value = undefined;
};
