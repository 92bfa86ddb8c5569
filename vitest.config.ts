import { defineConfig } from 'vitest/config';

/** These keep one CPU busy for minutes, and no kernel but their own. */
const VM_TESTS = ['agent/lab/vm/**/*.kernel.test.ts', 'agent/lab/taps/vm.kernel.test.ts'];

/** The page of an agent that looks at this host. */
const LIVE_TESTS = ['controls', 'joined', 'live', 'open', 'share-live', 'types'].map(
  (name) => `e2e/${name}.e2e.ts`,
);

const env = { TZ: 'UTC', LC_ALL: 'C' };

/**
 * Five projects: `unit` needs nothing but Node; `kernel` needs root and BPF (skipped by name and
 * reason elsewhere, unless WHITHER_REQUIRE_KERNEL=1), `vm` packaged kernels in QEMU; `browser` needs Debian's
 * Chromium (its headless shell where that is installed) and a build, `live` Chromium and an agent on the kernel.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{core,workers,agent,src,scripts,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.kernel.test.ts'],
          testTimeout: 60_000,
          // A fifth of their time was loading the same modules for each file anew.
          isolate: false,
          env,
        },
      },
      {
        test: {
          name: 'kernel',
          include: ['agent/**/*.kernel.test.ts'],
          exclude: VM_TESTS,
          env,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'vm',
          include: VM_TESTS,
          env,
          testTimeout: 240_000,
          hookTimeout: 400_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['e2e/**/*.e2e.ts'],
          exclude: LIVE_TESTS,
          // What is tested is the page: each context of Chromium draws a toolbar as well, which is a page of its own. `live` has it.
          env: { ...env, WHITHER_SHELL: '1' },
          // One second, the default, is less than a page may take beside other work: how soon is not what is asserted.
          expect: { poll: { timeout: 20_000 } },
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'live',
          include: LIVE_TESTS,
          env,
          // One second, the default, is less than a page may take beside other work: how soon is not what is asserted.
          expect: { poll: { timeout: 20_000 } },
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
