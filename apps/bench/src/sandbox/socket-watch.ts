import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A socket that reaches beyond this machine, and the process that holds it. */
export type ForeignSocket = Readonly<{ pid: number; protocol: string; local: string; remote: string }>

const TABLES = ['tcp', 'tcp6', 'udp', 'udp6'] as const

/**
 * The sockets of these processes that are connected beyond loopback or bound to another of this machine's addresses.
 * A UDP socket on no address at all, as every sender has it, is neither; a TCP one waits for the whole network and
 * counts. Reads Linux's own tables, so it sees what libraries hide.
 */
export function foreignSockets(pids: readonly number[]): readonly ForeignSocket[] {
  const sockets = TABLES.flatMap((protocol) => table(protocol))
  return pids.flatMap((pid) => {
    const held = inodesOf(pid)
    return sockets.flatMap(({ protocol, local, remote, inode }) =>
      held.has(inode) && isForeign(protocol, local, remote) ? [{ pid, protocol, local, remote }] : [],
    )
  })
}

function isForeign(protocol: string, local: string, remote: string): boolean {
  const [localAt, remoteAt] = [placeOf(local), placeOf(remote)]
  if (remoteAt !== 'none') return remoteAt === 'foreign'
  return localAt === 'foreign' || (localAt === 'none' && protocol.startsWith('tcp'))
}

/** Addresses in these tables are the words of memory in hexadecimal: 0100007F is 127.0.0.1 on a little-endian machine. */
function placeOf(endpoint: string): 'none' | 'loopback' | 'foreign' {
  const [address = ''] = endpoint.split(':')
  if (/^0+$/.test(address)) return 'none'
  const isLoopback =
    address === '00000000000000000000000001000000' ||
    (/^[0-9A-F]{6}7F$/.test(address.slice(-8)) &&
      (address.length === 8 || address.startsWith('0000000000000000FFFF0000')))
  return isLoopback ? 'loopback' : 'foreign'
}

function table(protocol: (typeof TABLES)[number]) {
  let text = ''
  try {
    text = readFileSync(`/proc/net/${protocol}`, 'utf8')
  } catch {
    // A kernel without IPv6 has no table for it, and no such sockets.
  }
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, remote, , , , , , , inode] = line.trim().split(/\s+/)
      return local === undefined || remote === undefined || inode === undefined
        ? []
        : [{ protocol, local, remote, inode }]
    })
}

function inodesOf(pid: number): ReadonlySet<string> {
  const inodes = new Set<string>()
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const inode = inodeOf(`/proc/${pid}/fd/${fd}`)
      if (inode !== undefined) inodes.add(inode)
    }
  } catch {
    // The process ended between the look at the list and this one.
  }
  return inodes
}

function inodeOf(link: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1]
  } catch {
    return undefined
  }
}
