import { computed, useComputed, useSignal } from '@preact/signals';
import { useMemo, useRef, useState } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import type { ColonyEvent } from '../../../protocol/colony/colony-event.ts';
import './charts.css';
import { whole } from '../../../protocol/common/figures.ts';
import { chosenRange, WHOLE_LIFE } from '../state/range.ts';
import { surveysWithGaps, withGaps } from './data/gaps.ts';
import { rowsOf } from './data/tables.ts';
import type { Panel } from './panels/panel.ts';
import { panelsOf } from './panels/panels.ts';
import { ratePanel } from './panels/rate-panel.ts';
import { ChartsStore } from './state/charts-store.ts';
import { createCursor } from './state/cursor.ts';
import { Chart } from './view/chart.tsx';
import type { ChartsProps } from './view/charts-props.ts';
import { DataTable } from './view/data-table.tsx';
import { Downloads } from './view/downloads.tsx';
import { EventCard } from './view/event-card.tsx';
import { Histograms } from './view/histograms.tsx';
import { MostCommon } from './view/most-common.tsx';
import { Overview } from './view/overview.tsx';
import { RangeBar } from './view/range-bar.tsx';
import { ChartsToolbar } from './view/toolbar.tsx';
import { useRefresh } from './view/use-refresh.ts';

/** The colony's statistics through time: any range of its life, with its events, as it goes on. */
export function ChartsView(props: ChartsProps) {
  const { api, colony, choice, shownTick, marked, rates, isDark } = props;
  const store = useMemo(() => new ChartsStore(api, choice), [api, choice]);
  const box = useRef<HTMLDivElement>(null);
  useRefresh(store, colony, choice, box);

  const isPerCreature = useSignal(false);
  const [chosen, setChosen] = useState<readonly ColonyEvent[]>([]);
  const cursor = useMemo(
    () => createCursor(computed(() => store.statistics.value?.columns.tick ?? [])),
    [store],
  );
  const panels = useComputed(() => {
    const [statistics, surveys] = [store.statistics.value, store.surveys.value];
    if (statistics === undefined) return [];
    return panelsOf({
      statistics: withGaps(statistics),
      surveys: surveys === undefined ? [] : surveysWithGaps(surveys.surveys, surveys.everyTicks),
      isPerCreature: isPerCreature.value,
      marked: marked.value,
    });
  });
  // By itself: the pace is looked at much more often.
  const rate = useComputed(() => ratePanel(rates.value, store.range.value));

  const statistics = store.statistics.value;
  const life = store.overview.value;
  const newest = store.newestTick.value ?? 0;
  const range = store.range.value;
  const events = store.events.all.value;
  const choose = (events: readonly ColonyEvent[]) => {
    setChosen(events);
    shownTick.value = events[0]?.tick;
  };
  const drawn = panels.value.length === 0 ? [] : [...panels.value, rate.value];
  const chartOf = (panel: Panel) => (
    <Chart
      key={panel.id}
      {...{ panel, range, events, cursor, shownTick, marked }}
      isDark={isDark.value}
      onRange={(from, to) => {
        choice.value = chosenRange(from, to, newest);
      }}
      onWholeLife={() => {
        choice.value = WHOLE_LIFE;
      }}
    />
  );
  return (
    <div class="charts" ref={box}>
      <Notes store={store} />
      {life && rowsOf(life) > 0 && (
        <div class="charts-head">
          <ChartsToolbar {...{ choice, range, newest, isPerCreature }} tick={cursor.tick} />
          <Overview
            {...{ life, newest, range }}
            onChoice={(next) => {
              choice.value = next;
            }}
          />
          <RangeBar
            {...{ range, events, cursor, chosen }}
            ticks={statistics?.columns.tick ?? []}
            onEvents={choose}
          />
        </div>
      )}
      {chosen.length > 0 && (
        <EventCard api={api} events={chosen} shownTick={shownTick} onClose={() => choose([])} />
      )}
      <MostCommon surveys={store.surveys.value?.surveys ?? []} tick={cursor.tick} marked={marked} />
      <div class="charts-grid" aria-busy={store.isLoading.value}>
        {drawn.filter(({ isWide }) => !isWide).map(chartOf)}
      </div>
      <div class="charts-grid wide" aria-busy={store.isLoading.value}>
        {drawn.filter(({ isWide }) => isWide).map(chartOf)}
      </div>
      <Histograms surveys={store.surveys.value?.surveys ?? []} tick={cursor.tick} />
      {statistics && rowsOf(statistics) > 0 && (
        <>
          <DataTable table={statistics} />
          <Downloads range={range} />
        </>
      )}
    </div>
  );
}

/** What is to be known of what is shown: that it is asked for, that it cannot be had, where it begins. */
function Notes({ store }: { store: ChartsStore }) {
  const failure = store.failure.value;
  const first = store.overview.value?.columns.tick[0];
  const cut = store.events.cutAtTick.value;
  return (
    <div class="charts-notes">
      {failure !== undefined && (
        <p class="notice warn" role="alert">
          Not all statistics can be had: {failure}
        </p>
      )}
      {failure === undefined && store.isLoading.value && (
        <p role="status">Asking for the statistics …</p>
      )}
      {first !== undefined && first > 0 && first > store.range.value.from && (
        <p>There are no statistics before tick {whole(first)}.</p>
      )}
      {first === undefined && store.overview.value !== undefined && (
        <p>There are no statistics yet: the first are of tick 0.</p>
      )}
      {cut !== undefined && <p>Events are marked until tick {whole(cut)}: there are too many.</p>}
    </div>
  );
}
