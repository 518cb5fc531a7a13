import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createAwsClients } from './aws-clients.ts'
import { createFaultCatalogue } from './catalogue.ts'
import { PERMISSIONS as EC2_STOP_INSTANCES } from './faults/ec2-stop-instances/plan.ts'
import { PERMISSIONS as ROUTE53_REMOVE_RECORD } from './faults/route53-remove-record/plan.ts'

const catalogue = createFaultCatalogue(createAwsClients())
const pages = new URL('../../../docs/faults/', import.meta.url)
const folders = new URL('./faults/', import.meta.url)

describe('the fault catalogue', () => {
  const names = catalogue
    .list()
    .map(({ name }) => name)
    .toSorted()

  it('has one page for each fault, and no page without a fault', () => {
    const found = readdirSync(pages).filter((file) => file.endsWith('.md') && file !== 'README.md')
    expect(found.map((file) => file.replace(/\.md$/, '')).toSorted()).toEqual(names)
  })

  it('has one folder for each fault, with its test', () => {
    const found = readdirSync(folders, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(found.map(({ name }) => name).toSorted()).toEqual(names)
    for (const name of names) expect(existsSync(new URL(`${name}/fault.test.ts`, folders))).toBe(true)
  })

  it.each(catalogue.list().map((driver) => [driver.name, driver] as const))(
    'says the same of %s as its page',
    (name, driver) => {
      const page = readFileSync(new URL(`${name}.md`, pages), 'utf8')
      expect(page.startsWith(`# ${driver.title}\n`)).toBe(true)
      for (const [word, value] of [
        ['Name', name],
        ['Version', String(driver.version)],
        ['Restoration', driver.restoration],
        ['Expiry', driver.expiry],
        ['Fencing', driver.fencing],
      ])
        expect(page).toContain(`| ${word} | \`${value}\` |`)
    },
  )

  it.each([
    ['ec2-stop-instances', EC2_STOP_INSTANCES],
    ['route53-remove-record', ROUTE53_REMOVE_RECORD],
  ] as const)('names every permission of %s on its page', (name, permissions) => {
    const page = readFileSync(new URL(`${name}.md`, pages), 'utf8')
    for (const permission of permissions) expect(page).toContain(`\`${permission}\``)
  })

  it('finds a fault by its name, and nothing by another', () => {
    expect(catalogue.get('ec2-stop-instances')?.name).toBe('ec2-stop-instances')
    expect(catalogue.get('no-such-fault')).toBeUndefined()
  })
})
