import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { worldSpec } from '../../state/colony.ts';
import { layer } from '../../state/url-state.ts';
import { useThrottled } from '../../ui/use-throttled.ts';
import { detailedCells } from '../live/cells-feed.ts';
import { heldTiles } from '../live/held-tiles.ts';
import {
  changes,
  drawnTick,
  lastPicture,
  PICTURE_RATES,
  pictureRate,
  pictureTrouble,
} from '../live/pictures.ts';
import { backendNames, rules } from '../live/present.ts';
import { pointed } from '../live/seen.ts';
import { valueAt, valueWords } from '../live/value-under.ts';

/** How much later than expected a picture may come before the one that is shown is called stale. */
const LATE_MS = 2_500;
/** Nobody reads faster, and where a processor draws, each text that changes takes from the pictures. */
const TEXT_EVERY_MS = 150;
const numbers = new Intl.NumberFormat('en');

/** The tick that is drawn, whether it is stale, and what lies under the pointer. */
export function PictureBar() {
  return (
    <div class="picture-bar">
      <DrawnTick />
      <UnderPointer />
    </div>
  );
}

function DrawnTick() {
  const nowMs = useSignal(performance.now());
  useEffect(() => {
    const timer = setInterval(() => {
      nowMs.value = performance.now();
    }, 500);
    return () => clearInterval(timer);
  }, []);
  const tick = useThrottled(tickDrawn, TEXT_EVERY_MS);
  if (tick === undefined) return pictureTrouble.value ? <span>{pictureTrouble.value}</span> : null;
  // With each picture it is another: it is looked at as often as the time.
  const last = lastPicture.peek();
  const lateMs = last === undefined ? 0 : nowMs.value - last.atMs - last.expectedWithinMs;
  const isStale = lateMs > LATE_MS && pictureRate.value !== 'off';
  const seconds = last === undefined ? 0 : Math.floor((nowMs.value - last.atMs) / 1000);
  return (
    <>
      <span class="drawn-tick">tick {numbers.format(tick)}</span>
      {isStale && (
        <span class="stale" title={pictureTrouble.value ?? 'No newer picture has come.'}>
          stale, {numbers.format(seconds)} s old
        </span>
      )}
    </>
  );
}

const tickDrawn = () => drawnTick.value;

/** The cell under the pointer, and its value in words where it is known. */
function underPointer() {
  const cell = pointed.value;
  const world = worldSpec.value;
  // What lies there changes with every picture.
  if (cell === undefined || world === undefined || changes.value < 0) return undefined;
  const known = { store: heldTiles, cells: detailedCells.value, world, rules: rules.value };
  const value = valueAt(cell, layer.value, known);
  return { cell, words: value && valueWords(layer.value, value, rules.value, backendNames.value) };
}

function UnderPointer() {
  const under = useThrottled(underPointer, TEXT_EVERY_MS);
  if (under === undefined) return null;
  const { cell, words } = under;
  return (
    <output class="pointer" aria-hidden="true">
      {cell.x}, {cell.y}
      {words !== undefined && (
        <>
          <span class="swatch" style={{ background: words.colour }} />
          {words.text}
        </>
      )}
    </output>
  );
}

/** How often pictures come. */
export function RateChoice() {
  return (
    <select
      aria-label="Pictures per second"
      title="How often pictures come. Automatic: as fast as they can be drawn where the server is on this machine; else so that an hour stays within 0.25 GB."
      value={String(pictureRate.value)}
      onChange={({ currentTarget: { value } }) => {
        pictureRate.value = value === 'auto' || value === 'off' ? value : Number(value);
      }}
    >
      <option value="auto">Pictures: automatic</option>
      {PICTURE_RATES.map((rate) => (
        <option key={rate} value={String(rate)}>
          {rate >= 1 ? `Pictures: ${rate} a second` : `Pictures: every ${1 / rate} s`}
        </option>
      ))}
      <option value="off">Pictures: no new ones</option>
    </select>
  );
}
