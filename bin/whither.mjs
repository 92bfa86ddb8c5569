#!/usr/bin/env node
/** `npx whither …`: builds what a source change made stale, then hands over to the agent's command line. */
import path from 'node:path';
import { ROOT } from '../scripts/lib/run.mjs';
import { ensureBuilt, ensureNode, ensureNpmPackages } from '../scripts/lib/setup.mjs';

ensureNode();
ensureNpmPackages();
ensureBuilt();
await import(path.join(ROOT, 'dist', 'agent', 'whither.mjs'));
