/** A filter of the command line that is none. */
import type { FilterError } from '#core/query/syntax.ts';
import { Failure } from '../failure.ts';

/** `--where: There is no field "tlv.trase" ("tlv.trase", character 1)` */
export function whereFailure(where: string, { from, to, cause, remedy }: FilterError): Failure {
  const place = JSON.stringify(where.slice(from, to));
  return new Failure(
    `--where: ${cause.replace(/\.$/, '')} (${place}, character ${from + 1})`,
    remedy.replace(/\.$/, ''),
  );
}
