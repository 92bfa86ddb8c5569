/** `npm run build`: page and agent into dist/, probe and lab programs into build/ where they can be built. */
import { existsSync } from 'node:fs';
import { LIVE_PACKAGES, missingPackages } from './lib/debian.mjs';
import { say } from './lib/say.mjs';
import { ensureBuilt, ensureNode, ensureNpmPackages, ensureProbe } from './lib/setup.mjs';

ensureNode();
ensureNpmPackages();
ensureBuilt();
if (process.platform === 'linux' && existsSync('/usr/bin/dpkg-query')) {
  const missing = missingPackages(LIVE_PACKAGES);
  if (missing.length > 0) say(`the probe is not built: it needs ${missing.join(', ')}`);
  else if (!ensureProbe()) process.exitCode = 1;
}
