export declare function ensureNode(): void;
export declare function ensureNpmPackages(): void;
export declare function ensureBuilt(): void;
/** Returns false when the C programs cannot be built. */
export declare function ensureProbe(): boolean;
