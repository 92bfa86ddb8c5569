export declare const LIVE_PACKAGES: readonly string[];
export declare const TEST_PACKAGES: readonly string[];
export declare const FASTER_TEST_PACKAGES: readonly string[];
export declare const BENCH_PACKAGES: readonly string[];
export declare function missingPackages(packages: readonly string[]): string[];
/** Returns the packages that are still missing: [] when all are there. */
export declare function ensurePackages(packages: readonly string[], why: string): string[];
