import { computed, signal } from '@preact/signals';
import { ConnectionLost, OtherBuild } from '../api/request.ts';

/** What was tried and failed: its next success takes the notice away. */
export type Source = 'run' | 'start' | 'stop' | 'events' | 'pictures' | 'cells';

/** An error is there long enough to be read, even if its cause is gone at once. */
const SHOWN_LEAST_MS = 5_000;
const SHOWN_MOST_MS = 20_000;

/** Why nothing can be asked at present; undefined: the server answers. */
export const connectionLost = signal<string | undefined>(undefined);

/** The answers that this page did not understand: each until the next of its source that it does. */
const notUnderstood = signal<ReadonlyMap<Source, string>>(new Map());

/** Why this page cannot show what the server answers; undefined: it can. */
export const otherBuild = computed<string | undefined>(() => [...notUnderstood.value.values()][0]);

interface ErrorNotice {
  source: Source;
  text: string;
  atMs: number;
}

/** The newest refusal, in words. */
export const errorNotice = signal<ErrorNotice | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Every answer of the server ends here. */
export function connected(): void {
  connectionLost.value = undefined;
}

/**
 * An answer was understood: during an upgrade only some coordinators are of another build. Of another source it tells
 * nothing.
 */
export function understood(source: Source): void {
  if (!notUnderstood.peek().has(source)) return;
  notUnderstood.value = new Map([...notUnderstood.peek()].filter(([of]) => of !== source));
}

/** Something worked: if it had failed before, that is past. */
export function worked(source: Source): void {
  connected();
  understood(source);
  if (errorNotice.value?.source === source) clearError();
}

/** Shows what went wrong, in words. */
export function failed(error: unknown, source: Source): void {
  if (error instanceof ConnectionLost) {
    connectionLost.value = `Connection lost: ${error.message}. Trying again…`;
    return;
  }
  if (error instanceof OtherBuild) {
    notUnderstood.value = new Map([...notUnderstood.peek(), [source, error.message]]);
    return;
  }
  const text = error instanceof Error ? error.message : String(error);
  errorNotice.value = { source, text, atMs: performance.now() };
  clearTimeout(timer);
  timer = setTimeout(clearError, SHOWN_MOST_MS);
}

/** The colony is in another phase: what was refused before may be granted now. */
export function circumstancesChanged(): void {
  if (errorNotice.value === undefined) return;
  const shownMs = performance.now() - errorNotice.value.atMs;
  clearTimeout(timer);
  timer = setTimeout(clearError, Math.max(0, SHOWN_LEAST_MS - shownMs));
}

export function clearError(): void {
  clearTimeout(timer);
  errorNotice.value = undefined;
}
