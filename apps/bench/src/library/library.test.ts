import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Part } from '@firedrill/core'
import { SECOND, startSimulator } from '@firedrill/sim'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../sandbox/start-sandbox.ts'
import { likenessOf } from './likeness.ts'
import { libraryScenario, playScenario, type Play } from './play-scenario.ts'

type Case = Readonly<{
  world: string
  ends: string
  /** Words that the refusal or an objective's reason has to contain. */
  because?: RegExp
  parameters?: Play['parameters']
  people?: Play['people']
  /** Parts of the recovery time that have to be known. */
  parts?: readonly Part[]
}>

/** What people do by the runbook of `standby-by-hand`. */
const BRING_UP_STANDBY: Play['people'] = {
  'scale-the-standby-out': {
    does: ({ groups }) => groups.setDesiredCapacity('eu-central-1|web', 6, 'people'),
  },
  'stand-down': {
    when: ({ status }) => status === 'settling',
    does: ({ groups }) => groups.setDesiredCapacity('eu-central-1|web', 0, 'people'),
  },
}

/**
 * Where each scenario is played and how it has to end there: in every world that its file says it suits, and in some in which
 * it must not be held.
 */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'aws-endpoint-loss': [
    { world: 'warm-standby', ends: 'held' },
    { world: 'no-failover', ends: 'deviated' },
  ],
  'az-evacuation': [
    { world: 'single-region', ends: 'held' },
    { world: 'no-failover', ends: 'refused', because: /has not opted in to zonal shift/ },
  ],
  'az-loss': [
    { world: 'single-region', ends: 'held' },
    // Addresses in records of one's own go on being handed out, whatever the balancer has withdrawn.
    { world: 'warm-standby', ends: 'deviated' },
    { world: 'single-region', ends: 'refused', because: /4 healthy survive/, parameters: { survivors: '5' } },
  ],
  'dns-record-removal': [
    { world: 'warm-standby', ends: 'held' },
    { world: 'warm-standby', ends: 'deviated', parameters: { objective: '2m' } },
  ],
  'dns-variant-removal': [
    { world: 'warm-standby', ends: 'held' },
    { world: 'no-failover', ends: 'refused', because: /matches nothing/ },
  ],
  'instance-kill': [
    { world: 'warm-standby', ends: 'held' },
    { world: 'active-active', ends: 'held' },
    { world: 'no-failover', ends: 'deviated' },
  ],
  'instance-reboot': [
    { world: 'warm-standby', ends: 'held' },
    { world: 'no-failover', ends: 'held' },
    { world: 'no-failover', ends: 'deviated', parameters: { objective: '15s' } },
  ],
  'instance-terminate': [
    { world: 'single-region', ends: 'held' },
    { world: 'spot-fleet', ends: 'held' },
    { world: 'warm-standby', ends: 'refused', because: /group web has suspended Launch/ },
    { world: 'single-region', ends: 'refused', because: /0 healthy survive/, parameters: { share: '100' } },
    {
      world: 'single-region',
      ends: 'deviated',
      parameters: { share: '100', survivors: '0', objective: '1m' },
    },
  ],
  'planned-evacuation': [
    { world: 'weighted-standby', ends: 'held' },
    { world: 'warm-standby', ends: 'refused', because: /group web has suspended/ },
  ],
  'region-evacuation': [
    { world: 'weighted-standby', ends: 'held' },
    {
      world: 'weighted-standby',
      ends: 'refused',
      because: /may have 8 instances at most, and 12 are needed/,
      parameters: { capacity: '12' },
    },
    // Three instances carry three fifths of what all customers ask for.
    { world: 'weighted-standby', ends: 'deviated', parameters: { capacity: '3' } },
  ],
  'slow-degradation': [
    { world: 'warm-standby', ends: 'held' },
    // With the last of them gone failover trips, and customers are served by the other Region.
    {
      world: 'warm-standby',
      ends: 'deviated',
      because: /nobody-moved deviated/,
      parameters: { share: '100' },
    },
  ],
  'spot-interruption': [
    { world: 'spot-fleet', ends: 'held' },
    { world: 'single-region', ends: 'refused', because: /is no Spot instance/ },
  ],
  'standby-by-hand': [
    { world: 'pilot-light', ends: 'held', people: BRING_UP_STANDBY, parts: ['decide', 'act'] },
    // Nobody comes: our own undo is no recovery.
    { world: 'pilot-light', ends: 'deviated', parts: [] },
  ],
  'three-region-evacuation': [
    { world: 'three-regions', ends: 'held' },
    // There is no third Region.
    { world: 'weighted-standby', ends: 'refused', because: /no Region named standby-2/ },
  ],
}

/** Markers need a writer beside the probes; these are run in a whole sandbox. */
const ELSEWHERE = ['data-loss']

const files = readdirSync(join(ROOT, 'scenarios'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'environments')
  .map(({ name }) => name)
  .filter((name) => !ELSEWHERE.includes(name))
const textOf = (name: string) => readFileSync(join(ROOT, 'scenarios', name, 'scenario.yaml'), 'utf8')

/** A second or two each on a quiet machine; crowds are not this test's business. */
const WITHIN_MS = 120_000

describe.each(files)('scenarios/%s', (name) => {
  it('opens with hypothesis, blast radius, how to stop it, permissions, and the worlds it suits', () => {
    const words = ['Hypothesis', 'Blast radius', 'How to stop', 'Permissions', 'Suits']
    const found = [...textOf(name).matchAll(/^# (\w[\w ]*?) {2,}\S/gm)].map(([, word]) => word)
    expect(found).toEqual(words)
    expect(libraryScenario(name).name).toBe(name)
  })

  it('is played in every world it suits, where it is held, and where it must not be', () => {
    const suits = /^# Suits +(.+)$/m.exec(textOf(name))?.[1]?.split(', ')
    const cases = CASES[name] ?? []
    const asWritten = cases.filter(({ parameters }) => parameters === undefined)
    const held = asWritten.filter(({ ends }) => ends === 'held').map(({ world }) => world)
    expect(held.toSorted()).toEqual(suits)
    expect(cases.some(({ ends }) => ends !== 'held')).toBe(true)
  })

  it.each((CASES[name] ?? []).map((one) => [one.ends, one.world, one] as const))(
    'ends %s in %s and leaves it as it was',
    async (ends, world, { parameters, people, parts, because }) => {
      const played = await playScenario({
        scenario: name,
        world,
        ...(parameters === undefined ? {} : { parameters }),
        ...(people === undefined ? {} : { people }),
      })
      expect([played.ended, played.said, played.differences]).toEqual([ends, played.said, []])
      const known = Object.keys(played.state.measurement?.parts ?? {})
      if (parts !== undefined) expect(known.filter((part) => /decide|act/.test(part))).toEqual(parts)
      if (because !== undefined) expect(played.said.join('\n')).toMatch(because)
    },
    WITHIN_MS,
  )
})

describe('control: the likeness of a world', () => {
  it('differs when a record, a group, a host or a network is not as it was', async () => {
    const sim = await startSimulator({ rate: 'manual', world: 'warm-standby' })
    try {
      const { dns, compute, impairments } = sim.world
      const [[record] = [], [group, row] = []] = [
        [...dns.recordSets.entries()][0],
        [...compute.groups.entries()][0],
      ]
      const changes = [
        () => dns.recordSets.delete(record ?? ''),
        () => row && compute.groups.put(group ?? '', { ...row, desiredCapacity: row.desiredCapacity + 1 }),
        () => compute.stop([...compute.instances.keys()].slice(0, 1), 'somebody'),
        () => impairments.begin('x', 'eu-west-1', { kind: 'volume-io', volumeIds: [] }, 'somebody'),
      ]
      for (const change of changes) {
        const before = likenessOf(sim.world)
        change()
        sim.advance(120 * SECOND)
        expect(likenessOf(sim.world)).not.toEqual(before)
        const again = likenessOf(sim.world)
        sim.advance(120 * SECOND)
        expect(likenessOf(sim.world)).toEqual(again)
      }
    } finally {
      await sim.close()
    }
  })
})
