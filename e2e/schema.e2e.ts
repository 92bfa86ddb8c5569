/** The schema dialog, on the sample: edited, from types, proposed, compared; and what other tools take. */
import { readFileSync } from 'node:fs';
import type { Download, Locator } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { compileBpf, hasClang } from '#core/btf/testing/compile.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();
const SHOTS = process.env.WHITHER_SHOTS;

/** The layout of the sample's areas as a program of a user might declare it. */
const SOURCE = `
typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long long u64;
#define tag(text) __attribute__((btf_decl_tag(text)))
enum edge_tlv { EDGE_TLV_FLOW = 1, EDGE_TLV_ACTION = 2, EDGE_TLV_CLIENT = 3, EDGE_TLV_CUSTOMER = 4 };
struct edge_area {
  u8 trace_type, trace_length;
  u64 trace tag("display:hex") tag("desc:unique per packet");
  u8 verdict_type, verdict_length, verdict;
} __attribute__((packed));
struct edge_area a; enum edge_tlv t;
int prog(void *ctx) { a.trace = 1; t = EDGE_TLV_CLIENT; return a.verdict + t; }
`;

async function shot(name: string): Promise<void> {
  if (SHOTS !== undefined) await site.page.screenshot({ path: `${SHOTS}/${name}.png` });
}

async function openDialog(): Promise<Locator> {
  await site.openSample();
  await site.page.keyboard.press('s');
  await site.page.locator('[data-schema-field="editor"]').waitFor();
  return site.page.getByRole('dialog');
}

const names = () => site.page.evaluate(() => globalThis.whither.state.newest?.tlvNames ?? []);
const text = () => site.page.evaluate(() => globalThis.whither.state.schemaDraft ?? '');

/** Puts the cursor behind this text of the editor, by keys alone. */
async function typeInto(field: Locator, schema: string): Promise<void> {
  await field.focus();
  await site.page.keyboard.press('Control+a');
  await site.page.keyboard.insertText(schema);
}

async function saved(button: Locator): Promise<Download> {
  const download = site.page.waitForEvent('download');
  await button.click();
  return download;
}

afterEach(() => site.page.evaluate(() => globalThis.whither.api.setSchema('')).then(() => undefined));

it('what is typed is completed, checked at its place, and read by at once', async () => {
  const dialog = await openDialog();
  const { page } = site;
  const field = dialog.getByRole('textbox', { name: 'Schema as JSON' });
  await shot('schema');
  const own = await page.evaluate(() => globalThis.whither.api.capturedSchema());
  await typeInto(field, own.replace('"trace_id"', '"renamed"'));
  await expect.poll(names).toContain('renamed');
  await dialog.locator('.schema-areas').getByText('renamed').first().waitFor();

  // A wrong value: underlined, told with its place; the last valid schema stays.
  await typeInto(field, own.replace('"kind": "enum"', '"kind": "wrong"'));
  const line = own.slice(0, own.indexOf('"kind": "enum"')).split('\n').length;
  const finding = dialog.getByRole('button', { name: `line ${line}, column` });
  await finding.waitFor();
  expect(await dialog.locator('.cm-lintRange-error').textContent()).toBe('"wrong"');
  expect(await names()).toContain('renamed');
  await finding.click();
  await shot('schema-error');
  // The place is selected: what is typed takes its place, and completion offers what may stand there.
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Control+Space');
  await dialog.locator('.cm-tooltip-autocomplete li').getByText('"ipv4"').waitFor();
  await shot('schema-values');
  await page.keyboard.type('"fla');
  await page.keyboard.press('Control+Space');
  await dialog.locator('.cm-tooltip-autocomplete li[aria-selected]').getByText('"flag').waitFor();
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(names).toContain('trace_id');
});

it('two schemas are compared, put into one document, exported and imported', async () => {
  const dialog = await openDialog();
  const { page } = site;
  const own = await page.evaluate(() => globalThis.whither.api.capturedSchema());
  const other = own.replace('"endian": "little"', '"endian": "big"').replace('edge lab', 'other');
  await page
    .getByLabel('Import a schema')
    .setInputFiles({ name: 'other.json', mimeType: 'application/json', buffer: Buffer.from(other) });
  await dialog.getByRole('tab', { name: 'Compare' }).click();
  const changes = dialog.locator('.schema-changes li');
  await changes.getByText('framing.endian').waitFor();
  expect((await changes.allTextContents()).join()).toContain('"little" → "big"');
  await shot('schema-compare');

  await page.keyboard.press('Escape');
  await page.keyboard.press('s');
  await page.locator('[data-schema-field="editor"]').waitFor();
  await dialog.getByRole('tab', { name: 'Schemas' }).click();
  await dialog
    .getByLabel('Add one from a file')
    .setInputFiles({ name: 'own.json', mimeType: 'application/json', buffer: Buffer.from(own) });
  await dialog.locator('.schema-parts li').nth(1).waitFor();
  await shot('schema-parts');
  const exported = await saved(dialog.getByRole('button', { name: 'Export' }));
  const json = readFileSync(await exported.path(), 'utf8');
  expect(parseSchema(json)).toMatchObject({
    ok: true,
    schema: { name: 'other', also: [{ name: 'edge lab' }] },
  });
});

it.skipIf(!hasClang)(
  'a BPF object dropped on the page gives the schema: a struct, and an enum’s names',
  async () => {
    await site.openSample();
    const { page } = site;
    await site.drop('edge.bpf.o', compileBpf(SOURCE));
    const dialog = page.getByRole('dialog');
    const types = dialog.getByRole('list', { name: 'Types' });
    await types.getByRole('button', { name: /edge_tlv/ }).click();
    await dialog.getByRole('button', { name: 'Name the types of the text' }).click();
    await expect.poll(names).toEqual(['flow', 'action', 'client', 'customer']);

    await dialog.getByRole('tab', { name: 'Types' }).click();
    await page.getByLabel('Import a schema').setInputFiles({
      name: 'edge.bpf.o',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(compileBpf(SOURCE)),
    });
    await dialog.getByLabel('Search types').fill('area');
    await types.getByRole('button', { name: /edge_area/ }).click();
    await dialog.getByRole('table', { name: 'Fields' }).getByText('unique per packet').waitFor();
    await shot('schema-types');
    await dialog.getByRole('button', { name: 'As the schema' }).click();
    await expect.poll(names).toContain('trace');
    await page.keyboard.press('Escape');
    // The program of the lab wrote type 1, 8 bytes long, in front of every packet.
    const [event] = (await page.evaluate(async () => {
      const all = await globalThis.whither.api.inspect(0, 50);
      return all.filter((one) => JSON.stringify(one).includes('"trace_type"'));
    })) as readonly object[];
    const said = JSON.stringify(event);
    expect(said).toMatch(/"name":"trace_type"[^}]*"value":"1"/);
    expect(said).toMatch(/"name":"trace_length"[^}]*"value":"8"/);
    expect(said).toMatch(/"name":"trace"[^}]*"value":"0x[0-9a-f]{16}"/);
  },
);

it('a proposal is shown with what says so, and decodes nothing until it is taken', async () => {
  const dialog = await openDialog();
  const { page } = site;
  const before = await names();
  await dialog.getByRole('tab', { name: 'Propose' }).click();
  await dialog.getByRole('button', { name: 'Look at the bytes' }).click();
  await dialog.getByRole('progressbar').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByRole('button', { name: 'Look at the bytes' }).click();
  const use = dialog.getByRole('button', { name: 'Use this' });
  await use.waitFor();
  await dialog.getByRole('table', { name: 'Types and what' }).getByText('a private IPv4 address').waitFor();
  await shot('schema-propose');
  expect(await names()).toEqual(before);
  await use.click();
  await expect.poll(names).not.toEqual(before);
  expect(JSON.parse(await text())).toMatchObject({
    name: 'proposed',
    framing: { typeBytes: 1, lengthBytes: 1 },
  });
  await expect
    .poll(() => page.evaluate(() => globalThis.whither.state.newest?.schema?.name))
    .toBe('proposed');
});

it('the capture is written for Wireshark, the schema as a script and as a header', async () => {
  await site.openSample();
  const { page } = site;
  await page.keyboard.press('w');
  const dialog = page.getByRole('dialog', { name: 'For Wireshark and C' });
  const capture = await saved(dialog.getByRole('button', { name: 'Download for Wireshark' }));
  expect(capture.suggestedFilename()).toMatch(/-wireshark\.pcapng$/);
  const bytes = readFileSync(await capture.path());
  expect(bytes.toString('latin1')).toMatch(/whither:1 meta=0108/);
  await shot('export');
  const lua = await saved(dialog.getByRole('button', { name: 'Script for Wireshark' }));
  expect(readFileSync(await lua.path(), 'utf8')).toContain('Proto');
  const header = await saved(dialog.getByRole('button', { name: 'Header for C' }));
  expect(readFileSync(await header.path(), 'utf8')).toContain('#define');
});

it('what schemas say is drawn: colours, descriptions, nested fields, the mark and the packet’s own bytes', async () => {
  await site.openSample();
  const { page } = site;
  const own = await page.evaluate(() => globalThis.whither.api.capturedSchema());
  const document = JSON.parse(own) as { types: Record<string, unknown>[] };
  const [trace, ...others] = document.types;
  const result = await page.evaluate(
    (json) => globalThis.whither.api.setSchema(json),
    JSON.stringify({
      ...document,
      types: [
        {
          ...trace,
          kind: 'nested',
          display: undefined,
          colour: 'purple',
          framing: { kind: 'struct', endian: 'little', size: 8 },
          types: [
            { name: 'counter', kind: 'uint', size: 4, description: 'of the packet' },
            { name: 'run', kind: 'uint', size: 4, display: 'hex' },
          ],
        },
        ...others,
      ],
      also: [
        {
          name: 'firewall',
          where: { in: 'mark' },
          framing: { kind: 'struct', endian: 'little', size: 4 },
          types: [
            { name: 'zone', kind: 'uint', size: 4, display: 'hex', description: 'set by tcx', colour: 'red' },
          ],
        },
        {
          name: 'probe',
          where: { in: 'packet', at: { kind: 'udp-payload', port: 7071 } },
          framing: { kind: 'struct', endian: 'big' },
          types: [{ name: 'first', kind: 'bytes', size: 2 }],
        },
      ],
    }),
  );
  expect(result).toEqual({ ok: true, errors: [] });
  const journey = page.locator('[data-pane="journey"]');
  await journey.locator('tr[data-row="zone"]').getByText('in skb->mark').waitFor();
  const bytes = page.locator('[data-pane="bytes"]');
  const counter = bytes.locator('.tlvs li', { hasText: 'counter' });
  await counter.hover();
  expect(await counter.getAttribute('title')).toBe('of the packet');
  // The four bytes of the counter are marked, and those of the TLV have its colour.
  expect(await bytes.locator('.hex-bytes .hot').count()).toBe(4);
  expect(await bytes.locator('.byte.typed[data-colour="purple"]').count()).toBe(10);
  await bytes.getByRole('heading', { name: 'skb->mark: firewall' }).waitFor();
  await journey.locator('tr[data-row="zone"] td').first().click();
  await journey.locator('.matrix-note').getByText('set by tcx').waitFor();
  await shot('drawn');
});
