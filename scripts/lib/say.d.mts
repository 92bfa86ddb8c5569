export declare function say(line: string): void;
export declare function fail(cause: string, remedy: string): never;
