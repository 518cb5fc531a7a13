import type { Actor, Failure, RunId, RunState } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { createAskByPerson, type AskOfRun } from './ask-by-person.ts'
import { breakZone, cleanUpLab, type LabOptions } from './testing/clean-up-lab.ts'
import { harshLab, mortalWorker, playToEnd } from './testing/mortal-worker.ts'

const ANA: Actor = { kind: 'person', id: 'ana', name: 'Ana' }
const refusal = (kind: Failure['kind'], message = 'no'): Readonly<{ ok: false; failure: Failure }> => ({
  ok: false,
  failure: { kind, operation: 'fake.Set', code: 'Fake', message },
})
const twoSteps = { steps: [breakZone('one', 'a'), breakZone('two', 'b')] }

type Lab = ReturnType<typeof cleanUpLab>

/** What Ana does to a run of a lab. */
function ana(lab: Lab, run: RunId) {
  const person = createAskByPerson({ ...lab.ports, cloud: async () => ({ faults: lab.ports.faults }) })
  const asked = async (reason: string): Promise<AskOfRun> => {
    const row = await lab.ports.runs.get('default', run)
    if (row === undefined) throw new Error('no such run')
    return { run: row, actor: ANA, reason }
  }
  type Answer = Parameters<typeof person.resolveTarget>[0]['answer']
  return {
    pause: async () => person.pauseRun(await asked('look at this')),
    resume: async () => person.resumeRun(await asked('seen')),
    skip: async (step: string) => person.skipStep({ ...(await asked('not needed')), step }),
    retry: async (step: string) => person.retryStep({ ...(await asked('quota raised')), step }),
    takeOver: async () => person.takeOver(await asked('I have it')),
    resolve: async (step: string, target: string, answer: Answer) =>
      person.resolveTarget({
        ...(await asked('because')),
        step,
        target,
        answer,
        signal: new AbortController().signal,
      }),
  }
}

const rounds = async (lab: Lab, run: RunId, count: number): Promise<RunState> => {
  for (let round = 0; round < count; round++) await lab.round(run)
  return lab.state(run)
}
const eventsOf = async (lab: Lab, run: RunId, type: string) =>
  (await lab.events(run)).filter((event) => event.type === type)

/** A lab whose undo is denied until told otherwise, with its run at `needs-person`. */
async function stuck(options: LabOptions = {}, pager: Readonly<{ isAway: boolean }> = { isAway: false }) {
  const cloud = { isDenied: true }
  const lab = cleanUpLab({
    ...options,
    wrap: (driver) => ({
      ...driver,
      recover: async (undo, context) => (cloud.isDenied ? refusal('denied') : driver.recover(undo, context)),
    }),
  })
  lab.pager.isAway = pager.isAway
  const run = await lab.start()
  await lab.until(run, ({ status }) => status === 'needs-person')
  return { lab, run, cloud, person: ana(lab, run) }
}

describe('a person who is needed', () => {
  it('is called at once, again every ten minutes, and not once somebody took over', async () => {
    const { lab, run, person } = await stuck()
    await rounds(lab, run, 2)
    expect(lab.pager.calls).toMatchObject([
      { id: `${run}/1`, page: 1, link: `http://127.0.0.1:4600/runs/${run}` },
    ])
    expect(lab.pager.calls[0]?.reason).toContain('i-')
    await rounds(lab, run, 1210)
    expect(lab.pager.calls.map(({ page }) => page)).toEqual([1, 2])
    await person.takeOver()
    await rounds(lab, run, 1300)
    expect(lab.pager.calls).toHaveLength(2)
    expect(await eventsOf(lab, run, 'paged')).toHaveLength(2)
  })

  it('is called again and again, ever more seldom, while nobody can be reached', async () => {
    const { lab, run } = await stuck({}, { isAway: true })
    await rounds(lab, run, 1300)
    const failed = await eventsOf(lab, run, 'page-failed')
    expect(failed.length).toBeGreaterThan(6)
    expect(failed.length).toBeLessThan(12)
    lab.pager.isAway = false
    await rounds(lab, run, 400)
    expect(lab.pager.calls.map(({ id }) => id)).toEqual([`${run}/1`])
  })

  it('is called although the worker died after calling and before it said so, by the same id', async () => {
    const lab = harshLab({ wrap: (driver) => ({ ...driver, recover: async () => refusal('denied') }) })
    const run = await lab.start()
    const mortal = mortalWorker(lab.ports, 'w8', { name: 'crash page:1:after-act', what: 'before' })
    const heir = mortalWorker(lab.ports, 'w9')
    const isCalled = (state: RunState) => state.pages !== undefined
    await playToEnd(lab, run, [mortal, heir], { until: isCalled, reaper: 'dies-too' })
    expect(mortal.isGone()).toBe(true)
    expect(lab.pager.calls.map(({ id }) => id)).toEqual([`${run}/1`, `${run}/1`])
    expect(await eventsOf(lab, run, 'paged')).toHaveLength(1)
  })
})

describe('taking over', () => {
  it('stops every further try and goes on describing until what the person did is seen', async () => {
    const { lab, run, person } = await stuck()
    await person.takeOver()
    const recovers = () => lab.world.calls.filter(({ operation }) => operation === 'recover').length
    const asked = (await eventsOf(lab, run, 'recovery-requested')).length
    const looks = lab.world.calls.length
    await rounds(lab, run, 200)
    expect((await eventsOf(lab, run, 'recovery-requested')).length).toBe(asked)
    expect(recovers()).toBe(0)
    expect(lab.world.calls.length).toBeGreaterThan(looks + 10)
    for (const id of lab.world.broken()) lab.world.change(id, 'running')
    expect((await lab.toEnd(run)).status).toBe('closed')
  })

  it('is given back with all the time there was, and undone by the platform', async () => {
    const { lab, run, cloud, person } = await stuck()
    await person.takeOver()
    await rounds(lab, run, 10)
    cloud.isDenied = false
    const [target = ''] = lab.world.broken()
    await person.resolve('break', target, 'retry')
    expect(await lab.state(run)).toMatchObject({ status: 'recovering' })
    expect((await lab.toEnd(run)).status).toBe('closed')
    expect(lab.world.broken()).toEqual([])
  })

  it('takes nobody at their word: restored is what describing shows', async () => {
    const { lab, run, person } = await stuck()
    const [target = ''] = lab.world.broken()
    await expect(person.resolve('break', target, 'mark-restored')).rejects.toMatchObject({
      code: 'state-conflict',
      message: expect.stringContaining('does not show it as it was captured') as string,
    })
    expect(await eventsOf(lab, run, 'target-resolved')).toEqual([])
    lab.world.change(target, 'running')
    await person.resolve('break', target, 'mark-restored').catch((error: Error) => {
      // The platform may have seen it first.
      expect(error.message).toContain('already')
    })
    const closed = await lab.toEnd(run)
    expect(closed.steps['break']?.targets[target]?.injection).toBe('restored')
  })

  it('lets a target stay broken only with the environment’s leave, and never calls that clean', async () => {
    const { lab, run, person } = await stuck()
    const [target = ''] = lab.world.broken()
    await expect(person.resolve('break', target, 'accept-as-is')).rejects.toMatchObject({
      message: expect.stringContaining('touch.irreversible: true') as string,
    })
    await lab.allowLeaving()
    await person.resolve('break', target, 'accept-as-is')
    const closed = await lab.toEnd(run)
    expect(closed.steps['break']?.targets[target]).toMatchObject({
      injection: 'left',
      decision: { by: 'Ana' },
    })
    expect(closed.measurement).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('not everything was put back') as string,
    })
    await lab.reap()
    await rounds(lab, run, 20)
    expect(lab.kits.size).toBe(0)
    expect(lab.world.broken()).toEqual([target])
  })
})

describe('somebody else’s change', () => {
  const changed = async (options: LabOptions = {}) => {
    const lab = cleanUpLab({ scenario: twoSteps, ...options })
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'observing')
    lab.world.change('i-1', 'theirs')
    await lab.abort(run)
    const asked = await lab.until(run, ({ status }) => status === 'needs-person', 60)
    return { lab, run, asked, person: ana(lab, run) }
  }

  it('is a question at once, side by side, while everything else is put back', async () => {
    const { lab, run, asked } = await changed()
    expect(asked.steps['one']?.targets['i-1']?.foreign).toEqual({
      captured: 'running',
      ours: 'broken',
      now: 'theirs',
    })
    const state = await rounds(lab, run, 40)
    expect(lab.world.broken()).toEqual([])
    expect(state.status).toBe('needs-person')
    expect(lab.world.resources.get('i-1')?.value).toBe('theirs')
    expect(lab.pager.calls).toHaveLength(1)
  })

  it('stays when a person says so, and the verdict says that it did', async () => {
    const { lab, run, person } = await changed()
    await person.resolve('one', 'i-1', 'keep-theirs')
    const closed = await lab.toEnd(run)
    expect(lab.world.resources.get('i-1')?.value).toBe('theirs')
    expect(closed.steps['one']?.targets['i-1']?.injection).toBe('left')
    expect(closed.measurement?.reason).toContain('i-1, Ana: because')
  })

  it('is overwritten only when a person says so', async () => {
    const { lab, run, person } = await changed()
    await expect(person.resolve('one', 'i-1', 'retry')).rejects.toMatchObject({ code: 'state-conflict' })
    await rounds(lab, run, 100)
    expect(lab.world.resources.get('i-1')?.value).toBe('theirs')
    await person.resolve('one', 'i-1', 'restore-ours')
    const closed = await lab.toEnd(run)
    expect(lab.world.resources.get('i-1')?.value).toBe('running')
    expect(closed.steps['one']?.targets['i-1']?.injection).toBe('restored')
  })

  it('is asked again when the answer did not bring ours back', async () => {
    const { lab, run, person } = await changed({
      wrap: (driver) => ({
        ...driver,
        recover: async (undo, context) =>
          undo.decided?.overwrite.includes('i-1') === true
            ? { ok: true, value: { requestIds: [] } }
            : driver.recover(undo, context),
      }),
    })
    await person.resolve('one', 'i-1', 'restore-ours')
    expect((await lab.state(run)).status).toBe('recovering')
    const again = await lab.until(
      run,
      ({ status, steps }) =>
        status === 'needs-person' && steps['one']?.targets['i-1']?.decision === undefined,
      60,
    )
    expect(again.steps['one']?.targets['i-1']?.foreign?.now).toBe('theirs')
  })
})

describe('a held run', () => {
  it('puts nothing in while it is held, and goes on where it was', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'baseline')
    const person = ana(lab, run)
    await person.pause()
    const held = await rounds(lab, run, 100)
    expect(held).toMatchObject({ status: 'paused', resumesTo: 'baseline' })
    expect(lab.world.broken()).toEqual([])
    await expect(person.pause()).rejects.toMatchObject({ code: 'state-conflict' })
    await person.resume()
    expect((await lab.toEnd(run)).status).toBe('closed')
    await expect(person.resume()).rejects.toMatchObject({ code: 'state-conflict' })
  })

  it('is undone when a fault was in for as long as it was approved for', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'observing')
    const person = ana(lab, run)
    await person.pause()
    expect(lab.world.broken()).toHaveLength(1)
    const closed = await lab.toEnd(run)
    expect(closed.status).toBe('closed')
    expect(lab.world.broken()).toEqual([])
    const out = (await eventsOf(lab, run, 'recovery-requested'))[0]
    const injectedAt = closed.steps['break']?.requestedAt ?? 0
    const durationMs = 600_000
    expect(((out?.worldAt ?? 0) - injectedAt) / 1000).toBeLessThan(durationMs + 2000)
  })

  it('is undone at once by an abort, and cancelled when nothing was asked for yet', async () => {
    const lab = cleanUpLab()
    const first = await lab.start()
    await lab.until(first, ({ status }) => status === 'observing')
    await ana(lab, first).pause()
    await lab.abort(first)
    expect((await lab.toEnd(first)).status).toBe('closed')
    const second = await lab.start()
    await lab.until(second, ({ status }) => status === 'baseline')
    await ana(lab, second).pause()
    await lab.abort(second)
    expect((await lab.state(second)).status).toBe('cancelled')
  })

  it('cannot be held while faults are being taken out', async () => {
    const { lab, run, person } = await stuck()
    await expect(person.pause()).rejects.toMatchObject({
      message: expect.stringContaining('never held up') as string,
    })
    expect((await lab.state(run)).status).toBe('needs-person')
  })
})

describe('a step', () => {
  it('is left out with a reason, and the run is then not the one that was approved', async () => {
    const lab = cleanUpLab({ scenario: twoSteps })
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'baseline')
    await ana(lab, run).skip('two')
    await lab.until(run, ({ status }) => status === 'observing')
    expect(lab.world.broken()).toEqual(['i-1', 'i-2'])
    await expect(ana(lab, run).skip('one')).rejects.toMatchObject({ code: 'state-conflict' })
    const closed = await lab.toEnd(run)
    expect(closed.measurement).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('step two (Ana: not needed)') as string,
    })
  })

  it('that is in cannot be left out', async () => {
    const lab = cleanUpLab({ scenario: twoSteps })
    const run = await lab.start()
    await lab.until(run, ({ steps }) => steps['one']?.injected !== undefined)
    const person = ana(lab, run)
    await expect(person.skip('one')).rejects.toMatchObject({
      message: expect.stringContaining(' abort the run') as string,
    })
  })

  it('leaves nothing to do when all are left out', async () => {
    const lab = cleanUpLab({ scenario: twoSteps })
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'baseline')
    for (const step of ['one', 'two']) await ana(lab, run).skip(step)
    expect((await lab.toEnd(run)).status).toBe('cancelled')
    expect(lab.world.mutations).toEqual([])
  })

  it('that failed holds the run when its scenario says so, and is put in again by another key', async () => {
    const keys: string[] = []
    const [one] = [breakZone('one', 'a')]
    const lab = cleanUpLab({
      scenario: { steps: [one.kind === 'inject' ? { ...one, onFailure: 'ask' } : one] },
      wrap: (driver) => ({
        ...driver,
        apply: async (step, plan, key, context) => {
          keys.push(key)
          return new Set(keys).size === 1
            ? refusal('invalid', 'quota')
            : driver.apply(step, plan, key, context)
        },
      }),
    })
    const run = await lab.start()
    const held = await lab.until(run, ({ status }) => status === 'paused')
    expect(held.resumesTo).toBe('injecting')
    const person = ana(lab, run)
    await person.retry('one')
    await rounds(lab, run, 20)
    expect(lab.world.broken()).toEqual([])
    await person.resume()
    await lab.until(run, ({ status }) => status === 'observing')
    expect(lab.world.broken()).toEqual(['i-1', 'i-2'])
    expect(new Set(keys).size).toBe(2)
    await expect(person.retry('one')).rejects.toMatchObject({ code: 'state-conflict' })
    expect((await lab.toEnd(run)).status).toBe('closed')
    expect(lab.world.broken()).toEqual([])
  })
})

describe('evidence that is gone', () => {
  it('refuses the run instead of injecting without the plan that was approved', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'baseline')
    lab.loseEvidence()
    const end = await lab.toEnd(run)
    expect(end).toMatchObject({ status: 'refused', refusal: expect.stringContaining('evidence') as string })
    expect(lab.world.mutations).toEqual([])
  })

  it('never holds up an undo while its store is away, and the run is measured once it is back', async () => {
    const lab = cleanUpLab()
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'observing')
    expect(lab.world.broken()).not.toEqual([])
    lab.evidence.isAway = true
    await lab.until(run, ({ steps }) =>
      Object.values(steps).every(({ recovery }) => recovery?.verifiedAt !== undefined),
    )
    expect(lab.world.broken()).toEqual([])
    for (let round = 0; round < 20; round++) await lab.round(run)
    expect((await lab.state(run)).measurement).toBeUndefined()
    lab.evidence.isAway = false
    expect((await lab.toEnd(run)).measurement?.evidence.length).toBeGreaterThan(0)
  })

  it('takes out what is in when the plan of a later step is gone', async () => {
    const lab = cleanUpLab({ scenario: twoSteps })
    const run = await lab.start()
    await lab.until(run, ({ steps }) => steps['one']?.injected !== undefined)
    lab.loseEvidence()
    const end = await lab.toEnd(run)
    expect(end.status).toBe('closed')
    expect(lab.world.broken()).toEqual([])
    expect(lab.logged.filter((line) => line.includes('advance threw'))).toEqual([])
  })
})
