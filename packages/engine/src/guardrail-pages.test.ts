import { readdirSync, readFileSync } from 'node:fs'
import { GUARDRAILS } from '@firedrill/core'
import { describe, expect, it } from 'vitest'

const pages = new URL('../../../docs/guardrails/', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, pages), 'utf8')

describe('the pages of the guardrails', () => {
  it('are one for each guardrail, and none without', () => {
    const found = readdirSync(pages).filter((file) => file !== 'README.md')
    expect(found.toSorted()).toEqual(GUARDRAILS.map((code) => `${code}.md`).toSorted())
  })

  it.each(GUARDRAILS)('say of %s what it asks, why, and what to do', (code) => {
    const page = read(`${code}.md`)
    expect(page).toContain(`Guardrail \`${code}\`.`)
    expect(page.match(/^## .*/gm)).toEqual(['## What it asks', '## Why', '## What to do when it refuses'])
  })

  it('are listed in the order in which they are asked, each by its own title', () => {
    const rows = [...read('README.md').matchAll(/^\| \[`([^`]+)`\]\(([^)]+)\) +\| (.+?) +\|$/gm)]
    expect(rows.map(([, code]) => code)).toEqual(GUARDRAILS)
    for (const [, code = '', file = '', title = ''] of rows) {
      expect(file).toBe(`${code}.md`)
      expect(read(file).startsWith(`# ${title}\n`)).toBe(true)
    }
  })
})
