/** A name as the world keeps it: lower case, trailing dot, `*` unescaped, other escapes in lower-case octal. */
export function fromWireName(name: string): string {
  const text = name.toLowerCase().replaceAll(String.raw`\052`, '*')
  return text.endsWith('.') ? text : `${text}.`
}

/** A name as Route 53 writes it: characters outside of the plain ones as octal escapes, so `*` is `\052`. */
export function toWireName(name: string): string {
  return name.replaceAll(
    /[^a-z0-9._\-\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
}

/** The key Route 53 sorts by: labels from the right to the left. */
export function sortKey(name: string): string {
  return name.replace(/\.$/, '').split('.').toReversed().join('.')
}

/** Plain comparison by code unit, for keys that are ASCII. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** Ids arrive bare or with their path in front (`/hostedzone/Z…`). */
export function bareId(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}
