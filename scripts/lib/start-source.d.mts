export function sourceArguments(given: readonly string[]): string[];
