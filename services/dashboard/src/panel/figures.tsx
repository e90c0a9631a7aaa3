import { colony, freshness, isOld, isStarted, worldTick } from '../state/colony.ts';
import * as format from '../text/format.ts';
import { useThrottled } from '../ui/use-throttled.ts';
import './panel.css';

/** The tick changes with each picture. */
const TICK_EVERY_MS = 100;
const tickOfWorld = () => worldTick.value;

/** What one looks for first: tick, speed, population. */
export function Figures() {
  const view = colony.value;
  const { achieved = null, asked = null } = view?.ticksPerSecond ?? {};
  const tick = useThrottled(tickOfWorld, TICK_EVERY_MS);
  const { count, share, countedAt } = format.population(view?.statistics ?? null);
  return (
    <dl class="figures">
      <div class="wide">
        <dt>Tick</dt>
        <dd>
          <span id="tick" data-old={isOld.value || undefined}>
            {format.integer(tick)}
          </span>
          <small id="tick-age">{freshness.value}</small>
        </dd>
      </div>
      <div>
        <dt>Ticks per second</dt>
        <dd>
          <span id="rate">{isStarted.value ? format.rate(achieved) : '–'}</span>
          <small id="rate-asked">{isStarted.value ? format.askedRate(asked) : ''}</small>
        </dd>
      </div>
      <div>
        <dt>Population</dt>
        <dd>
          <span id="population" data-old={isOld.value || undefined}>
            {count}
          </span>
          <small id="density">{share}</small>
          <small
            id="counted-at"
            title="The tick at which the living were counted: it is done every few ticks, and told a little later"
          >
            {countedAt}
          </small>
        </dd>
      </div>
    </dl>
  );
}
