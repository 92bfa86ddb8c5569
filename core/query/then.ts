/** Between the values of one journey, where a row tells them all. */
export const THEN = ' → ';
