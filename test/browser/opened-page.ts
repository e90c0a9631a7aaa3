import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { WorldSpec } from '../../services/world/spec/spec.ts';
import { LivingColony } from './living-colony.ts';
import { launchBrowser, serve, watch } from './served-page.ts';

const RESULTS = path.resolve(import.meta.dirname, '../../test-results');

/** Waiting for what comes by itself: long enough for a machine with much else to do. */
export const eventually = { timeout: 20_000, interval: 50 };

/** What a test has of the page: made anew for each. */
export interface OpenedPage {
  colony: LivingColony;
  page: Page;
  origin: string;
  /** What the page complained of, and which other hosts it asked. */
  watched: ReturnType<typeof watch>;
  open(hash?: string): Promise<void>;
  /** Opens the page of a colony that ticks. */
  openStarted(hash?: string): Promise<void>;
  button(name: string): ReturnType<Page['getByRole']>;
  textOf(id: string): Promise<string>;
  /** Waits until the tick that the page shows is at least this. */
  tickReaches(tick: number): Promise<void>;
  /** The server ends, or is there again at the same address. */
  loseServer(): Promise<void>;
  serveAgain(): Promise<void>;
  /** Keeps a picture of the page among the results of the tests. */
  keepPicture(name: string): Promise<void>;
}

/** A browser for the tests of a file, and for each of them a colony and its page. */
export function usePage(spec: WorldSpec, context: BrowserContextOptions = {}): () => OpenedPage {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  let opened: OpenedPage;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    const colony = new LivingColony(spec);
    server = await serve(colony);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...context });
    opened = {
      ...pageOf(colony, page, server.origin),
      loseServer: () => server.close(),
      serveAgain: async () => {
        server = await serve(colony, server.port);
      },
    };
  });
  afterEach(async () => {
    await opened.page.close();
    await server.close();
  });
  return () => opened;
}

function pageOf(
  colony: LivingColony,
  page: Page,
  origin: string,
): Omit<OpenedPage, 'loseServer' | 'serveAgain'> {
  const textOf = (id: string) => page.locator(`#${id}`).innerText();
  const open = async (hash = '') => {
    await page.goto(`${origin}/${hash}`);
  };
  const tickReaches = (tick: number) =>
    expect
      .poll(async () => Number((await textOf('tick')).replaceAll(/\D/g, '') || -1), eventually)
      .toBeGreaterThanOrEqual(tick);
  return {
    ...{ colony, page, origin, watched: watch(page, origin) },
    ...{ open, textOf, tickReaches },
    async openStarted(hash) {
      await colony.start({ key: 'before' });
      colony.calls.length = 0;
      await open(hash);
      await tickReaches(1);
    },
    button: (name) => page.getByRole('button', { name, exact: true }),
    async keepPicture(name) {
      mkdirSync(RESULTS, { recursive: true });
      await page.screenshot({ path: path.join(RESULTS, `${name}.png`) });
    },
  };
}
