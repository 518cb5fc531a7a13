const WORD_MAX = 64

/** Edits (insert, delete, replace, swap of neighbours) that turn one word into the other. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}

/** The word that was probably meant, or undefined when none is near: about one edit in three letters. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  if (word.length > WORD_MAX) return undefined
  const wanted = simplified(word)
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of words) {
    if (candidate.length > WORD_MAX) continue
    const plain = simplified(candidate)
    const allowed = Math.max(1, Math.floor(plain.length / 3))
    if (Math.abs(wanted.length - plain.length) > allowed) continue
    const distance = editDistance(wanted, plain)
    if (distance <= allowed && distance < least) {
      best = candidate
      least = distance
    }
  }
  return best
}

/** `did you mean "x"?`, or the list of what is allowed when nothing is near and the list is short. */
export function suggest(word: string, words: readonly string[]): string | undefined {
  const near = nearest(word, words)
  if (near !== undefined) return `Did you mean ${near}?`
  if (words.length === 0) return undefined
  return words.length <= 16 ? `Allowed here: ${words.join(', ')}.` : undefined
}

function simplified(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, '')
}
