import { parseDuration } from '@firedrill/core'

/** What a new scenario is made from. Durations are as people write them. */
export type ScenarioDraft = Readonly<{
  name: string
  title: string
  hypothesis: string
  response: 'automatic' | 'restore'
  /** What users ask, over HTTP. */
  url: string
  fault: string
  targets: DraftTargets
  /** Cap: more than this many targets refuse the run. */
  max: number
  objective: string
}>

/** What the fault aims at: instances and what is around them, or the record sets of a name. */
export type DraftTargets = Readonly<
  | {
      aim: 'instances'
      region: string
      tags: Readonly<Record<string, string>>
      group?: string
      zones: readonly string[]
    }
  | { aim: 'record'; zone: string; record: string }
>

const HOLD_MS = 120_000
/** What a fault lasts beyond objective and hold, so that only the response can end the outage. */
const SPARE_MS = 180_000

/**
 * The text of a scenario file that compiles, for people to go on with: header, one probe, one fault, one objective. A fault that
 * is to be outlived lasts longer than objective and hold together.
 */
export function writeScenario(draft: ScenarioDraft): string {
  const objective = parseDuration(draft.objective)
  if (!objective.ok) throw new TypeError(objective.problem)
  const isRestored = draft.response === 'restore'
  const durationMs = isRestored ? objective.ms / 2 : objective.ms + HOLD_MS + SPARE_MS
  const duration = formatted(Math.max(60_000, durationMs))
  const observe = formatted(objective.ms + HOLD_MS + SPARE_MS)
  return `# Hypothesis    ${oneLine(draft.hypothesis)}
# Blast radius  ${blastWords(draft)}
# How to stop   \`firedrill abort RUN\`, Abort on the run's page, or \`firedrill halt\` for every run. Everything is put back and
#               verified before the run closes.
# Permissions   \`firedrill plan\` prints every IAM action for an environment.
apiVersion: firedrill.dev/v1
kind: Scenario
metadata:
  name: ${draft.name}
  title: ${text(draft.title)}
spec:
  hypothesis: ${text(draft.hypothesis)}
  response: ${draft.response}

  parameters:
    objective: { type: duration, default: ${draft.objective}, description: Longest outage that users may see. }
    fault-duration: { type: duration, default: ${duration}, description: How long the fault lasts at most. }

  blastRadius: { targetsMax: ${draft.max}, percentMax: 100 }

  probes:
    - { name: users, kind: http, url: ${text(draft.url)}, period: 1s, timeout: 2s }

  steadyState: { for: 60s, probes: [users], successRatio: 0.99 }

  steps:
    - inject: ${draft.fault}
      name: break
      targets:
${targetLines(draft)
  .map((line) => `        ${line}`)
  .join('\n')}
      # ${isRestored ? 'Putting it back is the response: users are without it for this long.' : 'Longer than objective and hold together, so that only the response can end the outage.'}
      duration: \${fault-duration}

  objectives:
    - name: recovery
      kind: recovery-time
      max: \${objective}
      probe: users
      sustained: { good: 30, hold: ${formatted(HOLD_MS)} }

  timing: { observeMax: ${observe}, recoverWithin: 10m, settle: 60s }
`
}

function targetLines({ targets, max }: ScenarioDraft): readonly string[] {
  const cap = ['choose: all', `max: ${max}`]
  switch (targets.aim) {
    case 'record':
      return [`zone: ${targets.zone}`, `record: ${text(targets.record)}`, ...cap]
    case 'instances': {
      const tags = Object.entries(targets.tags).map(([key, value]) => `${text(key)}: ${text(value)}`)
      return [
        `region: ${targets.region}`,
        ...(targets.zones.length === 0 ? [] : [`zones: [${targets.zones.map(text).join(', ')}]`]),
        ...(targets.group === undefined ? [] : [`group: ${text(targets.group)}`]),
        ...(tags.length === 0 ? [] : [`tags: { ${tags.join(', ')} }`]),
        ...cap,
      ]
    }
  }
}

function blastWords({ targets, max }: ScenarioDraft): string {
  switch (targets.aim) {
    case 'record':
      return `The record sets of ${oneLine(targets.record)}, at most ${max}.`
    case 'instances': {
      const tags = Object.entries(targets.tags).map(([key, value]) => `${key}=${value}`)
      const which = [
        ...(targets.group === undefined ? [] : [`group ${targets.group}`]),
        ...tags,
        ...targets.zones.map((zone) => `zone ${zone}`),
      ]
      return `What has ${oneLine(which.join(', '))} in Region ${targets.region}, at most ${max} targets.`
    }
  }
}

/** Whole minutes as minutes, everything else as seconds. */
function formatted(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}

/** A scalar that means exactly these characters: JSON's strings are YAML's double-quoted ones. */
function text(words: string): string {
  return JSON.stringify(oneLine(words))
}

function oneLine(words: string): string {
  return words.replaceAll(/\s+/g, ' ').trim()
}
