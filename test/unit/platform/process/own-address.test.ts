import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { ownAddress } from '../../../../services/platform/process/own-address.ts';

const info = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  internal,
  family: 'IPv4',
  netmask: '',
  mac: '',
  cidr: null,
});
const interfaces = {
  lo: [info('127.0.0.1', true)],
  eth0: [info('169.254.172.2')],
  eth1: [info('10.0.1.7')],
};

test('what is configured counts first', () => {
  const config = { host: '0.0.0.0', advertisedAddress: '192.0.2.1' };
  expect(ownAddress(config, interfaces)).toBe('192.0.2.1');
});

test('else the host it listens on', () => {
  expect(ownAddress({ host: '127.0.0.1', advertisedAddress: undefined }, interfaces)).toBe(
    '127.0.0.1',
  );
});

test('when that is every address, the first that others can reach', () => {
  expect(ownAddress({ host: '0.0.0.0', advertisedAddress: undefined }, interfaces)).toBe(
    '10.0.1.7',
  );
});

test('when there is none, it says what to set', () => {
  const config = { host: '::', advertisedAddress: undefined };
  expect(() => ownAddress(config, { lo: interfaces.lo })).toThrow('set advertisedAddress');
});
