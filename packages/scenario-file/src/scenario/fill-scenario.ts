import {
  parseDuration,
  type CompiledObjective,
  type CompiledProbe,
  type CompiledScenario,
  type CompiledSelector,
  type CompiledStep,
} from '@firedrill/core'
import type { ObjectiveFile, RecoveryFile } from '../schema/objective-schema.ts'
import type { ProbeFile } from '../schema/probe-schema.ts'
import type { ScenarioFile } from '../schema/scenario-schema.ts'
import type { InjectFile, StepFile } from '../schema/step-schema.ts'
import { DEFAULTS } from './defaults.ts'
import { fillMarker } from './fill-marker.ts'

/** The compiled form of a file that has passed every check: defaults filled in, durations in milliseconds. */
export function fillScenario({ metadata, spec }: ScenarioFile): CompiledScenario {
  const probes = spec.probes.map(fillProbe)
  return {
    apiVersion: 'firedrill.dev/v1',
    kind: 'Scenario',
    name: metadata.name,
    title: metadata.title ?? metadata.name,
    description: spec.description ?? '',
    hypothesis: spec.hypothesis.trim(),
    labels: metadata.labels ?? {},
    response: spec.response,
    ...(spec.runbook === undefined ? {} : { runbook: spec.runbook }),
    acceptIrreversible: spec.acceptIrreversible ?? false,
    blastRadius: {
      targetsMax: spec.blastRadius.targetsMax,
      percentMax: spec.blastRadius.percentMax ?? DEFAULTS.percentMax,
    },
    probes,
    ...(spec.markers === undefined ? {} : { markers: spec.markers.map(fillMarker) }),
    steadyState: {
      forMs: ms(spec.steadyState?.for, DEFAULTS.steadyForMs),
      probes: spec.steadyState?.probes ?? probes.map((probe) => probe.name),
      successRatioMin: spec.steadyState?.successRatio ?? DEFAULTS.successRatioMin,
    },
    steps: fillSteps(spec.steps),
    objectives: spec.objectives.map(fillObjective),
    stopConditions: (spec.stopConditions ?? []).map(({ name, region, alarm, whenDead }) => ({
      kind: 'alarm',
      name,
      region,
      alarm,
      whenDead: whenDead ?? 'breached',
    })),
    timing: {
      observeMaxMs: ms(spec.timing?.observeMax, DEFAULTS.observeMaxMs),
      recoverWithinMs: ms(spec.timing?.recoverWithin, DEFAULTS.recoverWithinMs),
      settleMs: ms(spec.timing?.settle, DEFAULTS.settleMs),
    },
  }
}

/** Milliseconds of a duration that the schema has accepted, or the default. */
function ms(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const parsed = parseDuration(text)
  if (!parsed.ok) throw new TypeError(parsed.problem)
  return parsed.ms
}

function fillProbe(probe: ProbeFile): CompiledProbe {
  const base = {
    name: probe.name,
    periodMs: ms(probe.period, DEFAULTS.periodMs),
    timeoutMs: ms(probe.timeout, DEFAULTS.timeoutMs),
    ...(probe.latencyMax === undefined ? {} : { latencyMaxMs: ms(probe.latencyMax, 0) }),
  }
  switch (probe.kind) {
    case 'http':
      return {
        ...base,
        kind: 'http',
        url: probe.url,
        method: probe.method ?? 'GET',
        status: probe.status ?? [...DEFAULTS.status],
        ...(probe.bodyIncludes === undefined ? {} : { bodyIncludes: probe.bodyIncludes }),
        ...(probe.connection === 'kept' ? { connection: 'kept' } : {}),
      }
    case 'tls':
      return {
        ...base,
        kind: 'tls',
        host: probe.host,
        port: probe.port ?? DEFAULTS.tlsPort,
        ...(probe.serverName === undefined ? {} : { serverName: probe.serverName }),
        ...(probe.validFor === undefined ? {} : { validForMs: ms(probe.validFor, 0) }),
      }
    case 'dns':
      return {
        ...base,
        kind: 'dns',
        host: probe.host,
        recordType: probe.recordType ?? 'A',
        ...(probe.answers === undefined ? {} : { answers: probe.answers }),
        ...(probe.match === 'exact' ? { match: 'exact' } : {}),
        ...(probe.servers === undefined ? {} : { servers: probe.servers }),
        ...(probe.authoritative === true ? { authoritative: true } : {}),
        ...(probe.ttlMax === undefined ? {} : { ttlMaxSeconds: Math.floor(ms(probe.ttlMax, 0) / 1000) }),
      }
    case 'tcp':
      return { ...base, kind: 'tcp', host: probe.host, port: probe.port }
    case 'ping':
      return { ...base, kind: 'ping', host: probe.host }
  }
}

function fillSteps(steps: readonly StepFile[]): CompiledStep[] {
  const filled: CompiledStep[] = []
  let waits = 0
  for (const step of steps) {
    const above = filled.at(-1)?.name
    const after = step.after ?? (above === undefined ? [] : [above])
    if ('wait' in step) {
      waits++
      filled.push({ kind: 'wait', name: step.name ?? `wait-${waits}`, after, durationMs: ms(step.wait, 0) })
    } else {
      const what = 'act' in step ? step.act : step.inject
      filled.push({
        kind: 'inject',
        name: step.name ?? what,
        after,
        fault: what,
        targets: fillTargets(step.targets),
        durationMs: ms(step.duration, 0),
        parameters: step.parameters ?? {},
        ...('act' in step ? { part: 'response' as const } : {}),
        ...(step.onFailure === undefined ? {} : { onFailure: step.onFailure }),
      })
    }
  }
  return filled
}

function fillTargets(targets: InjectFile['targets']): CompiledSelector {
  const { choose } = targets
  const chosen: CompiledSelector['choose'] =
    choose === undefined || choose === 'all'
      ? { mode: 'all' }
      : 'count' in choose
        ? { mode: 'count', count: choose.count }
        : 'percent' in choose
          ? { mode: 'percent', percent: choose.percent }
          : { mode: 'per-group', count: choose.perGroup }
  return {
    region: targets.region ?? DEFAULTS.region,
    tags: targets.tags ?? {},
    ...(targets.group === undefined ? {} : { group: targets.group }),
    zones: targets.zones ?? [],
    choose: chosen,
    max: targets.max ?? (chosen.mode === 'count' ? chosen.count : 1),
    ...(targets.zone === undefined ? {} : { zone: targets.zone }),
    ...(targets.record === undefined ? {} : { record: targets.record }),
    ...(targets.record === undefined ? {} : { recordTypes: targets.types ?? [] }),
    ...(targets.set === undefined ? {} : { recordSet: targets.set }),
  }
}

function fillObjective(objective: ObjectiveFile): CompiledObjective {
  const base = { name: objective.name, maxMs: ms(objective.max, 0) }
  switch (objective.kind) {
    case 'recovery-time':
      return {
        ...base,
        kind: 'recovery-time',
        source: fillSource(objective),
        sustained: {
          goodInARow: objective.sustained?.good ?? DEFAULTS.goodInARow,
          holdMs: ms(objective.sustained?.hold, DEFAULTS.holdMs),
        },
      }
    case 'detection-time':
      return { ...base, kind: 'detection-time', probe: objective.probe, alarm: objective.alarm }
    case 'data-loss':
      return { ...base, kind: 'data-loss', marker: objective.marker }
  }
}

function fillSource({
  probe,
  metric,
  series,
}: RecoveryFile): Extract<CompiledObjective, { kind: 'recovery-time' }>['source'] {
  if (probe !== undefined) return { from: 'probe', probe }
  if (series !== undefined)
    return {
      from: 'series',
      series: series.name,
      periodSeconds: ms(series.period, 0) / 1000,
      goodAtLeast: series.goodAtLeast,
      clockErrorMs: ms(series.clockError, DEFAULTS.clockErrorMs),
    }
  if (metric === undefined) throw new TypeError('a recovery time without a source passed the checks')
  return {
    from: 'metric',
    region: metric.region,
    namespace: metric.namespace,
    metric: metric.name,
    dimensions: metric.dimensions ?? {},
    statistic: metric.statistic ?? 'Average',
    periodSeconds: ms(metric.period, 0) / 1000,
    goodAtLeast: metric.goodAtLeast,
  }
}
