import { effect, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { LAYERS, type Layer } from '../../../world/measuring/layers.ts';
import { worldSpec } from '../state/colony.ts';
import { injectAt } from '../state/injection.ts';
import { selectedCell } from '../state/selection.ts';
import { layer, place } from '../state/url-state.ts';
import { Legend } from './legend.tsx';
import { followPictures } from './pictures.ts';
import { followPointer } from './pointer.ts';
import { WorldCanvas } from './world-canvas.ts';
import { fit, setWorldCanvas, zoomIn, zoomOut } from './world-shortcuts.ts';
import './world.css';

/** The cell under the pointer. */
const pointed = signal<{ x: number; y: number } | undefined>(undefined);

/** `extraFood` → `extra food`. */
const layerName = (name: Layer) =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** The world, live, with its layer, legend and zoom. */
export function WorldView() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current === null ? undefined : showWorld(canvas.current)), []);
  return (
    <section class="stage" aria-label="The world">
      <canvas
        ref={canvas}
        id="world"
        class={injectAt.value === undefined ? '' : 'picking'}
        tabIndex={0}
        role="img"
        aria-label="The world, not drawn yet"
      />
      <div class="layer-box">
        <label for="layer">Layer</label>
        <select
          id="layer"
          title="What the picture shows (L: the next one)"
          value={layer.value}
          onChange={({ currentTarget }) => {
            layer.value = currentTarget.value as Layer;
          }}
        >
          {LAYERS.map((name) => (
            <option key={name} value={name}>
              {layerName(name)}
            </option>
          ))}
        </select>
        <Legend />
      </div>
      <fieldset class="zoom-box" aria-label="Zoom">
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
      <Pointed />
    </section>
  );
}

function Pointed() {
  const cell = pointed.value;
  return cell === undefined ? null : (
    <output class="pointer" aria-hidden="true">
      {cell.x}, {cell.y}
    </output>
  );
}

/** Draws into a canvas until the function it returns is called. */
function showWorld(canvas: HTMLCanvasElement): () => void {
  const world = new WorldCanvas(canvas);
  const pictures = followPictures(world);
  setWorldCanvas(world);
  followPointer(canvas, world, {
    onPoint: (cell) => {
      pointed.value = cell;
    },
    onClick: (cell) => {
      const give = injectAt.peek();
      if (give === undefined) selectedCell.value = cell;
      else give(cell);
    },
  });
  world.onView = () => {
    place.value = world.place;
    pictures.wake();
  };
  const stopWorld = effect(() => {
    const wanted = place.peek();
    world.setWorld(worldSpec.value, worldSpec.value?.rules);
    if (wanted !== undefined && worldSpec.value !== undefined) world.showPlace(wanted);
    pictures.wake();
  });
  const stopPlace = effect(() => {
    const wanted = place.value;
    // Its own moves come back here.
    if (JSON.stringify(wanted) !== JSON.stringify(world.place)) world.showPlace(wanted);
  });
  const stopLayer = effect(() => {
    if (layer.value) pictures.wake();
  });
  return () => {
    for (const stop of [stopWorld, stopPlace, stopLayer]) stop();
    pictures.stop();
    world.close();
    setWorldCanvas(undefined);
    pointed.value = undefined;
  };
}
