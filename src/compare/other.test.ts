// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import { embedCapture } from '#core/share/html.ts';
import { ofFile, ofText } from './other.ts';

const BASE = 'https://w.example/whither/';
const url = (to: string) => [{ kind: 'url', url: to }];

describe('another capture', () => {
  it.each([
    ['an address', 'https://a.example/b.pcapng', url('https://a.example/b.pcapng')],
    ['a path of this host', '/captures/b.pcapng', url('/captures/b.pcapng')],
    [
      'a link to an address',
      `${BASE}?source=url:https://a.example/b.pcapng&journey=3`,
      url('https://a.example/b.pcapng'),
    ],
    [
      'a link to a path',
      'https://agent.example:8080/?source=url:/s/AbC.pcapng',
      url('https://agent.example:8080/s/AbC.pcapng'),
    ],
    [
      'a share that an agent keeps',
      `https://agent.example/s/${'aB-_'.repeat(8)}`,
      url(`https://agent.example/s/${'aB-_'.repeat(8)}.pcapng`),
    ],
    ['a link to a sample here', `${BASE}?source=sample:edge`, [{ kind: 'sample', id: 'edge' }]],
    [
      'a link to a sample there',
      'https://v.example/w/?source=sample:edge',
      url('https://v.example/w/samples/edge.pcapng'),
    ],
    ['a link to an agent', 'https://agent.example/?source=live', url('https://agent.example/spool.pcapng')],
    [
      'a link to two captures',
      `${BASE}?v=5&source=sample:edge&source=url:https://a.example/b.pcapng`,
      [{ kind: 'sample', id: 'edge' }, ...url('https://a.example/b.pcapng')],
    ],
  ])('is %s', (_what, text, parts) => expect(ofText(text, BASE)).toEqual(parts));

  it('is a share in a link', () => {
    expect(ofText(`${BASE}?where=drop#share=ab-_`, BASE)).toMatchObject([
      { kind: 'packed', within: 'link', text: 'ab+/' },
    ]);
  });

  it.each([
    ['no address', 'a.pcapng'],
    ['of another scheme', 'javascript:alert(1)'],
    ['empty', ''],
  ])('is none that is %s', (_what, text) =>
    expect(ofText(text, BASE)).toMatchObject({ cause: expect.stringContaining('no') as string }),
  );

  it('is none in a link to a file, which says so', () => {
    const text = `${BASE}?v=3&capture=Zm9vYmFyYmF6cXV4.48212`;
    expect(ofText(text, BASE)).toMatchObject({ cause: 'This link is to a file, which is not in it.' });
  });

  it('is a page with a share inside', async () => {
    const page = '<!doctype html><html><head></head><body></body></html>';
    // Its own script has the words, too.
    const writes = page.replace(
      '<head>',
      '<head><script>a=`<script type="text/plain" id="whither-capture" x>${a}`</script>',
    );
    const shared = embedCapture(writes, { packed: 'AAAA', title: 'a & b', view: '' });
    expect(await ofFile(new File([shared], 'share.html'))).toMatchObject({
      kind: 'packed',
      within: 'page',
      text: 'AAAA',
      title: 'a & b',
    });
    expect(await ofFile(new File([page], 'page.html'))).toMatchObject({ code: 'no-share' });
    expect(await ofFile(new File(['nothing'], 'notes.txt'))).toMatchObject({ code: 'not-together' });
  });

  it('is looked for in a page in one go, however often the page begins one', async () => {
    const element = '<script type="text/plain" id="whither-capture"';
    const page = `<html>${`${element}\n`.repeat(300)}</script>`;
    const parsed = vi.spyOn(DOMParser.prototype, 'parseFromString');
    expect(await ofFile(new File([page], 'page.html'))).toMatchObject({ code: 'no-share' });
    const read = parsed.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
    parsed.mockRestore();
    expect(read).toBeLessThanOrEqual(page.length);
  });
});
