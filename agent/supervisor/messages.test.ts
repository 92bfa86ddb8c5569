import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNotice, parseRequest } from './messages.ts';
import { unprivilegedUser } from './user.ts';

test('a request names a socket in the work directory and nothing else', () => {
  const request = { type: 'start-probe', id: 0, spec: {}, socket: 'probe-0.sock' };
  expect(parseRequest(request)).toEqual(request);
  for (const socket of ['../probe-0.sock', '/run/docker.sock', 'probe-0.sock/x', 'probe-.sock', '']) {
    expect(parseRequest({ ...request, socket }), socket).toBeNull();
  }
  for (const name of ['../edge', '-x', 'edge --record', '', 'EDGE']) {
    expect(parseRequest({ type: 'start-lab', name }), name).toBeNull();
  }
});

test('anything else is no message', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(parseRequest(value)).toBeNull();
      expect(parseNotice(value)).toBeNull();
    }),
  );
});

test('the agent runs as who used sudo, else as nobody, never as root', () => {
  expect(unprivilegedUser({ SUDO_UID: '1000', SUDO_GID: '1001' })).toEqual({ uid: 1000, gid: 1001 });
  for (const env of [
    {},
    { SUDO_UID: '0', SUDO_GID: '0' },
    { SUDO_UID: 'x', SUDO_GID: '5' },
    { SUDO_UID: '1000' },
  ]) {
    const { uid, gid } = unprivilegedUser(env);
    expect(uid).toBeGreaterThan(0);
    expect(gid).toBeGreaterThan(0);
  }
});
