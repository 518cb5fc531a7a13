import type { RunDetail, TimelineEvent } from '@firedrill/contracts'

type Target = RunDetail['steps'][number]['targets'][number]

/** When one target was seen broken and seen well again, in world time. */
export type TargetTimes = Readonly<{ injectedAt?: number; restoredAt?: number }>

/** Targets of a step that share a Region and a zone. */
export type TargetGroup = Readonly<{
  key: string
  label: string
  targets: readonly Target[]
  injectedAt: number | undefined
  /** Undefined until the last of them is put back. */
  restoredAt: number | undefined
}>

/** Reads the journal for the first look at which each target of a step was injected, and the first after it was clean. */
export function targetTimes(
  step: string,
  events: readonly TimelineEvent[],
): ReadonlyMap<string, TargetTimes> {
  const times = new Map<string, TargetTimes>()
  for (const event of events) {
    if (event.step !== step) continue
    if (event.type !== 'injection-observed' && event.type !== 'restoration-observed') continue
    for (const { target, injection } of observationsOf(event)) {
      const known = times.get(target) ?? {}
      if (injection === 'injected' && known.injectedAt === undefined)
        times.set(target, { ...known, injectedAt: event.worldAt })
      if (['restored', 'replaced', 'spent'].includes(injection) && known.restoredAt === undefined)
        times.set(target, { ...known, restoredAt: event.worldAt })
    }
  }
  return times
}

/** Targets by place. */
export function targetGroups(
  targets: readonly Target[],
  times: ReadonlyMap<string, TargetTimes>,
): readonly TargetGroup[] {
  const groups = Map.groupBy(targets, ({ region, zone }) => zone ?? region)
  return [...groups].sort(byPlace).map(([place, members]) => {
    const injected = members.flatMap(({ id }) => times.get(id)?.injectedAt ?? [])
    const restored = members.flatMap(({ id }) => times.get(id)?.restoredAt ?? [])
    const [only] = members
    return {
      key: place,
      label:
        members.length === 1 && only !== undefined
          ? `${only.label}, ${place}`
          : `${members.length} targets, ${place}`,
      targets: members,
      injectedAt: injected.length === 0 ? undefined : Math.min(...injected),
      restoredAt: restored.length < members.length ? undefined : Math.max(...restored),
    }
  })
}

function byPlace(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0].localeCompare(b[0])
}

function observationsOf(event: TimelineEvent): readonly Readonly<{ target: string; injection: string }>[] {
  const list = event.data['observations']
  if (!Array.isArray(list)) return []
  return list.flatMap((entry: unknown) =>
    typeof entry === 'object' &&
    entry !== null &&
    'target' in entry &&
    'injection' in entry &&
    typeof entry.target === 'string' &&
    typeof entry.injection === 'string'
      ? [{ target: entry.target, injection: entry.injection }]
      : [],
  )
}
