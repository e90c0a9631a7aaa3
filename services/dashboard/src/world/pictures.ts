import { fetchPicture } from '../api/client.ts';
import { Refusal } from '../api/request.ts';
import { colony, tickSeen, VIEW_EVERY_MS } from '../state/colony.ts';
import { failed, worked } from '../state/connection.ts';
import { Poller } from '../state/poller.ts';
import { layer } from '../state/url-state.ts';
import type { WorldCanvas } from './world-canvas.ts';

const PICTURE_EVERY_MS = 100;
const RETRY_MS = 1000;

/** Keeps the picture of the world on a canvas new; each look costs every backend a drawing. */
export function followPictures(world: WorldCanvas): Poller {
  let shown = { question: '', etag: '' };
  let fails = false;
  /** The colony stands: the last answer was that nothing has changed. */
  let stands = false;

  async function poll(): Promise<void> {
    const rect = world.rect(layer.peek());
    if (rect === undefined) return;
    const instance = colony.peek()?.colonyInstanceId;
    const question = JSON.stringify([instance, layer.peek(), rect]);
    try {
      const etag = question === shown.question ? shown.etag : undefined;
      const picture = await fetchPicture(layer.peek(), rect, etag);
      fails = false;
      worked('pictures');
      stands = picture === undefined;
      if (picture === undefined || world.world === undefined) return tickSeen(undefined);
      world.take(picture);
      shown = { question, etag: picture.etag };
      tickSeen(picture.header.minTick);
    } catch (error) {
      fails = true;
      // The colony may be stopping or recovering; its phase says so better.
      if (!(error instanceof Refusal)) failed(error, 'pictures');
      // So does the next view of a leader that is gone: this one may still be of its time.
      else if (error.code !== 'NO_LEADER' && isAlive()) failed(error, 'pictures');
    }
  }

  const poller = new Poller(poll, () => {
    if (fails) return RETRY_MS;
    return stands ? VIEW_EVERY_MS : PICTURE_EVERY_MS;
  });
  void poller.run();
  return poller;
}

function isAlive(): boolean {
  const phase = colony.peek()?.phase;
  return phase === 'Ticking' || phase === 'Paused';
}
