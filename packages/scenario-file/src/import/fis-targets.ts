import type { View } from '../yaml/view.ts'
import type { ImportedTargets } from './import-result.ts'

const GROUP_TAG = 'aws:autoscaling:groupName'
const ZONE_PATHS = ['Placement.AvailabilityZone', 'Placement.AvailabilityZoneId']

/** A target of an FIS template that means instances, as a selector; undefined when something in it stands in the way. */
export function readInstances(target: View, max: number): ImportedTargets | undefined {
  const arns = target.at('resourceArns')
  if (arns.items().length > 0) {
    arns.problem(
      'targets are named by ARN; a scenario selects by tag, group and zone, so that it means the same tomorrow',
      'Tag these instances and name the tag.',
    )
    return undefined
  }
  const parameters = target.at('parameters')
  if (parameters.keys().length > 0) {
    parameters.problem('this type of target takes no parameters')
    return undefined
  }
  const found = readTags(target.at('resourceTags'))
  const zones = readFilters(target.at('filters'))
  const chosen = readMode(target.at('selectionMode'), max)
  if (found === undefined || zones === undefined || chosen === undefined) return undefined
  if (Object.keys(found.tags).length === 0 && found.group === undefined) {
    target.problem(
      'this target means every instance of the Region; a scenario has to name a tag or a group',
      'Give it resourceTags.',
    )
    return undefined
  }
  return { ...found, zones, ...chosen }
}

function readTags(view: View): Pick<ImportedTargets, 'tags' | 'group'> | undefined {
  const tags: Record<string, string> = {}
  let group: string | undefined
  for (const key of view.keys()) {
    const value = view.at(key).text() ?? ''
    if (`${key}${value}`.includes('${')) {
      view.at(key).problem('a tag with ${ in it cannot be written into a scenario')
      return undefined
    }
    if (key === GROUP_TAG) group = value
    else tags[key] = value
  }
  return group === undefined ? { tags } : { tags, group }
}

/** The zones that the filters leave; only running instances are ever meant, so that filter needs no word. */
function readFilters(view: View): readonly string[] | undefined {
  let zones: readonly string[] = []
  for (const filter of view.items()) {
    const path = filter.at('path').text() ?? ''
    const values = filter
      .at('values')
      .items()
      .flatMap((value) => value.text() ?? [])
    if (path === 'State.Name' && values.length === 1 && values[0] === 'running') continue
    if (ZONE_PATHS.includes(path) && zones.length === 0 && values.length > 0) {
      zones = values
      continue
    }
    filter.problem(
      `the filter ${path} = ${values.join(' or ')} has no counterpart: instances are told apart by tag, group and zone`,
      'Tag the instances it means, or remove it.',
    )
    return undefined
  }
  return zones
}

function readMode(view: View, max: number): Pick<ImportedTargets, 'choose' | 'max'> | undefined {
  const [, mode, number] = /^(ALL|COUNT|PERCENT)(?:\((\d+)\))?$/.exec(view.text() ?? '') ?? []
  const count = Number(number)
  if (mode === 'ALL' && number === undefined) return { choose: 'all', max }
  if (mode === 'COUNT' && count > 0) return { choose: { count }, max: Math.max(count, 1) }
  if (mode === 'PERCENT' && count > 0 && count <= 100) return { choose: { percent: count }, max }
  view.problem('selectionMode is ALL, COUNT(n) or PERCENT(n)')
  return undefined
}
