import { describe, expect, test } from 'vitest';
import { sumText } from '../../../../services/local/store/entry.ts';
import type { Examination } from '../../../../services/local/store/examination.ts';
import type { Mark } from '../../../../services/local/store/mark.ts';
import { type Findings, judge } from '../../../../services/local/store/refusal.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const OTHER_ID = '00000000-0000-4000-8000-000000000002';
const SUM = sumText(7n);

const known = (change: Partial<Mark> = {}): Findings['known'] => ({
  type: 'known',
  mark: { storeId: ID, commit: 5, sum: SUM, ...change },
});
const head = { storeId: ID, commit: 5, entries: 3, sum: SUM };
const examined = (change: Partial<Examination> = {}): Findings['store'] => ({
  type: 'examined',
  found: { head, entries: 3, sum: 7n, damagedKeys: [], damaged: 0, records: [], ...change },
});
const unreadable: Findings['store'] = { type: 'unreadable', why: 'CURRENT is missing' };

describe('may be opened or made', () => {
  test.each<[string, Findings]>([
    ['nothing at all', { known: { type: 'absent' }, store: undefined }],
    ['a store at its mark', { known: known(), store: examined() }],
    ['a store whose last mark was cut off', { known: known({ commit: 4 }), store: examined() }],
    ['a store that was never made', { known: known({ commit: 0 }), store: undefined }],
    ['one that was being made', { known: known({ commit: 0 }), store: unreadable }],
    [
      'one that was being made, empty',
      { known: known({ commit: 0 }), store: examined({ head: undefined, entries: 0, sum: 0n }) },
    ],
  ])('%s', (_, findings) => expect(judge(findings)).toBeUndefined());
});

describe('is refused', () => {
  test.each<[string, Findings, string]>([
    ['a store that is gone', { known: known(), store: undefined }, 'gone'],
    ['one gone with a damaged mark', { known: { type: 'damaged' }, store: undefined }, 'gone'],
    ['a store without a mark', { known: { type: 'absent' }, store: examined() }, 'unmarked'],
    ['a damaged mark', { known: { type: 'damaged' }, store: examined() }, 'unmarked'],
    ['files that do not fit', { known: known(), store: unreadable }, 'unreadable'],
    ['a head that is gone', { known: known(), store: examined({ head: undefined }) }, 'damaged'],
    ['a lost entry', { known: known(), store: examined({ entries: 2 }) }, 'damaged'],
    ['another sum', { known: known(), store: examined({ sum: 8n }) }, 'damaged'],
    ['a changed entry', { known: known(), store: examined({ damaged: 1 }) }, 'damaged'],
    ['an older store', { known: known({ commit: 6 }), store: examined() }, 'behind'],
    ['more than one write ahead', { known: known({ commit: 3 }), store: examined() }, 'behind'],
    ['another store', { known: known({ storeId: OTHER_ID }), store: examined() }, 'behind'],
    [
      'the same commit, other entries',
      { known: known({ sum: sumText(9n) }), store: examined() },
      'behind',
    ],
    [
      'entries beside a mark that says none were stored',
      { known: known({ commit: 0 }), store: examined({ head: undefined }) },
      'damaged',
    ],
  ])('%s', (_, findings, reason) => expect(judge(findings)).toBe(reason));
});
