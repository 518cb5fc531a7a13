import {
  formatDurationMs,
  isClean,
  isResponseStep,
  journalProblem,
  type CompiledProbe,
  type CompiledScenario,
  type JournalEvent,
  type RunFinding,
  type RunState,
  type Verdict,
} from '@firedrill/core'
import type { ReportInput } from '../input.ts'
import { headlineText, summaryText } from '../text/headline.ts'
import { REPORT_FORMAT, type FindingReport, type ReportModel } from './model.ts'
import { phasesOf } from './phases.ts'
import { runbookOf } from './runbook.ts'
import { targetReports } from './targets.ts'
import { timelineOf } from './timeline.ts'
import { undoLatency } from './undo-latency.ts'

/** Puts the report together as data. Holds no credentials: of the environment only what names it is taken over. */
export function buildModel(input: ReportInput): ReportModel {
  const { run, events, scenario, environment } = input
  const { measurement, planned } = run.state
  const verdict = verdictOf(run.state)
  const reason = measurement?.reason ?? run.state.refusal ?? ''
  const targets = targetReports(input)
  const isAllClean = targets.every(({ injection }) => isClean(injection))
  const objectives = measurement?.objectives ?? []
  const undo = undoLatency(events)
  const runbook = runbookOf(run.state, events)
  const compiled = environment.compiled
  return {
    format: REPORT_FORMAT,
    generator: input.generator,
    run: {
      id: run.id,
      number: run.number,
      drillId: run.drillId,
      status: run.state.status,
      verdict,
      reason,
      provisional: measurement?.provisional ?? false,
      headline: headlineText(verdict, reason, objectives, run.state),
      summary: summaryText(verdict, objectives, targets, isAllClean, measurement?.markers),
      isClean: isAllClean,
      from: events[0]?.worldAt ?? 0,
      to: events.at(-1)?.worldAt ?? 0,
      rate: run.clock.rate,
    },
    scenario: {
      ...pin(scenario),
      name: scenario.compiled.name,
      title: scenario.compiled.title,
      hypothesis: scenario.compiled.hypothesis,
      description: scenario.compiled.description,
      response: scenario.compiled.response,
      steps: stepTexts(scenario.compiled),
      probes: scenario.compiled.probes.map(probeText),
      blastRadius: scenario.compiled.blastRadius,
    },
    environment: {
      ...pin(environment),
      name: compiled.name,
      title: compiled.title,
      kind: compiled.environmentKind,
      production: compiled.production,
      account: compiled.account,
      regions: compiled.regions,
    },
    objectives,
    points: measurement?.points ?? {},
    parts: measurement?.parts ?? {},
    crossChecks: measurement?.crossChecks ?? [],
    ...(measurement?.markers === undefined ? {} : { markers: measurement.markers }),
    samples: measurement?.samples ?? [],
    ...(measurement?.clocks === undefined ? {} : { clocks: measurement.clocks }),
    phases: phasesOf(events),
    targets,
    plannedTargets: planned.reduce((sum, step) => sum + step.targets.length, 0),
    ...(undo === undefined ? {} : { undo }),
    ...guardrailFacts(events),
    timeline: timelineOf(events),
    notes: notesOf(events),
    ...(runbook === undefined ? {} : { runbook }),
    findings: input.findings.map(findingReport),
    evidence: [...input.evidence].sort((a, b) => a.at - b.at || (a.hash < b.hash ? -1 : 1)),
    journal: journalFacts(input),
    kits: input.undo.map(({ step, hash, status, acknowledgedBy }) => ({
      step,
      hash,
      status,
      ...(acknowledgedBy === undefined ? {} : { keptBy: acknowledgedBy }),
    })),
    ...(run.state.planHash === undefined ? {} : { plan: run.state.planHash }),
  }
}

/** The run's verdict. Without a measurement nothing was learned: the drill was not run, or it was stopped. */
function verdictOf(state: RunState): Verdict {
  if (state.measurement !== undefined) return state.measurement.verdict
  const isTouched = Object.values(state.steps).some((step) => step.requestedAt !== undefined)
  return isTouched || state.abort !== undefined ? 'inconclusive' : 'not-run'
}

function pin(
  definition: Readonly<{ hash: string; version?: number }>,
): Readonly<{ hash: string; version?: number }> {
  const { hash, version } = definition
  return version === undefined ? { hash } : { hash, version }
}

function stepTexts(scenario: CompiledScenario): readonly string[] {
  return scenario.steps.map((step) =>
    step.kind === 'inject'
      ? `${step.name}: ${isResponseStep(step) ? 'response, ' : ''}${step.fault}, for ${formatDurationMs(step.durationMs)} at most, ${step.targets.max} targets at most`
      : `${step.name}: wait ${formatDurationMs(step.durationMs)}`,
  )
}

function probeText(probe: CompiledProbe): string {
  const every = `every ${formatDurationMs(probe.periodMs)}, timeout ${formatDurationMs(probe.timeoutMs)}`
  switch (probe.kind) {
    case 'http': {
      const over = probe.connection === 'kept' ? ' over a kept connection' : ''
      return `${probe.name}: ${probe.method} ${probe.url}${over}, ${every}`
    }
    case 'tls':
      return `${probe.name}: TLS ${probe.host}:${probe.port}, ${every}`
    case 'dns': {
      const whom =
        probe.servers?.join(' and ') ?? (probe.authoritative === true ? 'the servers of its zone' : undefined)
      return `${probe.name}: DNS ${probe.recordType} ${probe.host}${whom === undefined ? '' : ` by ${whom}`}, ${every}`
    }
    case 'tcp':
      return `${probe.name}: TCP ${probe.host}:${probe.port}, ${every}`
    case 'ping':
      return `${probe.name}: ping ${probe.host}, ${every}`
  }
}

function findingReport({ openedBy, changedBy, ...finding }: RunFinding): FindingReport {
  const { number, gap, severity, owner, due, state, ticket, retest, openedAt, changedAt } = finding
  const terms = { gap, severity, owner, due, state, ticket, retest }
  return { number, ...terms, openedAt, changedAt, openedBy: openedBy.name, changedBy: changedBy.name }
}

function guardrailFacts(events: readonly JournalEvent[]): Pick<ReportModel, 'refusals' | 'guardrailsAsked'> {
  const checks = events.filter(
    (event) => event.type === 'guardrails-checked',
  ) as readonly JournalEvent<'guardrails-checked'>[]
  const last = checks.at(-1)
  return {
    refusals: (last?.data.answers ?? []).flatMap(({ guardrail, allow, reason }) =>
      allow ? [] : [{ guardrail, reason }],
    ),
    guardrailsAsked: last?.data.answers.length ?? 0,
  }
}

function notesOf(events: readonly JournalEvent[]): ReportModel['notes'] {
  return events.flatMap((event) =>
    event.type === 'note-added' && event.actor.kind !== 'worker' && event.actor.kind !== 'reaper'
      ? [
          {
            worldAt: event.worldAt,
            by: event.actor.name,
            text: (event as JournalEvent<'note-added'>).data.text,
          },
        ]
      : [],
  )
}

function journalFacts({ events, sha256 }: ReportInput): ReportModel['journal'] {
  const problem = journalProblem(events, sha256)
  const head = events.at(-1)?.hash ?? ''
  return problem === undefined
    ? { events: events.length, head, chain: 'unbroken' }
    : { events: events.length, head, chain: 'broken', problem }
}
