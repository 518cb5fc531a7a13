import type { Table } from '../../world/store.ts'
import type { World } from '../../world/world.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import type { Protection } from './batch-validation.ts'
import { compareText, fromWireName, sortKey, toWireName } from './names.ts'
import { invalidInput, ROUTE53_INPUT_FAULTS } from './route53-faults.ts'
import { findZone } from './zones.ts'

const MAX_PER_CALL = 100
const MAX_PER_PAGE = 300

/** Record-set protections: while a name and type are protected, no batch may touch them. */
export class Protections {
  readonly #rows: Table<Protection>

  constructor(world: World) {
    this.#rows = world.kernel.store.table('route53-protections')
  }

  /** The protections of a zone. */
  of(zoneId: string): readonly Protection[] {
    return [...this.#rows.values()].filter((protection) => protection.zoneId === zoneId)
  }

  create(call: Call, input: WireInput): WireStructure {
    const zone = findZone(call, input)
    const wanted = readEntries(input).map((entry) => ({
      zoneId: zone.id,
      name: fromWireName(entry.requiredText('RecordName')),
      type: entry.requiredText('RecordType'),
      comment: entry.text('Comment') ?? '',
    }))
    const known = wanted.find((protection) => this.#rows.get(keyOf(protection)) !== undefined)
    if (known !== undefined) {
      const message = `A protection already exists for [name='${toWireName(known.name)}', type='${known.type}']`
      throw new AwsFault({ code: 'ProtectionAlreadyExists', message })
    }
    const outside = wanted.filter(({ name }) => name !== zone.name && !name.endsWith(`.${zone.name}`))
    if (outside.length > 0)
      throw invalidBatch(
        outside.map(({ name }) => `${toWireName(name)} is not in zone ${toWireName(zone.name)}`),
      )
    for (const protection of wanted) this.#rows.put(keyOf(protection), protection)
    return {}
  }

  delete(call: Call, input: WireInput): WireStructure {
    const zone = findZone(call, input)
    const wanted = readEntries(input).map((entry) => ({
      zoneId: zone.id,
      name: fromWireName(entry.requiredText('RecordName')),
      type: entry.requiredText('RecordType'),
    }))
    const missing = wanted.filter((protection) => this.#rows.get(keyOf(protection)) === undefined)
    if (missing.length > 0) {
      throw invalidBatch(
        missing.map(
          ({ name, type }) => `No protection exists for [name='${toWireName(name)}', type='${type}']`,
        ),
      )
    }
    for (const protection of wanted) this.#rows.delete(keyOf(protection))
    return {}
  }

  list(call: Call, input: WireInput): WireStructure {
    const reader = new InputReader(input, ROUTE53_INPUT_FAULTS)
    const zone = findZone(call, input)
    const size = reader.integer('maxresults', 1, MAX_PER_PAGE) ?? MAX_PER_PAGE
    const token = reader.text('nexttoken')
    const name = reader.text('name')
    const from =
      token === undefined
        ? placeOf(fromWireName(name ?? ''), reader.text('type') ?? '')
        : Buffer.from(token, 'base64').toString('utf8')
    const sorted = this.of(zone.id)
      .map((protection) => ({ protection, place: placeOf(protection.name, protection.type) }))
      .sort((left, right) => compareText(left.place, right.place))
      .filter(({ place }) => (token === undefined && name === undefined) || place >= from)
    const next = sorted[size]
    return {
      ResourceRecordSetProtections: sorted.slice(0, size).map(({ protection }) => ({
        RecordName: toWireName(protection.name),
        RecordType: protection.type,
        Comment: protection.comment,
      })),
      NextToken: next === undefined ? undefined : Buffer.from(next.place).toString('base64'),
    }
  }
}

function readEntries(input: WireInput): readonly InputReader[] {
  const entries = new InputReader(input, ROUTE53_INPUT_FAULTS).structures('Protections')
  if (entries.length === 0) throw ROUTE53_INPUT_FAULTS.missing('protections')
  if (entries.length > MAX_PER_CALL)
    throw invalidInput(`At most ${MAX_PER_CALL} protections fit into one call.`)
  return entries
}

function invalidBatch(messages: readonly string[]): AwsFault {
  return new AwsFault({
    code: 'InvalidResourceRecordSetProtectionBatch',
    message: `[${messages.join(', ')}]`,
  })
}

function keyOf({ zoneId, name, type }: Pick<Protection, 'zoneId' | 'name' | 'type'>): string {
  return `${zoneId}|${name}|${type}`
}

function placeOf(name: string, type: string): string {
  return `${sortKey(name)}\0${type}`
}
