import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { paint } from '../../../../protocol/pictures/palette.ts';
import { worldSpec } from '../../state/colony.ts';
import { follow, layer } from '../../state/url-state.ts';
import { heldTiles } from '../live/held-tiles.ts';
import { changes } from '../live/pictures.ts';
import { palette, rules } from '../live/present.ts';
import { camera, lookAt, movingMs, screen } from '../live/seen.ts';
import type { Tile } from '../tiles/tile-store.ts';
import { upperLeft, type World } from '../view/camera.ts';
import { overviewZoom } from '../view/cover.ts';

const SIDE_MAX_PX = 168;
/** Where graphics are drawn by the processor, a second canvas in each picture is dear. */
const EVERY_MS = { still: 100, moving: 300 };
const FRAME = '#ffffff';

/** The whole world, small, with a frame around what is seen; a click looks there. */
export function MiniMap() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current === null ? undefined : keepDrawn(canvas.current)), []);
  const world = worldSpec.value;
  const jump = (event: PointerEvent) => {
    if (world === undefined || (event.type === 'pointermove' && event.buttons !== 1)) return;
    const { clientWidth, clientHeight } = event.currentTarget as HTMLCanvasElement;
    follow.value = false;
    lookAt({
      x: (event.offsetX / clientWidth) * world.width - 0.5,
      y: (event.offsetY / clientHeight) * world.height - 0.5,
    });
  };
  return (
    <canvas
      ref={canvas}
      class="mini-map"
      hidden={world === undefined}
      role="img"
      aria-label="The whole world; a click looks there"
      title="The whole world: click to look there"
      onPointerDown={jump}
      onPointerMove={jump}
    />
  );
}

function keepDrawn(canvas: HTMLCanvasElement): () => void {
  let painted: { tile: Tile; image: ImageBitmapSource } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const draw = () => {
    timer = undefined;
    const world = worldSpec.peek();
    if (world === undefined) return;
    const { width, height } = sizeOf(world);
    if (canvas.width !== width * devicePixelRatio) {
      canvas.width = width * devicePixelRatio;
      canvas.height = height * devicePixelRatio;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext('2d');
    if (context === null) return;
    const tile = heldTiles.get(layer.peek(), overviewZoom(world), 0, 0);
    if (tile !== undefined && painted?.tile.pixels !== tile.pixels) {
      painted = { tile, image: imageOf(tile) };
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.imageSmoothingEnabled = false;
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (painted !== undefined && tile !== undefined) {
      context.drawImage(painted.image as HTMLCanvasElement, 0, 0, canvas.width, canvas.height);
    }
    context.setTransform(canvas.width / world.width, 0, 0, canvas.height / world.height, 0, 0);
    drawFrame(context, world);
  };
  const stop = effect(() => {
    const of = [camera.value, layer.value, rules.value, changes.value, worldSpec.value];
    if (of.length > 0)
      timer ??= setTimeout(draw, movingMs() > 0 ? EVERY_MS.moving : EVERY_MS.still);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}

function sizeOf({ width, height }: World) {
  const scale = SIDE_MAX_PX / Math.max(width, height);
  return {
    width: Math.max(16, Math.round(width * scale)),
    height: Math.max(16, Math.round(height * scale)),
  };
}

function imageOf({ layer: shown, width, height, pixels }: Tile): HTMLCanvasElement {
  const image = document.createElement('canvas');
  image.width = width;
  image.height = height;
  const data = new ImageData(width, height);
  paint(shown, pixels, palette(shown), new Uint32Array(data.data.buffer));
  image.getContext('2d')?.putImageData(data, 0, 0);
  return image;
}

/** What is seen, in cells; across an edge it comes in at the other one. */
function drawFrame(context: CanvasRenderingContext2D, world: World): void {
  const [seen, size] = [camera.peek(), screen.peek()];
  if (seen === undefined || size === undefined) return;
  const { left, top } = upperLeft(seen, size);
  const [width, height] = [size.width / seen.scale, size.height / seen.scale];
  context.strokeStyle = FRAME;
  context.lineWidth = (1.5 * world.width * devicePixelRatio) / context.canvas.width;
  for (const x of [left - world.width, left, left + world.width]) {
    for (const y of [top - world.height, top, top + world.height]) {
      context.strokeRect(x, y, Math.min(width, world.width), Math.min(height, world.height));
    }
  }
}
