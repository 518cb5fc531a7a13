import type { View } from '../yaml/view.ts'
import type { ImportedStep, ImportedTargets, ImportOptions } from './import-result.ts'

type Fault = Omit<Extract<ImportedStep, { kind: 'inject' }>, 'name' | 'after'>

/** Functions of `chaosaws.ec2.actions`: the fault, and whether one of what matches is taken or all. */
const FUNCTIONS: Readonly<Record<string, Readonly<{ fault: string; takes: 'one' | 'all' }>>> = {
  stop_instance: { fault: 'ec2-stop-instances', takes: 'one' },
  stop_instances: { fault: 'ec2-stop-instances', takes: 'all' },
  terminate_instance: { fault: 'ec2-terminate-instances', takes: 'one' },
  terminate_instances: { fault: 'ec2-terminate-instances', takes: 'all' },
  restart_instances: { fault: 'ec2-reboot-instances', takes: 'all' },
}
const MODULE = 'chaosaws.ec2.actions'
const HARMLESS = ['force', 'filters', 'az']

/** An action of the method as a fault; undefined, and told, when it stands in the way. */
export function readFunction(item: View, title: string, { max }: ImportOptions): Fault | undefined {
  const provider = item.at('provider')
  const [module, name] = [provider.at('module').text(), provider.at('func').text() ?? '']
  const known = module === MODULE ? FUNCTIONS[name] : undefined
  if (known === undefined) {
    const what =
      module === undefined ? `a provider of type ${provider.at('type').text() ?? '?'}` : `${module}.${name}`
    const place = module === undefined ? provider : provider.at(module === MODULE ? 'func' : 'module')
    place.problem(
      `${what}: the catalogue has no fault like this one`,
      `Leave it out with --without "${title}".`,
    )
    return undefined
  }
  const given = provider.at('arguments')
  const strange = given.keys().find((key) => !HARMLESS.includes(key))
  if (strange !== undefined) {
    const isById = strange.startsWith('instance_id')
    given
      .at(strange)
      .problem(
        isById
          ? 'targets are named by id; a scenario selects by tag, group and zone, so that it means the same tomorrow'
          : `the argument ${strange} has no counterpart`,
        isById ? 'Give filters that name a tag.' : undefined,
      )
    return undefined
  }
  const targets = readFilters(given, max)
  if (targets === undefined) return undefined
  const choose = known.takes === 'one' ? ({ count: 1 } as const) : 'all'
  const cap = known.takes === 'one' ? 1 : max
  const { fault } = known
  return {
    kind: 'inject',
    fault,
    targets: { ...targets, choose, max: cap },
    durationMs: undefined,
    parameters: {},
  }
}

const ZONES = ['availability-zone', 'availability-zone-id']

/** Filters as EC2 takes them: `[{"Name": "tag:service", "Values": ["checkout"]}]`. */
function readFilters(given: View, max: number): ImportedTargets | undefined {
  const tags: Record<string, string> = {}
  const zone = given.at('az').text()
  let zones: readonly string[] = zone === undefined ? [] : [zone]
  let group: string | undefined
  for (const filter of given.at('filters').items()) {
    const name = filter.at('Name').text() ?? ''
    const values = filter
      .at('Values')
      .items()
      .flatMap((value) => value.text() ?? [])
    const [first = ''] = values
    const key = /^tag:(.+)$/.exec(name)?.[1]
    const isPlain = values.length === 1 && !/[*?]|\$\{/.test(`${key ?? ''}${first}`)
    if (name === 'instance-state-name' && isPlain && first === 'running') continue
    if (ZONES.includes(name) && zones.length === 0 && values.length > 0) zones = values
    else if (key === 'aws:autoscaling:groupName' && isPlain) group = first
    else if (key !== undefined && isPlain) tags[key] = first
    else {
      filter.problem(
        `the filter ${name} = ${values.join(' or ')} has no counterpart: instances are told apart by tag, group and zone`,
        'Tag the instances it means, or remove it.',
      )
      return undefined
    }
  }
  if (Object.keys(tags).length === 0 && group === undefined) {
    given.problem(
      'this means every instance; a scenario has to name a tag or a group',
      'Give filters that name a tag.',
    )
    return undefined
  }
  return { tags, ...(group === undefined ? {} : { group }), zones, choose: 'all', max }
}
