import { parseArgs } from 'node:util'
import { startSimulator } from './server.ts'
import { WorldFileError } from './worlds/load-world.ts'

const USAGE = `usage: node packages/sim/start.mjs [--world NAME|FILE] [--state DIR] [--fresh] [--restore FILE] [--snapshot FILE]
                    [--rate N | --lockstep] [--seed N] [--start-at TIME] [--no-throttling]
                    [--access-key KEY --secret-key SECRET]
                    [--aws-port N] [--dns-port N] [--gateway-port N] [--control-port N]`

/** Something in the arguments; the usage is shown with it. */
class ArgumentError extends Error {}

const wholeNumber = (name: string, text: string, max = Number.MAX_SAFE_INTEGER): number => {
  const value = Number(text)
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > max)
    throw new ArgumentError(
      `--${name} takes a whole number${max === PORT_MAX ? ` up to ${PORT_MAX}` : ''}, not "${text}".`,
    )
  return value
}

const PORT_MAX = 65_535

const instant = (name: string, text: string): number => {
  const at = Date.parse(text)
  if (Number.isNaN(at))
    throw new ArgumentError(`--${name} takes a time such as 2026-11-03T09:00:00Z, not "${text}".`)
  return at * 1000
}

const readArguments = () => {
  try {
    return parseArgs({
      options: {
        world: { type: 'string', default: 'warm-standby' },
        state: { type: 'string' },
        rate: { type: 'string' },
        lockstep: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        'start-at': { type: 'string' },
        fresh: { type: 'boolean', default: false },
        restore: { type: 'string' },
        snapshot: { type: 'string' },
        'aws-port': { type: 'string', default: '0' },
        'dns-port': { type: 'string', default: '0' },
        'gateway-port': { type: 'string', default: '0' },
        'control-port': { type: 'string', default: '0' },
        'no-throttling': { type: 'boolean', default: false },
        'access-key': { type: 'string' },
        'secret-key': { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : String(error))
  }
}

const keysOf = (accessKeyId: string | undefined, secretAccessKey: string | undefined) => {
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw new ArgumentError('--access-key and --secret-key belong together.')
  if (accessKeyId === undefined || secretAccessKey === undefined) return {}
  if (!/^[A-Z0-9]{4,128}$/.test(accessKeyId) || accessKeyId.startsWith('ASIA') || secretAccessKey === '')
    throw new ArgumentError(
      '--access-key takes capital letters and digits, not beginning with ASIA, which marks session keys.',
    )
  return { keys: { accessKeyId, secretAccessKey } }
}

const run = async (): Promise<void> => {
  const values = readArguments()
  if (values.lockstep && values.rate !== undefined)
    throw new ArgumentError('--lockstep and --rate exclude each other.')
  const simulator = await startSimulator({
    world: values.world,
    ...(values.state === undefined ? {} : { stateDirectory: values.state }),
    ...(values['start-at'] === undefined ? {} : { startAt: instant('start-at', values['start-at']) }),
    ...(values.restore === undefined ? {} : { restoreFrom: values.restore }),
    ...(values.snapshot === undefined ? {} : { snapshotTo: values.snapshot }),
    fresh: values.fresh,
    seed: wholeNumber('seed', values.seed),
    rate: values.lockstep ? 'lockstep' : wholeNumber('rate', values.rate ?? '1'),
    awsPort: wholeNumber('aws-port', values['aws-port'], PORT_MAX),
    dnsPort: wholeNumber('dns-port', values['dns-port'], PORT_MAX),
    gatewayPort: wholeNumber('gateway-port', values['gateway-port'], PORT_MAX),
    controlPort: wholeNumber('control-port', values['control-port'], PORT_MAX),
    throttling: !values['no-throttling'],
    ...keysOf(values['access-key'], values['secret-key']),
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.close())
  // A parent may hand over a pipe on standard input that closes when it is gone.
  if (process.env['FIREDRILL_PARENT'] === 'stdin')
    process.stdin.once('close', () => void simulator.close()).resume()
  process.stdout.write(`${JSON.stringify({ ready: true, ...simulator.endpoints })}\n`)
  await simulator.closed
  // An open pipe on standard input would keep the process alive, and its parent waiting for it.
  process.stdin.destroy()
}

// Once it runs, only the disk can fail in a way that people are told about; anything else is a defect.
process.once('uncaughtException', (error) => {
  process.stderr.write(`${error.name === 'StateError' ? error.message : (error.stack ?? error.message)}\n`)
  process.exit(1)
})

/** Whether the arguments or the world file are to be corrected, rather than something around the simulator. */
const isCallersOwn = (error: unknown): boolean =>
  error instanceof ArgumentError || error instanceof RangeError || error instanceof WorldFileError

run().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${message}\n${error instanceof ArgumentError ? `${USAGE}\n` : ''}`)
  process.exitCode = isCallersOwn(error) ? 2 : 1
})
