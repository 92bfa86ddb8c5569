/** Keys that a kind of value needs, and keys that mean nothing to it. */
import type { TlvType } from './types.ts';
import type { Report } from './type-rules.ts';

export function kindRules(type: TlvType, path: string, report: Report): void {
  const only = (
    key: 'unit' | 'display' | 'timestamp' | 'names' | 'endian' | 'framing' | 'types',
    kinds: readonly TlvType['kind'][],
  ): void => {
    if (type[key] !== undefined && !kinds.includes(type.kind)) {
      report(`${path}.${key}`, `is for ${kinds.join(', ')}, and the kind is ${type.kind}`);
    }
  };
  only('endian', ['uint', 'int', 'enum', 'flags', 'timestamp', 'ipv4']);
  only('names', ['enum', 'flags']);
  only('unit', ['uint', 'int']);
  only('display', ['uint']);
  only('timestamp', ['timestamp']);
  only('framing', ['nested']);
  only('types', ['nested']);
  if (type.kind === 'nested' && type.framing === undefined) {
    report(`${path}.framing`, 'is required for kind nested');
  }
  if (type.kind === 'timestamp' && type.timestamp === undefined) {
    report(`${path}.timestamp`, 'is required for kind timestamp: nothing in the bytes tells the clock');
  }
  if ((type.kind === 'enum' || type.kind === 'flags') && type.names === undefined) {
    report(`${path}.names`, `is required for kind ${type.kind}`);
  }
  const limit = type.kind === 'flags' ? 63n : 0xffffffffffffffffn;
  const seen = new Map<bigint, string>();
  for (const key of Object.keys(type.names ?? {})) {
    const number = BigInt(key);
    const keyPath = `${path}.names[${JSON.stringify(key)}]`;
    if (number > limit) {
      report(keyPath, type.kind === 'flags' ? 'is no bit: bits are 0 to 63' : 'does not fit in 8 bytes');
    }
    const same = seen.get(number);
    if (same !== undefined) report(keyPath, `is the same number as "${same}"`);
    else seen.set(number, key);
  }
}
