import { Problems } from '../problem/problems.ts'
import { readYaml } from '../yaml/read-yaml.ts'
import { View } from '../yaml/view.ts'
import { importChaosToolkit, isChaosToolkit } from './import-chaos-toolkit.ts'
import { importFis } from './import-fis.ts'
import type { Imported, ImportOptions } from './import-result.ts'

/**
 * An experiment of another tool as a scenario: an AWS FIS experiment template, or an experiment of Chaos Toolkit. What has no
 * counterpart is told with its line: it is beside the point, and named in the scenario, or it stands in the way. Pure.
 */
export function importExperiment(text: string, options: ImportOptions): Imported {
  const problems = new Problems()
  const root = readYaml(text, problems)
  if (root === undefined) return { ok: false, problems: problems.list() }
  const whole = new View(root, problems)
  return isChaosToolkit(whole)
    ? importChaosToolkit(whole, problems, options)
    : importFis(whole, problems, options)
}
