import { expect, test } from 'vitest';
import { DEFAULT_WORLD_SPEC } from '../../../services/world/spec/spec.ts';
import { eventually, usePage } from '../opened-page.ts';

/** Wider than a tile, so that a map of the whole world is coarser than the picture. */
const spec = { ...DEFAULT_WORLD_SPEC, width: 512, height: 96, shardSize: 32 };
const opened = usePage(spec);

const WITHOUT_WEBGL2 = `
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind === 'webgl2' ? null : getContext.call(this, kind, ...more);
  };`;
const NO_PROGRAM_LINKS = `
  const { prototype } = WebGL2RenderingContext;
  const { getProgramParameter } = prototype;
  prototype.getProgramParameter = function (program, name) {
    return name === this.LINK_STATUS ? false : getProgramParameter.call(this, program, name);
  };`;

test.each([
  ['has no WebGL2', WITHOUT_WEBGL2, /^This browser has no WebGL2/],
  ['refuses the program', NO_PROGRAM_LINKS, /^The graphics of this browser refuse to draw/],
])(
  'a browser that %s says so in place of the world, and asks for no more pictures',
  async (_, script, words) => {
    const { colony, page, open, watched } = opened();
    await page.addInitScript(script);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const askedFor = (path: string) => asked.filter((other) => other === path).length;
    await colony.start({ key: 'before' });
    await open();
    const alert = page.locator('.stage [role=alert]');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(words);
    const pictures = askedFor('/tiles');
    const views = askedFor('/colony');
    await expect.poll(() => askedFor('/colony'), eventually).toBeGreaterThan(views + 1);
    expect(askedFor('/tiles')).toBe(pictures);
    expect(watched.complaints).toEqual([]);
  },
);

test('the overview is drawn before a closer picture has come', async () => {
  const { page, openStarted } = opened();
  let goOn: (value?: unknown) => void = () => undefined;
  const held = new Promise((resolve) => {
    goOn = resolve;
  });
  await page.route(/\/tiles\?.*zoom=0/, async (route) => {
    await held;
    await route.continue();
  });
  await openStarted();
  await expect
    .poll(() => page.locator('#world').getAttribute('aria-label'), eventually)
    .toMatch(/at tick/);
  goOn();
});

test('single cells of a world that stands are drawn once', async () => {
  const { colony, page, open } = opened();
  await page.addInitScript(`
    window.drawings = 0;
    const { prototype } = WebGL2RenderingContext;
    const { viewport } = prototype;
    prototype.viewport = function (...area) {
      window.drawings++;
      return viewport.apply(this, area);
    };`);
  let answers = 0;
  page.on('requestfinished', (request) => {
    if (new URL(request.url()).pathname === '/cells') answers++;
  });
  const comeMore = async () => {
    const before = answers;
    await expect.poll(() => answers, eventually).toBeGreaterThan(before + 2);
  };
  const drawings = () => page.evaluate<number>('window.drawings');
  await colony.start({ key: 'before' });
  await colony.pause();
  await open('#x=80&y=48&scale=40');
  await comeMore();
  const drawn = await drawings();
  expect(drawn).toBeGreaterThan(0);
  await comeMore();
  expect(await drawings()).toBe(drawn);
});
