/** A host and a port. */
export type HostPort = Readonly<{ host: string; port: number }>

/** Reads `host:port`, `[v6]:port` or a bare host. @throws RangeError when it is none. */
export function parseHostPort(text: string, defaultPort: number): HostPort {
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text)
  const plain = /^([^:\s]+)(?::(\d{1,5}))?$/.exec(text)
  const isBareV6 = bracketed === null && plain === null && /^[0-9a-fA-F:.]+$/.test(text)
  const host = bracketed?.[1] ?? plain?.[1] ?? (isBareV6 ? text : undefined)
  const port = Number(bracketed?.[2] ?? plain?.[2] ?? defaultPort)
  if (host === undefined || port < 1 || port > 65_535) throw new RangeError(`"${text}" is no host:port`)
  return { host, port }
}

/** `host:port` as it is written in a request. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
