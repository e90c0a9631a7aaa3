import type { Signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { ColonyEvent } from '../../../../protocol/colony/colony-event.ts';
import { listedEventText } from '../../../../protocol/colony/event-text.ts';
import { whole } from '../../../../protocol/common/figures.ts';
import { picturePath } from '../../api/client.ts';
import { nearestIndex } from '../data/nearest.ts';
import type { ChartsApi, StoredPicture } from '../state/charts-api.ts';

interface EventCardProps {
  api: ChartsApi;
  events: readonly ColonyEvent[];
  shownTick: Signal<number | undefined>;
  onClose(): void;
}

/** What happened, in words, and the stored picture of the world that is nearest to it. */
export function EventCard({ api, events, shownTick, onClose }: EventCardProps) {
  const tick = shownTick.value ?? events[0]?.tick ?? 0;
  const picture = useNearestPicture(api, tick);
  return (
    <section class="event-card" aria-label="What happened">
      <button type="button" class="plain close" aria-label="Close" onClick={onClose}>
        ✕
      </button>
      <ol>
        {events.map((event) => (
          <li key={`${event.tick} ${event.sequence} ${event.kind}`}>
            <button
              type="button"
              class="plain"
              aria-pressed={event.tick === tick}
              title="Look at the world of that time"
              onClick={() => {
                shownTick.value = event.tick;
              }}
            >
              Tick {whole(event.tick)}
            </button>{' '}
            {listedEventText(event)}
          </li>
        ))}
      </ol>
      {picture && (
        <figure>
          <img
            src={picturePath(picture.tick)}
            width={picture.width}
            height={picture.height}
            alt={`The world at tick ${whole(picture.tick)}`}
          />
          <figcaption>
            The world at tick {whole(picture.tick)}, the picture nearest to tick {whole(tick)}
          </figcaption>
        </figure>
      )}
    </section>
  );
}

/** undefined while it is not known, and where none are stored. */
function useNearestPicture(api: ChartsApi, tick: number): StoredPicture | undefined {
  const [pictures, setPictures] = useState<readonly StoredPicture[]>([]);
  useEffect(() => {
    let isWanted = true;
    api.pictures().then(
      (found) => isWanted && setPictures(found),
      // None is shown then; the words are there.
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [api]);
  const nearest = nearestIndex(
    pictures.map((picture) => picture.tick),
    tick,
  );
  return nearest === undefined ? undefined : pictures[nearest];
}
