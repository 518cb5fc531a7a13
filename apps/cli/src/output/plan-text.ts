import type { PlanAnswer } from '@firedrill/contracts'
import type { Terminal } from '../cli.ts'

type Step = PlanAnswer['steps'][number]

/** A plan for people: refusals first, then per step what would be hit, called and undone. */
export function planText(plan: PlanAnswer, paint: Terminal['paint']): string {
  const answer = plan.allowed ? paint('good', 'would start') : paint('bad', 'WOULD BE REFUSED')
  const refusals = plan.guardrails.filter(({ allow }) => !allow)
  const allows = plan.guardrails.filter(({ allow }) => allow)
  return [
    `${paint('bold', plan.scenario.name)} in ${paint('bold', plan.environment.name)}, seed ${plan.seed}: ${answer}`,
    ...section(
      'Refusals',
      refusals.map(({ guardrail, reason }) => `${paint('bad', guardrail)}: ${reason}`),
    ),
    ...section(
      'Know before you start',
      plan.warnings.map((warning) => `${paint('bad', 'warning')}: ${warning}`),
    ),
    ...plan.steps.flatMap((step) => stepLines(step, paint)),
    ...section('Permissions', plan.permissions),
    ...section(
      `Guardrails that allow (${allows.length})`,
      allows.map(({ guardrail, reason }) => `${guardrail}: ${reason}`),
    ),
  ].join('\n')
}

function stepLines(step: Step, paint: Terminal['paint']): readonly string[] {
  const { fault, faultVersion, title, restoration, targets, population, failure } = step
  const head = `Step ${paint('bold', step.step)}: ${title} (${fault} v${faultVersion}, restoration ${restoration})`
  if (failure !== undefined)
    return [
      '',
      head,
      `  ${paint('bad', 'not resolved')}: ${failure.operation} ${failure.code}: ${failure.message}`,
    ]
  return [
    '',
    head,
    ...section(
      `Targets (${targets.length} of ${population})`,
      targets.map(({ label, region, zone, id }) => `${label}  ${zone ?? region}  ${id}`),
    ),
    ...section(
      'Not fit',
      step.unfit.map(({ target, reason }) => `${target}: ${reason}`),
    ),
    ...section('Calls', step.calls),
    ...section('To undo by hand', step.undoCommands),
  ]
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}
