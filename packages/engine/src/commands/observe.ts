import {
  decideAbort,
  injectSteps,
  isResponseStep,
  responseSeen,
  measure,
  plusMs,
  steadyState,
  worldInstant,
  type CompiledObjective,
  type GuardrailAnswer,
  type ResponseSeen,
  type RunEventBody,
  type RunId,
} from '@firedrill/core'
import { callOut } from '../call-out.ts'
import type { FactsPorts } from '../gather-facts.ts'
import { copyCloud, gatherMeasureInput } from '../gather-measure-input.ts'
import type { EnginePorts } from '../ports.ts'
import type { RunMemory } from '../run-memory.ts'
import type { Tenure } from '../tenure.ts'
import { askGuardrails, refusal } from './check-guardrails.ts'

type Ports = FactsPorts & Pick<EnginePorts, 'samples' | 'markers' | 'evidence'>

/** How often each stop condition is asked while faults go in or are in, in world time. */
export const STOP_CONDITION_EVERY_MS = 10_000
/** A metric source is dead after this many failed polls in a row and this long. Platform time. */
const DEAD_POLLS = 3
const DEAD_AFTER_MS = 15_000
const ALARM_TIMEOUT_MS = 5000
/** How often samples that fill a chunk are packed while faults are in, in world time. */
const SEAL_EVERY_MS = 600_000
/**
 * How often what the cloud recorded is copied while a long drill goes on, in world time: it keeps series of less than a
 * minute for three hours.
 */
const COPY_EVERY_MS = 3_600_000
/** How often metrics of objectives are read while faults are in, in world time. */
const METRICS_EVERY_MS = 30_000

/**
 * The end of the baseline: the steady state must hold and the targets must still be those that were approved. Where too
 * few samples are usable to know, the baseline goes on for as long again before that is a refusal.
 */
export async function checkSteadyState(
  tenure: Tenure,
  ports: Ports,
  signal: AbortSignal,
): Promise<'went-on' | 'not-yet'> {
  const from = worldInstant(tenure.state.entered.baseline ?? tenure.worldNow())
  const to = tenure.worldNow()
  const samples = await ports.samples.read(tenure.id, { from, to })
  const steady = steadyState(
    samples,
    tenure.scenario,
    tenure.environment.probes.vantages.map(({ name }) => name),
    { from, to },
  )
  const { holds, isKnown, seen } = steady
  const { forMs } = tenure.scenario.steadyState
  if (!isKnown && to < plusMs(from, 2 * forMs)) return 'not-yet'
  const answers: readonly GuardrailAnswer[] = holds
    ? await askGuardrails(tenure, ports, signal, steady)
    : [{ guardrail: 'steady-state', allow: false, reason: seen }]
  // Questions that were called off were not answered: whoever takes the run over asks again.
  if (signal.aborted) return 'not-yet'
  const checked: RunEventBody = { type: 'steady-state-checked', data: { holds, seen } }
  const isRefused = answers.some(({ allow }) => !allow)
  await tenure.recordIf(
    (state) => state.status === 'baseline',
    () =>
      isRefused
        ? [checked, ...refusal('baseline', answers)]
        : [checked, { type: 'status-changed', data: { from: 'baseline', to: 'injecting', why: seen } }],
  )
  return 'went-on'
}

/** Asks the stop conditions whose time has come; one that is breached aborts the run. Answers whether one was. */
export async function stopIfBreached(
  tenure: Tenure,
  memory: RunMemory,
  ports: Ports,
  signal: AbortSignal,
): Promise<boolean> {
  const breach = await breachedCondition(tenure, memory, ports, signal)
  if (breach === undefined) return false
  await tenure.recordDecided((state) => [
    { type: 'stop-condition-breached', data: breach },
    ...decideAbort(state, `${breach.condition}: ${breach.seen}`, 'stop-condition').events,
  ])
  return true
}

/** One look while faults are in: whether the response is already proven. */
export async function watch(
  tenure: Tenure,
  memory: RunMemory,
  ports: Ports,
  signal: AbortSignal,
): Promise<'news' | 'nothing'> {
  if (memory.isTimeFor(tenure.id, 'full-chunks', tenure.worldNow(), SEAL_EVERY_MS))
    await ports.samples.seal(tenure.id, 'full')
  await copyInTime(tenure, memory, ports, signal)
  if (tenure.scenario.response === 'restore' || !hasLastShown(tenure)) return 'nothing'
  const response = await responseSoFar(tenure, memory, ports, signal)
  if (!response.isSeen) return 'nothing'
  const soFar = { provisional: true, cloud: 'objective-metrics' } as const
  const measurement = measure(await gatherMeasureInput(tenure, soFar, ports, signal))
  if (signal.aborted) return 'nothing'
  await tenure.recordIf(
    (state) => state.status === 'observing' || state.status === 'responding',
    () => [
      { type: 'response-seen', data: { seen: response.seen } },
      { type: 'measured', data: { measurement } },
    ],
  )
  return 'news'
}

/**
 * Of several faults the last may not show yet, while the recovery from the ones before has long held: it has as long as a
 * recovery has to hold.
 */
function hasLastShown(tenure: Tenure): boolean {
  const { scenario, state } = tenure
  const faults = injectSteps(scenario).filter((step) => !isResponseStep(step))
  if (faults.length < 2) return true
  const holds = scenario.objectives.map((one) => (one.kind === 'recovery-time' ? one.sustained.holdMs : 0))
  const lastIn = Math.max(...faults.map(({ name }) => state.steps[name]?.injected?.hi ?? 0))
  return tenure.worldNow() >= plusMs(worldInstant(lastIn), Math.max(0, ...holds))
}

/** Copies the cloud's series once an hour, the first time when there is an hour of them. */
async function copyInTime(
  tenure: Tenure,
  memory: RunMemory,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const now = tenure.worldNow()
  if (now < plusMs(worldInstant(tenure.state.entered.baseline ?? now), COPY_EVERY_MS)) return
  if (memory.isTimeFor(tenure.id, 'cloud-copy', now, COPY_EVERY_MS)) await copyCloud(tenure, ports, signal)
}

/** Probes first; metrics are only asked, and seldom, once the probes have seen the response. */
async function responseSoFar(
  tenure: Tenure,
  memory: RunMemory,
  ports: Ports,
  signal: AbortSignal,
): Promise<ResponseSeen> {
  const { samples } = ports
  const sinceLastLook = {
    ...samples,
    read: (id: RunId) => memory.watched.read(id, tenure.worldNow(), samples),
  }
  const soFar = { provisional: true, cloud: 'nothing' } as const
  const input = await gatherMeasureInput(tenure, soFar, { ...ports, samples: sinceLastLook }, signal)
  const isByProbe = ({ kind, ...rest }: CompiledObjective) =>
    kind !== 'recovery-time' || ('source' in rest && rest.source.from !== 'metric')
  const { objectives } = input.scenario
  const byProbes = { ...input.scenario, objectives: objectives.filter(isByProbe) }
  const seen = responseSeen({ ...input, scenario: byProbes })
  const hasProbes = byProbes.objectives.some(({ kind }) => kind === 'recovery-time')
  if ((hasProbes && !seen.isSeen) || byProbes.objectives.length === objectives.length) return seen
  if (!memory.isTimeFor(tenure.id, 'objective-metrics', tenure.worldNow(), METRICS_EVERY_MS)) {
    return { isSeen: false, seen: 'metrics are not asked again yet' }
  }
  const options = { provisional: true, cloud: 'objective-metrics' } as const
  return responseSeen(await gatherMeasureInput(tenure, options, ports, signal))
}

async function breachedCondition(
  tenure: Tenure,
  memory: RunMemory,
  ports: Ports,
  signal: AbortSignal,
): Promise<Readonly<{ condition: string; seen: string }> | undefined> {
  for (const condition of tenure.scenario.stopConditions) {
    if (!memory.isTimeFor(tenure.id, condition.name, tenure.worldNow(), STOP_CONDITION_EVERY_MS)) continue
    const alarm = { region: condition.region, name: condition.alarm }
    const site = { operation: 'metrics.alarmState', timeoutMs: ALARM_TIMEOUT_MS, isAct: false }
    const outcome = await callOut(ports.calls, site, signal, (ends) =>
      ports.metrics.alarmState(tenure.environment, alarm, ends),
    )
    if (outcome.ok) {
      memory.answeredPoll(tenure.id, condition.name)
      if (outcome.value === 'ALARM')
        return { condition: condition.name, seen: `alarm ${condition.alarm} is in ALARM` }
      continue
    }
    // A question that was called off says nothing about its source.
    if (signal.aborted) return undefined
    const nowMs = ports.calls.monotonicMs()
    const failed = memory.failedPoll(tenure.id, condition.name, nowMs)
    const isDead = failed.count >= DEAD_POLLS && nowMs - failed.since >= DEAD_AFTER_MS
    if (isDead && condition.whenDead === 'breached') {
      return {
        condition: condition.name,
        seen: `alarm ${condition.alarm} could not be read ${failed.count} times: ${outcome.failure.code}`,
      }
    }
  }
  return undefined
}

/** How long a run that has settled waits for its marker writers to read back and take their writes out. World time. */
const MARKERS_WITHIN_MS = 180_000

/** True while a marker writer still has to say what became of its writes, and it is not too late for that. */
async function awaitsMarkers(tenure: Tenure, ports: Ports): Promise<boolean> {
  const { id, state, scenario } = tenure
  if (scenario.markers === undefined) return false
  const settledAt = plusMs(worldInstant(state.entered.settling ?? 0), scenario.timing.settleMs)
  if (tenure.worldNow() >= plusMs(settledAt, MARKERS_WITHIN_MS)) return false
  const records = await ports.markers.read(id)
  return records.some(({ cleanUp }) => cleanUp === undefined || cleanUp.state === 'pending')
}

/** Computes the figures and the verdict from samples, metrics and the journal, and keeps the raw evidence. */
export async function measureRun(
  tenure: Tenure,
  provisional: boolean,
  ports: Ports,
  signal: AbortSignal,
): Promise<'went-on' | 'not-yet'> {
  if (!provisional && (await awaitsMarkers(tenure, ports))) return 'not-yet'
  const input = await gatherMeasureInput(tenure, { provisional, cloud: 'everything' }, ports, signal)
  // What was called off half-read would pass for what the cloud did not record.
  if (signal.aborted) return 'went-on'
  const measurement = measure(input)
  await tenure.recordIf(
    (state) => state.measurement?.provisional !== false,
    () => [{ type: 'measured', data: { measurement } }],
  )
  if (!provisional) await ports.samples.seal(tenure.id, 'all')
  return 'went-on'
}
