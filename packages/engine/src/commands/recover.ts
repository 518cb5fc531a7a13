import {
  isInHands,
  isLeft,
  isRestored,
  isSettled,
  plusMs,
  worldInstant,
  RECOVER_POLICY,
  undoDecisions,
  type Failure,
  type FaultDriver,
  type Outcome,
  type RecoverReason,
  type RunEventBody,
  type StepState,
  type TargetSeen,
  type TargetState,
  type UndoRecord,
} from '@firedrill/core'
import { callOut, LOOK_TIMEOUT_MS } from '../call-out.ts'
import { everyTarget } from '../every-target.ts'
import { failureEvent } from '../failures.ts'
import type { EnginePorts } from '../ports.ts'
import type { RunMemory } from '../run-memory.ts'
import { isAsCaptured } from '../settling.ts'
import type { Tenure } from '../tenure.ts'
import { askToGo, groupsOf, inLanes, LANES, type Answered, type Ask, type UndoOf } from './ask-to-go.ts'

type Ports = Pick<EnginePorts, 'faults' | 'calls' | 'random' | 'undo' | 'crash'>

/**
 * How long an attempt to inject that nobody answered may still take effect: on the way there in platform time, and until
 * the service's own lists show it in world time. Until both are over nothing is called restored.
 */
const UNANSWERED_PLATFORM_MS = 3000
const UNANSWERED_WORLD_MS = 30_000

/** Words that change without anything else are journaled no more often than this, in world time. */
const WORDS_EVERY_MS = 60_000

/**
 * One attempt to take the faults of several steps out, side by side, so that none waits for a slower one; what one call
 * can put back together goes in one call. Neither halt nor abort stops it; only losing the run to another worker does.
 */
export async function recover(
  tenure: Tenure,
  steps: readonly string[],
  reason: RecoverReason,
  memory: RunMemory,
  ports: Ports,
  signal: AbortSignal,
): Promise<'went-on' | 'stopped'> {
  if ((await tenure.mayAct('recover')) !== 'go') return 'stopped'
  await crashAt(ports, steps, 'before-intent')
  const intents: Intent[] = []
  await inLanes(LANES, steps, async (step) => {
    intents.push(await intentOf(tenure, step, reason, ports, signal))
  })
  const asks = await recordIntents(tenure, intents)
  await crashAt(ports, stepsOf(asks), 'after-intent')
  const answered: Answered[] = []
  let recording = Promise.resolve()
  const recordSoon = () => {
    recording = recording.then(() => recordAnswers(tenure, answered.splice(0), memory, ports, signal))
    // Whoever waits for the end gets to know of a failure; until then it must not end the process.
    recording.catch(() => undefined)
  }
  await inLanes(LANES, groupsOf(asks), async (group) => {
    answered.push(...(await askToGo(tenure, group, ports, signal)))
    recordSoon()
  })
  await recording
  return 'went-on'
}

type Intent = Readonly<{ ask: Ask; event: Extract<RunEventBody, { type: 'recovery-requested' }> }>

async function intentOf(
  tenure: Tenure,
  step: string,
  reason: RecoverReason,
  ports: Ports,
  signal: AbortSignal,
): Promise<Intent> {
  const attempt = (tenure.state.steps[step]?.recovery?.attempts ?? 0) + 1
  const undo = await undoOf(tenure, step, ports)
  const gone =
    attempt === 1 && AS_PLANNED.includes(reason) && undo.ok
      ? await alreadyGone(tenure, step, undo.value, ports, signal)
      : []
  const about = gone.length === 0 ? {} : { gone: [...gone] }
  return {
    ask: { step, undo },
    event: { type: 'recovery-requested', data: { step, reason, attempt, ...about } },
  }
}

/** Writes down what is about to be asked; answers which asks may be made. */
async function recordIntents(tenure: Tenure, intents: readonly Intent[]): Promise<readonly Ask[]> {
  let made: readonly Intent[] = []
  const decided = intents.flatMap(({ ask: { undo } }) =>
    // What people decided reaches the kits too, which have to do without journal and people.
    undo.ok && undo.value.isNewlyDecided ? [undo.value.record] : [],
  )
  await tenure.recordDecided(
    (state) => {
      // A person may have taken it over this very moment.
      made = intents.filter(({ ask: { step } }) => {
        const current = state.steps[step]
        return current !== undefined && !isInHands(state, current)
      })
      return made.map(({ event }) => event)
    },
    decided.length === 0 ? undefined : { undo: decided },
  )
  return made.map(({ ask }) => ask)
}

async function recordAnswers(
  tenure: Tenure,
  answered: readonly Answered[],
  memory: RunMemory,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  if (answered.length === 0) return
  const steps = stepsOf(answered.map(({ ask }) => ask))
  await crashAt(ports, steps, 'after-act')
  const events: RunEventBody[] = []
  const undo: UndoRecord[] = []
  for (const { ask, outcome } of answered) {
    if (!outcome.ok) {
      const event = failureOf(tenure, ask.step, outcome.failure, 'recover', ports)
      if (outcome.failure.kind === 'throttled' && event.type === 'call-failed')
        memory.turnedAway(tenure.id, worldInstant(event.data.retryAt ?? tenure.worldNow()))
      events.push(event)
      continue
    }
    const { requestIds, undoHandle } = outcome.value
    events.push({ type: 'recovery-accepted', data: { step: ask.step, requestIds: [...requestIds] } })
    if (undoHandle !== undefined && ask.undo.ok) {
      const { record } = ask.undo.value
      undo.push({ ...record, plan: { ...record.plan, undoHandle } })
    }
  }
  await tenure.record(events, undo.length === 0 ? undefined : { undo })
  await crashAt(ports, steps, 'after-record')
  for (const { ask, outcome } of answered)
    if (!outcome.ok && ask.undo.ok)
      await lookAfterFailure(tenure, ask.step, ask.undo.value, outcome.failure, memory, ports, signal)
}

function stepsOf(asks: readonly Ask[]): readonly string[] {
  return asks.map(({ step }) => step)
}

async function crashAt(ports: Ports, steps: readonly string[], where: string): Promise<void> {
  for (const step of steps) await ports.crash(`recover:${step}:${where}`)
}

/**
 * One look after an undo that did not go through: who else changed the target is a question for a person, and what a
 * person has put back meanwhile must be seen although our own call is turned down. Only what is news is journaled.
 */
async function lookAfterFailure(
  tenure: Tenure,
  step: string,
  { driver, record }: Readonly<{ driver: FaultDriver; record: UndoRecord }>,
  failure: Failure,
  memory: RunMemory,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  if (failure.kind !== 'conflict' && tenure.state.status !== 'needs-person') return
  const site = { operation: `${step}.confirmRecovered`, timeoutMs: LOOK_TIMEOUT_MS, isAct: false }
  const look = await callOut(ports.calls, site, signal, (ends) =>
    driver.confirmRecovered(record.plan, { environment: tenure.environment, signal: ends }),
  )
  if (!look.ok) return
  const known = tenure.state.steps[step]?.targets ?? {}
  const described = settled(tenure, step, everyTarget(Object.keys(known), look.value.observations), memory)
  const isAsked = (seen: TargetSeen) =>
    seen.foreign !== undefined && known[seen.target]?.foreign?.now !== seen.foreign.now
  const isBack = described.every(({ injection }) => isRestored(injection))
  if (isBack && isAnswerOpen(tenure.state.steps[step], tenure)) return
  if (!isBack && !described.some(isAsked)) return
  await tenure.record(
    [{ type: 'restoration-observed', data: { step, observations: described } }],
    isBack ? { undo: [{ ...record, status: 'undone' }] } : undefined,
  )
}

/** Reasons for which a fault should still be in when it is asked to go. */
const AS_PLANNED: readonly RecoverReason[] = ['response-seen', 'observed-long-enough']

/**
 * Targets that are as captured before anybody asked: somebody else put them back, or the fault ended by itself. A
 * recovery that was seen while the fault was going says nothing about the response, so the run cannot be held. What the
 * system under drill has made up for by itself is no such end: that is the response which is drilled.
 */
async function alreadyGone(
  tenure: Tenure,
  step: string,
  { driver, record }: Readonly<{ driver: FaultDriver; record: UndoRecord }>,
  ports: Ports,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // After a fault that is over at once, whatever is back is what the drill asks for: nobody took anything out.
  if (driver.expiry === 'instant') return []
  // The end that the cloud itself was told to make is known, and bounds the figures elsewhere.
  const expiresAt = tenure.state.steps[step]?.expiresAt
  if (driver.expiry === 'native' && expiresAt !== undefined && expiresAt <= tenure.worldNow()) return []
  const site = { operation: `${step}.confirmRecovered`, timeoutMs: LOOK_TIMEOUT_MS, isAct: false }
  const look = await callOut(ports.calls, site, signal, (ends) =>
    driver.confirmRecovered(record.plan, { environment: tenure.environment, signal: ends }),
  )
  if (!look.ok) return []
  const isResponse = ({ injection }: TargetSeen) => injection === 'replaced' && driver.isMadeUpFor === true
  return look.value.observations.flatMap((seen) =>
    isAsCaptured(seen) && !isResponse(seen) ? [seen.target] : [],
  )
}

/** Describes the targets and compares them with the capture. Only what was seen is ever called restored. */
export async function confirmRecovery(
  tenure: Tenure,
  step: string,
  memory: RunMemory,
  ports: Ports,
  signal: AbortSignal,
): Promise<'went-on' | 'not-yet'> {
  const undo = await undoOf(tenure, step, ports)
  const site = { operation: `${step}.confirmRecovered`, timeoutMs: LOOK_TIMEOUT_MS, isAct: false }
  const outcome = undo.ok
    ? await callOut(ports.calls, site, signal, (ends) =>
        undo.value.driver.confirmRecovered(undo.value.record.plan, {
          environment: tenure.environment,
          signal: ends,
        }),
      )
    : undo
  const current = tenure.state.steps[step]
  if (!outcome.ok || !undo.ok) {
    if (!outcome.ok && !(await leaveUndescribed(tenure, step, current, undo, outcome.failure)))
      await tenure.record([failureOf(tenure, step, outcome.failure, undefined, ports)])
    return 'went-on'
  }
  const known = current?.targets ?? {}
  const described = settled(tenure, step, everyTarget(Object.keys(known), outcome.value.observations), memory)
  const certain = isAnswerOpen(current, tenure) ? described.map(doubted) : described
  const observations = certain.map((seen) => leftAs(seen, known[seen.target]))
  const isNews = observations.some((seen) => isNewsOf(known[seen.target], seen))
  const isOut = observations.every(({ injection }) => isSettled(injection))
  const hasNewWords = observations.some((seen) => known[seen.target]?.seen !== seen.seen)
  const isTimeForWords = () =>
    memory.isTimeFor(tenure.id, `words of ${step}`, tenure.worldNow(), WORDS_EVERY_MS)
  if (isNews || isOut || (hasNewWords && isTimeForWords())) {
    const event: RunEventBody = { type: 'restoration-observed', data: { step, observations } }
    const { record } = undo.value
    await tenure.record([event], isOut ? { undo: [{ ...record, status: 'undone' }] } : undefined)
    await ports.crash(`recover:${step}:after-confirm`)
  }
  return isOut ? 'went-on' : 'not-yet'
}

/** What nothing but time can prove is believed once it has been seen for long enough. */
function settled(tenure: Tenure, step: string, seen: readonly TargetSeen[], memory: RunMemory): TargetSeen[] {
  const nowMs = tenure.worldNow() / 1000
  return seen.map((one) => memory.settling.judge(`${tenure.id}/${step}`, one, nowMs))
}

/** What a person left stays left, unless it turns out to be as it was captured after all. */
function leftAs(seen: TargetSeen, known: TargetState | undefined): TargetSeen {
  if (known === undefined || !isLeft(known) || isRestored(seen.injection)) return seen
  return { target: seen.target, injection: 'left', seen: seen.seen }
}

/** A look is news when it changes what is known, and when it shows that what a person decided has not brought it back. */
function isNewsOf(known: TargetState | undefined, seen: TargetSeen): boolean {
  const isSame = known?.injection === seen.injection && known.foreign?.now === seen.foreign?.now
  const isUndecided =
    known?.decision === undefined || isSettled(seen.injection) || seen.injection === 'recovering'
  return !isSame || !isUndecided
}

/** A step that people have left, and that cannot be described any more, is over: nothing is waited for. */
async function leaveUndescribed(
  tenure: Tenure,
  step: string,
  current: StepState | undefined,
  undo: Awaited<ReturnType<typeof undoOf>>,
  failure: Failure,
): Promise<boolean> {
  const open = Object.entries(current?.targets ?? {}).filter(([, { injection }]) => !isSettled(injection))
  if (open.length === 0 || !open.every(([, target]) => isLeft(target))) return false
  const observations = open.map(([target, { seen }]): TargetSeen => ({
    target,
    injection: 'left',
    seen: `${seen}; it could not be described again: ${failure.code}`,
  }))
  await tenure.record(
    [{ type: 'restoration-observed', data: { step, observations } }],
    undo.ok ? { undo: [{ ...undo.value.record, status: 'undone' }] } : undefined,
  )
  return true
}

/** True while an attempt to inject that got no answer may still be on its way. */
function isAnswerOpen(step: StepState | undefined, tenure: Tenure): boolean {
  const last = step?.doubts?.at(-1)
  if (last === undefined) return false
  const openMs = Math.max(UNANSWERED_PLATFORM_MS * tenure.clock.rate, UNANSWERED_WORLD_MS)
  return tenure.worldNow() < plusMs(worldInstant(last), openMs)
}

function doubted(seen: TargetSeen): TargetSeen {
  return isRestored(seen.injection)
    ? {
        ...seen,
        injection: 'recovering',
        seen: `${seen.seen}; a request to break it got no answer and may still arrive`,
      }
    : seen
}

function failureOf(
  tenure: Tenure,
  step: string,
  failure: Failure,
  act: 'recover' | undefined,
  ports: Pick<Ports, 'random'>,
): RunEventBody {
  const attempt = (tenure.state.steps[step]?.recovery?.failures ?? 0) + 1
  const call = act === undefined ? { step, attempt } : { step, attempt, act }
  return failureEvent(tenure, failure, RECOVER_POLICY, ports.random.next(), call).event
}

/** A missing plan or driver is a failure like any other, so that it holds up no other step and a person is called. */
async function undoOf(
  tenure: Tenure,
  step: string,
  ports: Pick<Ports, 'undo' | 'faults'>,
): Promise<Outcome<UndoOf>> {
  const missing = (code: string, message: string) =>
    ({ ok: false, failure: { kind: 'invalid', operation: `${step}.recover`, code, message } }) as const
  const stored: UndoRecord | undefined = await ports.undo.get(tenure.id, step)
  if (stored === undefined) return missing('NoUndoPlan', `step ${step} has no stored undo plan`)
  const driver = ports.faults.get(stored.plan.fault)
  const { decided: before, ...plan } = stored.plan
  const current = tenure.state.steps[step]
  const decided = current === undefined ? before : undoDecisions(current)
  const record = { ...stored, plan: decided === undefined ? plan : { ...plan, decided } }
  const isNewlyDecided = JSON.stringify(before) !== JSON.stringify(decided)
  if (driver !== undefined) return { ok: true, value: { record, driver, isNewlyDecided } }
  const { fault } = stored.plan
  return missing('NoDriver', `this installation has no fault named ${fault}; recover with the kit's commands`)
}
