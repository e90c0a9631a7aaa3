import { LAYERS } from '../../../world/measuring/layers.ts';
import { layer } from '../state/url-state.ts';
import type { Shortcut } from '../ui/shortcut.ts';
import type { WorldCanvas } from './world-canvas.ts';

const ZOOM_STEP = 1.5;

/** The canvas on the page, while there is one. */
let canvas: WorldCanvas | undefined;
export const setWorldCanvas = (world: WorldCanvas | undefined): void => {
  canvas = world;
};

export const zoomIn = (): void => canvas?.zoom(ZOOM_STEP);
export const zoomOut = (): void => canvas?.zoom(1 / ZOOM_STEP);
export const fit = (): void => canvas?.fit();

function nextLayer(): void {
  layer.value = LAYERS[(LAYERS.indexOf(layer.value) + 1) % LAYERS.length] ?? 'colour';
}

export const WORLD_SHORTCUTS: readonly Shortcut[] = [
  { keys: ['l'], label: 'L', text: 'Show the next layer', act: nextLayer },
  { keys: ['+', '='], label: '+', text: 'Zoom in', act: zoomIn },
  { keys: ['-'], label: '−', text: 'Zoom out', act: zoomOut },
  { keys: ['f'], label: 'F', text: 'Show the whole world', act: fit },
];
