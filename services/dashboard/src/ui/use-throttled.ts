import { effect, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/**
 * A value that may change with each picture of the screen, shown at most so often: at once when it has rested, and
 * the last one in any case. A component that reads it is rendered no oftener.
 *
 * @param read what it is, from signals; the same function in each rendering.
 */
export function useThrottled<T>(read: () => T, everyMs: number): T {
  const shown = useSignal(read());
  useEffect(() => {
    let shownAtMs = Number.NEGATIVE_INFINITY;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let newest = shown.peek();
    const show = () => {
      timer = undefined;
      shownAtMs = performance.now();
      shown.value = newest;
    };
    const stop = effect(() => {
      newest = read();
      const leftMs = shownAtMs + everyMs - performance.now();
      if (leftMs <= 0 && timer === undefined) show();
      else timer ??= setTimeout(show, Math.max(0, leftMs));
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [read, everyMs]);
  return shown.value;
}
