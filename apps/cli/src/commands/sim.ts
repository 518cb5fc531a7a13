import { EXIT } from '@firedrill/contracts'
import { z } from 'zod'
import { CliError, type Cli } from '../cli.ts'

/** Beyond this a busy machine is late for the world, and its figures come out wrong. */
const SPEED_MAX = 30
/** What the simulator itself answers when its arguments or the world file are to be corrected. */
const CALLERS_OWN = 2
/** The keys of every simulator that was given none; they open nothing else. */
const KEYS = { accessKey: 'FIREDRILLSIM', secretKey: 'firedrill-simulator-secret' }

/** Options of `firedrill sim`. */
export type SimOptions = Readonly<{
  output: 'text' | 'json'
  world: string
  speed?: number
  lockstep?: boolean
  portBase?: number
  state?: string
  fresh?: boolean
  seed?: number
  startAt?: string
  accessKey?: string
  secretKey?: string
  /** commander's way with `--no-throttle`: true without it. */
  throttle: boolean
}>

const readySchema = z.object({
  aws: z.string(),
  dns: z.object({
    recursive: z.array(z.object({ vantage: z.string(), address: z.string() })),
    authoritative: z.string(),
  }),
  gateway: z.string(),
  control: z.string(),
})

const worldSchema = z.object({
  account: z.string(),
  groups: z.array(z.object({ region: z.string() })),
  loadBalancers: z.array(z.object({ nodes: z.array(z.object({ address: z.string() })) })),
  certificates: z.array(z.unknown()),
  services: z.array(z.object({ name: z.string() })),
})

type Ready = z.infer<typeof readySchema>
type World = z.infer<typeof worldSchema>

/**
 * Runs a simulated AWS and nothing else until it is interrupted or ends by itself. What another tool needs to use it goes
 * to stdout: as words to copy, or as one line of JSON.
 */
export async function sim(cli: Cli, options: SimOptions): Promise<number> {
  const simulator = cli.startSimulator(argumentsOf(options))
  const stopListening = cli.onInterrupt(() => simulator.stop())
  try {
    const line = await simulator.ready
    if (line !== null) {
      const ready = readySchema.parse(JSON.parse(line))
      const answer = await fetch(`${ready.control}/world`)
      cli.terminal.out(describe(options, ready, worldSchema.parse(await answer.json())))
    }
    const exitCode = exitCodeOf(await simulator.ended)
    if (line === null && exitCode === EXIT.toolError && options.portBase !== undefined)
      cli.terminal.err(
        'Another --port-base counts ports from elsewhere; without it any free ones are taken.\n',
      )
    return exitCode
  } finally {
    stopListening()
    simulator.stop()
  }
}

function exitCodeOf(code: number): number {
  if (code === CALLERS_OWN) return EXIT.usage
  return code === 0 ? EXIT.held : EXIT.toolError
}

function argumentsOf(options: SimOptions): readonly string[] {
  const { world, speed, lockstep, portBase, state, fresh, seed, startAt, accessKey, secretKey } = options
  if (lockstep === true && speed !== undefined)
    throw new CliError(EXIT.usage, '--lockstep and --speed exclude each other: in lockstep nobody waits.')
  if (speed !== undefined && (speed < 1 || speed > SPEED_MAX))
    throw new CliError(EXIT.usage, `--speed takes 1 to ${SPEED_MAX}, not ${speed}; --lockstep goes faster.`)
  if ((accessKey === undefined) !== (secretKey === undefined))
    throw new CliError(EXIT.usage, '--access-key and --secret-key belong together: give both, or neither.')
  const given = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [name, String(value)]
  return [
    '--world',
    world,
    ...(lockstep === true ? ['--lockstep'] : given('--rate', speed)),
    ...given('--state', state),
    ...(fresh === true ? ['--fresh'] : []),
    ...given('--seed', seed),
    ...given('--start-at', startAt),
    ...given('--access-key', accessKey),
    ...given('--secret-key', secretKey),
    ...(options.throttle ? [] : ['--no-throttling']),
    ...(portBase === undefined ? [] : portArguments(portBase)),
  ]
}

/** The same places after the base as those of a sandbox, so that what was written for the one fits the other. */
function portArguments(base: number): readonly string[] {
  if (base < 1024 || base > 65_500)
    throw new CliError(EXIT.usage, `--port-base takes 1024 to 65500, not ${base}.`)
  const after = { '--aws-port': 1, '--dns-port': 2, '--gateway-port': 8, '--control-port': 9 }
  return Object.entries(after).flatMap(([name, offset]) => [name, String(base + offset)])
}

function describe(options: SimOptions, ready: Ready, world: World): string {
  const { accessKey = KEYS.accessKey, secretKey = KEYS.secretKey } = options
  const regions = [...new Set(world.groups.map(({ region }) => region))]
  const region = regions[0] ?? 'eu-west-1'
  const environment = {
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: ready.aws,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  if (options.output === 'json')
    return `${JSON.stringify({ ...ready, account: world.account, regions, environment })}\n`
  return `${words(options, ready, world, environment).join('\n')}\n`
}

function words(
  options: SimOptions,
  ready: Ready,
  world: World,
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  const clock = options.lockstep === true ? 'lockstep' : `${options.speed ?? 1}× real time`
  const name = world.services[0]?.name.replace(/\.$/, '') ?? 'example.com'
  const address = world.loadBalancers[0]?.nodes[0]?.address ?? '198.51.100.10'
  const [resolver] = ready.dns.recursive
  const [host, port] = (resolver?.address ?? ready.dns.authoritative).split(':')
  const aws = `aws --endpoint-url ${ready.aws}`
  return [
    `# World ${options.world}, account ${world.account}, ${clock}. Ctrl-C stops it.`,
    '',
    '# For AWS SDKs and the AWS CLI. Route 53 calls have to be signed for us-east-1, as on AWS.',
    ...Object.entries(environment).map(([key, value]) => `export ${key}=${quoted(value)}`),
    '',
    `${aws} --region ${environment['AWS_REGION'] ?? ''} ec2 describe-instances`,
    `${aws} --region us-east-1 route53 list-hosted-zones`,
    '',
    '# The world behind it: its names, its network, and what it looks like from above.',
    `dig @${host ?? ''} -p ${port ?? ''} ${name}`,
    `curl --proxytunnel --proxy ${ready.gateway} --header 'Host: ${name}' http://${address}/`,
    ...(world.certificates.length === 0
      ? []
      : [
          `curl --silent --output ca.pem ${ready.control}/ca.pem  # the world's own authority, for practice only`,
          `curl --proxytunnel --proxy ${ready.gateway} --cacert ca.pem --connect-to ::${address}: https://${name}/`,
        ]),
    `${ready.control}/  shows it live`,
    ...(options.lockstep === true
      ? [`curl ${ready.control}/lockstep  says what time waits for; it stands still until a process joins`]
      : []),
  ]
}

/** For a shell to read back as it is. */
function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
