import { SECOND } from '../world/model.ts'
import type { World } from '../world/world.ts'
import { uuidOf } from './planted-ids.ts'
import type { WorldFile } from './world-file.ts'

type Spec = WorldFile['spec']

/** The certificate of a balancer that has `https`. */
export const certificateArn = (world: World, { region, name }: Spec['loadBalancers'][number]): string =>
  `arn:aws:acm:${region}:${world.account}:certificate/${uuidOf('certificate', `${region}/${name}`)}`

/** Names of records that lead to a balancer: by its addresses, as an alias, or through a CNAME of the same zone. */
const namesLeadingTo = (balancer: string, zones: Spec['zones']): string[] => {
  const records = zones.flatMap((zone) =>
    zone.records.map((record) => ({
      ...record,
      name: record.name === '@' ? zone.name : `${record.name}.${zone.name}`,
    })),
  )
  const direct = records
    .filter(({ loadBalancer, alias }) => loadBalancer === balancer || alias === balancer)
    .map(({ name }) => name)
  const through = records
    .filter(({ type, values }) => type === 'CNAME' && values?.some((value) => direct.includes(value)))
    .map(({ name }) => name)
  return [...new Set([...direct, ...through])]
}

const DAY = 86_400 * SECOND

/** Plants the certificate of a balancer that has `https`. */
export const plantCertificate = (
  world: World,
  { zones, services }: Spec,
  balancer: Spec['loadBalancers'][number],
) => {
  if (balancer.https === undefined) return
  const { names, expiresInDays, chain } = balancer.https
  const leading = namesLeadingTo(balancer.name, zones)
  // A Region that stands by has no record of its own before people turn the service to it, and yet must answer for it.
  const all = [...new Set([...services.map(({ name }) => name), ...leading])]
  world.certificates.plant({
    arn: certificateArn(world, balancer),
    region: balancer.region,
    names: names ?? all,
    chain,
    expiresAt: world.now() + Math.round(expiresInDays * DAY),
  })
}
