const URL_IN_TEXT = /https?:\/\/[^\s<>"']+/i;

/**
 * What the first link of a text names: its last path segment, without the punctuation that ends a
 * sentence. Many implementations put their own message id there, which lets a copy be attributed
 * although nobody followed the link. Undefined without a link or a path.
 */
export function echoedId(text: string): string | undefined {
  const url = URL_IN_TEXT.exec(text)?.[0].replace(/[.,;:!?)\]]+$/, '');
  if (url === undefined || !URL.canParse(url)) return undefined;
  const last = new URL(url).pathname.split('/').findLast((segment) => segment !== '');
  return last === undefined || last === '' ? undefined : last;
}
