import type { SharePolicy } from '../policy.ts';

/** Nothing but the selection is left out. */
export const KEEP_ALL: SharePolicy = {
  payload: 'keep',
  addresses: 'keep',
  names: 'keep',
  programs: 'keep',
  kernelAddresses: 'keep',
  marks: 'keep',
  controlBlock: 'keep',
  texts: 'keep',
  unknown: 'keep',
  values: {},
};
