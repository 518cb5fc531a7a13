import { expect, it } from 'vitest'
import { chromeTrace } from './chrome-trace.ts'
import { SAMPLES, sampleRun } from './fixtures/sample-runs.ts'
import { renderReport } from './render-report.ts'

type Trace = { traceEvents: { name: string; ph: string; tid: number; ts: number; dur?: number }[] }
const traceOf = (name: (typeof SAMPLES)[number]) => {
  const { model } = renderReport(sampleRun(name))
  return { model, events: (JSON.parse(chromeTrace(model)) as Trace).traceEvents }
}

it.each(SAMPLES)(
  'what happened in a run that is %s begins within the run, its phases fill it, and every lane has a name',
  (name) => {
    const { model, events } = traceOf(name)
    const length = model.run.to - model.run.from
    const drawn = events.filter(({ ph }) => ph !== 'M')
    expect(drawn.length).toBeGreaterThan(5)
    // What was measured has the bounds that it was measured with, wherever they lie.
    const happened = drawn.filter(({ tid }) => tid !== 2 && tid !== 3)
    expect(happened.every(({ ts, dur = 0 }) => ts >= 0 && ts <= length && dur >= 0)).toBe(true)
    const phases = drawn.filter(({ tid }) => tid === 1)
    expect(phases.reduce((sum, { dur = 0 }) => sum + dur, 0)).toBe(length)
    const lanes = new Set(events.filter((event) => event.name === 'thread_name').map(({ tid }) => tid))
    expect(drawn.every(({ tid }) => lanes.has(tid))).toBe(true)
  },
)

it('has a lane a target, from injected to put back, and none for a run that touched nothing', () => {
  const { model, events } = traceOf('held')
  const faults = events.filter(({ name }) => name === 'ec2-stop-instances')
  expect(faults).toHaveLength(model.targets.length)
  const [target] = model.targets
  const lo = target?.injected?.lo ?? 0
  expect(faults[0]).toMatchObject({ ts: lo - model.run.from, dur: (target?.restored?.hi ?? 0) - lo })
  expect(traceOf('refused').events.some(({ name }) => name === 'ec2-stop-instances')).toBe(false)
})
