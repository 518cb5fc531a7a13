import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Writes a world that comes along with some of its text replaced to a file of its own, and returns the path. */
export const alteredWorld = (name: string, replacements: Readonly<Record<string, string>>): string => {
  const source = fileURLToPath(new URL(`../../worlds/${name}.yaml`, import.meta.url))
  let text = readFileSync(source, 'utf8')
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`the world ${name} does not say: ${from}`)
    text = text.replaceAll(from, to)
  }
  const file = join(mkdtempSync(join(tmpdir(), 'firedrill-world-')), `${name}.yaml`)
  writeFileSync(file, text)
  return file
}
