import {
  isRestored,
  type CallClock,
  type Failure,
  type FaultCatalogue,
  type Outcome,
  type TargetSeen,
  type UndoPlan,
} from '@firedrill/core'
import { callOut } from './call-out.ts'
import { everyTarget } from './every-target.ts'
import { kitName, type Kit } from './kit.ts'
import { Settling } from './settling.ts'

/** Time for one call from a kit. */
const CALL_TIMEOUT_MS = 15_000

type Ports = Readonly<{
  faults: FaultCatalogue
  calls: CallClock
  log: (what: string, details: Readonly<Record<string, unknown>>) => void
}>

/** What is remembered from one round of undo by kits to the next. */
export type KitMemory = Readonly<{
  handles: Map<string, string>
  settling: Settling
  keep: (kit: Kit) => Promise<void>
}>

/**
 * `keep` gets a kit with what its undo answered, by which the cloud tells when it has taken effect. An undo whose answer is
 * lost all the same is asked for once more: nothing is called restored for want of knowing.
 */
export function createKitMemory(keep: KitMemory['keep']): KitMemory {
  return { handles: new Map(), settling: new Settling(), keep }
}

/** What one round of undo came to. `seen`: what was described last, absent when nothing could be. */
export type UndoneByKit = Readonly<{
  /** Describing showed every target as it was captured, or a person left it. */
  isOut: boolean
  seen?: readonly TargetSeen[]
  failure?: Failure
}>

/** One round of undo from a kit alone. */
export async function undoFromKit(
  kit: Kit,
  ports: Ports,
  signal: AbortSignal,
  memory: KitMemory,
): Promise<UndoneByKit> {
  const driver = ports.faults.get(kit.undo.fault)
  if (driver === undefined) {
    ports.log('a recovery kit names a fault that this installation does not have; run its commands by hand', {
      fault: kit.undo.fault,
    })
    return { isOut: false }
  }
  const left = new Set(kit.undo.decided?.left)
  const isOut = (seen: Outcome<readonly TargetSeen[]>) =>
    seen.ok && seen.value.every(({ target, injection }) => isRestored(injection) || left.has(target))
  const before = await lookByKit(kit, ports, signal, memory)
  if (isOut(before)) return { isOut: true }
  const undo = planOf(kit, memory)
  const site = { operation: 'kit.recover', timeoutMs: CALL_TIMEOUT_MS, isAct: true }
  const asked = await callOut(ports.calls, site, signal, (ends) =>
    driver.recover(undo, { environment: kit.environment, signal: ends }),
  )
  if (!asked.ok)
    ports.log('an undo from a recovery kit failed and will be tried again', {
      runId: kit.runId,
      failure: asked.failure,
    })
  const undoHandle = asked.ok ? asked.value.undoHandle : undefined
  if (undoHandle !== undefined && undoHandle !== undo.undoHandle) {
    memory.handles.set(kitName(kit.runId, kit.step), undoHandle)
    await memory.keep({ ...kit, undo: { ...kit.undo, undoHandle } })
  }
  const after = await lookByKit(kit, ports, signal, memory)
  const last = after.ok ? after : before
  const failed = [asked, after].flatMap((one) => (one.ok ? [] : [one.failure]))[0]
  return {
    isOut: isOut(after),
    ...(last.ok ? { seen: last.value } : {}),
    ...(failed === undefined ? {} : { failure: failed }),
  }
}

/** Describes the targets of a kit, each of them, with all that is known of its undo. */
export async function lookByKit(
  kit: Kit,
  ports: Pick<Ports, 'faults' | 'calls'>,
  signal: AbortSignal,
  memory: KitMemory,
): Promise<Outcome<readonly TargetSeen[]>> {
  const operation = 'kit.confirmRecovered'
  const driver = ports.faults.get(kit.undo.fault)
  if (driver === undefined) {
    const message = `this installation has no fault named ${kit.undo.fault}`
    return { ok: false, failure: { kind: 'invalid', operation, code: 'NoDriver', message } }
  }
  const site = { operation, timeoutMs: CALL_TIMEOUT_MS, isAct: false }
  const look = await callOut(ports.calls, site, signal, (ends) =>
    driver.confirmRecovered(planOf(kit, memory), { environment: kit.environment, signal: ends }),
  )
  if (!look.ok) return look
  const name = kitName(kit.runId, kit.step)
  // A world is never slower than this machine, so its time is enough.
  const nowMs = ports.calls.monotonicMs()
  const seen = everyTarget(
    kit.undo.targets.map(({ id }) => id),
    look.value.observations,
  )
  return { ok: true, value: seen.map((one) => memory.settling.judge(name, one, nowMs)) }
}

function planOf({ runId, step, undo }: Kit, { handles }: KitMemory): UndoPlan {
  const undoHandle = handles.get(kitName(runId, step)) ?? undo.undoHandle
  return undoHandle === undefined ? undo : { ...undo, undoHandle }
}
