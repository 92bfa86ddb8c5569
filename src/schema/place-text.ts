/** What a schema reads, in words, from its `where` and `when` as they are written. Pure. */

/** Both may be anything: they come from text that is being edited. */
export function nameOfPlace(where: unknown, when: unknown): string {
  const place = placeText(where);
  const conditions = whenTexts(when);
  if (place === AREA && conditions.length > 0) return `areas ${conditions.join(', ')}`;
  return [place, ...conditions].join(', ');
}

const AREA = 'the metadata area';

function placeText(where: unknown): string {
  const { in: kind, at } = fields(where);
  switch (kind) {
    case 'packet':
      return `packets: ${anchorText(fields(at))}`;
    case 'mark':
      return 'skb->mark';
    case 'cb':
      return 'skb->cb';
    default:
      return AREA;
  }
}

function anchorText({ kind, ...rest }: Readonly<Record<string, unknown>>): string {
  const details = Object.entries(rest).map(([key, value]) => `${key} ${String(value)}`);
  return [String(kind).replaceAll('-', ' '), ...details].join(', ');
}

function whenTexts(when: unknown): string[] {
  const { devices, programs, bytes } = fields(when);
  const texts: string[] = [];
  if (Array.isArray(devices)) texts.push(`of device ${devices.join(' or ')}`);
  if (Array.isArray(programs)) texts.push(`behind program ${programs.join(' or ')}`);
  const { value, at } = fields(bytes);
  if (value !== undefined) texts.push(`with ${String(value)} at byte ${at === undefined ? 0 : String(at)}`);
  return texts;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
