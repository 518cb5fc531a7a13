import type { View } from '../yaml/view.ts'

/** A step as the checks see it: its name (given or by default) and what it comes after. */
export type NamedStep = Readonly<{ view: View; name: string; after: readonly string[] }>

/** True for a step that changes something: a fault, or a step of an evacuation. */
export function isActing(view: View): boolean {
  return view.at('inject').exists() || view.at('act').exists()
}

/**
 * Names and order of the steps. A step without a name is called after its fault, a wait `wait-1`, `wait-2`, …; a step
 * without `after` comes after the step above it.
 */
export function namedSteps(spec: View): readonly NamedStep[] {
  const steps: NamedStep[] = []
  let waits = 0
  for (const view of spec.at('steps').items()) {
    const isWait = view.at('wait').exists()
    if (isWait) waits++
    const name = view.at('name').text() ?? whatOf(view) ?? (isWait ? `wait-${waits}` : undefined)
    const above = steps.at(-1)?.name
    const after = view.at('after').exists()
      ? view
          .at('after')
          .items()
          .flatMap((item) => item.text() ?? [])
      : above === undefined
        ? []
        : [above]
    if (name !== undefined) steps.push({ view, name, after })
  }
  return steps
}

function whatOf(view: View): string | undefined {
  return view.at('inject').text() ?? view.at('act').text()
}
