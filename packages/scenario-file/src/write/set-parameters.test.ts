import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { compileScenario } from '../scenario/compile-scenario.ts'
import { setParameters } from './set-parameters.ts'

const fileOf = (name: string) =>
  readFileSync(new URL(`../../../../scenarios/${name}/scenario.yaml`, import.meta.url), 'utf8')
const resolve = (name: string) => ({ file: name, text: fileOf(name) })
const compiled = (text: string) => {
  const answer = compileScenario(text, { resolve })
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems))
  return answer.compiled
}

it('changes nothing but the name and what the parameters stand for', () => {
  const made = setParameters(fileOf('instance-kill'), { objective: '2m', 'fault-duration': '6m' })
  if (!made.ok) throw new Error(made.problem)
  expect(made.name).toBe('instance-kill-objective-2m-fault-duration-6m')
  expect(made.text).toMatch(/^# Hypothesis {4}When every web instance/m)
  const { name, objectives, steps, ...rest } = compiled(made.text)
  const { name: _name, objectives: before, steps: stepsBefore, ...same } = compiled(fileOf('instance-kill'))
  expect([name, rest]).toEqual([made.name, same])
  expect(objectives.map(({ maxMs }) => maxMs)).toEqual([120_000, 120_000, 180_000])
  expect(steps).toMatchObject([{ durationMs: 360_000 }])
  expect(before.map(({ maxMs }) => maxMs)).toEqual([300_000, 300_000, 180_000])
  expect(stepsBefore).toMatchObject([{ durationMs: 600_000 }])
})

it('reads a value by its parameter’s type, also of one that only a parent declares', () => {
  const made = setParameters(fileOf('spot-interruption'), { survivors: '2' })
  if (!made.ok) throw new Error(made.problem)
  expect(compiled(made.text).steps).toMatchObject([{ parameters: { survivorsMin: 2 } }])
  const wrong = setParameters(fileOf('spot-interruption'), { survivors: 'many' })
  expect(wrong.ok && compileScenario(wrong.text, { resolve })).toMatchObject({ ok: false })
})

it('says which parameters there are when one is not among them', () => {
  expect(setParameters(fileOf('instance-kill'), { objektive: '2m' })).toEqual({
    ok: false,
    problem: 'instance-kill has no parameter objektive; it has objective, fault-duration',
  })
  const made = setParameters(fileOf('spot-interruption'), { nobody: '1' })
  expect(made.ok && compileScenario(made.text, { resolve }).ok).toBe(false)
})

it('keeps names as short as names have to be', () => {
  const made = setParameters(fileOf('instance-kill'), {
    objective: '1m',
    'fault-duration': `${'9'.repeat(40)}ms`,
  })
  expect(made.ok && made.name.length).toBeLessThanOrEqual(63)
  expect(made.ok && made.name).toMatch(/^[a-z][a-z0-9-]*[a-z0-9]$/)
})
