/** Joins arguments to one line that a POSIX shell splits back into exactly these arguments. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}

/** One argument, quoted where the shell would otherwise read something into it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
