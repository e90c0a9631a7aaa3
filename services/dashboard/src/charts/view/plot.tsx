import { effect, type ReadonlySignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { ColonyEvent } from '../../../../protocol/colony/colony-event.ts';
import type { TickRange } from '../../state/range.ts';
import type { Panel } from '../panels/panel.ts';
import { drawnSeries, plotData } from '../panels/plot-data.ts';
import type { Cursor } from '../state/cursor.ts';
import { paletteOf } from './colours.ts';
import { plotOptions } from './plot-options.ts';

const HEIGHT_PX = 170;

export interface PlotProps {
  panel: Panel;
  range: TickRange;
  events: readonly ColonyEvent[];
  cursor: Cursor;
  /** A tick of the past whose picture is shown. */
  shownTick: ReadonlySignal<number | undefined>;
  isDark: boolean;
  onRange(from: number, to: number): void;
  onWholeLife(): void;
}

/** The drawing of a panel: drag to choose a range, double click for the whole life, click to pin the cursor. */
export function Plot(props: PlotProps) {
  const { panel, range, events, isDark } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  // What is drawn by a hook is that of the newest props.
  const latest = useRef(props);
  latest.current = props;
  const series = drawnSeries(panel).map(({ key, colour }) => `${key} ${colour}`);
  const shape = JSON.stringify([panel.id, series, isDark]);

  // uPlot is made anew where its series are others.
  useLayoutEffect(() => {
    const host = box.current;
    if (host === null) return;
    const made = create(host, latest.current.panel, () => latest.current);
    plot.current = made;
    const resized = new ResizeObserver(() => {
      if (host.clientWidth > 0) made.setSize({ width: host.clientWidth, height: HEIGHT_PX });
      placeCursor(made, latest.current.cursor.tick.peek());
    });
    resized.observe(host);
    const unfollow = effect(() => placeCursor(made, latest.current.cursor.tick.value));
    const unmark = effect(() => {
      latest.current.shownTick.value;
      made.redraw(false, false);
    });
    return () => {
      unfollow();
      unmark();
      resized.disconnect();
      made.destroy();
    };
  }, [shape]);

  // A plot that was made anew needs its range again, and other events another drawing.
  useLayoutEffect(() => {
    const made = plot.current;
    if (made === undefined) return;
    made.batch(() => {
      made.setData(plotData(panel) as uPlot.AlignedData, false);
      made.setScale('x', { min: range.from, max: range.to });
    });
    placeCursor(made, latest.current.cursor.tick.peek());
  }, [panel, range, events, shape]);

  return <div ref={box} class="plot" aria-hidden="true" />;
}

function create(host: HTMLElement, panel: Panel, props: () => PlotProps): uPlot {
  const palette = paletteOf(host);
  const size = { width: Math.max(200, host.clientWidth), height: HEIGHT_PX };
  const made = new uPlot(
    plotOptions(panel, size, palette, {
      drawn: (drawn) => {
        const { events, shownTick } = props();
        const line = palette.pale('--muted', 0.55);
        for (const { tick, cancelled } of events)
          if (!cancelled) drawMark(drawn, tick, line, [2, 3]);
        if (shownTick.peek() !== undefined) {
          drawMark(drawn, shownTick.peek() ?? 0, palette.of('--busy'), []);
        }
      },
      selected: (from, to) => props().onRange(from, to),
      doubleClicked: () => props().onWholeLife(),
    }),
    plotData(panel) as uPlot.AlignedData,
    host,
  );
  followPointer(made, props().cursor);
  return made;
}

/** The pointer moves the cursor, a click pins it; a finger that moves sideways does both. */
function followPointer(plot: uPlot, { hovered, pinned }: Cursor): void {
  const { over } = plot;
  const tickAt = (event: MouseEvent) =>
    plot.posToVal(event.clientX - over.getBoundingClientRect().left, 'x');
  over.addEventListener('pointermove', (event) => {
    hovered.value = tickAt(event);
    if (event.pointerType === 'touch') pinned.value = hovered.value;
  });
  over.addEventListener('pointerleave', () => {
    hovered.value = undefined;
  });
  // After a drag uPlot lets no click through.
  over.addEventListener('click', (event) => {
    pinned.value = tickAt(event);
  });
}

/** Puts the cursor to a tick, without telling of it; the pointer over the plot has its own place. */
function placeCursor(plot: uPlot, tick: number | undefined): void {
  if (tick === undefined) return;
  const left = plot.valToPos(tick, 'x');
  const isShown = Number.isFinite(left) && left >= 0 && left <= plot.over.clientWidth + 1;
  plot.setCursor({ left: isShown ? left : -10, top: 0 }, false);
}

function drawMark(plot: uPlot, tick: number, stroke: string, dash: number[]): void {
  const { min = 0, max = 0 } = plot.scales['x'] ?? {};
  if (tick < min || tick > max) return;
  const x = Math.round(plot.valToPos(tick, 'x', true)) + 0.5;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash(dash.map((size) => size * uPlot.pxRatio));
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
