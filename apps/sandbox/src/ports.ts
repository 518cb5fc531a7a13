import { createServer } from 'node:net'

/** The fixed ports of a sandbox. They stay the same over restarts, because runs pin them in their environment. */
export type SandboxPorts = Readonly<{
  api: number
  aws: number
  dns: number
  gateway: number
  control: number
  postgres: number
}>

/** Ports counted from one base; DNS takes four in a row, one for the name servers and one a vantage. */
export function portsFrom(base: number): SandboxPorts {
  return {
    api: base,
    aws: base + 1,
    dns: base + 2,
    gateway: base + 8,
    control: base + 9,
    postgres: base + 10,
  }
}

/** The first port of the set that somebody else holds, or undefined. */
export async function takenPort(ports: SandboxPorts): Promise<number | undefined> {
  for (const port of Object.values(ports)) if (!(await isFree(port))) return port
  return undefined
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
