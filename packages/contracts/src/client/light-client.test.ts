import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const SOURCE = join(import.meta.dirname, '..')

/** Every file that is loaded with a file, by its value imports; types cost a page nothing. */
function loadedWith(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found
  found.add(file)
  const text = readFileSync(file, 'utf8')
  for (const [, clause = '', target = ''] of text.matchAll(/^(?:import|export) ([^'"]*?)from '([^']+)'/gms)) {
    const isTypeOnly = clause.startsWith('type ')
    if (isTypeOnly) continue
    if (target.startsWith('.')) loadedWith(join(dirname(file), target), found)
    else found.add(target)
  }
  return found
}

describe('the client', () => {
  it('brings no schema and no other room into a page that uses it', () => {
    const loaded = [...loadedWith(join(SOURCE, 'client/create-client.ts'))].map((file) =>
      file.replace(`${SOURCE}/`, ''),
    )
    expect(loaded.toSorted()).toEqual([
      'client/api-error.ts',
      'client/create-client.ts',
      'client/follow.ts',
      'client/request.ts',
      'client/sse-parser.ts',
      'closed-sets.ts',
    ])
  })

  it('control: a schema would be seen', () => {
    expect([...loadedWith(join(SOURCE, 'http/run.ts'))]).toContain('zod')
  })
})
