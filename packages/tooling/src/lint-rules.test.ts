import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
// The linter passes over fixtures where they are, so they are looked at elsewhere, under the same rules.
const scratch = mkdtempSync(join(tmpdir(), 'fd-lint-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** The rules that the linter reports for the fixtures, as `file rule`. */
function reported(): string[] {
  cpSync(resolve(import.meta.dirname, '../fixtures/lint'), scratch, { recursive: true })
  cpSync(join(root, '.oxlintrc.json'), join(scratch, '.oxlintrc.json'))
  cpSync(join(root, 'tsconfig.base.json'), join(scratch, 'tsconfig.json'))
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'))
  const lines = (count: number) =>
    `${Array.from({ length: count }, (_, n) => `export const n${n} = ${n}`).join('\n')}\n`
  writeFileSync(join(scratch, 'long.ts'), lines(401))
  writeFileSync(join(scratch, 'long.test.ts'), lines(501))
  writeFileSync(join(scratch, 'fitting.ts'), lines(400))
  writeFileSync(join(scratch, 'fitting.test.ts'), lines(500))
  const { stdout } = spawnSync(
    join(root, 'node_modules/.bin/oxlint'),
    ['--type-aware', '--format', 'json', '--config', join(scratch, '.oxlintrc.json')],
    { cwd: scratch, encoding: 'utf8' },
  )
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] }
  return diagnostics
    .map(({ code, filename }) => `${filename.replace(/^.*fd-lint-[^/]*\//, '')} ${code}`)
    .toSorted()
}

describe('control: the linter bites', () => {
  const found = reported()

  it.each([
    ['an import cycle', 'cycle/first.ts import(no-cycle)'],
    ['its other end', 'cycle/second.ts import(no-cycle)'],
    ['a promise that nobody waits for', 'floating.ts typescript(no-floating-promises)'],
    ['any', 'loose.ts typescript(no-explicit-any)'],
    ['a non-null assertion', 'loose.ts typescript(no-non-null-assertion)'],
    ['a default export', 'loose.ts import(no-default-export)'],
    ['a source file over 400 lines', 'long.ts eslint(max-lines)'],
    ['a test over 500 lines', 'long.test.ts eslint(max-lines)'],
  ])('reports %s', (_, expected) => {
    expect(found).toContain(expected)
  })

  it('leaves files at the limit alone', () => {
    expect(found.filter((line) => line.startsWith('fitting'))).toEqual([])
  })
})
