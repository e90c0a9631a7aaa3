import type { ColonyView } from '../../protocol/api/public-api.ts';
import { LAYERS, type Layer } from '../../world/measuring/layers.ts';
import { DEFAULT_RULES } from '../../world/spec/rules.ts';
import { fetchColony, fetchEvents, fetchPicture, Refusal } from './api.ts';
import { ColonyFigures } from './colony-figures.ts';
import { Controls } from './controls.ts';
import { byId, setText } from './dom.ts';
import { EVENTS_SHOWN, EventList } from './event-list.ts';
import { withLastKnown } from './last-known.ts';
import { Notices } from './notices.ts';
import { legendOf } from './palette.ts';
import { followPointer, ZOOM_STEP } from './pointer.ts';
import { Poller } from './poller.ts';
import { WorldCanvas } from './world-canvas.ts';

const PICTURE_EVERY_MS = 100;
const VIEW_EVERY_MS = 500;
const EVENTS_EVERY_MS = 2_000;
const RETRY_MS = 1000;

/** `extraFood` → `extra food`. */
const layerName = (layer: Layer) =>
  layer.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const canvas = byId('world', HTMLCanvasElement);
const layerSelect = byId('layer', HTMLSelectElement);
const world = new WorldCanvas(canvas);
const notices = new Notices();
const figures = new ColonyFigures();
const eventList = new EventList();

let view: ColonyView | undefined;
/** What the newest picture answered, and when. */
let shown = { question: '', etag: '', tick: 0, atMs: Number.NEGATIVE_INFINITY };
let picturesFail = false;
/** The colony stands: the last answer was that nothing has changed. */
let pictureStands = false;
let viewsFail = false;

const layer = () => layerSelect.value as Layer;

async function pollView(): Promise<void> {
  try {
    const wasStatus = view?.status;
    const shownNow = withLastKnown(await fetchColony(), view);
    view = shownNow.view;
    viewsFail = false;
    notices.connected();
    world.setWorld(
      view.status === 'TopographyInitialized' && view.spec !== null ? view.spec : undefined,
      view.spec?.rules,
    );
    if (view.status !== wasStatus) events.wake();
    figures.show(shownNow);
    controls.show(view);
    showLegend();
    const isPictureFresh = performance.now() - shown.atMs < 2 * VIEW_EVERY_MS;
    if (!isPictureFresh || world.world === undefined) figures.showTick(view.tick);
    pictures.wake();
  } catch (error) {
    viewsFail = true;
    notices.failed(error);
  }
}

async function pollEvents(): Promise<void> {
  if (view?.status !== 'TopographyInitialized') {
    eventList.show([], null);
    return;
  }
  // The view names the processes that do not answer.
  const newest = await fetchEvents(EVENTS_SHOWN).catch(() => undefined);
  if (newest !== undefined) eventList.show(newest, view.tick);
}

async function pollPicture(): Promise<void> {
  const rect = world.rect(layer());
  if (rect === undefined) return;
  const question = JSON.stringify([view?.colonyInstanceId, layer(), rect]);
  try {
    const etag = question === shown.question ? shown.etag : undefined;
    const picture = await fetchPicture(layer(), rect, etag);
    picturesFail = false;
    pictureStands = picture === undefined;
    shown.atMs = performance.now();
    if (picture === undefined || world.world === undefined) return;
    world.take(picture);
    shown = { question, etag: picture.etag, tick: picture.header.minTick, atMs: shown.atMs };
    figures.showTick(shown.tick);
    // Newer than that of the last view.
    if (view !== undefined) view = { ...view, tick: shown.tick };
  } catch (error) {
    picturesFail = true;
    // The colony may be stopping or recovering; its phase says so better.
    if (!(error instanceof Refusal)) notices.failed(error);
    // So does the next view of a leader that is gone: this one may still be of its time.
    else if (error.code === 'NO_LEADER') return;
    else if (view?.phase === 'Ticking' || view?.phase === 'Paused') notices.failed(error);
  }
}

const pictures = new Poller(pollPicture, () => {
  if (picturesFail) return RETRY_MS;
  // Each look costs every backend a drawing; the next view wakes it anyway.
  return pictureStands ? VIEW_EVERY_MS : PICTURE_EVERY_MS;
});
const views = new Poller(pollView, () => (viewsFail ? RETRY_MS : VIEW_EVERY_MS));
const events = new Poller(pollEvents, () => EVENTS_EVERY_MS);
const controls = new Controls(notices, () => views.wake());

function showLegend(): void {
  const { low, high, stops } = legendOf(layer(), view?.spec?.rules ?? DEFAULT_RULES);
  setText(byId('legend-low', HTMLElement), low);
  setText(byId('legend-high', HTMLElement), high);
  const ramp = byId('legend-ramp', HTMLElement);
  ramp.toggleAttribute('data-shown', stops.length > 0);
  ramp.style.background =
    stops.length > 0 ? `linear-gradient(to right, ${stops.join(', ')})` : 'none';
}

function chooseLayer(next: Layer): void {
  layerSelect.value = next;
  showLegend();
  pictures.wake();
}

function followKeys(event: KeyboardEvent): void {
  const isTyping = event.target instanceof HTMLSelectElement;
  const isPressing = event.target instanceof HTMLButtonElement && event.key === ' ';
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping || isPressing) return;
  const action = {
    ' ': () => controls.pauseOrResume(),
    '.': () => controls.step(),
    s: () => controls.start(),
    f: () => world.fit(),
    '+': () => world.zoom(ZOOM_STEP),
    '=': () => world.zoom(ZOOM_STEP),
    '-': () => world.zoom(1 / ZOOM_STEP),
    l: () => chooseLayer(LAYERS[(LAYERS.indexOf(layer()) + 1) % LAYERS.length] ?? 'colour'),
  }[event.key.toLowerCase()];
  if (action === undefined) return;
  event.preventDefault();
  action();
}

for (const name of LAYERS) layerSelect.append(new Option(layerName(name), name));
layerSelect.addEventListener('change', () => chooseLayer(layer()));
byId('zoom-in', HTMLButtonElement).addEventListener('click', () => world.zoom(ZOOM_STEP));
byId('zoom-out', HTMLButtonElement).addEventListener('click', () => world.zoom(1 / ZOOM_STEP));
byId('fit', HTMLButtonElement).addEventListener('click', () => world.fit());
document.addEventListener('keydown', followKeys);
const pointer = byId('pointer', HTMLElement);
followPointer(canvas, world, (cell) => setText(pointer, cell ? `${cell.x}, ${cell.y}` : ''));
world.onView = () => pictures.wake();
showLegend();
void views.run();
void events.run();
void pictures.run();
