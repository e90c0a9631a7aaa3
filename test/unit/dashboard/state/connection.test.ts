import { beforeEach, expect, test } from 'vitest';
import { OtherBuild } from '../../../../services/dashboard/src/api/request.ts';
import {
  failed,
  otherBuild,
  understood,
  worked,
} from '../../../../services/dashboard/src/state/connection.ts';

beforeEach(() => {
  understood('run');
  understood('pictures');
});

test('a server is of another build until it answers the same so that it is understood', () => {
  failed(new OtherBuild('tiles of version 9'), 'pictures');
  expect(otherBuild.value).toContain('tiles of version 9');
  worked('pictures');
  expect(otherBuild.value).toBeUndefined();
});

test('what is understood of one thing tells nothing of another', () => {
  failed(new OtherBuild('tiles of version 9'), 'pictures');
  understood('run');
  expect(otherBuild.value).toContain('tiles of version 9');
});

test('of two answers that are not understood, the one is told until it is, and then the other', () => {
  failed(new OtherBuild('tiles of version 9'), 'pictures');
  failed(new OtherBuild('colony lacks tick'), 'run');
  worked('pictures');
  expect(otherBuild.value).toContain('colony lacks tick');
  understood('run');
  expect(otherBuild.value).toBeUndefined();
});
