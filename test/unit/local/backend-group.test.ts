import { beforeEach, describe, expect, test } from 'vitest';
import { type BackendChild, BackendGroup } from '../../../services/local/backend-group.ts';
import { LOCAL_BACKENDS_MAX } from '../../../services/local/local-settings.ts';

/** A process that ends when the test says so. */
class FakeChild implements BackendChild {
  readonly number: number;
  env: NodeJS.ProcessEnv;
  isRetired = false;
  end: (isInTime: boolean) => void = () => {};

  constructor(number: number, env: NodeJS.ProcessEnv) {
    this.number = number;
    this.env = env;
  }

  setEnv(env: NodeJS.ProcessEnv): void {
    this.env = env;
  }

  retire(): Promise<boolean> {
    this.isRetired = true;
    return new Promise((resolve) => {
      this.end = resolve;
    });
  }
}

describe('the backends of a launch', () => {
  let children: FakeChild[];
  let lines: string[];
  let group: BackendGroup;

  beforeEach(() => {
    children = [];
    lines = [];
    group = new BackendGroup({
      envOf: (backends) => ({ SHARE: `1/${backends}` }),
      start: (number, env) => {
        const child = new FakeChild(number, env);
        children.push(child);
        return child;
      },
      onLine: (text) => lines.push(text),
    });
  });

  const numbersOf = (isRetired: boolean) =>
    children.filter((child) => child.isRetired === isRetired).map(({ number }) => number);
  const retired = (number: number) =>
    children.find((child) => child.isRetired && child.number === number) as FakeChild;
  const end = async (number: number, isInTime = true) => {
    retired(number).end(isInTime);
    children = children.filter((child) => child !== retired(number));
    await Promise.resolve();
  };

  test('are started at first without a word', () => {
    group.scale(3);
    expect(numbersOf(false)).toEqual([1, 2, 3]);
    expect(lines).toEqual([]);
  });

  test('are left alone when as many are wanted as before', () => {
    group.scale(3);
    group.scale(3);
    expect(numbersOf(false)).toEqual([1, 2, 3]);
    expect(lines).toEqual([]);
  });

  test('become more with the next numbers', () => {
    group.scale(2);
    group.scale(4);
    expect(numbersOf(false)).toEqual([1, 2, 3, 4]);
    expect(lines).toEqual(['Scaling from 2 to 4 backends, as the colony was asked']);
  });

  test('become fewer from the newest on, each of which is retired once', async () => {
    group.scale(4);
    group.scale(1);
    expect(numbersOf(true)).toEqual([2, 3, 4]);
    expect(lines).toEqual(['Scaling from 4 to 1 backend, as the colony was asked']);
    await end(4);
    group.scale(1);
    expect(numbersOf(true)).toEqual([2, 3]);
    expect(numbersOf(false)).toEqual([1]);
    expect(lines[1]).toBe('backend 4 has ended: it is not wanted any more');
  });

  test('that had to be killed are named', async () => {
    group.scale(2);
    group.scale(1);
    await end(2, false);
    expect(lines[1]).toBe(
      'backend 2 is not wanted any more and took too long to end: it was killed',
    );
  });

  test('get no number of one that still hands over, and that number once it is gone', async () => {
    group.scale(2);
    group.scale(1);
    group.scale(2);
    expect(numbersOf(false)).toEqual([1, 3]);
    await end(2);
    group.scale(3);
    expect(numbersOf(false)).toEqual([1, 3, 2]);
    group.scale(2);
    expect(numbersOf(true)).toEqual([3]);
  });

  test('share the machine among as many as are wanted, those that run from their next start on', () => {
    group.scale(4);
    group.scale(2);
    expect(children.map(({ env }) => env['SHARE'])).toEqual(['1/2', '1/2', '1/4', '1/4']);
    group.scale(3);
    expect(children.at(-1)?.env['SHARE']).toBe('1/3');
  });

  test('are bounded, whatever the colony is asked for', () => {
    group.scale(4);
    group.scale(1000);
    group.scale(1000);
    expect(numbersOf(false)).toHaveLength(LOCAL_BACKENDS_MAX);
    expect(lines).toEqual([
      'Scaling from 4 to 64 backends: the colony was asked for 1000, and a launch has 64 at most',
    ]);
  });
});
