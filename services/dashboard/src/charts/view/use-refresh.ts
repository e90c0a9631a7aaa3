import { effect, type ReadonlySignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ColonyView } from '../../../../protocol/api/public-api.ts';
import type { RangeChoice } from '../../state/url-codec.ts';
import type { ChartsStore } from '../state/charts-store.ts';

/** How often it is looked for what is new. */
const EVERY_MS = 2_000;
/** A range that is being drawn changes with every move of the pointer. */
const SETTLE_MS = 120;
/** A window that is resized by a little asks for nothing new. */
const POINTS_STEP = 200;

/** Looks for what is new as long as the charts are shown, and at once when another range is chosen. */
export function useRefresh(
  store: ChartsStore,
  colony: ReadonlySignal<ColonyView | undefined>,
  choice: ReadonlySignal<RangeChoice>,
  charts: RefObject<HTMLElement | null>,
): void {
  useEffect(() => {
    let isOver = false;
    let isBusy = false;
    let isWanted = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      clearTimeout(timer);
      if (isBusy) {
        isWanted = true;
        return;
      }
      isBusy = true;
      isWanted = false;
      if (!document.hidden && colony.peek() !== undefined) {
        await store.refresh(colony.peek()?.colonyInstanceId ?? null, pointsOf(charts.current));
      }
      isBusy = false;
      if (!isOver) plan(isWanted ? 0 : EVERY_MS);
    };
    const plan = (inMs: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => void look(), inMs);
    };
    const again = () => plan(0);
    document.addEventListener('visibilitychange', again);
    const unfollow = effect(() => {
      choice.value;
      plan(SETTLE_MS);
    });
    let instance: string | null | undefined;
    const unfollowColony = effect(() => {
      const next = colony.value?.colonyInstanceId;
      if (next !== instance) plan(0);
      instance = next;
    });
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', again);
      unfollow();
      unfollowColony();
    };
  }, [store, colony, choice, charts]);
}

/** How many rows can be told apart, in steps; a chart is as wide as all of them, or narrower. */
const pointsOf = (charts: HTMLElement | null): number =>
  Math.max(1, Math.ceil((charts?.clientWidth ?? 0) / POINTS_STEP)) * POINTS_STEP;
