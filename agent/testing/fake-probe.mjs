#!/usr/bin/env node
/**
 * Stands in for whither-probe in tests. In the directory WHITHER_FAKE_PROBE, start number k writes the bytes
 * of `k.bin` to standard output, then does what `k.txt` says: `exit N`, with a line for stderr behind it or not, `kill` (dies by SIGKILL), or `stay`, with
 * such a line behind a 0 or not (until SIGTERM, then writes `k.tail` and exits with 0). What comes on standard input goes into `k.orders`. Without k.bin it complains and exits with 1.
 */
import fs from 'node:fs';
import path from 'node:path';
import { setInterval } from 'node:timers';

const dir = process.env.WHITHER_FAKE_PROBE ?? '';
let k = 0;
while (fs.existsSync(path.join(dir, `${k}.started`))) k += 1;
fs.writeFileSync(path.join(dir, `${k}.started`), `${process.pid}\n${process.argv.slice(2).join(' ')}\n`);

function writeAll(bytes) {
  for (let at = 0; at < bytes.length;) {
    try {
      at += fs.writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

if (!fs.existsSync(path.join(dir, `${k}.bin`))) {
  process.stderr.write('fake-probe: no device of that name\n');
  process.exit(1);
}
process.on('SIGTERM', () => {
  const tail = path.join(dir, `${k}.tail`);
  if (fs.existsSync(tail)) writeAll(fs.readFileSync(tail));
  process.exit(0);
});
process.stdin.on('data', (orders) => fs.appendFileSync(path.join(dir, `${k}.orders`), orders)).unref?.();
writeAll(fs.readFileSync(path.join(dir, `${k}.bin`)));
const [what, code, ...said] = fs
  .readFileSync(path.join(dir, `${k}.txt`), 'utf8')
  .trim()
  .split(' ');
if (said.length > 0) process.stderr.write(`${said.join(' ')}\n`);
if (what === 'exit') process.exit(Number(code));
else if (what === 'kill') process.kill(process.pid, 'SIGKILL');
else {
  setInterval(() => undefined, 1_000);
}
