import type { SpawnOptions, SpawnSyncOptions } from 'node:child_process';

export declare const ROOT: string;
export declare function run(
  command: string,
  args: readonly string[],
  options?: SpawnOptions,
): Promise<number>;
export declare function runQuietly(
  command: string,
  args: readonly string[],
  options?: SpawnSyncOptions,
): boolean;
export declare function tool(name: string): string;
