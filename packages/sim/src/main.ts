import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'

const USAGE = `usage: node main.ts [--world NAME|FILE] [--state DIR] [--rate N] [--seed N] [--fresh]
                    [--aws-port N] [--dns-port N] [--gateway-port N] [--control-port N] [--no-throttling]`

const wholeNumber = (name: string, text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} takes a whole number, not "${text}".`)
  return value
}

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      world: { type: 'string', default: 'warm-standby' },
      state: { type: 'string' },
      rate: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      fresh: { type: 'boolean', default: false },
      'aws-port': { type: 'string', default: '0' },
      'dns-port': { type: 'string', default: '0' },
      'gateway-port': { type: 'string', default: '0' },
      'control-port': { type: 'string', default: '0' },
      'no-throttling': { type: 'boolean', default: false },
    },
  })
  const { startSimulator } = await import('./server.ts')
  const simulator = await startSimulator({
    world: values.world,
    ...(values.state === undefined ? {} : { stateDirectory: values.state }),
    fresh: values.fresh,
    seed: wholeNumber('seed', values.seed),
    rate: wholeNumber('rate', values.rate),
    awsPort: wholeNumber('aws-port', values['aws-port']),
    dnsPort: wholeNumber('dns-port', values['dns-port']),
    gatewayPort: wholeNumber('gateway-port', values['gateway-port']),
    controlPort: wholeNumber('control-port', values['control-port']),
    throttling: !values['no-throttling'],
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

// Most of what a world allocates is gone at once; a small nursery, set before anything is loaded, keeps the process
// some 20 MB smaller at no cost.
setFlagsFromString('--max-semi-space-size=1')
setFlagsFromString('--semi-space-growth-factor=1')

// Once it runs, only the disk can fail in a way that people are told about; anything else is a defect.
process.once('uncaughtException', (error) => {
  process.stderr.write(`${error.name === 'StateError' ? error.message : (error.stack ?? error.message)}\n`)
  process.exit(1)
})

try {
  await run()
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${message}\n${message.startsWith('Unknown option') ? `${USAGE}\n` : ''}`)
  process.exitCode = 1
}
