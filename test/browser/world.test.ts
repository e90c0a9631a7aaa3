import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Cell,
  cellAt,
  indexOf,
  ticksApart,
} from '../../services/dashboard/src/world/cells/cells.ts';
import {
  type Followed,
  findFollowed,
  followedFrom,
} from '../../services/dashboard/src/world/cells/following.ts';
import { SingleWorld } from '../../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { cellsOf } from '../support/world-cells.ts';
import { eventually, usePage } from './opened-page.ts';
import { screenPixels } from './screen-pixels.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 160, height: 96, shardSize: 32, seed: 2 };
const TICKS = 40;

const opened = usePage(spec);

/** The same world in one process, at the tick at which the colony stands. */
function replay(ticks = TICKS): SingleWorld {
  const world = new SingleWorld(spec, { shardSize: spec.shardSize });
  for (let i = 0; i < ticks; i++) world.step();
  return world;
}
const allCells = (world: SingleWorld) =>
  cellsOf(world, { x: 0, y: 0, width: spec.width, height: spec.height });

/** The cell at a place of a replay. */
function cellIn(world: SingleWorld, x: number, y: number): Cell {
  const cells = cellsOf(world, { x, y, width: 1, height: 1 });
  return cellAt(cells, spec, indexOf(cells, spec, { x, y })!);
}

/** The first creature that has what is asked for. */
function creatureIn(world: SingleWorld, fits: (cell: Cell) => boolean): Cell {
  const cells = allCells(world);
  for (let i = 0; i < cells.cells.size.length; i++) {
    const cell = cellAt(cells, spec, i);
    if (cell.size > 0 && fits(cell)) return cell;
  }
  throw new Error('there is no such creature');
}

/** Opens the page over a colony that stands. */
async function openStanding(hash: string): Promise<void> {
  const { colony, open, page } = opened();
  await colony.start({ key: 'before', spec: {} });
  await colony.pause();
  await colony.step({ key: 'on', ticks: TICKS });
  await open(hash);
  await page.locator(`canvas[aria-label^="The world at tick ${TICKS},"]`).waitFor();
}

/** The middle of the stage on the screen: the place that the address names is there. */
async function middle() {
  const box = await opened().page.locator('#world').boundingBox();
  if (box === null) throw new Error('there is no stage');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

const inspector = () => opened().page.getByRole('region', { name: 'The cell that is selected' });

/** Name → value of what the inspector shows. */
async function inspectedFields(): Promise<Record<string, string>> {
  const rows = await inspector().locator('dl > div').allInnerTexts();
  return Object.fromEntries(rows.map((row) => row.split('\n') as [string, string]));
}

test('a cell that is zoomed to and clicked shows what a replay in one process has there', async () => {
  const world = replay();
  const cell = creatureIn(world, ({ x, y }) => x > 60 && y > 40);
  await openStanding(`#x=${cell.x + 0.5}&y=${cell.y + 0.5}&scale=40`);
  const { x, y } = await middle();
  await opened().page.mouse.click(x, y);
  await inspector().getByText('State of tick 40').waitFor();
  const hex = (colour: number) => `#${colour.toString(16).padStart(6, '0')}`;
  expect(await inspectedFields()).toEqual({
    Species: hex(cell.colour),
    Lineage: hex(cell.lineage),
    Size: String(cell.size),
    Health: String(cell.health),
    Age: cell.ageTicks === 1 ? '1 tick' : `${cell.ageTicks} ticks`,
    'Can kill': (cell.traits & 1) === 0 ? 'no' : 'yes',
    'Can move': (cell.traits & 2) === 0 ? 'no' : 'yes',
    Cell: `${cell.x}, ${cell.y}`,
    Food: String(cell.food),
    Growth: `${cell.extraFood} per tick`,
    Backend: `backend-${cell.owner + 1}`,
    Shard: String(cell.shard),
  });
  expect(await inspector().innerText()).toContain(`Eats up to ${5 * cell.size} food per tick`);
  await opened().keepPicture('world-inspector');
});

test('the inspector is kept current', async () => {
  await openStanding('#x=80.5&y=48.5&scale=40&cell=80,48');
  await inspector().getByText('State of tick 40').waitFor();
  await opened().colony.step({ key: 'more', ticks: 3 });
  await inspector().getByText('State of tick 43').waitFor();
  const { food } = cellIn(replay(43), 80, 48);
  expect((await inspectedFields())['Food']).toBe(String(food));
});

test('the screen shows each creature in its colour, and nobody dark', async () => {
  const world = replay();
  const cell = creatureIn(world, ({ x, y }) => x === 80 && y > 30);
  await openStanding(`#x=${cell.x + 0.5}&y=${cell.y + 0.5}&scale=10`);
  const { x, y } = await middle();
  for (const [right, down] of [
    [0, 0],
    [3, 0],
    [-4, 2],
    [5, -6],
  ] as const) {
    const there = cellIn(world, cell.x + right, cell.y + down);
    const expected = there.size === 0 ? 0x07090c : there.colour;
    await expect
      .poll(async () => (await screenPixels(opened().page)).at(x + 10 * right, y + 10 * down))
      .toBe(expected);
  }
});

test('across the edge of the world the other side is seen', async () => {
  const world = replay();
  await openStanding('#x=0&y=0&scale=10');
  const { x, y } = await middle();
  const { page } = opened();
  await page.mouse.move(x - 45, y - 65);
  await expect.poll(() => page.locator('.pointer').innerText(), eventually).toContain('155, 89');
  const pixels = await screenPixels(page);
  for (const [right, down] of [
    [-5, -7],
    [5, -3],
    [-9, 4],
    [6, 6],
  ] as const) {
    const there = cellIn(
      world,
      (right + spec.width) % spec.width,
      (down + spec.height) % spec.height,
    );
    const shown = pixels.at(x + 10 * right + 5, y + 10 * down + 5);
    expect(shown).toBe(there.size === 0 ? 0x07090c : there.colour);
  }
});

test('a species that is marked stands out, in any layer', async () => {
  const world = replay();
  const cell = creatureIn(world, ({ x, y }) => x > 60 && y > 40);
  const other = creatureIn(world, ({ x, y, colour }) => {
    const isNear = Math.abs(x - cell.x) < 30 && Math.abs(y - cell.y) < 25;
    return isNear && colour !== cell.colour;
  });
  const at = `#x=${cell.x + 0.5}&y=${cell.y + 0.5}&scale=10`;
  await openStanding(at);
  const { x, y } = await middle();
  const { page } = opened();
  const both = async () => {
    const pixels = await screenPixels(page);
    const otherX = x + 10 * (other.x - cell.x);
    return [pixels.at(x, y), pixels.at(otherX, y + 10 * (other.y - cell.y))];
  };
  await expect.poll(both, eventually).toEqual([cell.colour, other.colour]);
  await page.mouse.click(x, y);
  await page.getByRole('button', { name: 'Mark species' }).click();
  await page.getByText('Only the species').waitFor();
  await expect.poll(async () => (await both())[1], eventually).not.toBe(other.colour);
  expect((await both())[0]).toBe(cell.colour);
  // The layer of sizes has no colours: those of the species are fetched beside it.
  await page.keyboard.press('Escape');
  await page.getByLabel('Layer', { exact: true }).selectOption('size');
  const bright = (colour: number) => (colour >> 16) + ((colour >> 8) & 0xff) + (colour & 0xff);
  await expect
    .poll(async () => {
      const [marked = 0, dimmed = 0] = await both();
      return bright(marked) > 2 * bright(dimmed);
    }, eventually)
    .toBe(true);
  await page.keyboard.press('Escape');
  await page.getByText('Only the species').waitFor({ state: 'hidden' });
});

describe('a creature that is followed', () => {
  interface Life {
    creature: Followed;
    places: { x: number; y: number }[];
    diedBy?: number;
  }
  /** Those who can move, with their cells in the ticks to come, until they die. */
  let lives: Life[];
  beforeAll(() => {
    const world = replay();
    const cells = allCells(world);
    const everybody = cells.cells.size.flatMap((size, i) =>
      size === 0 ? [] : [followedFrom(cells, cellAt(cells, spec, i))!],
    );
    const name = ({ birth, colour, lineage, size, traits }: Followed) =>
      [birth, colour, lineage, size, traits].join();
    const alike = new Map<string, Followed[]>();
    for (const creature of everybody) {
      alike.set(name(creature), [...(alike.get(name(creature)) ?? []), creature]);
    }
    lives = everybody
      .filter((creature) => {
        const others = alike.get(name(creature))!.filter((other) => other !== creature);
        const isAlone = others.every((other) => ticksApart(creature, other, spec) > 20);
        return (creature.traits & 2) !== 0 && isAlone;
      })
      .map((creature) => ({ creature, places: [{ x: creature.x, y: creature.y }] }));
    for (let ticks = 0; ticks < 6; ticks++) {
      world.step();
      const next = allCells(world);
      lives = lives.flatMap((life) => {
        if (life.diedBy !== undefined) return [life];
        const sighting = findFollowed(life.creature, next, spec);
        if (sighting.kind === 'dead') return [{ ...life, diedBy: sighting.byTick }];
        if (sighting.kind !== 'seen') return [];
        const { creature } = sighting;
        return [{ creature, places: [...life.places, { x: creature.x, y: creature.y }] }];
      });
    }
  });

  async function follow({ places: [first = { x: 0, y: 0 }] }: Life): Promise<void> {
    const { x, y } = first;
    await openStanding(`#x=${x + 0.5}&y=${y + 0.5}&scale=30&cell=${x},${y}`);
    const button = (pressed: boolean) =>
      opened().page.getByRole('button', { name: 'Follow', pressed });
    await button(false).click();
    await button(true).waitFor();
    await inspector().getByText(`Creature at ${x}, ${y}`).waitFor();
  }

  test('stays in the middle wherever it goes', async () => {
    const life = lives.find(({ places, diedBy }) => {
      const different = new Set(places.map(({ x, y }) => `${x},${y}`)).size;
      return diedBy === undefined && different > 1;
    })!;
    await follow(life);
    const { colony, page } = opened();
    for (const [i, { x, y }] of life.places.slice(1).entries()) {
      await colony.step({ key: `step-${i}`, ticks: 1 });
      await inspector()
        .getByText(`State of tick ${TICKS + i + 1}`)
        .waitFor();
      await inspector().getByText(`Creature at ${x}, ${y}`).waitFor();
    }
    const last = life.places.at(-1)!;
    await expect
      .poll(() => page.evaluate<string>('location.hash'), eventually)
      .toContain(`x=${last.x + 0.5}&y=${last.y + 0.5}`);
  });

  test('is told to be dead when it is', async () => {
    const life = lives.find(({ diedBy }) => diedBy !== undefined && diedBy > TICKS + 2)!;
    await follow(life);
    await opened().colony.step({ key: 'to its death', ticks: life.diedBy! - TICKS });
    const news = `The creature that was followed died between tick ${TICKS} and tick ${life.diedBy}.`;
    await inspector().getByText(news).waitFor();
    await opened()
      .page.getByRole('button', { name: 'Follow', pressed: true })
      .waitFor({ state: 'hidden' });
  });

  test('is found again though many ticks were done at once', async () => {
    const life = lives.find(({ diedBy }) => diedBy === undefined)!;
    await follow(life);
    await opened().colony.step({ key: 'many', ticks: 6 });
    await inspector()
      .getByText(`State of tick ${TICKS + 6}`)
      .waitFor();
    const { x, y } = life.places.at(-1)!;
    await inspector().getByText(`Creature at ${x}, ${y}`).waitFor();
    await opened().page.getByRole('button', { name: 'Follow', pressed: true }).waitFor();
  });
});

describe('a legend', () => {
  test('has the values and the unit of its layer', async () => {
    await openStanding('#layer=food');
    const legend = opened().page.locator('.legend');
    const ticks = await legend.locator('.scale-ticks span').allInnerTexts();
    expect(ticks.at(0)).toBe('0');
    expect(ticks.at(-1)).toBe('1,000');
    expect(await legend.innerText()).toContain('food in a cell');
  });

  test('names the backends', async () => {
    await openStanding('#layer=owner');
    const names = opened().page.locator('.swatches li');
    await expect
      .poll(() => names.allInnerTexts(), eventually)
      .toEqual(['backend-1', 'backend-2', 'backend-3', 'backend-4']);
  });
});

test('a page that is hidden asks for no pictures', async () => {
  const { page, openStarted } = opened();
  await openStarted();
  let tiles = 0;
  page.on('request', (request) => {
    if (request.url().includes('/tiles?')) tiles++;
  });
  await expect.poll(() => tiles, eventually).toBeGreaterThan(2);
  const hide = (isHidden: boolean) =>
    page.evaluate(`(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} });
      document.dispatchEvent(new Event('visibilitychange'));
    })()`);
  await hide(true);
  await page.waitForTimeout(300);
  const before = tiles;
  await page.waitForTimeout(1000);
  expect(tiles).toBe(before);
  await hide(false);
  await expect.poll(() => tiles, eventually).toBeGreaterThan(before + 2);
});

test('graphics that were lost come back', async () => {
  await openStanding('');
  const { page } = opened();
  const { x, y } = await middle();
  const area = { x: Math.round(x) - 180, y: Math.round(y) - 150, width: 360, height: 300 };
  const colours = async () => (await screenPixels(page)).colours(area);
  await expect.poll(colours, eventually).toBeGreaterThan(3);
  const before = await colours();
  await page.evaluate(`(() => {
    const context = document.querySelector('#world').getContext('webgl2');
    const graphics = context.getExtension('WEBGL_lose_context');
    graphics.loseContext();
    setTimeout(() => graphics.restoreContext(), 50);
  })()`);
  await page.waitForTimeout(200);
  await expect.poll(colours, eventually).toBe(before);
});
