import { isEnd, type RunId } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import {
  harshLab,
  mortalWorker,
  playRound,
  playToEnd,
  type Fate,
  type MortalWorker,
  type Weakness,
} from './testing/mortal-worker.ts'

type Lab = ReturnType<typeof harshLab>

/** Everything that must hold once a run is over, in words; nothing when all does. */
async function wrongWith(lab: Lab, run: RunId): Promise<readonly string[]> {
  const { status } = await lab.state(run)
  const broke = lab.world.mutations.filter(({ to }) => to === 'broken').length
  const live = (await lab.ports.undo.ofRun(run)).filter((record) => record.status === 'live')
  return [
    ...(isEnd(status) ? [] : [`the run is still ${status}`]),
    ...(broke > 0 && isEnd(status) && status !== 'closed'
      ? [`something was broken and the run is ${status}`]
      : []),
    ...lab.world.broken().map((id) => `${id} is left broken`),
    ...(broke > 1 ? [`the fault went in ${broke} times`] : []),
    ...live.map(({ step }) => `the undo plan of ${step} is still live`),
  ]
}

/** A drill whose first worker meets its fate; a second one is there from the start of the next lease on. */
async function drillWith(
  fate: Fate | undefined,
  options: { second?: boolean; reaper?: 'dies-too'; weakness?: Weakness } = {},
) {
  const lab = harshLab()
  const run = await lab.start()
  const first = mortalWorker(lab.ports, 'w1', fate, options.weakness)
  const second = options.second === false ? [] : [mortalWorker(lab.ports, 'w2')]
  await playToEnd(lab, run, [first, ...second], { reaper: options.reaper ?? 'outlives', roundsMax: 200 })
  return { lab, run, first }
}

const untouched = await drillWith(undefined)
const CALLS: readonly string[] = untouched.first.calls
const CRASH_POINTS = [...new Set(CALLS.filter((name) => name.startsWith('crash ')))]

describe('a worker is killed', () => {
  it('needs no killing to put a fault in once and take it out', async () => {
    expect(await wrongWith(untouched.lab, untouched.run)).toEqual([])
    expect((await untouched.lab.state(untouched.run)).status).toBe('closed')
    expect(untouched.lab.world.mutations.map(({ to }) => to)).toEqual(['broken', 'running'])
  })

  it('meets every crash point that the engine names, between intent, act and record, on the way in and out', () => {
    expect(CRASH_POINTS).toEqual(
      [
        'inject:break:before-intent',
        'inject:break:after-intent',
        'inject:break:after-act',
        'inject:break:after-record',
        'recover:break:before-intent',
        'recover:break:after-intent',
        'recover:break:after-act',
        'recover:break:after-record',
        'recover:break:after-confirm',
      ].map((point) => `crash ${point}`),
    )
  })

  it.each(CRASH_POINTS)(
    'at "%s": another takes over, nothing is left in, nothing goes in twice, the run ends',
    async (name) => {
      const { lab, run, first } = await drillWith({ name, what: 'before' })
      expect(first.isGone()).toBe(true)
      expect(await wrongWith(lab, run)).toEqual([])
    },
  )

  it(`at each of its ${CALLS.length} calls to stores and cloud, before it and after it: the same holds`, async () => {
    const wrong: string[] = []
    for (const [index, name] of CALLS.entries()) {
      for (const what of ['before', 'after'] as const) {
        const { lab, run, first } = await drillWith({ call: index + 1, what })
        const found = await wrongWith(lab, run)
        if (!first.isGone()) wrong.push(`${what} call ${index + 1} (${name}) was never met`)
        wrong.push(...found.map((text) => `${what} call ${index + 1} (${name}): ${text}`))
      }
    }
    expect(wrong).toEqual([])
  }, 60_000)

  it('control: with nobody to take over and no reaper the fault stays in and the run does not end', async () => {
    const { lab, run } = await drillWith(
      { name: 'crash inject:break:after-act', what: 'before' },
      { second: false, reaper: 'dies-too' },
    )
    expect(await wrongWith(lab, run)).toEqual([
      'the run is still injecting',
      'i-3 is left broken',
      'the undo plan of break is still live',
    ])
  })
})

describe('a worker is lost', () => {
  it('is told in the journal by whoever goes on, and by nobody when the run was given back', async () => {
    const notesOf = async (dies: boolean) => {
      const lab = harshLab()
      const run = await lab.start()
      const first = mortalWorker(lab.ports, 'w1', dies ? { name: 'recover', what: 'after' } : undefined)
      await playToEnd(lab, run, [first, mortalWorker(lab.ports, 'w2')], { roundsMax: 200 })
      const events = await lab.ports.runs.events(run, 0, 1000)
      return events.flatMap(({ type, data }) => (type === 'note-added' && 'text' in data ? [data.text] : []))
    }
    expect(await notesOf(true)).toEqual([
      'w1 had this run in hand and is not heard of any more; w2 goes on with it',
    ])
    expect(await notesOf(false)).toEqual([])
  })
})

/** A worker that is paused at a call for a minute, while another brings the run to its end, and then goes on. */
async function zombieAt(name: string, weakness: Weakness = {}) {
  const lab = harshLab()
  const run = await lab.start()
  const zombie: MortalWorker = mortalWorker(lab.ports, 'w1', { name, what: 'pause' }, weakness)
  const other = mortalWorker(lab.ports, 'w2')
  await playToEnd(lab, run, [zombie, other])
  const callsBefore = lab.world.calls.length
  const came = await zombie.wake()
  const late = lab.world.calls.slice(callsBefore).map(({ operation }) => operation)
  for (let round = 0; round < 5; round++) await playRound(lab, run, [other])
  return { lab, run, came, late }
}

describe('a worker is paused beyond its lease and wakes up', () => {
  const acts = [
    'crash inject:break:before-intent',
    'crash inject:break:after-intent',
    'apply',
    'recover',
    'crash recover:break:after-intent',
  ]

  it.each(acts)('at "%s": it finds the run gone and does nothing more to the world', async (name) => {
    const { lab, run, came, late } = await zombieAt(name)
    expect(late.filter((operation) => operation === 'apply' || operation === 'recover')).toEqual([])
    expect(came).not.toBe('yielded')
    expect(await wrongWith(lab, run)).toEqual([])
  })

  it('control: without guard and deadline it breaks things after the run has ended', async () => {
    const { lab, run, late } = await zombieAt('crash inject:break:after-intent', { isUnguarded: true })
    expect(late).toContain('apply')
    expect(await wrongWith(lab, run)).toContain('the fault went in 2 times')
  })
})

describe('the cloud throttles and loses answers', () => {
  const operations = ['plan', 'apply', 'confirm', 'recover', 'confirm-recovered'] as const
  it.each(
    operations.flatMap((operation) =>
      (['throttle', 'drop-reply'] as const).map((kind) => [operation, kind] as const),
    ),
  )('at %s, %s, several times: the fault goes in at most once and comes out', async (operation, kind) => {
    for (const times of [1, 2, 4]) {
      const lab = harshLab()
      lab.world.afflict(operation, kind, times)
      const run = await lab.start()
      await playToEnd(lab, run, [mortalWorker(lab.ports, 'w1')])
      expect(await wrongWith(lab, run), `${times} times`).toEqual([])
    }
  })

  it('an injection that is refused for good is not tried again, and nothing is broken', async () => {
    const lab = harshLab()
    lab.world.afflict('apply', 'deny', 1)
    const run = await lab.start()
    await playToEnd(lab, run, [mortalWorker(lab.ports, 'w1')])
    expect(lab.world.mutations).toEqual([])
    expect(lab.world.calls.filter(({ operation }) => operation === 'apply')).toHaveLength(1)
    expect(await wrongWith(lab, run)).toEqual([])
  })

  it('control: an undo that is never let through closes no run', async () => {
    const lab = harshLab()
    lab.world.afflict('recover', 'deny', 100_000)
    const run = await lab.start()
    const { status } = await playToEnd(lab, run, [mortalWorker(lab.ports, 'w1')], { roundsMax: 200 })
    expect(status).toBe('needs-person')
    expect(await wrongWith(lab, run)).toContain('i-3 is left broken')
  })
})
