import type { InjectStep, Outcome } from '@firedrill/core'
import { expect, test } from 'vitest'
import { buildEnvironment } from '../builders/environment-builder.ts'
import { buildScenario } from '../builders/scenario-builder.ts'
import { fakeFaultDriver } from './fake-fault-driver.ts'

const environment = buildEnvironment()
const context = { environment, signal: new AbortController().signal }
const step = buildScenario().steps[0] as InjectStep

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

async function planned() {
  const { driver, world } = fakeFaultDriver()
  const plan = value(await driver.plan(step, 4, context))
  return { driver, world, plan, undo: driver.undo(step, plan, 'key', environment) }
}

test('the same seed chooses the same targets', async () => {
  const [a, b] = [await planned(), await planned()]
  expect(a.plan.targets).toEqual(b.plan.targets)
  expect(a.plan).toMatchObject({ population: 3, targets: [{ region: 'eu-west-1' }] })
})

test('a fault goes in once per key, is seen, comes out and is compared with the capture', async () => {
  const { driver, world, plan, undo } = await planned()
  const first = value(await driver.apply(step, plan, 'key', context))
  expect(value(await driver.apply(step, plan, 'key', context)).handle).toBe(first.handle)
  expect(world.mutations).toHaveLength(1)
  expect(value(await driver.confirm(undo, context)).observations).toMatchObject([{ injection: 'injected' }])
  await driver.recover(undo, context)
  expect(value(await driver.confirmRecovered(undo, context)).observations).toMatchObject([
    { injection: 'restored' },
  ])
  expect(world.broken()).toEqual([])
})

test('an act whose reply is lost is found by its key', async () => {
  const { driver, world, plan, undo } = await planned()
  world.afflict('apply', 'drop-reply', 1)
  expect(await driver.apply(step, plan, 'key', context)).toMatchObject({ failure: { kind: 'ambiguous' } })
  expect(value(await driver.confirm(undo, context)).observations).toMatchObject([{ injection: 'injected' }])
})

test('an act that was throttled did not happen', async () => {
  const { driver, world, plan, undo } = await planned()
  world.afflict('apply', 'throttle', 1)
  expect(await driver.apply(step, plan, 'key', context)).toMatchObject({ failure: { kind: 'throttled' } })
  expect(value(await driver.confirm(undo, context)).observations).toMatchObject([
    { injection: 'failed-to-inject' },
  ])
})

test('what somebody else changed is neither overwritten nor called restored', async () => {
  const { driver, world, plan, undo } = await planned()
  await driver.apply(step, plan, 'key', context)
  world.change(plan.targets[0]?.id ?? '', 'terminated')
  expect(await driver.recover(undo, context)).toMatchObject({ failure: { kind: 'conflict' } })
  expect(value(await driver.confirmRecovered(undo, context)).observations).toMatchObject([
    { injection: 'unknown', seen: 'value terminated' },
  ])
})

test('an effect that lags shows only after its looks', async () => {
  const { driver, world, plan, undo } = await planned()
  world.delayEffects(2)
  await driver.apply(step, plan, 'key', context)
  const looks = []
  for (let i = 0; i < 3; i++)
    looks.push(value(await driver.confirm(undo, context)).observations[0]?.injection)
  expect(looks).toEqual(['requested', 'requested', 'injected'])
})
