/** Why a file could not be read or written, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a file stands where a folder should',
  EROFS: 'the disk may only be read',
};

/** Of an error of `node:fs`; its code where there are no words for it. */
export function reasonOf(error: unknown): string {
  const { code = 'unknown' } = error as { readonly code?: string };
  return REASONS[code] ?? code;
}
