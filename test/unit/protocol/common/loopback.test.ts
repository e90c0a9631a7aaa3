import { expect, test } from 'vitest';
import { isLoopbackName, isOnLoopback } from '../../../../services/protocol/common/loopback.ts';

test.each([
  ['http://127.0.0.1:8083', true],
  ['http://127.1.2.3/', true],
  ['http://localhost:1', true],
  ['http://LOCALHOST/', true],
  ['http://colony.localhost', true],
  ['http://[::1]:8083', true],
  ['http://localhost.example.com', false],
  ['http://127.0.0.1.example.com', false],
  ['http://127.0.0.1@example.com', false],
  ['http://[::2]', false],
  ['https://abc.execute-api.eu-central-1.amazonaws.com', false],
  ['http://evillocalhost/', false],
  ['localhost', false],
])('%s is on loopback: %s', (url, expected) => {
  expect(isOnLoopback(url)).toBe(expected);
});

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['[::1]', true],
  ['', false],
  ['127.0.0.2', false],
  ['a.localhost', false],
  ['user@localhost', false],
  ['127.0.0.1:80', false],
])('a server on this machine is asked for under %j: %s', (host, expected) => {
  expect(isLoopbackName(host)).toBe(expected);
});
