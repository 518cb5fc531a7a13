import type { FaultDriver, Outcome, Recovered, UndoRecord } from '@firedrill/core'
import { ACT_TIMEOUT_MS, callOut } from '../call-out.ts'
import type { EnginePorts } from '../ports.ts'
import type { Tenure } from '../tenure.ts'

/** The stored undo of a step and who carries it out; `isNewlyDecided`: people decided something since it was stored. */
export type UndoOf = Readonly<{ record: UndoRecord; driver: FaultDriver; isNewlyDecided: boolean }>
/** One step that is asked to go, with what its undo needs. */
export type Ask = Readonly<{ step: string; undo: Outcome<UndoOf> }>
/** What came of it. */
export type Answered = Readonly<{ ask: Ask; outcome: Outcome<Recovered> }>

/** How many undo calls of one run are under way at once. More would only wait for each other at the cloud's limits. */
export const LANES = 24

/**
 * Asks that one call can carry out stand together; every other one is alone. So is one about which people decided
 * something: what is put back, overwritten or left is then a matter of its own targets.
 */
export function groupsOf(asks: readonly Ask[]): readonly (readonly Ask[])[] {
  const groups = new Map<string, Ask[]>()
  for (const ask of asks) {
    const key = groupOf(ask)
    groups.set(key, [...(groups.get(key) ?? []), ask])
  }
  return [...groups.values()].flatMap((group) => inParts(group, mostOf(group)))
}

function mostOf([first]: readonly Ask[]): number {
  return (first?.undo.ok === true ? first.undo.value.driver.together?.most : undefined) ?? Infinity
}

function inParts(group: readonly Ask[], most: number): readonly (readonly Ask[])[] {
  if (group.length <= most) return [group]
  return [group.slice(0, most), ...inParts(group.slice(most), most)]
}

function groupOf({ step, undo }: Ask): string {
  const alone = `alone ${step}`
  if (!undo.ok || undo.value.record.plan.decided !== undefined) return alone
  const { driver, record } = undo.value
  const together = driver.together?.key(record.plan)
  return together === undefined ? alone : `${driver.name} ${together}`
}

/** One call for one group; answers for each of its steps. */
export async function askToGo(
  tenure: Tenure,
  group: readonly Ask[],
  ports: Pick<EnginePorts, 'calls'>,
  signal: AbortSignal,
): Promise<readonly Answered[]> {
  const [first] = group
  if (first === undefined) return []
  const { undo } = first
  if (!undo.ok) return group.map((ask) => ({ ask, outcome: undo }))
  const { driver, record } = undo.value
  const operation = group.length === 1 ? `${first.step}.recover` : `${driver.name}.recover`
  const site = { operation, timeoutMs: ACT_TIMEOUT_MS, isAct: true, mayGoOn: tenure.holds }
  const plans = group.flatMap((ask) => (ask.undo.ok ? [ask.undo.value.record.plan] : []))
  const { together } = driver
  const outcome = await callOut(ports.calls, site, signal, async (ends) => {
    const context = { environment: tenure.environment, signal: ends }
    return together === undefined || group.length === 1
      ? { ok: true, value: [await driver.recover(record.plan, context)] }
      : { ok: true, value: await together.recover(plans, context) }
  })
  return group.map((ask, index) => ({
    ask,
    outcome: outcome.ok ? (outcome.value[index] ?? unanswered(operation)) : outcome,
  }))
}

function unanswered(operation: string): Outcome<never> {
  const message = 'the driver answered for fewer steps than it was asked'
  return { ok: false, failure: { kind: 'ambiguous', operation, code: 'NoAnswer', message } }
}

/** Does something for each item, at most `lanes` at once. */
export async function inLanes<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items]
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane))
}
