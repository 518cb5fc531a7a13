/** A piece of a line and how it is set. */
export type YamlPart = Readonly<{ look: 'plain' | 'key' | 'comment'; text: string }>
/** A line of a file; numbers count from 1. */
export type YamlLine = Readonly<{ number: number; parts: readonly YamlPart[] }>

const KEY = /^(\s*(?:- )?)([A-Za-z0-9_.-]+:)(?=\s|$)/

/** Splits text into lines whose keys and comments can be set apart. Only a comment that stands alone is taken for one. */
export function yamlLines(source: string): readonly YamlLine[] {
  return source
    .trimEnd()
    .split('\n')
    .map((line, index) => ({ number: index + 1, parts: partsOf(line) }))
}

function partsOf(line: string): readonly YamlPart[] {
  if (line.trimStart().startsWith('#')) return [{ look: 'comment', text: line }]
  const match = KEY.exec(line)
  if (match === null) return [{ look: 'plain', text: line }]
  const [all, indent = '', key = ''] = match
  return [
    { look: 'plain', text: indent },
    { look: 'key', text: key },
    { look: 'plain', text: line.slice(all.length) },
  ]
}
