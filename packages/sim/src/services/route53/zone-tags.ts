import type { Table } from '../../world/store.ts'
import type { World } from '../../world/world.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import { findHealthCheck } from './health-checks.ts'
import { bareId } from './names.ts'
import { ROUTE53_INPUT_FAULTS } from './route53-faults.ts'
import { findZone } from './zones.ts'

type Tags = Readonly<Record<string, string>>

/** Tags of zones and health checks; a health check's own tags hold until they are changed here. */
export class Route53Tags {
  readonly #tags: Table<Tags>

  constructor(world: World) {
    this.#tags = world.kernel.store.table('route53-tags')
  }

  list(call: Call, input: WireInput): WireStructure {
    const { type, id, tags } = this.#find(call, input)
    const entries = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
    return { ResourceTagSet: { ResourceType: type, ResourceId: id, Tags: entries } }
  }

  change(call: Call, input: WireInput): WireStructure {
    const { type, id, tags } = this.#find(call, input)
    const reader = new InputReader(input, ROUTE53_INPUT_FAULTS)
    const gone = reader.texts('RemoveTagKeys')
    const added = reader
      .structures('AddTags')
      .map((tag) => [tag.requiredText('Key'), tag.text('Value') ?? ''] as const)
    const kept = Object.entries(tags).filter(([key]) => !gone.includes(key))
    this.#tags.put(`${type}|${id}`, Object.fromEntries([...kept, ...added]))
    return {}
  }

  #find(call: Call, input: WireInput): { readonly type: string; readonly id: string; readonly tags: Tags } {
    const reader = new InputReader(input, ROUTE53_INPUT_FAULTS)
    const type = reader.choice('ResourceType', ['hostedzone', 'healthcheck'])
    if (type === undefined) throw ROUTE53_INPUT_FAULTS.missing('resourceType')
    const id = bareId(reader.requiredText('ResourceId'))
    const own = type === 'hostedzone' ? {} : findHealthCheck(call, { HealthCheckId: id }).tags
    if (type === 'hostedzone') findZone(call, { HostedZoneId: id })
    return { type, id, tags: this.#tags.get(`${type}|${id}`) ?? own }
  }
}
