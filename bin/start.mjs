#!/usr/bin/env node
/**
 * `npm start`: installs what is missing, builds, starts the agent and prints one link. As root on Linux
 * with BPF it starts the edge lab and captures it live; elsewhere it says in one line what is missing
 * for that and opens the page on the capture recorded from the lab. Arguments go to `whither serve`.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensurePackages, LIVE_PACKAGES } from '../scripts/lib/debian.mjs';
import { ROOT } from '../scripts/lib/run.mjs';
import { say } from '../scripts/lib/say.mjs';
import { ensureBuilt, ensureNode, ensureNpmPackages, ensureProbe } from '../scripts/lib/setup.mjs';

/** null when live capture can be tried here, else what is missing, as cause and remedy. */
function whyNotLive() {
  if (process.platform !== 'linux') return 'live capture needs Linux; showing a recorded capture.';
  if (process.getuid() !== 0)
    return 'live capture needs root; showing a recorded capture. For live: run npm start as root.';
  if (!existsSync('/sys/kernel/btf/vmlinux')) {
    return 'this kernel has no BTF (CONFIG_DEBUG_INFO_BTF), so no live capture; showing a recorded one.';
  }
  const missing = ensurePackages(LIVE_PACKAGES, 'the probe');
  if (missing.length > 0) return `the probe needs ${missing.join(', ')}; showing a recorded capture.`;
  if (!ensureProbe())
    return 'the probe does not build here (the reason is above); showing a recorded capture.';
  return null;
}

ensureNode();
ensureNpmPackages();
const missing = whyNotLive();
ensureBuilt();
if (missing) say(missing);

const given = process.argv.slice(2);
const live = missing === null && given.length === 0;
process.argv.splice(2, process.argv.length, 'serve', ...(live ? ['--lab', 'edge'] : given));
await import(path.join(ROOT, 'dist', 'agent', 'whither.mjs'));
