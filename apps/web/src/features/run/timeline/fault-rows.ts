import type { RunDetail, StepView, TimelineEvent } from '@firedrill/contracts'
import { clockTime, type Zone } from '../../../format/time.ts'
import { duration, limit } from '../../../format/duration.ts'
import { INJECTION_WORDS } from '../../../vocabulary/injections.ts'
import { targetGroups, targetTimes, type TargetGroup } from './observed-targets.ts'
import type { Mark, Row } from './row.ts'

type Context = Readonly<{ run: RunDetail; events: readonly TimelineEvent[]; worldNow: number; zone: Zone }>

/** The rows of one step: the fault with its expiry, its targets by place, and the way back. */
export function stepRows(step: StepView, context: Context): readonly Row[] {
  switch (step.kind) {
    case 'wait':
      return [waitRow(step)]
    case 'inject': {
      const groups = targetGroups(step.targets, targetTimes(step.name, context.events))
      return [
        faultRow(step, groups, context),
        ...groups.map((group) => groupRow(step, group, context)),
        ...undoRow(step, context),
      ]
    }
  }
}

function waitRow(step: StepView): Row {
  return {
    key: `step ${step.name}`,
    icon: step.isDone ? 'check' : 'open',
    role: step.isDone ? 'held' : 'plain',
    label: `Wait: ${step.name}`,
    meta: limit(step.durationMs * 1000),
    depth: 0,
    marks: [],
  }
}

function faultRow(
  step: StepView,
  groups: readonly TargetGroup[],
  { run, events, worldNow, zone }: Context,
): Row {
  const marks: Mark[] = []
  const seq = seqOf(events, step.name, 'injection-requested')
  const { requestedWorldAt: requested, injected, expiresWorldAt: expires } = step
  const end = step.recovery?.verifiedWorldAt ?? lastRestored(groups) ?? worldNow
  const isIn = end === worldNow && !run.isOver
  if (requested !== undefined)
    marks.push(bar('requested', requested, injected?.hi ?? end, false, 'requested', seq))
  if (injected !== undefined) {
    const says = `injected for ${duration(end - injected.lo)}${isIn ? ' so far' : ''}`
    marks.push(
      bar('fault', injected.hi, end, isIn, says, seqOf(events, step.name, 'injection-observed') ?? seq),
    )
    marks.push({
      kind: 'bounds',
      lo: injected.lo,
      hi: injected.hi,
      role: 'fault',
      says: 'injected within these bounds',
    })
    marks.push({ kind: 'chip', at: injected.hi, until: end, text: chipOf(step) })
  }
  if (expires !== undefined && isIn) {
    marks.push(bar('expiry', worldNow, expires, false, 'until it expires'))
    marks.push({
      kind: 'text',
      at: worldNow,
      text: `expires ${clockTime(expires, zone, 0)}`,
      isQuiet: false,
      end: false,
    })
  }
  return {
    key: `step ${step.name}`,
    icon: step.targets.every((target) => target.isClean) && injected !== undefined ? 'held' : 'fault',
    role: step.targets.every((target) => target.isClean) && injected !== undefined ? 'held' : 'fault',
    label: step.name,
    meta: injected === undefined ? `${limit(step.durationMs * 1000)} at most` : countOf(step),
    depth: 0,
    marks,
  }
}

function groupRow(step: StepView, group: TargetGroup, { run, worldNow }: Context): Row {
  const states = new Set(group.targets.map(({ injection }) => injection))
  const worst = group.targets.find(({ isClean }) => !isClean) ?? group.targets[0]
  const word = INJECTION_WORDS[worst?.injection ?? 'planned']
  const marks: Mark[] = []
  if (group.injectedAt !== undefined) {
    const end = group.restoredAt ?? worldNow
    const isOpen = group.restoredAt === undefined && !run.isOver
    marks.push(bar('fault', group.injectedAt, end, isOpen, `${group.label}: ${word.word}`))
    if (group.restoredAt !== undefined)
      marks.push({
        kind: 'text',
        at: group.restoredAt,
        text: [...states].map((state) => INJECTION_WORDS[state].word).join(', '),
        isQuiet: true,
        end: false,
      })
  }
  return {
    key: `step ${step.name} ${group.key}`,
    icon: word.icon,
    role: word.role,
    label: group.label,
    meta: [...states].map((state) => INJECTION_WORDS[state].word).join(', '),
    depth: 1,
    marks,
  }
}

function undoRow(step: StepView, { events, worldNow, run }: Context): readonly Row[] {
  const { recovery } = step
  if (recovery === undefined) return []
  const end = recovery.verifiedWorldAt ?? worldNow
  const isOpen = recovery.verifiedWorldAt === undefined
  const took = duration(end - recovery.requestedWorldAt)
  const says = isOpen ? `being put back for ${took}` : `put back and verified in ${took}`
  return [
    {
      key: `undo ${step.name}`,
      icon: isOpen ? 'recovering' : 'held',
      role: isOpen ? 'recovering' : 'held',
      label: 'Put back and verify',
      meta: took,
      depth: 1,
      marks: [
        bar(
          'undo',
          recovery.requestedWorldAt,
          end,
          isOpen && !run.isOver,
          says,
          seqOf(events, step.name, 'recovery-requested'),
        ),
        { kind: 'text', at: end, text: reasonWord(recovery.reason), isQuiet: true, end: false },
      ],
    },
  ]
}

function reasonWord(reason: NonNullable<StepView['recovery']>['reason']): string {
  return reason.replaceAll('-', ' ')
}

function bar(
  look: Extract<Mark, { kind: 'bar' }>['look'],
  from: number,
  to: number,
  isOpen: boolean,
  says: string,
  seq?: number,
): Mark {
  return {
    kind: 'bar',
    look,
    from,
    to: Math.max(from, to),
    isOpen,
    says,
    ...(seq === undefined ? {} : { seq }),
  }
}

function chipOf(step: StepView): string {
  return [step.fault ?? 'fault', ...new Set(step.targets.map(({ region }) => region))].join(', ')
}

function countOf(step: StepView): string {
  const broken = step.targets.filter((target) => !target.isClean).length
  return broken === 0
    ? `${step.targets.length} of ${step.targets.length} back`
    : `${broken} of ${step.targets.length} in`
}

function lastRestored(groups: readonly TargetGroup[]): number | undefined {
  const times = groups.map(({ restoredAt }) => restoredAt)
  return times.length === 0 || times.includes(undefined)
    ? undefined
    : Math.max(...times.flatMap((at) => at ?? []))
}

function seqOf(
  events: readonly TimelineEvent[],
  step: string,
  type: TimelineEvent['type'],
): number | undefined {
  return events.find((event) => event.step === step && event.type === type)?.seq
}
