/** One property of an iCalendar file, unfolded. Lines and columns count from 1 and are those of its beginning. */
export type ContentLine = Readonly<{
  name: string
  parameters: ReadonlyMap<string, string>
  value: string
  line: number
  /** Where the value begins, in the first line of the property. */
  column: number
}>

/** A line that is no property. */
export type BadLine = Readonly<{ line: number; text: string }>

const NAME = /^[A-Za-z0-9-]+/
const PARAMETER = /^;([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)/

/** Reads lines as RFC 5545 folds them: one that begins with a space or a tab continues the one before it. */
export function readLines(text: string): readonly (ContentLine | BadLine)[] {
  const unfolded: { text: string; line: number }[] = []
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const last = unfolded.at(-1)
    if (/^[ \t]/.test(line) && last !== undefined) last.text += line.slice(1)
    else if (line !== '') unfolded.push({ text: line, line: index + 1 })
  }
  return unfolded.map(({ text: one, line }) => readLine(one, line))
}

function readLine(text: string, line: number): ContentLine | BadLine {
  const name = NAME.exec(text)?.[0]
  if (name === undefined) return { line, text }
  const parameters = new Map<string, string>()
  let rest = text.slice(name.length)
  for (let found = PARAMETER.exec(rest); found !== null; found = PARAMETER.exec(rest)) {
    const [whole, key = '', value = ''] = found
    parameters.set(key.toUpperCase(), value.replaceAll('"', ''))
    rest = rest.slice(whole.length)
  }
  if (!rest.startsWith(':')) return { line, text }
  return {
    name: name.toUpperCase(),
    parameters,
    value: rest.slice(1),
    line,
    column: text.length - rest.length + 2,
  }
}

/** Text as people wrote it, without the escapes of the format. */
export function plainText(value: string): string {
  return value
    .replaceAll(/\\([\\;,nN])/g, (_, escaped: string) => (/n/i.test(escaped) ? '\n' : escaped))
    .trim()
}
