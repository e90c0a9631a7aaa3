import { expect, test } from 'vitest';
import { addressProblem } from '../../../../services/platform/registry/registry-addresses.ts';

const problem = (address: string, rpcPort = 9000) => addressProblem({ address, rpcPort }, 9000);

test.each(['10.40.1.5', '172.17.0.3', '192.168.1.1', '100.64.0.1', 'fd00::1'])(
  '%s in a private network may be called',
  (address) => {
    expect(problem(address)).toBeUndefined();
  },
);

test.each([
  'localhost',
  'backend.example',
  '10.0.0.1.evil.example',
  '0x0a000001',
  '167772161',
  '10.1',
  '10.0.0.1:9000',
  '[fd00::1]',
  '',
])('%j is no IP literal', (address) => {
  expect(problem(address)).toBe('its address is not an IP literal');
});

test.each([
  '127.0.0.1',
  '169.254.169.254',
  '169.254.170.2',
  '8.8.8.8',
  '172.32.0.1',
  '0.0.0.0',
  '::1',
  '::ffff:127.0.0.1',
  'fe80::1',
  '2001:db8::1',
])('%s is no address of a private network', (address) => {
  expect(problem(address)).toBe('its address is not one of a private network');
});

test('another port is not called, unless any is fine', () => {
  expect(problem('10.0.0.1', 22)).toBe('its RPC port is not 9000');
  expect(addressProblem({ address: '10.0.0.1', rpcPort: 22 }, 0)).toBeUndefined();
});
