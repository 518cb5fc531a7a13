import { clocksInWords } from '@firedrill/core'
import type { ReportModel } from './model/model.ts'
import { verdictWord } from './html/icons.ts'
import { exactText, intervalText, marginText } from './text/duration-text.ts'
import { restorationText } from './text/headline.ts'

/** The verdict for a pull request or a job summary: short, the most important thing first. */
export function markdown(model: ReportModel): string {
  const { run, scenario, environment, objectives, targets, journal } = model
  const lines = [
    `## ${verdictWord(run.verdict)}${run.provisional ? ', provisional' : ''}: ${plain(scenario.title)}`,
    '',
    plain(run.headline),
    '',
    ...(objectives.length === 0
      ? []
      : [
          '| Objective | Limit | Observed | Margin | Verdict |',
          '|---|---|---|---|---|',
          ...objectives.map(({ objective, maxMicros, observed, verdict }) => {
            const seen = observed === undefined ? 'not observed' : intervalText(observed, maxMicros)
            const margin = observed === undefined ? '' : marginText(observed, maxMicros)
            return `| ${plain(objective)} | ≤ ${exactText(maxMicros)} | ${seen} | ${margin} | ${verdictWord(verdict)} |`
          }),
          '',
        ]),
    ...methodLines(model),
    ...peopleLines(model),
    ...findingLines(model),
    plain(restorationText(targets, run.isClean, model.markers)),
    '',
    `Run \`${run.id}\` in ${plain(environment.title)}; journal of ${journal.events} events, chain ${journal.chain}, head \`${journal.head.slice(0, 16)}\`.`,
    '',
  ]
  return lines.join('\n')
}

/** How each figure was found, and what the clocks behind it were off. */
function methodLines({ objectives, clocks }: ReportModel): readonly string[] {
  if (objectives.length === 0) return []
  const apart = clocksInWords(clocks)
  return [
    ...objectives.map(({ objective, method }) => `- ${plain(objective)}: ${plain(method)}`),
    ...(apart === undefined ? [] : [`- ${plain(apart)}`]),
    '',
  ]
}

/** How much of the recovery time was people's, by their runbook. */
function peopleLines({ runbook }: ReportModel): readonly string[] {
  const { people, machine } = runbook ?? {}
  if (people === undefined) return []
  const rest = machine === undefined ? '' : `; from there to sustained recovery ${intervalText(machine)}`
  const from = people.from === 'detected' ? 'alarm' : 'failure'
  return [`From the first ${from} to the first step people took ${intervalText(people)}${rest}.`, '']
}

function findingLines({ findings }: ReportModel): readonly string[] {
  const open = findings.filter(({ state }) => state === 'open')
  if (open.length === 0) return []
  return [
    'Open findings:',
    '',
    ...open.map(
      ({ gap, severity, owner, due }) => `- ${severity}: ${plain(gap)}, ${plain(owner)}, due ${due}`,
    ),
    '',
  ]
}

/** Text from a run as plain Markdown: nothing in it becomes markup, a link or a table cell. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`).replaceAll(/\s+/g, ' ')
}
