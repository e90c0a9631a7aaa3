import { createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../browser/served-page.ts';
import { LocalColony } from '../local-colony.ts';

const BACKENDS = 4;
const TICKS_PER_SECOND = 60;
const WORLD = { width: 2000, height: 1250, shardSize: 250, seed: 1 };
const WINDOW = { width: 1280, height: 800 };
const SECONDS = 10;
const ROUNDS = 3;
/** What a page may receive at once is used up by then. */
const GATEWAY_WARM_SECONDS = 30;
const GATEWAY_SECONDS = 60;
/** A name that is not of this machine, so that the page minds its bytes. */
const GATEWAY_HOST = 'gateway.test';

export interface ScreenResult {
  /** From asking for the page to the first picture of the world on the screen. */
  firstPictureMs: number[];
  /** Pictures of another tick drawn per second, while nobody moves; one figure per round. */
  livePerSecond: number[];
  /** Pictures drawn per second while the view is dragged, and while it is zoomed. */
  panningPerSecond: number[];
  zoomingPerSecond: number[];
  /** Of the world, with the page open and without. */
  ticksPerSecond: { watched: number; alone: number };
  /** All that a page behind a gateway receives, extrapolated, and how many pictures these are. */
  gateway: { bytesPerHour: number; picturesPerSecond: number; hiddenBytesPerSecond: number };
}

/** How the page draws the default world at its default pace, in a browser without a graphics card. */
export function benchScreen(): Promise<ScreenResult> {
  return LocalColony.run({ backends: BACKENDS }, async (colony) => {
    await colony.start(WORLD);
    await colony.api.pace(TICKS_PER_SECOND);
    await colony.ticksTo(300);
    const { url } = colony.api;
    const ticksIn = async (work: () => Promise<unknown>) => {
      const from = await colony.moment();
      await work();
      const to = await colony.moment();
      return ((to.tick - from.tick) * 1e9) / (to.atNs - from.atNs);
    };
    const alone = await ticksIn(() => sleep(1000 * SECONDS));
    const browser = await launchBrowser([`--host-resolver-rules=MAP ${GATEWAY_HOST} 127.0.0.1`]);
    try {
      const firstPictureMs: number[] = [];
      const livePerSecond: number[] = [];
      const panningPerSecond: number[] = [];
      const zoomingPerSecond: number[] = [];
      let watched = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const page = await browser.newPage({ viewport: WINDOW });
        firstPictureMs.push(await firstPicture(page, url));
        watched = await ticksIn(async () => {
          livePerSecond.push((await drawnIn(page, () => sleep(1000 * SECONDS))).ticks);
        });
        zoomingPerSecond.push((await drawnIn(page, () => zoomFor(page, SECONDS))).draws);
        panningPerSecond.push((await drawnIn(page, () => panFor(page, SECONDS))).draws);
        await page.close();
      }
      const gateway = await benchGateway(browser, url);
      return {
        firstPictureMs,
        livePerSecond,
        panningPerSecond,
        zoomingPerSecond,
        ticksPerSecond: { watched, alone },
        gateway,
      };
    } finally {
      await browser.close();
    }
  });
}

/** Milliseconds until the canvas tells the tick that it shows. */
async function firstPicture(page: Page, url: string): Promise<number> {
  const startedMs = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.locator('canvas[aria-label^="The world at tick"]').waitFor({ timeout: 60_000 });
  return performance.now() - startedMs;
}

/** Counts the drawings, each of which sets its viewport once, and the ticks that the canvas tells; run in the page. */
const COUNT_DRAWINGS = `(() => {
  const counts = { draws: 0, ticks: 0 };
  const { prototype } = WebGL2RenderingContext;
  const { viewport } = prototype;
  prototype.viewport = function (...area) {
    counts.draws++;
    return viewport.apply(this, area);
  };
  const canvas = document.querySelector('#world');
  let last = canvas.getAttribute('aria-label');
  new MutationObserver(() => {
    const label = canvas.getAttribute('aria-label');
    if (label !== last) counts.ticks++;
    last = label;
  }).observe(canvas, { attributeFilter: ['aria-label'] });
  window.drawings = counts;
})()`;

/** Per second, while something is done: drawings, and those of another tick than the one before. */
async function drawnIn(page: Page, work: () => Promise<unknown>) {
  await page.evaluate(COUNT_DRAWINGS);
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1000;
  const counts = await page.evaluate<{ draws: number; ticks: number }>('window.drawings');
  return { draws: counts.draws / seconds, ticks: counts.ticks / seconds };
}

/** A hand moves on whether or not the page keeps up; the browser is not to be flooded, though. */
const MOVES_UNDER_WAY_MAX = 4;
const MOVE_EVERY_MS = 14;

/** Sends moves for some seconds, as a hand does. */
async function keepMoving(seconds: number, move: (i: number) => Promise<void>): Promise<void> {
  const endMs = performance.now() + 1000 * seconds;
  let underWay = 0;
  const done = () => {
    underWay--;
  };
  for (let i = 0; performance.now() < endMs; i++) {
    if (underWay < MOVES_UNDER_WAY_MAX) {
      underWay++;
      move(i).then(done, done);
    }
    await sleep(MOVE_EVERY_MS);
  }
}

/** Drags the view about. */
async function panFor(page: Page, seconds: number): Promise<void> {
  const [x, y] = [480, 420];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await keepMoving(seconds, (i) =>
    page.mouse.move(x + 250 * Math.sin(i / 25), y + 200 * Math.sin(i / 40)),
  );
  await page.mouse.up();
}

/** Turns the wheel in and out again. */
async function zoomFor(page: Page, seconds: number): Promise<void> {
  await page.mouse.move(480, 420);
  await keepMoving(seconds, (i) => page.mouse.wheel(0, i % 120 < 60 ? -30 : 30));
}

/** A page that reaches the colony by way of a gateway: what comes through, to the byte. */
async function benchGateway(browser: Browser, url: string): Promise<ScreenResult['gateway']> {
  const gateway = await openGateway(url);
  try {
    const page = await browser.newPage({ viewport: WINDOW });
    await firstPicture(page, `http://${GATEWAY_HOST}:${gateway.port}`);
    await sleep(1000 * GATEWAY_WARM_SECONDS);
    const before = gateway.bytes();
    const drawn = await drawnIn(page, () => sleep(1000 * GATEWAY_SECONDS));
    const bytes = gateway.bytes() - before;
    // Another page in front of it hides it.
    await page.evaluate(HIDE);
    await sleep(2000);
    const hiddenBefore = gateway.bytes();
    await sleep(5000);
    const hiddenBytes = gateway.bytes() - hiddenBefore;
    await page.close();
    return {
      bytesPerHour: (bytes * 3600) / GATEWAY_SECONDS,
      picturesPerSecond: drawn.ticks,
      hiddenBytesPerSecond: hiddenBytes / 5,
    };
  } finally {
    gateway.close();
  }
}

/** Chromium without a window never hides a page by itself. */
const HIDE = `(() => {
  Object.defineProperty(document, 'hidden', { get: () => true });
  Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
  document.dispatchEvent(new Event('visibilitychange'));
})()`;

/** Passes requests on, as a gateway does, and counts what it answers with. */
async function openGateway(url: string) {
  const { hostname, port, host } = new URL(url);
  const sockets = new Set<Socket>();
  let closedBytes = 0;
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, host, via: '1.1 gateway' };
    const passed = request(
      { hostname, port, path: incoming.url, method: incoming.method, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      closedBytes += socket.bytesWritten;
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, closedBytes),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
