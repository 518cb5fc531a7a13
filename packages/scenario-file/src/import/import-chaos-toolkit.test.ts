import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileScenario } from '../scenario/compile-scenario.ts'
import { importExperiment } from './import-experiment.ts'

const DIRECTORY = new URL('../../../../fixtures/chaos-toolkit/', import.meta.url)
const read = (name: string) => readFileSync(new URL(`${name}.json`, DIRECTORY), 'utf8')
const OPTIONS = { name: 'imported', max: 8, without: [] }

/** Experiments that become scenarios: the steps in order, and what is named as not carried over. */
const CARRIED: Readonly<Record<string, readonly [steps: string, notCarried: readonly RegExp[]]>> = {
  'stop-web': ['ec2-stop-instances, wait 120', [/^rollbacks/, /^configuration/]],
  'one-by-one': ['wait 30, ec2-stop-instances, ec2-reboot-instances', [/its tolerance/, /^look: a probe/]],
  'with-a-file': ['ec2-stop-instances', [/^probe log is there/, /^controls/]],
}

/** Experiments that are refused: what stands on the line that is in the way. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'by-id': /"instance_ids"/,
  pods: /"chaosk8s\.pod\.actions"/,
  'a-process': /"provider"/,
  'nobody-asks': /"steady-state-hypothesis"/,
  'by-name-pattern': /\{/,
}

describe('an experiment of Chaos Toolkit', () => {
  it('is a fixture that is carried over or refused', () => {
    const files = readdirSync(DIRECTORY).map((file) => file.replace('.json', ''))
    expect([...Object.keys(CARRIED), ...Object.keys(REFUSED)].toSorted()).toEqual(files.toSorted())
  })

  it.each(Object.entries(CARRIED))('%s becomes a scenario, step after step', (name, [steps, notCarried]) => {
    const imported = importExperiment(read(name), OPTIONS)
    if (!imported.ok) throw new Error(JSON.stringify(imported.problems))
    const compiled = compileScenario(imported.text)
    if (!compiled.ok) throw new Error('an imported scenario compiles')
    const found = compiled.compiled.steps
    expect(
      found.map((step) => (step.kind === 'wait' ? `wait ${step.durationMs / 1000}` : step.fault)).join(', '),
    ).toBe(steps)
    found.forEach((step, index) =>
      expect(step.after).toEqual(found.slice(index - 1, index).map((one) => one.name)),
    )
    expect(imported.notCarried.map(({ what }) => what)).toEqual(
      notCarried.map((words) => expect.stringMatching(words) as string),
    )
  })

  it.each(Object.entries(REFUSED))('%s is refused with the line that stands in the way', (name, line) => {
    const imported = importExperiment(read(name), OPTIONS)
    if (imported.ok) throw new Error(imported.text)
    const lines = read(name).split('\n')
    expect(imported.problems.length).toBeGreaterThan(0)
    for (const problem of imported.problems) expect(lines[problem.line - 1]).toMatch(line)
  })

  it('is judged by an address where its own hypothesis asks nobody', () => {
    const address = 'http://checkout.larkspur.example/health'
    expect(importExperiment(read('nobody-asks'), { ...OPTIONS, address })).toMatchObject({ ok: true })
  })
})
