import { z } from 'zod'

/** What the simulator says it serves, and where. */
export const simulatorReadySchema = z.object({
  aws: z.url(),
  dns: z.object({
    recursive: z.array(z.object({ vantage: z.string(), address: z.string() })).min(1),
    authoritative: z.string(),
  }),
  gateway: z.url(),
  control: z.url(),
})
export type SimulatorReady = z.infer<typeof simulatorReadySchema>

const worldSchema = z.object({
  account: z.string(),
  groups: z.array(z.object({ region: z.string() })),
  zones: z.array(z.object({ id: z.string(), name: z.string() })),
  vantages: z.array(z.object({ name: z.string(), region: z.string() })),
})

/** The world that `npm start` shows first. */
export const DEFAULT_WORLD = 'warm-standby'

/** The simulator's only credentials; they open nothing else. */
const ACCESS_KEY_ID = 'FIREDRILLSIM'
const SECRET_ACCESS_KEY = 'firedrill-simulator-secret'

/** Each simulated world has an environment of its own, because each has a clock of its own. */
export function environmentName(world: string): string {
  const word = world
    .replace(/^.*\//, '')
    .replace(/\.ya?ml$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
  return word === DEFAULT_WORLD ? 'sandbox' : `sandbox-${word}`.slice(0, 63)
}

/** Asks the simulator what its world looks like and writes the environment through which drills see it. */
export async function sandboxEnvironment(ready: SimulatorReady, name: string): Promise<string> {
  const answer = await fetch(`${ready.control}/world`)
  const world = worldSchema.parse(await answer.json())
  const regions = [...new Set(world.groups.map((group) => group.region))]
  const [primary, standby = primary, ...others] = regions
  if (primary === undefined || standby === undefined)
    throw new Error('the simulated world has no Region with instances')
  const named = others.map((region, i) => `, standby-${i + 2}: ${region}`).join('')
  const zones = world.zones.map(({ id, name }, i) => {
    const key = i === 0 ? 'public' : `public-${i + 1}`
    return `    ${key}: { id: ${id}, domain: ${name.replace(/\.$/, '')} }`
  })
  // Probes look from outside the Region that is drilled, so that they do not share its fate.
  const outside = ready.dns.recursive.filter(({ vantage }) =>
    world.vantages.some((v) => v.name === vantage && v.region !== primary),
  )
  const vantages = (outside.length > 0 ? outside : ready.dns.recursive).map(
    ({ vantage, address }) => `      - { name: ${vantage}, resolver: '${address}' }`,
  )
  const authority = await (await fetch(`${ready.control}/ca.pem`)).text()
  return `# Written by npm start: the simulated AWS on this machine.
apiVersion: firedrill.dev/v1
kind: Environment
metadata:
  name: ${name}
  title: The simulated AWS on this machine
spec:
  kind: sandbox
  account: '${world.account}'
  regions: { primary: ${primary}, standby: ${standby}${named} }
  homeRegion: standby
  hostedZones:
${zones.join('\n')}
  aws:
    endpoint: ${ready.aws}
    credentials: { source: static, accessKeyId: ${ACCESS_KEY_ID}, secretAccessKey: ${SECRET_ACCESS_KEY} }
    fisRoleArn: arn:aws:iam::${world.account}:role/firedrill-fis
  clock: { source: simulator, url: ${ready.control} }
  probes:
    proxy: ${ready.gateway}
    # The authority of the simulated world's certificates.
    ca: |
${authority.trim().replaceAll(/^/gm, '      ')}
    vantages:
${vantages.join('\n')}
  touch:
    requiredTags: { ChaosReady: 'true' }
    protectedRecords: [${world.zones.map((zone) => zone.name.replace(/\.$/, '')).join(', ')}]
    blastRadius: { targetsMax: 12 }
`
}
