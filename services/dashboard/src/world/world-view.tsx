import { effect, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { isOnLoopback } from '../../../protocol/common/loopback.ts';
import { worldSpec } from '../state/colony.ts';
import { injectAt } from '../state/injection.ts';
import { marked, selectedCell, shownTick } from '../state/selection.ts';
import { follow, layer } from '../state/url-state.ts';
import { CannotDraw } from './drawing/programs.ts';
import { ByteMeter } from './live/byte-meter.ts';
import { CellsFeed, seenCellsName } from './live/cells-feed.ts';
import { heldTiles } from './live/held-tiles.ts';
import { followNews, Inspection } from './live/inspection.ts';
import { pictureRate } from './live/pictures.ts';
import { followPointer } from './live/pointer.ts';
import { followTopology } from './live/present.ts';
import {
  camera,
  fit,
  panBy,
  pinchBy,
  pointed,
  screen,
  zoomBy,
  zoomIn,
  zoomOut,
} from './live/seen.ts';
import { Stage } from './live/stage.ts';
import { seenTilesName, TileFeed } from './live/tile-feed.ts';
import { Inspector } from './panels/inspector.tsx';
import { LayerBox } from './panels/layer-box.tsx';
import { MiniMap } from './panels/mini-map.tsx';
import { PastPicture } from './panels/past-picture.tsx';
import { PictureBar, RateChoice } from './panels/picture-bar.tsx';
import { SelectionFrame } from './panels/selection-frame.tsx';
import { cellUnder, type Point } from './view/camera.ts';
import './world.css';

/** Why the world cannot be drawn here at all, in words. */
const cannotDraw = signal<string | undefined>(undefined);

/** The world, live, with its layer, legend, map, and the cell that is selected. */
export function WorldView() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current === null ? undefined : showWorld(canvas.current)), []);
  return (
    <section class="stage" aria-label="The world">
      <canvas
        ref={canvas}
        id="world"
        class={injectAt.value === undefined ? '' : 'picking'}
        tabIndex={worldSpec.value === undefined ? -1 : 0}
        role="img"
        aria-label="The world, not drawn yet"
      />
      <SelectionFrame />
      {cannotDraw.value !== undefined && (
        <p class="cannot-draw" role="alert">
          {cannotDraw.value}
        </p>
      )}
      {worldSpec.value !== undefined && shownTick.value === undefined && <Tools />}
      <PastPicture />
    </section>
  );
}

/** What is there for a world that lives and is shown: without one it would do nothing. */
function Tools() {
  return (
    <>
      <LayerBox />
      <Inspector />
      <PictureBar />
      <div class="corner">
        <MiniMap />
        <fieldset class="zoom-box" aria-label="Zoom">
          <RateChoice />
          <button type="button" title="Zoom in (+)" aria-label="Zoom in" onClick={zoomIn}>
            +
          </button>
          <button type="button" title="Zoom out (−)" aria-label="Zoom out" onClick={zoomOut}>
            −
          </button>
          <button type="button" title="Show the whole world (F)" onClick={fit}>
            Fit
          </button>
        </fieldset>
      </div>
    </>
  );
}

/** Draws into a canvas until the function it returns is called. */
function showWorld(canvas: HTMLCanvasElement): () => void {
  let stage: Stage;
  let stop: () => void = () => undefined;
  try {
    stage = new Stage(canvas, heldTiles, ({ message }) => {
      cannotDraw.value = message;
      stop();
    });
    cannotDraw.value = undefined;
  } catch (error) {
    if (!(error instanceof CannotDraw)) throw error;
    cannotDraw.value = error.message;
    return stop;
  }
  // On one machine nobody pays for the way between page and server.
  const isPaid = !isOnLoopback(location.href);
  const meter = new ByteMeter(isPaid);
  const tiles = new TileFeed(heldTiles, meter, isPaid);
  const cells = new CellsFeed(meter);
  const inspection = new Inspection(isPaid);
  const stops = [
    followTopology(),
    followPointer(canvas, { panBy, zoomBy, pinchBy, pointAt, click }),
    askWhenChanged(
      () => [seenTilesName.value, layer.value, marked.value, pictureRate.value, shownTick.value],
      tiles,
    ),
    askWhenChanged(() => [seenCellsName.value, pictureRate.value, shownTick.value], cells),
    askWhenChanged(
      () => [worldSpec.value, selectedCell.value, follow.value, shownTick.value],
      inspection,
    ),
  ];
  stop = () => {
    for (const end of stops.splice(0)) end();
    for (const part of [tiles, cells, inspection, meter, stage]) part.stop();
    pointed.value = undefined;
  };
  return () => stop();
}

/** Wakes a feed whenever one of the values is another. */
const askWhenChanged = (values: () => unknown[], feed: { ask(): void }) =>
  effect(() => {
    if (values().length > 0) feed.ask();
  });

function cellAtPoint(point: Point): Point | undefined {
  const [seen, world, size] = [camera.peek(), worldSpec.peek(), screen.peek()];
  return seen && world && size && cellUnder(seen, world, size, point);
}

function pointAt(point: Point | undefined): void {
  const cell = point && cellAtPoint(point);
  const before = pointed.peek();
  if (cell?.x !== before?.x || cell?.y !== before?.y) pointed.value = cell;
}

function click(point: Point): void {
  const cell = cellAtPoint(point);
  if (cell === undefined) return;
  const give = injectAt.peek();
  if (give !== undefined) {
    give(cell);
    return;
  }
  follow.value = false;
  followNews.value = '';
  selectedCell.value = cell;
}
