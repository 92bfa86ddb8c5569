#!/usr/bin/env node
/**
 * `npm start`: installs what is missing, builds, starts the agent and prints one link. As root on Linux
 * with BPF it starts the edge lab and captures it live; elsewhere it says in one line what is missing
 * for that and opens the page on the capture recorded from the lab. Arguments go to `whither serve`; one that names
 * a source (-i, --lab, --join) takes the place of the lab.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensurePackages, LIVE_PACKAGES } from '../scripts/lib/debian.mjs';
import { ROOT } from '../scripts/lib/run.mjs';
import { ensureBuilt, ensureNode, ensureNpmPackages, ensureProbe } from '../scripts/lib/setup.mjs';
import { sourceArguments } from '../scripts/lib/start-source.mjs';

/** null when live capture can be tried here, else what is missing, as cause and remedy: the agent says it, and the page. */
function whyNotLive() {
  if (process.platform !== 'linux') return 'Live capture needs Linux; this is a recorded capture.';
  if (process.getuid() !== 0)
    return 'Live capture needs root: run npm start as root. This is a recorded capture.';
  if (!existsSync('/sys/kernel/btf/vmlinux')) {
    return 'Live capture needs a kernel with BTF (CONFIG_DEBUG_INFO_BTF=y). This is a recorded capture.';
  }
  const missing = ensurePackages(LIVE_PACKAGES, 'the probe');
  if (missing.length > 0)
    return `Live capture needs ${missing.join(', ')}: install them. This is a recorded capture.`;
  if (!ensureProbe())
    return 'The probe does not build here (the reason is in the terminal). This is a recorded capture.';
  return null;
}

ensureNode();
ensureNpmPackages();
const missing = whyNotLive();
ensureBuilt();

const given = process.argv.slice(2);
const source = missing === null ? sourceArguments(given) : ['--not-live', missing];
process.argv.splice(2, process.argv.length, 'serve', ...source, ...given);
await import(path.join(ROOT, 'dist', 'agent', 'whither.mjs'));
