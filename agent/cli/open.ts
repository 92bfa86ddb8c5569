/** `whither open FILE…`: serves the page with these files; nothing is captured. */
import path from 'node:path';
import { fileUrl, type ServedFile } from '../server/files.ts';
import { ShareStore } from '../share/store.ts';
import { AgentServer } from '../server/server.ts';
import { openDescriptor, takeHandover } from '../supervisor/handover.ts';
import { beginLifetime } from './lifetime.ts';
import type { Paths } from './paths.ts';
import { requirePage, warnAboutHost } from './serve.ts';

export interface OpenOptions {
  readonly port: number;
  readonly host?: string;
}

export async function openFiles(names: readonly string[], options: OpenOptions, paths: Paths): Promise<void> {
  requirePage(paths);
  const files: ServedFile[] = names.map((name) => ({ name: path.basename(name), fd: openDescriptor(name) }));
  const lifetime = beginLifetime(takeHandover(), paths.probe);
  try {
    const server = await AgentServer.start({
      pageDir: paths.pageDir,
      spool: null,
      files,
      shares: await ShareStore.open(path.join(lifetime.workDir, 'shares')),
      port: options.port,
      host: options.host ?? null,
      status: {
        type: 'status',
        capture: 'unavailable',
        text: 'This agent was started to show files: for live capture, whither -i eth0.',
      },
      askTypes: (question) => lifetime.launcher.askTypes(question),
    });
    if (options.host !== undefined) warnAboutHost(options.host);
    for (const [index, file] of files.entries()) {
      process.stdout.write(`Whither is at ${server.link(fileQuery(index, file))}\n`);
    }
    await new Promise<void>((resolve) => lifetime.onEnd(resolve));
    await server.close();
  } finally {
    lifetime.dispose();
  }
}

/** What the page opens with to show this file: a path on our own origin. */
export function fileQuery(index: number, file: ServedFile): string {
  return `source=url:${encodeURIComponent(fileUrl(index, file)).replaceAll('%2F', '/')}`;
}
