/** What a schema says of a type, in one sentence; '' = nothing. Pure. */
export function printNote({
  description = '',
  owner = '',
}: {
  readonly description?: string;
  readonly owner?: string;
}): string {
  if (owner === '') return description;
  return `${description}${description === '' ? 'W' : '; w'}ritten by ${owner}`;
}
