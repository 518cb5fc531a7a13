import type { Instance } from '../../world/model.ts'
import type { InputReader } from '../../wire/input-reader.ts'
import { invalidFilter } from './ec2-faults.ts'
import { reservationId, stateCode } from './instance-view.ts'

/** A filter: any of the values matches, `*` and `?` are wildcards; all the filters of a call must match. */
export type Filter = { readonly name: string; readonly values: readonly string[] }

const INSTANCE_FIELDS: Readonly<Record<string, (instance: Instance) => readonly string[]>> = {
  architecture: () => ['x86_64'],
  'availability-zone': ({ az }) => [az],
  'availability-zone-id': ({ azId }) => [azId],
  'image-id': ({ imageId }) => [imageId],
  'instance-id': ({ id }) => [id],
  'instance-lifecycle': () => [],
  'instance-state-code': ({ state }) => [String(stateCode(state))],
  'instance-state-name': ({ state }) => [state],
  'instance-type': ({ instanceType }) => [instanceType],
  'ip-address': ({ publicIp }) => [publicIp],
  'private-ip-address': ({ privateIp }) => [privateIp],
  'reservation-id': (instance) => [reservationId(instance)],
  'subnet-id': ({ subnetId }) => [subnetId],
  'tag-key': ({ tags }) => Object.keys(tags),
  'tag-value': ({ tags }) => Object.values(tags),
  'vpc-id': ({ vpcId }) => [vpcId],
  'network-interface.subnet-id': ({ subnetId }) => [subnetId],
}

/** Reads the `Filter.N` members of a call. */
export function readFilters(input: InputReader): readonly Filter[] {
  return input.structures('Filter').map((filter) => ({
    name: filter.requiredText('Name'),
    values: filter.texts('Value'),
  }))
}

/** Whether an instance passes all the filters. @throws AwsFault for a filter `DescribeInstances` does not have. */
export function matchesInstance(instance: Instance, filters: readonly Filter[]): boolean {
  return filters.every((filter) => matchesAny(instanceField(instance, filter.name), filter.values))
}

/** The key of the tag that a filter asks for with values to be met exactly; null for any other filter. */
export function exactTagOf({ name, values }: Filter): string | null {
  const isPlain = !values.some((value) => /[*?]/.test(value))
  return isPlain && name.startsWith('tag:') ? name.slice('tag:'.length) : null
}

/** The filters of a call as one test, made once for all the instances it looks at. */
export function matcherOf(filters: readonly Filter[]): (instance: Instance) => boolean {
  const tests = filters.map((filter) => {
    const key = exactTagOf(filter)
    if (key === null) return (instance: Instance) => matchesInstance(instance, [filter])
    return ({ tags }: Instance) => {
      const value = tags[key]
      return value !== undefined && filter.values.includes(value)
    }
  })
  return (instance) => tests.every((test) => test(instance))
}

/** Whether any of the values fits any of the patterns. */
export function matchesAny(values: readonly string[], patterns: readonly string[]): boolean {
  return patterns.some((pattern) => values.some((value) => fits(value, pattern)))
}

/** @throws AwsFault if one of the filters has a name outside of `known` (tag filters always pass). */
export function checkInstanceFilters(filters: readonly Filter[]): void {
  for (const { name } of filters) {
    if (!name.startsWith('tag:') && INSTANCE_FIELDS[name] === undefined) throw invalidFilter(name)
  }
}

function instanceField(instance: Instance, name: string): readonly string[] {
  if (name.startsWith('tag:')) {
    const value = instance.tags[name.slice('tag:'.length)]
    return value === undefined ? [] : [value]
  }
  const field = INSTANCE_FIELDS[name]
  if (field === undefined) throw invalidFilter(name)
  return field(instance)
}

function fits(value: string, pattern: string): boolean {
  if (!/[*?]/.test(pattern)) return value === pattern
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(value)
}
