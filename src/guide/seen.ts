/** Whether the guide is still to be offered in this browser: once, until it was taken, refused, or something was opened. */

const KEY = 'whither.guide';

export function isGuideNew(): boolean {
  try {
    return localStorage.getItem(KEY) === null;
  } catch {
    // Where nothing can be remembered it would come again and again.
    return false;
  }
}

export function rememberGuide(): void {
  try {
    localStorage.setItem(KEY, 'offered');
  } catch {
    // Then it is not offered either.
  }
}
