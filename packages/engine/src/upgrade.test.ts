import { isEnd, isRecovery, RUN_FORMAT, type RunId } from '@firedrill/core'
import { PERSON } from '@firedrill/testkit'
import { describe, expect, it } from 'vitest'
import { createAdvance } from './advance.ts'
import { cleanUpLab } from './testing/clean-up-lab.ts'

type Lab = ReturnType<typeof cleanUpLab>

/** A run whose fault is in, and to which a worker of `format` has written since. */
async function writtenTo(format: number) {
  const lab = cleanUpLab()
  const run = await lab.start()
  await lab.until(run, ({ status }) => status === 'observing')
  const runs = lab.runsOfFormat(format)
  await runs.append(run, { kind: 'open' }, PERSON, () => [{ type: 'note-added', data: { text: 'news' } }])
  return { lab, run, runs }
}

/** What workers and reaper of the older version do in so many rounds of half a second. */
async function older(lab: Lab, run: RunId, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) await lab.round(run)
}

describe('while an upgrade is under way', () => {
  it('an older version leaves a run alone to which a newer one has written, and the newer brings it to its end', async () => {
    const { lab, run, runs } = await writtenTo(RUN_FORMAT + 1)
    const before = await lab.events(run)
    await older(lab, run, 30)
    expect(await lab.advance(run)).toBe('dropped')
    expect(await lab.advance(run, 'recover')).toBe('dropped')
    await expect(lab.abort(run)).rejects.toMatchObject({ code: 'state-conflict' })
    expect(await lab.halt()).toEqual({ aborted: 0 })
    expect(await lab.events(run)).toEqual(before)
    expect(lab.world.broken()).toHaveLength(1)
    expect(lab.logged).toEqual([])

    const newer = createAdvance({ ...lab.ports, runs })
    const never = new AbortController().signal
    for (let round = 0; round < 2000 && !isEnd((await lab.state(run)).status); round++) {
      const [due] = await runs.due(1)
      if (due !== undefined) await newer(run, isRecovery(due.status) ? 'recover' : 'advance', never)
      await lab.round(run)
    }
    expect((await lab.state(run)).status).toBe('closed')
    expect(lab.world.broken()).toEqual([])
    expect(lab.world.mutations).toHaveLength(2)
  })

  it('its fault goes at its expiry although no newer version is left to take it out', async () => {
    const { lab, run } = await writtenTo(RUN_FORMAT + 1)
    await older(lab, run, 900)
    expect(lab.world.broken()).toEqual([])
    expect((await lab.state(run)).status).toBe('observing')
    expect(lab.logged.filter((line) => line.includes('newer version'))).toHaveLength(1)
  })

  it('control: a run of its own format goes on', async () => {
    const { lab, run } = await writtenTo(RUN_FORMAT)
    expect((await lab.toEnd(run)).status).toBe('closed')
  })
})
