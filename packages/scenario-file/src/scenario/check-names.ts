import { suggest } from '../problem/did-you-mean.ts'
import type { View } from '../yaml/view.ts'
import { namedSteps, type NamedStep } from './step-names.ts'

/** Names are unique, and everything that is referred to exists. */
export function checkNames(spec: View): void {
  const probes = unique(spec, 'probes', 'probe')
  unique(spec, 'markers', 'marker')
  unique(spec, 'objectives', 'objective')
  unique(spec, 'stopConditions', 'stop condition')
  for (const item of spec.at('steadyState', 'probes').items()) known(item, probes, 'probe')
  for (const objective of spec.at('objectives').items()) known(objective.at('probe'), probes, 'probe')
  checkOrder(namedSteps(spec))
}

function unique(spec: View, list: string, word: string): readonly string[] {
  const seen = new Map<string, number>()
  for (const item of spec.at(list).items()) {
    const view = item.at('name')
    const name = view.text()
    if (name === undefined) continue
    const before = seen.get(name)
    if (before === undefined) seen.set(name, view.position().line)
    else view.problem(`another ${word} is already named ${name}, on line ${before}`)
  }
  return [...seen.keys()]
}

function known(view: View, names: readonly string[], word: string): void {
  const name = view.text()
  if (name === undefined || names.includes(name)) return
  view.problem(`there is no ${word} named ${name}`, suggest(name, names))
}

function checkOrder(steps: readonly NamedStep[]): void {
  const first = new Map<string, NamedStep>()
  for (const step of steps) {
    const before = first.get(step.name)
    if (before === undefined) first.set(step.name, step)
    else {
      const place = step.view.at('name').exists() ? step.view.at('name') : step.view
      place.problem(
        `another step is already named ${step.name}, on line ${before.view.position().line}`,
        step.view.at('name').exists() ? undefined : 'Give this step a name of its own.',
      )
    }
  }
  for (const step of steps) {
    for (const item of step.view.at('after').items()) {
      const name = item.text()
      if (name === step.name) item.problem(`step ${name} cannot come after itself`)
      else
        known(
          item,
          [...first.keys()].filter((other) => other !== step.name),
          'step',
        )
    }
  }
  const circle = findCircle(first)
  if (circle !== undefined) {
    const step = first.get(circle[0] ?? '')
    step?.view.at('after').problem(`steps wait for each other in a circle: ${circle.join(' → ')}`)
  }
}

/** A circle of steps, first and last the same, or undefined. Walks with its own stack: files may be long. */
function findCircle(steps: ReadonlyMap<string, NamedStep>): readonly string[] | undefined {
  const done = new Set<string>()
  for (const start of steps.keys()) {
    const trail: string[] = []
    const stack: { name: string; next: number }[] = [{ name: start, next: 0 }]
    while (stack.length > 0) {
      const top = stack[stack.length - 1]
      if (top === undefined) break
      if (top.next === 0) trail.push(top.name)
      const after = steps.get(top.name)?.after[top.next++]
      if (after === undefined || done.has(top.name)) {
        done.add(top.name)
        trail.pop()
        stack.pop()
      } else if (after !== top.name && steps.has(after) && !done.has(after)) {
        if (trail.includes(after)) return [...trail.slice(trail.indexOf(after)), after]
        stack.push({ name: after, next: 0 })
      }
    }
  }
  return undefined
}
