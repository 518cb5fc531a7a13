import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createAwsClients } from './aws-clients.ts'
import { createFaultCatalogue } from './catalogue.ts'
import { PERMISSIONS as ARC_ZONAL_SHIFT } from './faults/arc-zonal-shift/plan.ts'
import { PERMISSIONS as AUTOSCALING_SET_CAPACITY } from './faults/autoscaling-set-capacity/plan.ts'
import { PERMISSIONS as AZ_POWER_INTERRUPTION } from './faults/az-power-interruption/plan.ts'
import { PERMISSIONS as EC2_INTERRUPT_SPOT_INSTANCES } from './faults/ec2-interrupt-spot-instances/fault.ts'
import { PERMISSIONS as EC2_REBOOT_INSTANCES } from './faults/ec2-reboot-instances/fault.ts'
import { PERMISSIONS as EC2_STOP_INSTANCES } from './faults/ec2-stop-instances/fault.ts'
import { PERMISSIONS as EC2_TERMINATE_INSTANCES } from './faults/ec2-terminate-instances/fault.ts'
import { PERMISSIONS as ROUTE53_REMOVE_RECORD } from './faults/route53-remove-record/plan.ts'
import { PERMISSIONS as ROUTE53_SHADOW_NAME } from './faults/route53-shadow-name/plan.ts'
import { PERMISSIONS as ROUTE53_SHIFT_TRAFFIC } from './faults/route53-shift-traffic/plan.ts'

const PERMISSIONS = {
  'arc-zonal-shift': ARC_ZONAL_SHIFT,
  'autoscaling-set-capacity': AUTOSCALING_SET_CAPACITY,
  'az-power-interruption': AZ_POWER_INTERRUPTION,
  'ec2-interrupt-spot-instances': EC2_INTERRUPT_SPOT_INSTANCES,
  'ec2-reboot-instances': EC2_REBOOT_INSTANCES,
  'ec2-stop-instances': EC2_STOP_INSTANCES,
  'ec2-terminate-instances': EC2_TERMINATE_INSTANCES,
  'route53-remove-record': ROUTE53_REMOVE_RECORD,
  'route53-shadow-name': ROUTE53_SHADOW_NAME,
  'route53-shift-traffic': ROUTE53_SHIFT_TRAFFIC,
}

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

  it.each(Object.entries(PERMISSIONS))('names every permission of %s on its page', (name, permissions) => {
    const page = readFileSync(new URL(`${name}.md`, pages), 'utf8')
    for (const permission of permissions) expect(page).toContain(`\`${permission}\``)
  })

  it('knows the permissions of every fault', () => {
    expect(Object.keys(PERMISSIONS).toSorted()).toEqual(names)
  })

  it.each(catalogue.list().map((driver) => [driver.name, driver] as const))(
    'names every parameter of %s on its page, with its default',
    (name, driver) => {
      const page = readFileSync(new URL(`${name}.md`, pages), 'utf8')
      const { properties = {} } = z.toJSONSchema(driver.parameters)
      for (const [parameter, about] of Object.entries(properties)) {
        const standard = typeof about === 'object' ? about.default : undefined
        const said = standard === undefined ? 'required' : `\`${JSON.stringify(standard)}\``
        expect(page).toContain(`| \`${parameter}\` | ${said} |`)
      }
    },
  )

  it('finds a fault by its name, and nothing by another', () => {
    expect(catalogue.get('ec2-stop-instances')?.name).toBe('ec2-stop-instances')
    expect(catalogue.get('no-such-fault')).toBeUndefined()
  })
})
