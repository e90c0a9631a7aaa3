import { describe, expect, test } from 'vitest';
import {
  colonyFindings,
  versionsFinding,
} from '../../../../services/cli/doctor/colony-findings.ts';
import type { ColonyView } from '../../../../services/protocol/api/public-api.ts';
import { colonyView, idleView } from '../colony-view.fixture.ts';

const found = (more: Partial<ColonyView>, check: string) =>
  colonyFindings(colonyView(more)).find((finding) => finding.check === check);

const backends = (state: ColonyView['backends'][number]['state']) => {
  const [backend] = colonyView().backends;
  return backend === undefined ? [] : [{ ...backend, state }];
};

test('a colony that ticks has nothing wrong', () => {
  const findings = colonyFindings(colonyView());
  expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual([
    ...['colony', 'leader', 'backend backend-1', 'backends', 'checkpoint', 'last failure'],
  ]);
});

test('no colony is nothing wrong either', () => {
  expect(colonyFindings(idleView()).every(({ level }) => level === 'ok')).toBe(true);
});

describe('the colony', () => {
  test('that has failed for good is a problem, with the reason', () => {
    const fault = { code: 'DETERMINISM_VIOLATION', reason: 'digest of tick 7' };
    expect(found({ phase: 'Failed', fault }, 'colony')).toMatchObject({
      level: 'problem',
      says: expect.stringContaining('DETERMINISM_VIOLATION: digest of tick 7'),
    });
  });

  test.each(['Waiting', 'Recovering'] as const)('in phase %s is a warning', (phase) => {
    expect(found({ phase, phaseDetail: 'for backend-2' }, 'colony')).toMatchObject({
      level: 'warning',
      says: `${phase}: for backend-2`,
    });
  });

  test('whose tick is old is a warning', () => {
    expect(found({ tickAgeMs: 9_000 }, 'colony')).toMatchObject({
      level: 'warning',
      says: 'Ticking; its tick 1 234 is 9 s old',
    });
  });

  test('without a leader has a problem', () => {
    expect(found({ leader: null }, 'leader')).toMatchObject({ level: 'problem' });
  });
});

describe('a backend', () => {
  test.each([
    ['Suspect', 'problem'],
    ['Lost', 'problem'],
    ['Failed', 'problem'],
    ['Blocked', 'warning'],
    ['Waiting', 'ok'],
    ['Draining', 'ok'],
  ] as const)('in state %s is %s', (state, level) => {
    expect(found({ backends: backends(state) }, 'backend backend-1')).toMatchObject({ level });
  });

  test('that is missing is a warning', () => {
    expect(found({ wantedBackends: 2 }, 'backends')).toMatchObject({
      level: 'warning',
      says: '1 of 2 wanted',
    });
  });
});

describe('a checkpoint', () => {
  const checkpoint = { tick: 1200, writingTick: null, tickedSeconds: 301, failure: null };

  test('that is old is a warning', () => {
    expect(found({ checkpoint }, 'checkpoint')).toMatchObject({ level: 'warning' });
  });

  test('of a colony that is paused may be old', () => {
    expect(found({ checkpoint, paused: true }, 'checkpoint')).toMatchObject({ level: 'ok' });
  });

  test('that failed is a warning, with the reason', () => {
    const failure = { tick: 1300, reason: 'the disk of backend-1 is full' };
    expect(found({ checkpoint: { ...checkpoint, failure } }, 'checkpoint')).toMatchObject({
      level: 'warning',
      says: expect.stringContaining('of tick 1 300 failed: the disk of backend-1 is full'),
    });
  });
});

describe('the last failure', () => {
  const lastFailure = { key: 'k', code: 'NO_BACKENDS', reason: 'none', at: 'noon', generation: 1 };

  test('of the newest start is a warning', () => {
    expect(found({ lastFailure }, 'last failure')).toMatchObject({ level: 'warning' });
  });

  test('before a later start is history', () => {
    expect(found({ lastFailure, generation: 2 }, 'last failure')).toMatchObject({ level: 'ok' });
  });
});

describe('the versions', () => {
  const own = { who: 'this command', version: '1.0.0', protocolVersion: 8, engineVersion: 1 };
  const other = { ...own, who: 'backend b1' };

  test('that are equal are in order', () => {
    expect(versionsFinding(own, [other]).level).toBe('ok');
  });

  test('of a process that does not tell its engine are equal by the rest', () => {
    expect(versionsFinding(own, [{ ...other, engineVersion: undefined }]).level).toBe('ok');
  });

  test('that differ but understand each other are a warning', () => {
    const finding = versionsFinding(own, [{ ...other, version: '1.0.1' }]);
    expect(finding).toMatchObject({
      level: 'warning',
      says: expect.stringContaining('backend b1 is 1.0.1'),
    });
  });

  test.each([{ protocolVersion: 7 }, { engineVersion: 2 }])(
    'that do not (%j) are a problem',
    (more) => {
      expect(versionsFinding(own, [other, { ...other, ...more }]).level).toBe('problem');
    },
  );
});
