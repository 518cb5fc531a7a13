import { compiledScenarioSchema, type CompiledScenario } from '@firedrill/core'
import { Problems } from '../problem/problems.ts'
import { finish, refused, type Compilation } from '../schema/finish.ts'
import { checkHeader } from '../schema/header.ts'
import { scenarioFileSchema } from '../schema/scenario-schema.ts'
import { validate } from '../schema/validate.ts'
import { mapPositions, type Located } from '../yaml/located.ts'
import { readYaml } from '../yaml/read-yaml.ts'
import { View } from '../yaml/view.ts'
import { checkJudging } from './check-judging.ts'
import { checkMarkers, warnMarkers } from './check-markers.ts'
import { checkNames } from './check-names.ts'
import { checkTargets } from './check-targets.ts'
import { warnTiming } from './check-timing.ts'
import { resolveExtends, type ResolveScenario } from './extend.ts'
import { fillScenario } from './fill-scenario.ts'
import { substituteParameters, type ParameterValues } from './parameters.ts'

/** How a scenario is compiled. */
export type ScenarioOptions = Readonly<{
  /** Finds the scenario that `spec.extends` names. Without it, extending is a problem. */
  resolve?: ResolveScenario
  /** Values for `spec.parameters`; text is read by the parameter's type. */
  parameters?: ParameterValues
}>

/** Compiles a scenario file: `extends`, parameters and defaults resolved, everything checked. Never throws on bad input. */
export function compileScenario(text: string, options: ScenarioOptions = {}): Compilation<CompiledScenario> {
  const problems = new Problems()
  const warnings = new Problems()
  const root = read(text, options, problems)
  if (root === undefined) return refused(problems)
  const file = validate(scenarioFileSchema, root, problems)
  const spec = new View(root, problems, ['spec'])
  checkNames(spec)
  checkTargets(spec)
  checkJudging(spec)
  checkMarkers(spec)
  warnTiming(new View(root, warnings, ['spec']))
  warnMarkers(new View(root, warnings, ['spec']))
  if (file === undefined || problems.size > 0) return refused(problems, warnings.list())
  return finish(compiledScenarioSchema, fillScenario(file), problems, warnings.list())
}

/** The tree of the file with its parents under it and its parameters filled in. */
function read(text: string, options: ScenarioOptions, problems: Problems): Located | undefined {
  const own = readYaml(text, problems)
  if (own === undefined || !checkHeader(own, 'Scenario', problems)) return undefined
  const whole = resolveExtends(
    own,
    options.resolve,
    (parent, at) => {
      const inside = new Problems()
      const tree = readYaml(parent.text, inside)
      const isFit = tree !== undefined && checkHeader(tree, 'Scenario', inside)
      for (const problem of inside.list()) {
        problems.add(
          ['spec', 'extends'],
          at,
          `${parent.file}:${problem.line}:${problem.column}: ${problem.message}`,
        )
      }
      return isFit ? mapPositions(tree, at) : undefined
    },
    problems,
  )
  return substituteParameters(whole, options.parameters ?? {}, problems)
}
