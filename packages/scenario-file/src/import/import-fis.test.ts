import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileScenario } from '../scenario/compile-scenario.ts'
import { importExperiment } from './import-experiment.ts'

const DIRECTORY = new URL('../../../../fixtures/fis/', import.meta.url)
const read = (name: string) => readFileSync(new URL(`${name}.json`, DIRECTORY), 'utf8')
const OPTIONS = { name: 'imported', address: 'http://checkout.larkspur.example/health', max: 12, without: [] }

/** Templates that become scenarios: the faults in order, and how many things are named as not carried over. */
const CARRIED: Readonly<
  Record<string, readonly [faults: string, notCarried: number, without?: readonly string[]]>
> = {
  'stop-all': ['ec2-stop-instances 600', 2],
  'stop-count': ['ec2-stop-instances 180', 2],
  'stop-percent': ['ec2-stop-instances 300', 1],
  'stop-stays': ['ec2-stop-instances 600', 3],
  reboot: ['ec2-reboot-instances 600', 2],
  'terminate-group': ['ec2-terminate-instances 600', 2],
  spot: ['ec2-interrupt-spot-instances 600', 2],
  'wait-then-stop': ['wait 60, ec2-stop-instances 240 after wait', 2],
  'rolling-reboot': [
    'ec2-reboot-instances 600, wait 120 after reboota, ec2-reboot-instances 600 after rest',
    2,
  ],
  'two-at-once': ['ec2-stop-instances 360, ec2-stop-instances 360', 2],
  'zone-power': ['az-power-interruption 600', 4],
  'zone-power-roles': ['az-power-interruption 600', 3],
  'as-answered': ['ec2-stop-instances 300', 5],
  gate: ['ec2-stop-instances 300', 3],
  'zone-power-library': ['az-power-interruption 600', 6, ['Failover-RDS', 'Pause-EBS-IO']],
}

/** Templates that are refused: what stands on the line that is in the way. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'by-arn': /"resourceArns"/,
  'many-accounts': /multi-account/,
  'database-failover': /aws:rds:failover-db-cluster/,
  'network-alone': /aws:network:disrupt-connectivity/,
  'by-vpc': /VpcId|\{/,
  cloudformation: /\{/,
  'processor-load': /aws:ssm:send-command/,
  'after-a-stop': /"StopA"/,
  everything: /"all"/,
  'zone-power-in-part': /"scope": "vpc"/,
  'two-zones': /"eu-west-1b"/,
  'long-notice': /PT15M/,
  'no-such-target': /"wbe"/,
  'in-a-circle': /"(one|two)"/,
}

function stepsOf(text: string): string {
  const compiled = compileScenario(text)
  if (!compiled.ok) throw new Error('an imported scenario compiles')
  return compiled.compiled.steps
    .map((step) => {
      const what = step.kind === 'wait' ? 'wait' : step.fault
      return [what, step.durationMs / 1000, ...step.after.flatMap((name) => ['after', name])].join(' ')
    })
    .join(', ')
}

it('has fixtures of many shapes, and says of each what becomes of it', () => {
  const files = readdirSync(DIRECTORY).map((file) => file.replace('.json', ''))
  expect([...Object.keys(CARRIED), ...Object.keys(REFUSED)].toSorted()).toEqual(files.toSorted())
  expect(files.length).toBeGreaterThanOrEqual(20)
})

describe('an FIS experiment template', () => {
  it.each(Object.entries(CARRIED))('%s becomes a scenario', (name, [faults, notCarried, without = []]) => {
    const imported = importExperiment(read(name), { ...OPTIONS, without })
    if (!imported.ok) throw new Error(JSON.stringify(imported.problems))
    expect(stepsOf(imported.text)).toBe(faults)
    expect(imported.notCarried.map(({ what }) => what)).toHaveLength(notCarried)
    for (const { line, what } of imported.notCarried)
      expect(imported.text).toContain(`#   line ${line}: ${what}`)
  })

  it.each(Object.entries(REFUSED))('%s is refused with the line that stands in the way', (name, line) => {
    const imported = importExperiment(read(name), OPTIONS)
    if (imported.ok) throw new Error(imported.text)
    const lines = read(name).split('\n')
    for (const problem of imported.problems) expect(lines[problem.line - 1]).toMatch(line)
    expect(imported.problems.length).toBeGreaterThan(0)
  })

  it('keeps tags, groups, zones, choices, alarms and roles', () => {
    const textOf = (name: string) => {
      const imported = importExperiment(read(name), OPTIONS)
      return imported.ok ? imported.text : ''
    }
    expect(textOf('stop-percent')).toMatch(
      /targets: \{ region: primary, tags: \{ "service": "checkout" \}, zones: \["eu-west-1a"\], choose: \{ percent: 50 \}, max: 12 \}/,
    )
    expect(textOf('stop-percent')).toMatch(/alarm: "checkout-healthy-hosts"/)
    expect(textOf('stop-percent')).toMatch(/stopAlarms: "checkout-healthy-hosts"/)
    expect(textOf('terminate-group')).toMatch(/group: "web", choose: \{ count: 2 \}, max: 2/)
    expect(textOf('zone-power-roles')).toMatch(/launchRoles: "scaling\/launcher"/)
    expect(textOf('spot')).toMatch(/warningSeconds: 120/)
  })

  it('is refused without an address that users ask, and with an action to leave out that is not there', () => {
    const { address: _, ...silent } = OPTIONS
    expect(importExperiment(read('stop-all'), silent)).toMatchObject({ ok: false })
    expect(importExperiment(read('stop-all'), { ...OPTIONS, without: ['nothing'] })).toMatchObject({
      ok: false,
    })
    expect(importExperiment('{"a": ', OPTIONS)).toMatchObject({ ok: false, problems: [{ line: 1 }] })
  })
})
