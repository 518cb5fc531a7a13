import { createAwsClients, createFaultCatalogue } from '@firedrill/aws'
import type { FaultDriver } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { tolled, type Toll } from './toll.ts'

/** Parts of a driver that only work something out. */
const PURE = ['undo', 'together.key', 'deadMan.book']

type Call = (...args: readonly unknown[]) => unknown

/** Every function of a driver, and of what it is made of, in place of which nothing is done. */
function emptied(driver: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(driver).map(([name, value]: [string, unknown]) => {
      if (typeof value === 'function') return [name, async () => undefined]
      const isPart = name === 'together' || name === 'deadMan'
      return [name, isPart ? emptied(value as object) : value]
    }),
  )
}

function functionsOf(part: object, prefix = ''): readonly Readonly<{ name: string; call: Call }>[] {
  return Object.entries(part).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'function') return [{ name: `${prefix}${name}`, call: value as Call }]
    return name === 'together' || name === 'deadMan' ? functionsOf(value as object, `${name}.`) : []
  })
}

describe('the toll', () => {
  it('is asked before and after every call of every fault of the catalogue, its dead man included', async () => {
    const clients = createAwsClients()
    const catalogue = createFaultCatalogue(clients)
    const faults = {
      list: catalogue.list,
      get: (name: string) => emptied(catalogue.get(name) ?? {}) as unknown as FaultDriver,
    }
    const asked: Toll[] = []
    const runs = { claim: async () => ({ now: 1, run: { wakeAt: 0 } }) }
    const ports = { runs, faults, pager: { call: async () => undefined }, actor: { id: 'w1' } }
    const worker = tolled(ports as never, 'advance', async (toll) => void asked.push(toll))
    await worker.runs.claim('run_1' as never, 'worker', 1)
    asked.length = 0
    await (worker.pager as unknown as Record<string, Call>)['call']?.()
    expect(asked.map(({ call }) => call)).toEqual(['advance pager.call', 'advance pager.call'])
    expect(worker.actor).toEqual({ id: 'w1' })
    const untolled = new Set<string>()
    let tolledCalls = 0
    for (const { name: fault } of catalogue.list()) {
      for (const { name, call } of functionsOf(worker.faults.get(fault) ?? {})) {
        asked.length = 0
        await call()
        if (asked.length === 0) untolled.add(name)
        else {
          tolledCalls++
          expect(asked.map(({ phase, call: made }) => `${phase} ${made}`)).toEqual(
            ['before', 'after'].map((phase) => `${phase} advance ${fault}.${name}`),
          )
        }
      }
    }
    expect([...untolled].toSorted()).toEqual(PURE.toSorted())
    expect(tolledCalls).toBeGreaterThan(5 * catalogue.list().length)
    clients.close()
  })
})
