import type { ReadonlySignal, Signal } from '@preact/signals';
import type { ColonyView } from '../../../../protocol/api/public-api.ts';
import type { Mark } from '../../state/selection.ts';
import type { RangeChoice } from '../../state/url-codec.ts';
import type { RateSample } from '../data/rate-history.ts';
import type { ChartsApi } from '../state/charts-api.ts';

/** What the charts share with the rest of the page. */
export interface ChartsProps {
  api: ChartsApi;
  colony: ReadonlySignal<ColonyView | undefined>;
  /** What of the colony's life is shown; the address of the page keeps it. */
  choice: Signal<RangeChoice>;
  /** A tick of the past that is looked at. */
  shownTick: Signal<number | undefined>;
  marked: Signal<Mark | undefined>;
  rates: ReadonlySignal<readonly RateSample[]>;
  isDark: ReadonlySignal<boolean>;
}
