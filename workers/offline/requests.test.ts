import { describe, expect, it } from 'vitest';
import { verdictOf } from './requests.ts';

const SCOPE = 'https://example.org/whither/';
const FILES = new Set(['assets/index-1a2b.js']);

describe('a request of the page', () => {
  it.each([
    ['a file of the build', 'GET', `${SCOPE}assets/index-1a2b.js`, 'kept'],
    ['a file of another build', 'GET', `${SCOPE}assets/index-0000.js`, 'network'],
    ['the page', 'GET', `${SCOPE}?source=sample:edge`, 'page'],
    ['a sample', 'HEAD', `${SCOPE}samples/edge.pcapng`, 'fresh'],
    ['the page that a share goes into', 'GET', `${SCOPE}share.html`, 'fresh'],
    ['a capture beside the page', 'GET', `${SCOPE}captures/a.pcapng`, 'network'],
    ['its host outside of its folder', 'GET', 'https://example.org/other/file', 'refuse'],
    ['a capture elsewhere', 'GET', 'https://captures.example/a.pcapng', 'ask'],
    ['the same host by another port', 'GET', 'https://example.org:8443/whither/', 'ask'],
    ['anything that is sent', 'POST', `${SCOPE}api/shares`, 'refuse'],
    ['anything that is sent elsewhere', 'POST', 'https://captures.example/', 'refuse'],
    ['another scheme', 'GET', 'blob:https://example.org/1', 'refuse'],
  ])('for %s', (_what, method, url, verdict) => {
    expect(verdictOf({ method, url }, SCOPE, FILES)).toBe(verdict);
  });
});
