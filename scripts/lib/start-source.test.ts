import { expect, test } from 'vitest';
import { sourceArguments } from './start-source.mjs';

const LAB = ['--lab', 'edge'];

test.each([
  [[], LAB],
  [['--port', '7866'], LAB],
  [['--host', '0.0.0.0', '--sample', '10'], LAB],
  [['-i', 'eth0'], []],
  [['-ieth0', '--port', '7866'], []],
  [['--interface', 'eth0'], []],
  [['--interface=eth0'], []],
  [['--port', '7866', '--lab', 'forward'], []],
  [['--join', 'http://a/#b'], []],
])('npm start -- %j captures from %j', (given, source) => {
  expect(sourceArguments(given)).toEqual(source);
});
