import { parseDuration } from '@firedrill/core'
import { compileScenario } from '../scenario/compile-scenario.ts'
import type { ImportedStep, ImportedTargets, NotCarried } from './import-result.ts'

/** What an imported scenario is written from. */
export type ImportedScenario = Readonly<{
  name: string
  title: string
  /** Where it comes from: `AWS FIS experiment template`. */
  origin: string
  probes: readonly Readonly<{ name: string; url: string; timeoutMs: number; status?: number }>[]
  steps: readonly ImportedStep[]
  stopAlarms: readonly string[]
  objectiveMs: number | undefined
  notCarried: readonly NotCarried[]
}>

const MINUTE = 60_000
const HOLD_MAX_MS = 2 * MINUTE
const OBJECTIVE_MAX_MS = 5 * MINUTE
const SPARE_MS = 3 * MINUTE

/** The text of a scenario. @throws Error when it would not compile: then the import has a mistake, not the experiment. */
export function writeImported(scenario: ImportedScenario): string {
  const { name, title, origin, probes, steps, stopAlarms, notCarried } = scenario
  const lasting = steps.flatMap((step) => (step.kind === 'inject' ? (step.durationMs ?? []) : []))
  const shortestMs = Math.min(...lasting, OBJECTIVE_MAX_MS + HOLD_MAX_MS + SPARE_MS)
  const holdMs = Math.min(HOLD_MAX_MS, wholeSeconds(shortestMs / 4))
  const objectiveMs = scenario.objectiveMs ?? Math.min(OBJECTIVE_MAX_MS, wholeSeconds(shortestMs - holdMs))
  const atLeastMs = objectiveMs + holdMs + SPARE_MS
  const [first] = probes
  const targetsMax = steps.reduce((sum, step) => sum + (step.kind === 'inject' ? step.targets.max : 0), 0)
  const judged = `${short(objectiveMs)}, judged by what ${first?.name ?? 'the first probe'} sees`
  const text = `# Hypothesis    Users are served again within ${judged}. The experiment did not say so: correct it.
# Blast radius  ${blast(steps)}
# How to stop   \`firedrill abort RUN\`, Abort on the run's page, or \`firedrill halt\` for every run. Everything is put back and
#               verified before the run closes.
# Permissions   \`firedrill plan\` prints every IAM action for an environment.
#
# Imported from an ${origin}.${notCarried.length === 0 ? ' All of it is in here.' : ' Not carried over, by its line there:'}
${notCarried.map(({ line, what }) => `#   line ${line}: ${oneLine(what)}\n`).join('')}apiVersion: firedrill.dev/v1
kind: Scenario
metadata:
  name: ${name}
  title: ${quoted(title.slice(0, 120))}
spec:
  hypothesis: ${quoted(`Users are served again within ${short(objectiveMs)}.`)}
  response: automatic

  parameters:
    objective: { type: duration, default: ${short(objectiveMs)}, description: Longest outage that users may see. }

  blastRadius: { targetsMax: ${targetsMax}, percentMax: 100 }

  probes:
${probes.map((probe) => `    - ${probeText(probe)}\n`).join('')}
  steadyState: { for: 60s, probes: [${probes.map((probe) => probe.name).join(', ')}], successRatio: 0.99 }

  steps:
${steps.map((step) => stepText(step, atLeastMs)).join('')}
  objectives:
    - name: recovery
      kind: recovery-time
      max: \${objective}
      probe: ${first?.name ?? ''}
      sustained: { good: ${Math.min(30, Math.max(3, Math.floor(holdMs / 2000)))}, hold: ${short(holdMs)} }
${stopText(stopAlarms)}
  timing: { observeMax: ${short(atLeastMs)}, recoverWithin: 15m, settle: 60s }
`
  const compiled = compileScenario(text)
  if (!compiled.ok) {
    const said = compiled.problems.map(({ line, message }) => `line ${line}: ${message}`).join('; ')
    throw new Error(`the imported scenario does not compile: ${said}`)
  }
  return text
}

function probeText({ name, url, timeoutMs, status }: ImportedScenario['probes'][number]): string {
  const wanted = status === undefined || status === 200 ? '' : `, status: [${status}]`
  return `{ name: ${name}, kind: http, url: ${quoted(url)}, period: 1s, timeout: ${short(timeoutMs)}${wanted} }`
}

function stepText(step: ImportedStep, atLeastMs: number): string {
  const after = `      after: [${step.after.join(', ')}]\n`
  if (step.kind === 'wait') return `    - wait: ${short(step.waitMs)}\n      name: ${step.name}\n${after}`
  const parameters = Object.entries(step.parameters).map(
    ([key, value]) => `${key}: ${typeof value === 'number' ? value : quoted(value)}`,
  )
  return `    - inject: ${step.fault}
      name: ${step.name}
${after}      targets: { ${targetText(step.targets)} }
      duration: ${short(step.durationMs ?? Math.max(atLeastMs, 10 * MINUTE))}
${parameters.length === 0 ? '' : `      parameters: { ${parameters.join(', ')} }\n`}`
}

function targetText({ tags, group, zones, choose, max }: ImportedTargets): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${quoted(key)}: ${quoted(value)}`)
  const chosen =
    choose === 'all'
      ? 'all'
      : 'count' in choose
        ? `{ count: ${choose.count} }`
        : `{ percent: ${choose.percent} }`
  return [
    'region: primary',
    ...(pairs.length === 0 ? [] : [`tags: { ${pairs.join(', ')} }`]),
    ...(group === undefined ? [] : [`group: ${quoted(group)}`]),
    ...(zones.length === 0 ? [] : [`zones: [${zones.map(quoted).join(', ')}]`]),
    `choose: ${chosen}`,
    `max: ${max}`,
  ].join(', ')
}

function stopText(alarms: readonly string[]): string {
  if (alarms.length === 0) return ''
  const lines = alarms.map(
    (alarm, index) => `    - { name: stop-${index + 1}, region: primary, alarm: ${quoted(alarm)} }\n`,
  )
  return `\n  stopConditions:\n${lines.join('')}`
}

function blast(steps: readonly ImportedStep[]): string {
  const all = steps.flatMap((step) => {
    if (step.kind === 'wait') return []
    const { tags, group, zones, max } = step.targets
    const which = [
      ...Object.entries(tags).map(([key, value]) => `${key}=${value}`),
      ...(group === undefined ? [] : [`group ${group}`]),
      ...zones.map((zone) => `zone ${zone}`),
    ]
    return [`${step.fault} on what has ${which.join(', ')}, at most ${max}`]
  })
  return `${oneLine(all.join('; '))}.`
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.floor(ms / 1000)) * 1000
}

function short(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}

/** A scalar that means exactly these characters. */
function quoted(words: string): string {
  return JSON.stringify(oneLine(words))
}

function oneLine(words: string): string {
  return words.replaceAll(/\s+/g, ' ').trim()
}

/** Milliseconds of a length of time that an experiment gives, or undefined. */
export function lengthMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const parsed = parseDuration(text)
  return parsed.ok && parsed.ms > 0 ? parsed.ms : undefined
}
