import { expect, test } from 'vitest';
import {
  originOf,
  registryEntrySchema,
} from '../../../../services/protocol/wire/registry-entry.ts';

const ENTRY = {
  ...{ id: 'backend-1', bootId: '00000000-0000-4000-8000-000000000001', rpcPort: 9000 },
  ...{ httpPort: 9001, startedAt: '2026-01-01T00:00:00.000Z', version: '0.1.0' },
  protocolVersion: 10,
};
const isTaken = (address: string) => registryEntrySchema.safeParse({ ...ENTRY, address }).success;

test.each([
  ['10.0.0.4', 'http://10.0.0.4:9000'],
  ['::1', 'http://[::1]:9000'],
  ['backend-1.colony.internal', 'http://backend-1.colony.internal:9000'],
  ['backend_1', 'http://backend_1:9000'],
])('the address %s is at %s', (address, origin) => {
  expect(isTaken(address)).toBe(true);
  expect(originOf(address, 9000)).toBe(origin);
});

test.each([
  ...[
    '',
    ' ',
    'a b',
    'a/b',
    'user@host',
    'host?x',
    'host#x',
    'a\\b',
    'host:9000',
    '10.0.0.400',
    '\ufeff::1',
    'é',
  ],
])('%j is no address', (address) => {
  expect(isTaken(address)).toBe(false);
});
