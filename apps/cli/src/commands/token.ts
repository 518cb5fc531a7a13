import { EXIT, formatInstant, platformInstant, type TokenView } from '@firedrill/contracts'
import { parseGrant, ROLES } from '@firedrill/core'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print, table } from '../output/print.ts'

/** Options of `firedrill token create`. */
export type CreateTokenOptions = CommonOptions &
  Readonly<{ role?: string[]; grant?: string[]; env?: string; machine?: boolean; days: number }>

/** Makes a token. Its secret is all that goes to stdout, so that it can be piped to where it is kept. */
export async function createToken(cli: Cli, name: string, options: CreateTokenOptions): Promise<number> {
  const grants = [...(options.role ?? []).map((role) => `role:${role}`), ...(options.grant ?? [])].map(
    (grant) => (options.env === undefined || grant.includes('@') ? grant : `${grant}@${options.env}`),
  )
  if (grants.length === 0)
    throw new CliError(EXIT.usage, `Say what it may do: --role ${ROLES.join('|')}, or --grant runs:read.`)
  for (const grant of grants)
    if (parseGrant(grant) === undefined)
      throw new CliError(EXIT.usage, `${grant} is no grant. Roles are ${ROLES.join(', ')}.`)
  const kind = options.machine === true ? 'machine' : 'person'
  const made = await connect(cli, options).tokens.create({ name, kind, grants, days: options.days })
  print(cli, options, 'createdToken', made, () => made.secret)
  if (options.output === 'text')
    cli.terminal.err(`${made.token.id}, until ${day(made.token.expiresAt)}. It is not shown again.\n`)
  return EXIT.held
}

/** Lists the tokens of the team, the newest first. */
export async function listTokens(cli: Cli, options: CommonOptions): Promise<number> {
  const tokens = await connect(cli, options).tokens.list()
  const rows = tokens.map((token) => [
    token.id,
    token.name,
    token.actor.kind === 'ci' ? 'machine' : token.actor.id === token.id ? 'person' : token.actor.name,
    token.revokedAt === null ? 'open' : `revoked ${day(token.revokedAt)}`,
    day(token.expiresAt),
    token.lastUsedAt === null ? 'never' : day(token.lastUsedAt),
    token.grants.join(' '),
  ])
  print(cli, options, 'tokens', [...tokens], () =>
    table([['ID', 'NAME', 'FOR', 'STATE', 'UNTIL', 'LAST USED', 'GRANTS'], ...rows]),
  )
  return EXIT.held
}

/** Revokes a token by its id, or by a name that only one open token has. */
export async function revokeToken(cli: Cli, token: string, options: CommonOptions): Promise<number> {
  const client = connect(cli, options)
  const found = (await client.tokens.list()).filter(
    ({ id, name, revokedAt }) => id === token || (name === token && revokedAt === null),
  )
  const [one, ...others] = found
  if (one === undefined)
    throw new CliError(EXIT.usage, `There is no token ${token}. firedrill token list shows all.`)
  if (others.length > 0)
    throw new CliError(EXIT.usage, `${found.length} tokens are named ${token}; give the id.`)
  const revoked = await client.tokens.revoke(one.id)
  print(cli, options, 'token', revoked, () => `${revoked.id} ${revoked.name} is revoked.`)
  return EXIT.held
}

function day(instant: TokenView['expiresAt']): string {
  return instant === null ? '-' : formatInstant(platformInstant(instant)).slice(0, 16).replace('T', ' ')
}
